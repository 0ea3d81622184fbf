//! The `simple_query_string` clause.

use crate::query::ast::{FieldBoost, MinimumShouldMatch, Operator};

/// A text in the forgiving query syntax.
#[derive(Debug, Clone, PartialEq)]
pub struct SimpleQueryString {
    /// The text.
    pub query: String,
    /// The fields with their weights; empty for the index's default fields.
    pub fields: Vec<FieldBoost>,
    /// How neighbouring words combine.
    pub default_operator: Operator,
    /// The analyzer of the text, instead of the field's own.
    pub analyzer: Option<String>,
    /// The operators that are understood.
    pub flags: SimpleFlags,
    /// Whether words with wildcards are analyzed.
    pub analyze_wildcard: bool,
    /// The characters at a word's beginning that have to be right.
    pub fuzzy_prefix_length: u32,
    /// The terms that one inexact word may stand for.
    pub fuzzy_max_expansions: u32,
    /// Whether two swapped neighbours are one typo.
    pub fuzzy_transpositions: bool,
    /// Whether a value of the wrong type matches nothing instead of failing;
    /// `None` for as much as its fields need: every field without being named.
    pub lenient: Option<bool>,
    /// How many of the optional clauses have to match.
    pub minimum_should_match: Option<MinimumShouldMatch>,
    /// A suffix to the fields of quoted phrases.
    pub quote_field_suffix: Option<String>,
    /// Whether synonyms of several words are searched as phrases.
    pub auto_generate_synonyms_phrase_query: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl SimpleQueryString {
    /// The clause with every option at its default.
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            fields: Vec::new(),
            default_operator: Operator::default(),
            analyzer: None,
            flags: SimpleFlags::default(),
            analyze_wildcard: false,
            fuzzy_prefix_length: 0,
            fuzzy_max_expansions: 50,
            fuzzy_transpositions: true,
            lenient: None,
            minimum_should_match: None,
            quote_field_suffix: None,
            auto_generate_synonyms_phrase_query: true,
            boost: 1.0,
            name: None,
        }
    }
}

/// The operators that [`SimpleQueryString`] understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SimpleFlags(pub u16);

impl SimpleFlags {
    /// None: every character is text.
    pub const NONE: Self = Self(0);
    /// `+`: both sides.
    pub const AND: Self = Self(1);
    /// `-`: not what follows.
    pub const NOT: Self = Self(2);
    /// `|`: either side.
    pub const OR: Self = Self(4);
    /// `*` at a word's end.
    pub const PREFIX: Self = Self(8);
    /// `"…"`: a phrase.
    pub const PHRASE: Self = Self(16);
    /// `( )`: precedence.
    pub const PRECEDENCE: Self = Self(32);
    /// `\` escapes.
    pub const ESCAPE: Self = Self(64);
    /// Whitespace separates words.
    pub const WHITESPACE: Self = Self(128);
    /// `~n` after a word.
    pub const FUZZY: Self = Self(256);
    /// `~n` after a phrase.
    pub const NEAR: Self = Self(512);
    /// Every operator.
    pub const ALL: Self = Self(1023);

    /// Whether all of the other flags are set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Default for SimpleFlags {
    fn default() -> Self {
        Self::ALL
    }
}
