//! How matches are marked.

use crate::query::ast::{Query, keyword_enum};

/// How matches are marked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Highlight {
    /// The fields (or patterns) with their own options, in order.
    pub fields: Vec<(String, HighlightOptions)>,
    /// The options of fields that do not have their own.
    pub options: HighlightOptions,
    /// How the text around the marks is encoded.
    pub encoder: Encoder,
}

/// Options of marking; what is `None` is as the level above says, or the default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HighlightOptions {
    /// What goes before a match (default `<em>`).
    pub pre_tags: Option<Vec<String>>,
    /// What goes after a match (default `</em>`).
    pub post_tags: Option<Vec<String>>,
    /// The characters of a fragment (default 100).
    pub fragment_size: Option<usize>,
    /// The number of fragments (default 5); 0 for the whole text.
    pub number_of_fragments: Option<usize>,
    /// Whether only matches of the field itself are marked (default true).
    pub require_field_match: Option<bool>,
    /// The query whose matches are marked, instead of the request's.
    pub highlight_query: Option<Query>,
    /// The kind of highlighter; all give the same kind of answer.
    pub kind: Option<HighlighterType>,
    /// The characters to give of a field without matches (default 0).
    pub no_match_size: Option<usize>,
    /// The order of fragments.
    pub order: Option<HighlightOrder>,
    /// Further fields whose matches are marked too.
    pub matched_fields: Option<Vec<String>>,
    /// How fragments are cut, such as `sentence` or `word`.
    pub boundary_scanner: Option<String>,
    /// The characters of a text that are looked at.
    pub max_analyzed_offset: Option<usize>,
}

keyword_enum! {
    /// How the text around the marks is encoded.
    pub enum Encoder {
        /// As it is.
        #[default]
        Default = "default",
        /// Escaped for HTML.
        Html = "html",
    }
}

keyword_enum! {
    /// The order of fragments.
    pub enum HighlightOrder {
        /// As they come in the text.
        #[default]
        None = "none",
        /// The best first.
        Score = "score",
    }
}

keyword_enum! {
    /// The kind of highlighter.
    pub enum HighlighterType {
        /// By sentences.
        #[default]
        Unified = "unified",
        /// By fragments of a fixed size.
        Plain = "plain",
        /// From term vectors.
        Fvh = "fvh",
    }
}
