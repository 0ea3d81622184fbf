//! The text as it is.

use super::Tokenizer;
use crate::text::token::{MAX_TOKEN_BYTES, Token};

/// The whole text as one token (none for an empty text).
#[derive(Debug, Clone, Default)]
pub struct Keyword;

impl Tokenizer for Keyword {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        if !text.is_empty() {
            let mut token = Token::new(text, 0, text.len(), 0);
            // Filters need not work on what the cap would cut off; folding can
            // shorten a term, hence the slack.
            token.cut(MAX_TOKEN_BYTES * 4);
            tokens.push(token);
        }
    }
}
