//! The English possessive.

use super::TokenFilter;
use crate::text::token::Token;

/// Removes a final `'s`, with any of the usual apostrophes.
#[derive(Debug, Clone, Default)]
pub struct PossessiveEnglish;

impl TokenFilter for PossessiveEnglish {
    fn apply(&self, tokens: &mut Vec<Token>) {
        for token in tokens {
            let stem = token
                .text
                .strip_suffix(['s', 'S'])
                .and_then(|rest| rest.strip_suffix(['\'', '\u{2019}', '\u{FF07}']))
                .map(str::len);
            if let Some(length) = stem.filter(|length| *length > 0) {
                token.text.truncate(length);
            }
        }
    }
}
