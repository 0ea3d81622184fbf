//! Pictor's index engine: a node of indices.
//!
//! An index combines full text (tantivy), a translog that makes every write
//! durable before it is acknowledged, suggestions, and a query planner for
//! Elasticsearch's query language. See `ARCHITECTURE.md` for how a request
//! passes through, and `docs/format.md` for what lies on disk.

mod aggs;
pub mod budget;
pub mod catalog;
pub mod check;
pub mod clock;
pub mod error;
pub mod index;
pub mod mapping;
pub mod node;
pub mod numerals;
pub mod odata;
pub mod pool;
pub mod query;
pub mod random;
pub mod request;
pub mod search;
mod size;
pub mod snapshot;
pub mod store;
pub mod suggest;
#[cfg(test)]
mod testing;
pub mod text;
pub mod translog;
pub mod vector;

pub use error::{EngineError, ErrorClass, Result};
pub use node::{IndexEntry, Node, NodeOptions, NodeStats, TemplateKind};
