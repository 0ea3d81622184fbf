//! The `dis_max` clause.

use crate::query::ast::Query;

/// The best score of several queries.
#[derive(Debug, Clone, PartialEq)]
pub struct DisMax {
    /// The queries, any of which has to match.
    pub queries: Vec<Query>,
    /// The share of the other queries' scores.
    pub tie_breaker: f32,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl DisMax {
    /// The clause with every option at its default.
    pub fn new(queries: Vec<Query>) -> Self {
        Self {
            queries,
            tie_breaker: 0.0,
            boost: 1.0,
            name: None,
        }
    }
}
