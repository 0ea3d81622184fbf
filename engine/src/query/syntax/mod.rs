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
    MinimumShouldMatch, ParseError, ParseErrorKind, Query, QueryString, SimpleQueryString,
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

/// Sets how many optional clauses of a text have to match. It counts for the outermost clause alone,
/// where that has clauses or words.
fn apply_minimum(query: &mut Query, minimum: Option<&MinimumShouldMatch>) {
    let Some(minimum) = minimum else { return };
    if let Query::Bool(clause) = query {
        clause.minimum_should_match = Some(minimum.clone());
    } else if let Query::Match(clause) = query {
        clause.minimum_should_match = Some(minimum.clone());
    }
}
