//! The `multi_match` clause.

use crate::query::ast::{
    FieldBoost, Fuzziness, MinimumShouldMatch, MultiMatchType, Operator, Scalar, ZeroTermsQuery,
};

/// Words of a text in several fields.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiMatch {
    /// The text (numbers and booleans are taken as written).
    pub query: Scalar,
    /// The fields with their weights; empty for the index's default fields.
    pub fields: Vec<FieldBoost>,
    /// `type`: how the fields combine.
    pub kind: MultiMatchType,
    /// The share of the other fields' scores; `None` for the type's default.
    pub tie_breaker: Option<f32>,
    /// How the words combine.
    pub operator: Operator,
    /// The typos allowed in each word; `None` for none.
    pub fuzziness: Option<Fuzziness>,
    /// The characters at a word's beginning that have to be right.
    pub prefix_length: u32,
    /// The terms that one inexact word may stand for.
    pub max_expansions: u32,
    /// Whether two swapped neighbours are one typo.
    pub fuzzy_transpositions: bool,
    /// How many of the optional clauses have to match.
    pub minimum_should_match: Option<MinimumShouldMatch>,
    /// The analyzer of the text, instead of the field's own.
    pub analyzer: Option<String>,
    /// How many positions the words of a phrase may be moved.
    pub slop: u32,
    /// What matches when no word is left.
    pub zero_terms_query: ZeroTermsQuery,
    /// Whether a value of the wrong type matches nothing instead of failing.
    pub lenient: bool,
    /// Whether synonyms of several words are searched as phrases.
    pub auto_generate_synonyms_phrase_query: bool,
    /// The factor of the score.
    pub boost: f32,
    /// Pictor's own `"digits": "exact"`: no digit is ever taken for a typo.
    pub digits_exact: bool,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl MultiMatch {
    /// The clause with every option at its default.
    pub fn new(query: impl Into<Scalar>, fields: Vec<FieldBoost>) -> Self {
        Self {
            query: query.into(),
            fields,
            kind: MultiMatchType::default(),
            tie_breaker: None,
            operator: Operator::default(),
            fuzziness: None,
            prefix_length: 0,
            max_expansions: 50,
            fuzzy_transpositions: true,
            minimum_should_match: None,
            analyzer: None,
            slop: 0,
            zero_terms_query: ZeroTermsQuery::default(),
            lenient: false,
            auto_generate_synonyms_phrase_query: true,
            boost: 1.0,
            digits_exact: false,
            name: None,
        }
    }
}
