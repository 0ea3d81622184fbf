//! The `match_phrase_prefix` clause.

use crate::query::ast::{Scalar, ZeroTermsQuery};

/// Words in order, the last of which may be incomplete.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchPhrasePrefix {
    /// The field's path.
    pub field: String,
    /// The text (numbers and booleans are taken as written).
    pub query: Scalar,
    /// How many positions words may be moved.
    pub slop: u32,
    /// The terms that one inexact word may stand for.
    pub max_expansions: u32,
    /// The analyzer of the text, instead of the field's own.
    pub analyzer: Option<String>,
    /// What matches when no word is left.
    pub zero_terms_query: ZeroTermsQuery,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl MatchPhrasePrefix {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, query: impl Into<Scalar>) -> Self {
        Self {
            field: field.into(),
            query: query.into(),
            slop: 0,
            max_expansions: 50,
            analyzer: None,
            zero_terms_query: ZeroTermsQuery::default(),
            boost: 1.0,
            name: None,
        }
    }
}
