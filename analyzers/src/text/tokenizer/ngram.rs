//! Substrings of bounded length.

use super::Tokenizer;
use crate::text::token::{MAX_TOKENS, Token};

/// A class of characters that n-grams may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharClass {
    /// Letters of any script.
    Letter,
    /// Decimal and other digits.
    Digit,
    /// White space.
    Whitespace,
    /// Punctuation of ASCII and the general punctuation of Unicode.
    Punctuation,
    /// Other characters that are no letter, digit, white space or control.
    Symbol,
    /// One given character.
    Exactly(char),
}

impl CharClass {
    fn contains(self, c: char) -> bool {
        match self {
            Self::Letter => c.is_alphabetic(),
            Self::Digit => c.is_numeric(),
            Self::Whitespace => c.is_whitespace(),
            Self::Punctuation => is_punctuation(c),
            Self::Symbol => {
                !(c.is_alphanumeric() || c.is_whitespace() || c.is_control() || is_punctuation(c))
            }
            Self::Exactly(wanted) => c == wanted,
        }
    }
}

fn is_punctuation(c: char) -> bool {
    match c {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => false,
        _ if c.is_ascii() => c.is_ascii_punctuation(),
        _ => matches!(u32::from(c),
            0xA1 | 0xA7 | 0xAB | 0xB6 | 0xB7 | 0xBB | 0xBF | 0x2010..=0x2027 | 0x2030..=0x205E
            | 0x3001..=0x3003 | 0x3008..=0x3011 | 0x3014..=0x301F | 0x30FB
            | 0xFF01..=0xFF03 | 0xFF05..=0xFF0A | 0xFF0C..=0xFF0F | 0xFF1A | 0xFF1B
            | 0xFF1F | 0xFF20 | 0xFF3B..=0xFF3D | 0xFF3F | 0xFF5B | 0xFF5D | 0xFF5F..=0xFF65),
    }
}

/// The byte offset of every character of each stretch between excluded
/// characters, with the end of the stretch last.
fn stretches(text: &str, classes: &[CharClass]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    let mut current: Vec<usize> = Vec::new();
    for (at, c) in text.char_indices() {
        if classes.is_empty() || classes.iter().any(|class| class.contains(c)) {
            current.push(at);
        } else if !current.is_empty() {
            current.push(at);
            all.push(std::mem::take(&mut current));
        }
    }
    if !current.is_empty() {
        current.push(text.len());
        all.push(current);
    }
    all
}

/// Every substring of `min` to `max` characters; each takes a position.
#[derive(Debug, Clone)]
pub struct Ngram {
    min: usize,
    max: usize,
    classes: Vec<CharClass>,
}

impl Ngram {
    /// N-grams of these lengths. Characters outside the classes separate
    /// words; no class at all means that every character belongs.
    pub fn new(min: usize, max: usize, classes: Vec<CharClass>) -> Self {
        let min = min.max(1);
        Self {
            min,
            max: max.max(min),
            classes,
        }
    }
}

impl Tokenizer for Ngram {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        let mut position = 0;
        for bounds in stretches(text, &self.classes) {
            for (first, &start) in bounds.iter().enumerate() {
                for &end in bounds
                    .iter()
                    .skip(first + self.min)
                    .take(self.max - self.min + 1)
                {
                    if tokens.len() >= MAX_TOKENS {
                        return;
                    }
                    let gram = text.get(start..end).unwrap_or_default();
                    tokens.push(Token::new(gram, start, end, position));
                    position += 1;
                }
            }
        }
    }
}

/// The beginnings of each word of `min` to `max` characters; each takes a
/// position.
#[derive(Debug, Clone)]
pub struct EdgeNgram {
    min: usize,
    max: usize,
    classes: Vec<CharClass>,
}

impl EdgeNgram {
    /// Beginnings of these lengths. Characters outside the classes separate
    /// words; no class at all means that the whole text is one word.
    pub fn new(min: usize, max: usize, classes: Vec<CharClass>) -> Self {
        let min = min.max(1);
        Self {
            min,
            max: max.max(min),
            classes,
        }
    }
}

impl Tokenizer for EdgeNgram {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        let mut position = 0;
        for bounds in stretches(text, &self.classes) {
            let start = bounds.first().copied().unwrap_or_default();
            for &end in bounds.iter().skip(self.min).take(self.max - self.min + 1) {
                if tokens.len() >= MAX_TOKENS {
                    return;
                }
                let gram = text.get(start..end).unwrap_or_default();
                tokens.push(Token::new(gram, start, end, position));
                position += 1;
            }
        }
    }
}
