//! The `match_bool_prefix` clause.

use crate::query::ast::{Fuzziness, MinimumShouldMatch, Operator, Scalar};

/// Words in any order, the last of which may be incomplete.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchBoolPrefix {
    /// The field's path.
    pub field: String,
    /// The text (numbers and booleans are taken as written).
    pub query: Scalar,
    /// How the words combine.
    pub operator: Operator,
    /// How many of the optional clauses have to match.
    pub minimum_should_match: Option<MinimumShouldMatch>,
    /// The typos allowed in each word; `None` for none.
    pub fuzziness: Option<Fuzziness>,
    /// The characters at a word's beginning that have to be right.
    pub prefix_length: u32,
    /// The terms that one inexact word may stand for.
    pub max_expansions: u32,
    /// Whether two swapped neighbours are one typo.
    pub fuzzy_transpositions: bool,
    /// The analyzer of the text, instead of the field's own.
    pub analyzer: Option<String>,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl MatchBoolPrefix {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, query: impl Into<Scalar>) -> Self {
        Self {
            field: field.into(),
            query: query.into(),
            operator: Operator::default(),
            minimum_should_match: None,
            fuzziness: None,
            prefix_length: 0,
            max_expansions: 50,
            fuzzy_transpositions: true,
            analyzer: None,
            boost: 1.0,
            name: None,
        }
    }
}
