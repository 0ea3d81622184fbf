//! Words by the rules of Unicode.

use unicode_segmentation::UnicodeSegmentation;

use super::{Tokenizer, push_split};
use crate::text::chars::{is_emoji, is_south_east_asian};
use crate::text::token::Token;

/// How many characters a token has at most unless set otherwise.
pub const DEFAULT_MAX_TOKEN_LENGTH: usize = 255;

/// Words by UAX #29: Han ideographs and Hiragana one by one, runs of Katakana
/// and Hangul whole, emoji as terms, punctuation left out.
#[derive(Debug, Clone)]
pub struct Standard {
    max_token_length: usize,
}

impl Standard {
    /// A tokenizer that splits words of more characters than this.
    pub fn new(max_token_length: usize) -> Self {
        Self {
            max_token_length: max_token_length.max(1),
        }
    }

    /// Appends the words of a text that begins at byte `base` of the original
    /// and at `position`; returns the position after the last word.
    pub(crate) fn tokenize_from(
        &self,
        text: &str,
        base: usize,
        mut position: usize,
        tokens: &mut Vec<Token>,
    ) -> usize {
        // Scripts without word rules come in clusters; a run of them is one word.
        let mut run: Option<(usize, usize)> = None;
        for (start, piece) in text.split_word_bound_indices() {
            let is_word = piece.chars().any(|c| c.is_alphanumeric() || is_emoji(c));
            let in_run = piece.chars().next().is_some_and(is_south_east_asian);
            if in_run && (is_word || run.is_some()) {
                let from = run.map_or(start, |(from, _)| from);
                run = Some((from, start + piece.len()));
                continue;
            }
            if let Some((from, to)) = run.take() {
                let word = text.get(from..to).unwrap_or_default();
                position = push_split(tokens, word, base + from, position, self.max_token_length);
            }
            if is_word {
                position = push_split(tokens, piece, base + start, position, self.max_token_length);
            }
        }
        if let Some((from, to)) = run {
            let word = text.get(from..to).unwrap_or_default();
            position = push_split(tokens, word, base + from, position, self.max_token_length);
        }
        position
    }
}

impl Default for Standard {
    fn default() -> Self {
        Self::new(DEFAULT_MAX_TOKEN_LENGTH)
    }
}

impl Tokenizer for Standard {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        self.tokenize_from(text, 0, 0, tokens);
    }
}
