//! Chinese among other scripts.

use super::{Standard, Tokenizer};
use crate::text::chars::is_han;
use crate::text::jieba::dictionary;
use crate::text::token::Token;

/// The most Han characters handed to the dictionary at once, so that its
/// working memory stays bounded.
const CHUNK_CHARS: usize = 2_000;

/// Dictionary words and single characters for Han stretches, the standard
/// rules for everything else.
///
/// Positions are true: each Han character takes one, a word of n characters
/// begins at that of its first and spans n. At a position the longest token
/// comes first. So a phrase can run over characters, and a word still matches
/// where it stands.
#[derive(Debug, Clone, Default)]
pub struct Chinese {
    standard: Standard,
}

impl Tokenizer for Chinese {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        let (mut position, mut from) = (0, 0);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let han = is_han(first);
            let length = rest.find(|c| is_han(c) != han).unwrap_or(rest.len());
            let (stretch, tail) = rest.split_at(length);
            position = if han {
                tokenize_han(stretch, from, position, tokens)
            } else {
                self.standard.tokenize_from(stretch, from, position, tokens)
            };
            from += length;
            rest = tail;
        }
    }
}

fn tokenize_han(
    stretch: &str,
    mut base: usize,
    mut position: usize,
    tokens: &mut Vec<Token>,
) -> usize {
    let mut rest = stretch;
    while !rest.is_empty() {
        let cut = rest
            .char_indices()
            .nth(CHUNK_CHARS)
            .map_or(rest.len(), |(at, _)| at);
        let (chunk, tail) = rest.split_at(cut);
        position = tokenize_chunk(chunk, base, position, tokens);
        base += cut;
        rest = tail;
    }
    position
}

fn tokenize_chunk(chunk: &str, base: usize, position: usize, tokens: &mut Vec<Token>) -> usize {
    // The search mode adds the dictionary words within a long word.
    let mut words = dictionary().cut_for_search(chunk, true);
    words.retain(|word| word.end > word.start + 1);
    words.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    words.dedup_by(|a, b| (a.start, a.end) == (b.start, b.end));
    let mut words = words.into_iter().peekable();
    let mut count = 0;
    for (index, (at, c)) in chunk.char_indices().enumerate() {
        while let Some(word) = words.next_if(|word| word.start == index) {
            tokens.push(Token {
                text: word.word.to_owned(),
                start: base + word.byte_start,
                end: base + word.byte_end,
                position: position + index,
                position_length: word.end - word.start,
            });
        }
        tokens.push(Token::new(
            c,
            base + at,
            base + at + c.len_utf8(),
            position + index,
        ));
        count = index + 1;
    }
    position + count
}
