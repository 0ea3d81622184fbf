//! What a token is, and where.

use crate::odata::expr::Literal;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: Kind,
    /// Where it begins, in characters from 0.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// The kinds of tokens.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A name, or names with dots between: operators and functions are words too.
    Word(String),
    /// A name after a dollar sign.
    Dollar(String),
    Value(Literal),
    Open,
    Close,
    Comma,
    Colon,
    Slash,
    Minus,
    Star,
    End,
}

impl Kind {
    /// The token in words, for errors.
    pub fn describe(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Dollar(word) => format!("`${word}`"),
            Self::Value(value) => format!("`{value}`"),
            Self::Open => "`(`".to_owned(),
            Self::Close => "`)`".to_owned(),
            Self::Comma => "`,`".to_owned(),
            Self::Colon => "`:`".to_owned(),
            Self::Slash => "`/`".to_owned(),
            Self::Minus => "`-`".to_owned(),
            Self::Star => "`*`".to_owned(),
            Self::End => "the end".to_owned(),
        }
    }

    /// Whether it is a word, in whatever case.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }
}
