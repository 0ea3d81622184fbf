//! Token filters: changes to a sequence of tokens.

mod case;
mod folding;
mod gram;
mod plural;
mod porter;
mod possessive;
mod shape;
mod stemmer;
mod stop;
mod synonym;
mod width;

use std::fmt;

pub use case::{Lowercase, Uppercase};
pub use folding::{AsciiFolding, fold};
pub use gram::GramFilter;
pub use plural::EnglishPlurals;
pub use possessive::PossessiveEnglish;
pub use shape::{Length, Reverse, Trim, Truncate, Unique};
pub use stemmer::Stem;
pub use stop::{ENGLISH_STOP_WORDS, Stop};
pub use synonym::{Rule, RuleError, SynonymMap, SynonymOptions, Synonyms, parse_rules};
pub use width::{CjkWidth, DecimalDigit};

use super::token::Token;

/// Changes, adds or removes tokens; keeps them ordered by position.
pub trait TokenFilter: fmt::Debug + Send + Sync {
    /// Rewrites the tokens of one text.
    fn apply(&self, tokens: &mut Vec<Token>);

    /// Returns whether the filter applies to a part of a word too, such as the beginning that a
    /// prefix query asks for: it rewrites characters and neither needs nor changes the word's bounds.
    fn normalizes(&self) -> bool {
        false
    }
}

/// The body of a filter that rewrites each term alone: its
/// `rewrite` returns the new term, or nothing to leave it as it is. A term that
/// becomes empty goes, but its position stays taken.
fn rewrite_terms(tokens: &mut Vec<Token>, rewrite: impl Fn(&str) -> Option<String>) {
    tokens.retain_mut(|token| {
        if let Some(text) = rewrite(&token.text) {
            token.text = text;
        }
        !token.text.is_empty()
    });
}
