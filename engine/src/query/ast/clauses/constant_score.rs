//! The `constant_score` clause.

use crate::query::ast::Query;

/// A filter with a constant score.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstantScore {
    /// What has to match.
    pub filter: Box<Query>,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl ConstantScore {
    /// The clause with every option at its default.
    pub fn new(filter: Query) -> Self {
        Self {
            filter: Box::new(filter),
            boost: 1.0,
            name: None,
        }
    }
}
