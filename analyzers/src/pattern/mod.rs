//! Patterns in the syntax of Python's `re`, with the answers of `re.search`.
//!
//! A pattern is parsed strictly (what Python 3.11 refuses is refused), matched
//! within a [`Budget`], and can tell which trigrams every text that it matches
//! must hold, so that an index can narrow the candidates down.

mod charset;
mod error;
mod hir;
mod matcher;
mod parser;
#[cfg(test)]
mod tests;
mod trigrams;

pub use self::error::{MatchError, PatternError};
pub use self::matcher::{Budget, Matcher};
pub use self::parser::MAX_PATTERN_CHARS;
pub use self::trigrams::{Requirement, fold};

use self::matcher::Engine;

/// A compiled pattern. It may be shared between threads.
#[derive(Debug)]
pub struct PyPattern {
    source: String,
    engine: Engine,
    required: Requirement,
}

impl PyPattern {
    /// Compiles a pattern, or says what is wrong with it and where.
    pub fn compile(pattern: &str) -> Result<Self, PatternError> {
        let parsed = parser::parse(pattern)?;
        let hir = hir::resolve(&parsed)?;
        Ok(Self {
            source: pattern.to_owned(),
            engine: Engine::new(&hir, parsed.groups.len()),
            required: trigrams::required(&hir),
        })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether the pattern matches anywhere in the text. For many texts, a
    /// [`PyPattern::matcher`] is faster.
    pub fn search(&self, text: &str, budget: &Budget) -> Result<bool, MatchError> {
        self.matcher(budget).search(text)
    }

    /// A matcher for many texts, with one budget for all of them.
    pub fn matcher(&self, budget: &Budget) -> Matcher<'_> {
        Matcher::new(&self.engine, budget)
    }

    /// The trigrams that every matching text holds.
    pub fn required(&self) -> &Requirement {
        &self.required
    }
}
