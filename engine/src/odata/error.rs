//! What is wrong with a query, and where.

use std::fmt;

use thiserror::Error;

/// The codes of the errors, as answers name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A condition that cannot be read.
    InvalidFilter,
    /// A function that does not exist, or not here.
    UnsupportedFunction,
    /// A lambda that cannot be read.
    InvalidLambdaExpression,
    /// An order that cannot be read.
    InvalidOrderBy,
    /// A selection that cannot be read.
    InvalidSelect,
    /// A page that cannot be read.
    InvalidPagination,
    /// An expression past one of the bounds.
    FilterTooComplex,
}

impl Code {
    /// The code as text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "InvalidFilter",
            Self::UnsupportedFunction => "UnsupportedFunction",
            Self::InvalidLambdaExpression => "InvalidLambdaExpression",
            Self::InvalidOrderBy => "InvalidOrderBy",
            Self::InvalidSelect => "InvalidSelect",
            Self::InvalidPagination => "InvalidPagination",
            Self::FilterTooComplex => "FilterTooComplex",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A query that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ODataError {
    /// The kind of error.
    pub code: Code,
    /// What was expected, in words.
    pub message: String,
    /// The parameter, such as `$filter`.
    pub target: String,
    /// The parameter's text, decoded.
    pub expression: String,
    /// Where in the text: characters from 0.
    pub position: usize,
}

impl ODataError {
    /// An error in a text.
    pub fn new(
        code: Code,
        message: impl Into<String>,
        target: impl Into<String>,
        expression: impl Into<String>,
        position: usize,
    ) -> Self {
        Self {
            code,
            message: message.into(),
            target: target.into(),
            expression: expression.into(),
            position,
        }
    }
}

/// An error while the text that it is about is still known to the caller only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub code: Code,
    pub message: String,
    pub position: usize,
}

impl Fault {
    pub fn new(code: Code, message: impl Into<String>, position: usize) -> Self {
        Self {
            code,
            message: message.into(),
            position,
        }
    }

    pub fn filter(message: impl Into<String>, position: usize) -> Self {
        Self::new(Code::InvalidFilter, message, position)
    }

    /// The same fault of a parameter whose plain errors have a code of their own.
    pub fn coded(mut self, code: Code) -> Self {
        if matches!(
            self.code,
            Code::InvalidFilter | Code::InvalidLambdaExpression
        ) {
            self.code = code;
        }
        self
    }

    pub fn in_text(self, target: &str, expression: &str) -> ODataError {
        ODataError::new(self.code, self.message, target, expression, self.position)
    }
}
