//! Elasticsearch's REST, by values: what each group of routes answers, and how it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod access;
mod aggregations;
mod blocks;
mod bulk;
mod by_query;
mod contexts;
mod documents;
mod expressions;
mod indices;
mod library;
mod numbers;
mod scores;
mod searches;
mod several;
mod stats;
mod support;
mod verbatim;
mod writes;
