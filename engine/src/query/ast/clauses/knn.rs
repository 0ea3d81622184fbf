//! The `knn` clause.

use crate::query::ast::Query;

/// Nearest neighbours of a vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Knn {
    /// The field's path.
    pub field: String,
    /// The vector; every value is finite.
    pub query_vector: Vec<f32>,
    /// How many neighbours.
    pub k: Option<usize>,
    /// How many candidates are looked at; never below `k`.
    pub num_candidates: Option<usize>,
    /// What neighbours have to match, all of them.
    pub filter: Vec<Query>,
    /// The least similarity of a neighbour.
    pub similarity: Option<f32>,
    /// Whether every vector is compared instead of walking graphs; Pictor's own.
    pub exact: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Knn {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, query_vector: Vec<f32>) -> Self {
        Self {
            field: field.into(),
            query_vector,
            k: None,
            num_candidates: None,
            filter: Vec::new(),
            similarity: None,
            exact: false,
            boost: 1.0,
            name: None,
        }
    }
}
