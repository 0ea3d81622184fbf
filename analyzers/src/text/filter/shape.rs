//! Filters on the length, order and repetition of terms.

use std::collections::HashSet;

use super::{TokenFilter, rewrite_terms};
use crate::text::token::Token;

/// Keeps terms whose number of characters is within bounds.
#[derive(Debug, Clone)]
pub struct Length {
    min: usize,
    max: usize,
}

impl Length {
    /// Keeps terms of `min` to `max` characters.
    pub fn new(min: usize, max: usize) -> Self {
        Self { min, max }
    }
}

impl TokenFilter for Length {
    fn apply(&self, tokens: &mut Vec<Token>) {
        tokens.retain(|token| (self.min..=self.max).contains(&token.text.chars().count()));
    }
}

/// Cuts terms to a number of characters.
#[derive(Debug, Clone)]
pub struct Truncate {
    length: usize,
}

impl Truncate {
    /// Keeps the first `length` characters (at least one) of each term.
    pub fn new(length: usize) -> Self {
        Self {
            length: length.max(1),
        }
    }
}

impl TokenFilter for Truncate {
    fn apply(&self, tokens: &mut Vec<Token>) {
        for token in tokens {
            if let Some((at, _)) = token.text.char_indices().nth(self.length) {
                token.text.truncate(at);
            }
        }
    }
}

/// Turns each term around.
#[derive(Debug, Clone, Default)]
pub struct Reverse;

impl TokenFilter for Reverse {
    fn apply(&self, tokens: &mut Vec<Token>) {
        rewrite_terms(tokens, |text| Some(text.chars().rev().collect()));
    }
}

/// Removes white space at both ends of each term.
#[derive(Debug, Clone, Default)]
pub struct Trim;

impl TokenFilter for Trim {
    fn apply(&self, tokens: &mut Vec<Token>) {
        rewrite_terms(tokens, |text| {
            let trimmed = text.trim();
            (trimmed.len() < text.len()).then(|| trimmed.to_owned())
        });
    }

    fn normalizes(&self) -> bool {
        true
    }
}

/// Keeps the first of equal terms.
#[derive(Debug, Clone, Default)]
pub struct Unique {
    same_position: bool,
}

impl Unique {
    /// A filter over all of the text, or over each position by itself.
    pub fn new(same_position: bool) -> Self {
        Self { same_position }
    }
}

impl TokenFilter for Unique {
    fn apply(&self, tokens: &mut Vec<Token>) {
        let mut seen: HashSet<String> = HashSet::new();
        let mut position = 0;
        tokens.retain(|token| {
            if self.same_position && token.position != position {
                seen.clear();
                position = token.position;
            }
            seen.insert(token.text.clone())
        });
    }
}
