//! The `terms` clause.

use crate::query::ast::Scalar;

/// Any of several exact values.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// The field's path.
    pub field: String,
    /// The values.
    pub values: Vec<Scalar>,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Terms {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, values: Vec<Scalar>) -> Self {
        Self {
            field: field.into(),
            values,
            boost: 1.0,
            name: None,
        }
    }
}
