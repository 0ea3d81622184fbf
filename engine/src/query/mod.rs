//! Queries: the language, and what it becomes.

pub mod ast;
pub mod date;
pub(crate) mod glob;
pub mod ip;
pub(crate) mod lucene_regexp;
pub mod plan;
pub mod syntax;
pub mod values;

pub(crate) use plan::lower_char as plan_lower;
