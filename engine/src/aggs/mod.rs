//! Aggregations: what the documents of a query have in common.
//!
//! A request's `aggs` is read once into a tree of [`Node`]s ([`parse`]). In each index the tree is
//! collected over the documents that match ([`run`]): a bucket aggregation splits its documents and
//! hands each part to its children, a metric reads their columns. What comes out is a tree of
//! [`Partial`]s, which merge across indices and only at the end become JSON.
//!
//! Documents are handled as sorted lists for a whole index at once, not by segment: a `terms` can
//! then count first, choose its buckets, and compute what lies below for those alone.

mod bucket;
mod metric;
mod node;
mod order;
mod parse;
mod partial;
mod run;
#[cfg(test)]
mod tests;
mod value;

use std::time::Instant;

use serde_json::{Map, Value};

use crate::error::{EngineError, Result};
use crate::query::ast::{ParseError, Query};
use crate::query::plan::{Planned, Planner};
use crate::search::Context;

use node::Node;
use partial::Partial;
use run::Run;

/// The most buckets of an answer.
pub(crate) const MAX_BUCKETS: usize = 65_536;
/// The most buckets that one index keeps while it collects.
const MAX_PARTIAL_BUCKETS: usize = 1_000_000;

/// The aggregations of a request.
#[derive(Debug)]
pub(crate) struct Aggregations {
    nodes: Vec<Node>,
}

/// What one index found for each aggregation.
#[derive(Debug)]
pub(crate) struct Partials {
    partials: Vec<Partial>,
    matched: u64,
}

impl Partials {
    /// How many documents were aggregated.
    pub(crate) fn matched(&self) -> u64 {
        self.matched
    }
}

/// The documents that are aggregated.
pub(crate) struct Matching<'a> {
    /// The index.
    pub(crate) context: &'a Context,
    /// What plans the filters of aggregations.
    pub(crate) planner: &'a Planner<'a>,
    /// What the documents match, as it was written, for marking hits.
    pub(crate) query: &'a Query,
    /// What the documents match.
    pub(crate) planned: Planned,
    /// Documents below this score are left out.
    pub(crate) min_score: Option<f32>,
    /// When to give up.
    pub(crate) deadline: Instant,
    /// The time that there was, in milliseconds.
    pub(crate) timeout_ms: u128,
}

impl Aggregations {
    /// Reads the `aggs` of a request.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub(crate) fn parse(value: &Value) -> Result<Self, ParseError> {
        parse::tree(value)
            .map(|nodes| Self { nodes })
            .map_err(|error| error.within("aggs"))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Aggregates the documents of one index.
    ///
    /// # Errors
    /// When an aggregation does not fit the mapping, or a bound is reached.
    pub(crate) fn collect(&self, matching: Matching<'_>) -> Result<Partials> {
        let scores = self.nodes.iter().any(Node::needs_scores);
        let run = Run::open(matching, scores)?;
        Ok(Partials {
            partials: run.subs(&self.nodes, run.docs())?,
            matched: run.docs().len() as u64,
        })
    }

    /// One answer of what several indices found.
    ///
    /// # Errors
    /// When the indices do not agree on a field's type, or there are too many buckets.
    pub(crate) fn finish(&self, parts: Vec<Partials>) -> Result<Value> {
        let mut parts = parts.into_iter();
        let mut merged = match parts.next() {
            Some(first) => first.partials,
            None => return Ok(Value::Object(Map::new())),
        };
        for part in parts {
            partial::merge_all(&self.nodes, &mut merged, part.partials)?;
        }
        let mut out = Map::new();
        partial::finish_all(&self.nodes, &merged, &mut out, &mut Finish::default())?;
        Ok(Value::Object(out))
    }
}

/// What is counted while an answer is written.
#[derive(Debug, Default)]
pub(crate) struct Finish {
    buckets: usize,
}

impl Finish {
    /// Takes so many buckets of those that an answer may have.
    pub(crate) fn take(&mut self, buckets: usize) -> Result<()> {
        self.buckets = self.buckets.saturating_add(buckets);
        if self.buckets > MAX_BUCKETS {
            return Err(EngineError::TooManyBuckets {
                limit: MAX_BUCKETS,
                found: self.buckets,
            });
        }
        Ok(())
    }
}
