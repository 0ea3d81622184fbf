//! Words that are left out.

use std::collections::HashSet;

use super::TokenFilter;
use crate::text::token::Token;

/// The usual English stop words.
pub const ENGLISH_STOP_WORDS: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "to", "was", "will", "with",
];

/// Removes given words; their positions stay taken, so phrases keep distances.
#[derive(Debug, Clone)]
pub struct Stop {
    words: HashSet<String>,
    ignore_case: bool,
}

impl Stop {
    /// A filter for these words.
    pub fn new(words: impl IntoIterator<Item = String>, ignore_case: bool) -> Self {
        let words = if ignore_case {
            words.into_iter().map(|word| word.to_lowercase()).collect()
        } else {
            words.into_iter().collect()
        };
        Self { words, ignore_case }
    }

    /// A filter for the usual English stop words, in lower case.
    pub fn english() -> Self {
        Self::new(ENGLISH_STOP_WORDS.map(str::to_owned), false)
    }
}

impl TokenFilter for Stop {
    fn apply(&self, tokens: &mut Vec<Token>) {
        if self.ignore_case {
            tokens.retain(|token| !self.words.contains(&token.text.to_lowercase()));
        } else {
            tokens.retain(|token| !self.words.contains(&token.text));
        }
    }
}
