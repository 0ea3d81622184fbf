//! What is wrong with a query or request.

use std::fmt;

/// The family of a [`ParseError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParseErrorKind {
    /// The JSON does not have the language's shape.
    Parsing,
    /// The shape is right, a value is not.
    IllegalArgument,
    /// More clauses than the limit.
    TooManyClauses,
    /// Nested deeper than the limit.
    TooDeep,
    /// A text that does not follow its syntax.
    Syntax,
}

/// A query or request that cannot be understood, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}", At(.path))]
pub struct ParseError {
    /// The family of the error.
    pub kind: ParseErrorKind,
    /// What is wrong, in Elasticsearch's words where it has words for it.
    pub reason: String,
    /// The JSON path of the offending value, such as `bool.must[1].match.title`;
    /// empty for the root.
    pub path: String,
}

/// Prints ` at [path]` unless the path is empty.
struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            Ok(())
        } else {
            write!(f, " at [{}]", self.0)
        }
    }
}

impl ParseError {
    /// An error of a kind, at the root until [`ParseError::within`] says more.
    pub fn new(kind: ParseErrorKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
            path: String::new(),
        }
    }

    /// A value of the wrong shape.
    pub fn parsing(reason: impl Into<String>) -> Self {
        Self::new(ParseErrorKind::Parsing, reason)
    }

    /// A value of the right shape that is not allowed.
    pub fn illegal(reason: impl Into<String>) -> Self {
        Self::new(ParseErrorKind::IllegalArgument, reason)
    }

    /// Puts a segment (a key) before the path.
    #[must_use]
    pub fn within(mut self, segment: &str) -> Self {
        self.path = if self.path.is_empty() {
            segment.to_owned()
        } else if self.path.starts_with('[') {
            format!("{segment}{}", self.path)
        } else {
            format!("{segment}.{}", self.path)
        };
        self
    }

    /// Puts a position in a list before the path.
    #[must_use]
    pub fn at_index(self, index: usize) -> Self {
        self.within(&format!("[{index}]"))
    }

    /// The error's `type` in Elasticsearch's envelope.
    pub fn es_type(&self) -> &'static str {
        match self.kind {
            ParseErrorKind::Parsing => "parsing_exception",
            ParseErrorKind::IllegalArgument => "illegal_argument_exception",
            ParseErrorKind::TooManyClauses => "too_many_clauses",
            ParseErrorKind::TooDeep => "x_content_parse_exception",
            ParseErrorKind::Syntax => "query_shard_exception",
        }
    }
}
