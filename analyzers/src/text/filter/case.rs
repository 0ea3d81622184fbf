//! Upper and lower case.

use super::{TokenFilter, rewrite_terms};
use crate::text::chars::{lower, upper};
use crate::text::token::Token;

/// Lower case, character by character, each of which becomes one: what a character becomes does not depend
/// on its neighbours, so the lower case of a prefix is a prefix.
#[derive(Debug, Clone, Default)]
pub struct Lowercase;

impl TokenFilter for Lowercase {
    fn apply(&self, tokens: &mut Vec<Token>) {
        for token in tokens {
            if token.text.is_ascii() {
                token.text.make_ascii_lowercase();
            } else {
                token.text = token.text.chars().map(lower).collect();
            }
        }
    }

    fn normalizes(&self) -> bool {
        true
    }
}

/// Upper case, character by character.
#[derive(Debug, Clone, Default)]
pub struct Uppercase;

impl TokenFilter for Uppercase {
    fn apply(&self, tokens: &mut Vec<Token>) {
        rewrite_terms(tokens, |text| Some(text.chars().map(upper).collect()));
    }

    fn normalizes(&self) -> bool {
        true
    }
}
