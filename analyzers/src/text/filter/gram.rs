//! Substrings of terms.

use super::TokenFilter;
use crate::text::token::{MAX_TOKENS, Token};

/// Replaces each token by substrings of it, all at its position and with its
/// offsets.
#[derive(Debug, Clone)]
pub struct GramFilter {
    min: usize,
    max: usize,
    edge: bool,
    preserve_original: bool,
}

impl GramFilter {
    /// Substrings of `min` to `max` characters; with `edge`, only those at the
    /// beginning. A token without any goes, unless originals are preserved.
    pub fn new(min: usize, max: usize, edge: bool, preserve_original: bool) -> Self {
        let min = min.max(1);
        Self {
            min,
            max: max.max(min),
            edge,
            preserve_original,
        }
    }
}

impl TokenFilter for GramFilter {
    fn apply(&self, tokens: &mut Vec<Token>) {
        let mut grams: Vec<Token> = Vec::with_capacity(tokens.len());
        for token in tokens.drain(..) {
            let mut bounds: Vec<usize> = token.text.char_indices().map(|(at, _)| at).collect();
            bounds.push(token.text.len());
            let characters = bounds.len() - 1;
            let starts = if self.edge { 1 } else { characters };
            for (first, &start) in bounds.iter().enumerate().take(starts) {
                for &end in bounds
                    .iter()
                    .skip(first + self.min)
                    .take(self.max - self.min + 1)
                {
                    if grams.len() < MAX_TOKENS {
                        let text = token.text.get(start..end).unwrap_or_default().to_owned();
                        grams.push(Token { text, ..token });
                    }
                }
            }
            let among = (self.min..=self.max).contains(&characters);
            if self.preserve_original && !among {
                grams.push(token);
            }
        }
        *tokens = grams;
    }
}
