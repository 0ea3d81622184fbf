//! The `fuzzy` clause.

use crate::query::ast::{Fuzziness, Scalar};

/// Terms within an edit distance.
#[derive(Debug, Clone, PartialEq)]
pub struct Fuzzy {
    /// The field's path.
    pub field: String,
    /// The term.
    pub value: Scalar,
    /// The typos allowed.
    pub fuzziness: Fuzziness,
    /// The characters at a word's beginning that have to be right.
    pub prefix_length: u32,
    /// The terms that one inexact word may stand for.
    pub max_expansions: u32,
    /// Whether two swapped neighbours are one typo.
    pub transpositions: bool,
    /// The factor of the score.
    pub boost: f32,
    /// Pictor's own `"digits": "exact"`: no digit is ever taken for a typo.
    pub digits_exact: bool,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl Fuzzy {
    /// The clause with every option at its default.
    pub fn new(field: impl Into<String>, value: impl Into<Scalar>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
            fuzziness: Fuzziness::AUTO,
            prefix_length: 0,
            max_expansions: 50,
            transpositions: true,
            boost: 1.0,
            digits_exact: false,
            name: None,
        }
    }
}
