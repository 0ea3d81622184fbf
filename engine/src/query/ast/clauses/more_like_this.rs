//! The `more_like_this` clause.

use crate::query::ast::MinimumShouldMatch;

/// Documents that resemble texts or documents.
#[derive(Debug, Clone, PartialEq)]
pub struct MoreLikeThis {
    /// The fields to compare; empty for the index's default fields.
    pub fields: Vec<String>,
    /// What to resemble.
    pub like: Vec<Like>,
    /// What not to resemble.
    pub unlike: Vec<Like>,
    /// How many of the most telling terms are searched.
    pub max_query_terms: u32,
    /// How often a term has to occur in the input.
    pub min_term_freq: u32,
    /// How many documents have to hold a term.
    pub min_doc_freq: u32,
    /// How many documents may hold a term.
    pub max_doc_freq: Option<u64>,
    /// The shortest term.
    pub min_word_length: u32,
    /// The longest term; 0 for no limit.
    pub max_word_length: u32,
    /// Terms to leave out.
    pub stop_words: Vec<String>,
    /// The analyzer of the text, instead of the field's own.
    pub analyzer: Option<String>,
    /// How many of the terms have to match.
    pub minimum_should_match: MinimumShouldMatch,
    /// The factor of each term's own weight; 0 to weigh all the same.
    pub boost_terms: f32,
    /// Whether the documents in `like` may be hits.
    pub include: bool,
    /// Whether a field that is no text is an error.
    pub fail_on_unsupported_field: bool,
    /// The factor of the score.
    pub boost: f32,
    /// `_name`: reported in `matched_queries`.
    pub name: Option<String>,
}

impl MoreLikeThis {
    /// The clause with every option at its default.
    pub fn new(like: Vec<Like>) -> Self {
        Self {
            fields: Vec::new(),
            like,
            unlike: Vec::new(),
            max_query_terms: 25,
            min_term_freq: 2,
            min_doc_freq: 5,
            max_doc_freq: None,
            min_word_length: 0,
            max_word_length: 0,
            stop_words: Vec::new(),
            analyzer: None,
            minimum_should_match: MinimumShouldMatch::Percent(30),
            boost_terms: 0.0,
            include: false,
            fail_on_unsupported_field: true,
            boost: 1.0,
            name: None,
        }
    }
}

/// What [`MoreLikeThis`] compares with.
#[derive(Debug, Clone, PartialEq)]
pub enum Like {
    /// A text.
    Text(String),
    /// A document of an index.
    Document {
        /// The index; `None` for the searched one.
        index: Option<String>,
        /// The document's id.
        id: String,
    },
    /// A document that is not in an index, as its source.
    Artificial(serde_json::Map<String, serde_json::Value>),
}
