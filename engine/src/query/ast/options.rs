//! Options that several clauses share.

use super::keyword::keyword_enum;

keyword_enum! {
    /// How the words of a text combine.
    pub enum Operator {
        /// Any of the words.
        #[default]
        Or = "or",
        /// All of the words.
        And = "and",
    }
}

keyword_enum! {
    /// What a text query matches when its analyzer leaves no word.
    pub enum ZeroTermsQuery {
        /// Nothing.
        #[default]
        None = "none",
        /// Every document.
        All = "all",
    }
}

keyword_enum! {
    /// How `multi_match` and `query_string` combine their fields.
    pub enum MultiMatchType {
        /// The best field's score, plus a share of the others'.
        #[default]
        BestFields = "best_fields",
        /// The sum of all fields' scores.
        MostFields = "most_fields",
        /// Every word in any of the fields, as if they were one.
        CrossFields = "cross_fields",
        /// A phrase query on each field.
        Phrase = "phrase",
        /// A phrase prefix query on each field.
        PhrasePrefix = "phrase_prefix",
        /// A bool prefix query on each field.
        BoolPrefix = "bool_prefix",
    }
}

/// A field (or pattern of fields) with its weight: `title^3`.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldBoost {
    /// The field's path, which may hold `*`.
    pub field: String,
    /// The weight of its score.
    pub boost: f32,
}

impl FieldBoost {
    /// A field with its weight.
    pub fn new(field: impl Into<String>, boost: f32) -> Self {
        Self {
            field: field.into(),
            boost,
        }
    }

    /// Adds a field that several of a list stand for: its weights multiply.
    pub fn add_to(self, list: &mut Vec<Self>) {
        match list.iter_mut().find(|known| known.field == self.field) {
            Some(known) => known.boost *= self.boost,
            None => list.push(self),
        }
    }

    /// A list in which nothing is named twice: of equal names the last one holds.
    pub fn merged(list: &[Self]) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::with_capacity(list.len());
        for wanted in list {
            match out.iter_mut().find(|known| known.field == wanted.field) {
                Some(known) => known.boost = wanted.boost,
                None => out.push(wanted.clone()),
            }
        }
        out
    }
}

impl MultiMatchType {
    /// The share of the other fields' scores where the clause does not say.
    pub fn tie_breaker(self) -> f32 {
        match self {
            Self::MostFields | Self::BoolPrefix => 1.0,
            Self::BestFields | Self::CrossFields | Self::Phrase | Self::PhrasePrefix => 0.0,
        }
    }
}
