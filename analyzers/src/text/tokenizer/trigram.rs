//! Trigrams for substring and pattern search.

use super::Tokenizer;
use crate::text::chars::simple_lower;
use crate::text::token::{MAX_TOKENS, Token};

/// Every three characters in a row of the text in simple lower case; a text of
/// fewer than three characters has none.
///
/// Lower case is taken character by character and only where it is a single
/// character, so whoever makes trigrams of a pattern can do the same with
/// [`simple_lower`].
#[derive(Debug, Clone, Default)]
pub struct Trigram;

impl Tokenizer for Trigram {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        let mut window: [(usize, char); 3] = [(0, '\0'); 3];
        for (seen, (at, c)) in text.char_indices().enumerate() {
            let [_, second, third] = window;
            window = [second, third, (at, simple_lower(c))];
            if seen >= 2 && tokens.len() < MAX_TOKENS {
                let gram: String = window.iter().map(|(_, c)| *c).collect();
                tokens.push(Token::new(gram, second.0, at + c.len_utf8(), seen - 2));
            }
        }
    }
}
