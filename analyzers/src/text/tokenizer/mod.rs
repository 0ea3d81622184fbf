//! Tokenizers: from text to tokens.

mod chinese;
mod keyword;
mod ngram;
mod pattern;
mod predicate;
mod standard;
mod trigram;

use std::fmt;

pub use chinese::Chinese;
pub use keyword::Keyword;
pub use ngram::{CharClass, EdgeNgram, Ngram};
pub use pattern::Pattern;
pub(crate) use pattern::{Flags, compile};
pub use predicate::{Letter, Whitespace};
pub use standard::{DEFAULT_MAX_TOKEN_LENGTH, Standard};
pub use trigram::Trigram;

use super::token::Token;

/// Cuts a text into tokens.
pub trait Tokenizer: fmt::Debug + Send + Sync {
    /// Appends the tokens of a text, by position, with offsets into the text.
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>);
}

/// Appends a piece of text, split after every `max_chars` characters; each part
/// takes a position. Returns the position after the last part.
fn push_split(
    tokens: &mut Vec<Token>,
    piece: &str,
    start: usize,
    mut position: usize,
    max_chars: usize,
) -> usize {
    let (mut rest, mut at) = (piece, start);
    while !rest.is_empty() {
        let cut = if rest.len() <= max_chars {
            rest.len()
        } else {
            rest.char_indices()
                .nth(max_chars.max(1))
                .map_or(rest.len(), |(i, _)| i)
        };
        let (head, tail) = rest.split_at(cut);
        tokens.push(Token::new(head, at, at + cut, position));
        position += 1;
        at += cut;
        rest = tail;
    }
    position
}
