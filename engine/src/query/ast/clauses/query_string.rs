//! The `query_string` clause.

use crate::query::ast::{FieldBoost, Fuzziness, MinimumShouldMatch, MultiMatchType, Operator};

/// A text in the Lucene query syntax.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryString {
    /// The text.
    pub query: String,
    /// The fields of words that name none.
    pub fields: Vec<FieldBoost>,
    /// The field of words that name none, when `fields` is empty.
    pub default_field: Option<String>,
    /// How neighbouring words combine.
    pub default_operator: Operator,
    /// The analyzer of the text, instead of the field's own.
    pub analyzer: Option<String>,
    /// The analyzer of quoted phrases.
    pub quote_analyzer: Option<String>,
    /// Whether a word may begin with `*` or `?`.
    pub allow_leading_wildcard: bool,
    /// Whether words with wildcards are analyzed.
    pub analyze_wildcard: bool,
    /// The typos that `~` allows.
    pub fuzziness: Fuzziness,
    /// The characters at a word's beginning that have to be right.
    pub fuzzy_prefix_length: u32,
    /// The terms that one inexact word may stand for.
    pub fuzzy_max_expansions: u32,
    /// Whether two swapped neighbours are one typo.
    pub fuzzy_transpositions: bool,
    /// How many positions the words of a phrase may be moved.
    pub phrase_slop: u32,
    /// Whether a value of the wrong type matches nothing instead of failing;
    /// `None` for as much as its fields need: every field without being named.
    pub lenient: Option<bool>,
    /// How many of the optional clauses have to match.
    pub minimum_should_match: Option<MinimumShouldMatch>,
    /// A suffix to the fields of quoted phrases.
    pub quote_field_suffix: Option<String>,
    /// The share of the other fields' scores.
    pub tie_breaker: Option<f32>,
    /// `type`: how the fields combine.
    pub kind: MultiMatchType,
    /// The time zone of dates that have none.
    pub time_zone: Option<String>,
    /// Whether all operators are taken literally.
    pub escape: bool,
    /// The bound on a regular expression's automaton.
    pub max_determinized_states: u32,
    /// Whether synonyms of several words are searched as phrases.
    pub auto_generate_synonyms_phrase_query: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl QueryString {
    /// The clause with every option at its default.
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            fields: Vec::new(),
            default_field: None,
            default_operator: Operator::default(),
            analyzer: None,
            quote_analyzer: None,
            allow_leading_wildcard: true,
            analyze_wildcard: false,
            fuzziness: Fuzziness::AUTO,
            fuzzy_prefix_length: 0,
            fuzzy_max_expansions: 50,
            fuzzy_transpositions: true,
            phrase_slop: 0,
            lenient: None,
            minimum_should_match: None,
            quote_field_suffix: None,
            tie_breaker: None,
            kind: MultiMatchType::default(),
            time_zone: None,
            escape: false,
            max_determinized_states: 10_000,
            auto_generate_synonyms_phrase_query: true,
            boost: 1.0,
            name: None,
        }
    }
}
