//! What can go wrong with a pattern, and with one search.

use thiserror::Error;

/// Why a pattern is refused: the words follow those of Python's `re.error`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message} at position {position}")]
pub struct PatternError {
    /// What is wrong.
    pub message: String,
    /// Where: an offset in characters, from 0.
    pub position: usize,
}

impl PatternError {
    pub(crate) fn new(message: impl Into<String>, position: usize) -> Self {
        Self {
            message: message.into(),
            position,
        }
    }
}

/// Why a search ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MatchError {
    /// The deadline passed.
    #[error("the regular expression ran past its time limit")]
    Timeout,
    /// The steps, or the memory for backtracking, are used up.
    #[error("the regular expression needs too many steps")]
    Budget,
}
