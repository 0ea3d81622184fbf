//! The two text syntaxes, read into clauses of the query language.
//!
//! Lucene's syntax ([`query_string`]) refuses what it cannot read; the forgiving one
//! ([`simple_query_string`]) reads every text. Both become plain clauses, so that there is one way
//! to plan, mark and explain them. What a word becomes depends on the field that it is looked for
//! in, which [`Fields`] tells.

mod fields;
mod lucene;
mod simple;
mod targets;
#[cfg(test)]
mod tests;

pub use fields::{FieldKind, Fields};

use crate::query::ast::{
    Bool, MinimumShouldMatch, ParseError, ParseErrorKind, Query, QueryString, SimpleQueryString,
};

/// The deepest that parentheses nest.
pub const MAX_DEPTH: usize = 50;
/// The most clauses that one text becomes, over all of its fields.
pub const MAX_CLAUSES: usize = 4_096;
/// The longest text, in characters.
pub const MAX_TEXT: usize = 32_000;

/// The clauses of a text in Lucene's syntax.
///
/// # Errors
/// When the text does not follow the syntax or is too large.
pub fn query_string(clause: &QueryString, fields: &dyn Fields) -> Result<Query, ParseError> {
    check_length(&clause.query)?;
    lucene::compile(clause, fields)
}

/// The clauses of a text in the forgiving syntax.
///
/// # Errors
/// When the text is too large; never for its syntax.
pub fn simple_query_string(
    clause: &SimpleQueryString,
    fields: &dyn Fields,
) -> Result<Query, ParseError> {
    check_length(&clause.query)?;
    simple::compile(clause, fields)
}

fn check_length(text: &str) -> Result<(), ParseError> {
    if text.chars().nth(MAX_TEXT).is_some() {
        return Err(ParseError::illegal(format!(
            "Query string length exceeds max allowed length {MAX_TEXT}"
        )));
    }
    Ok(())
}

/// A text that does not follow its syntax, and why.
fn refused(text: &str, why: impl std::fmt::Display) -> ParseError {
    let shown: String = text.chars().take(1_000).collect();
    ParseError::new(
        ParseErrorKind::Syntax,
        format!("Failed to parse query [{shown}]: {why}"),
    )
}

/// What a group's own minimum is: where only optional clauses are, none of them is too few.
fn at_least_one(minimum: Option<&MinimumShouldMatch>, group: &Bool) -> Option<MinimumShouldMatch> {
    let minimum = minimum?;
    let optional = group.should.len();
    let none = minimum.resolve(optional) == 0 && group.must.is_empty();
    (optional > 0 && !none).then(|| minimum.clone())
}
