//! The `terms_set` clause.

use crate::query::ast::Scalar;

/// At least so many of several exact values.
#[derive(Debug, Clone, PartialEq)]
pub struct TermsSet {
    /// The field's path.
    pub field: String,
    /// The values.
    pub terms: Vec<Scalar>,
    /// How many of them a document needs.
    pub required: RequiredTerms,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl TermsSet {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, terms: Vec<Scalar>, required: RequiredTerms) -> Self {
        Self {
            field: field.into(),
            terms,
            required,
            boost: 1.0,
            name: None,
        }
    }
}

/// How many of the terms of [`TermsSet`] a document needs.
#[derive(Debug, Clone, PartialEq)]
pub enum RequiredTerms {
    /// The number that the document has in this field.
    Field(String),
    /// A constant number.
    Count(u32),
    /// As many as the query has (`params.num_terms`).
    All,
}
