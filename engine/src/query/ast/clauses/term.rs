//! The `term` clause.

use crate::query::ast::Scalar;

/// An exact value.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The field's path.
    pub field: String,
    /// The value.
    pub value: Scalar,
    /// Whether ASCII case is ignored.
    pub case_insensitive: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Term {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, value: impl Into<Scalar>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            case_insensitive: false,
            boost: 1.0,
            name: None,
        }
    }
}
