//! The `hybrid` clause, Pictor's own.

use crate::query::ast::{Knn, Match, Query};

/// Words and meaning in one score: the share of the best possible BM25 that a text reaches, and the
/// cosine of a vector, each with its weight. A document that reaches neither threshold is no match.
#[derive(Debug, Clone, PartialEq)]
pub struct Hybrid {
    /// The words; the clause's own boost and operator hold.
    pub text: Match,
    /// The vector; its `similarity` is the least cosine that is a match by itself.
    pub knn: Knn,
    /// What both have to match, all of them.
    pub filter: Vec<Query>,
    /// The weight of the words.
    pub text_weight: f32,
    /// The weight of the vector.
    pub vector_weight: f32,
    /// The least share of the best possible BM25 that is a match by itself.
    pub min_text: f32,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Hybrid {
    /// The clause with every option at its default.
    pub fn new(text: Match, knn: Knn) -> Self {
        Self {
            text,
            knn,
            filter: Vec::new(),
            text_weight: 0.5,
            vector_weight: 0.5,
            min_text: 0.4,
            boost: 1.0,
            name: None,
        }
    }
}
