//! The `boosting` clause.

use crate::query::ast::Query;

/// Matches of one query, demoted where another matches too.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosting {
    /// What has to match.
    pub positive: Box<Query>,
    /// What demotes.
    pub negative: Box<Query>,
    /// The factor of the score of demoted documents.
    pub negative_boost: f32,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Boosting {
    /// The clause with every option at its default.
    pub fn new(positive: Query, negative: Query, negative_boost: f32) -> Self {
        Self {
            positive: Box::new(positive),
            negative: Box::new(negative),
            negative_boost,
            boost: 1.0,
            name: None,
        }
    }
}
