//! Runs of characters of one class.

use super::{DEFAULT_MAX_TOKEN_LENGTH, Tokenizer, push_split};
use crate::text::token::Token;

/// Runs of anything but white space.
#[derive(Debug, Clone)]
pub struct Whitespace {
    max_token_length: usize,
}

impl Whitespace {
    /// A tokenizer that splits runs of more characters than this.
    pub fn new(max_token_length: usize) -> Self {
        Self {
            max_token_length: max_token_length.max(1),
        }
    }
}

impl Default for Whitespace {
    fn default() -> Self {
        Self::new(DEFAULT_MAX_TOKEN_LENGTH)
    }
}

impl Tokenizer for Whitespace {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        runs(text, |c| !c.is_whitespace(), self.max_token_length, tokens);
    }
}

/// Runs of letters.
#[derive(Debug, Clone, Default)]
pub struct Letter;

impl Tokenizer for Letter {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        runs(text, char::is_alphabetic, DEFAULT_MAX_TOKEN_LENGTH, tokens);
    }
}

fn runs(text: &str, belongs: impl Fn(char) -> bool, max_chars: usize, tokens: &mut Vec<Token>) {
    let (mut position, mut at) = (0, 0);
    for piece in text.split(|c| !belongs(c)) {
        position = push_split(tokens, piece, at, position, max_chars);
        at += piece.len();
        // The separator that ended the piece.
        at += text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
    }
}
