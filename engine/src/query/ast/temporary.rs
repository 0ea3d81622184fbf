//! Stand-ins until the language itself is here.
use super::{MatchAll, MinimumShouldMatch, ParseError, Query};
use crate::request::SourceFilter;
impl Query {
    /// x
    pub fn match_all() -> Self {
        Self::MatchAll(MatchAll::default())
    }
    /// x
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
    /// x
    pub fn from_json(_: &serde_json::Value) -> Result<Self, ParseError> {
        Err(ParseError::parsing("x"))
    }
}
impl MinimumShouldMatch {
    /// x
    pub fn resolve(&self, n: usize) -> usize {
        n
    }
}
impl SourceFilter {
    /// x
    pub fn filter(&self, v: serde_json::Value) -> Option<serde_json::Value> {
        Some(v)
    }
}
