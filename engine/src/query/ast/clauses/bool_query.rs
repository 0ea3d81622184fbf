//! The `bool` clause.

use crate::query::ast::{MinimumShouldMatch, Query};

/// Clauses combined.
#[derive(Debug, Clone, PartialEq)]
pub struct Bool {
    /// All have to match, and score.
    pub must: Vec<Query>,
    /// All have to match, without a score.
    pub filter: Vec<Query>,
    /// Some have to match, and score.
    pub should: Vec<Query>,
    /// None may match.
    pub must_not: Vec<Query>,
    /// How many of `should` have to match; `None` for one when there is neither `must` nor `filter`, else none.
    pub minimum_should_match: Option<MinimumShouldMatch>,
    /// Whether a query of only `must_not` matches all the others.
    pub adjust_pure_negative: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Default for Bool {
    fn default() -> Self {
        Self {
            must: Vec::new(),
            filter: Vec::new(),
            should: Vec::new(),
            must_not: Vec::new(),
            minimum_should_match: None,
            adjust_pure_negative: true,
            boost: 1.0,
            name: None,
        }
    }
}
