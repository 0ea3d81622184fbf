//! `$search`: words and phrases, and how they combine.

mod compile;
mod parse;

pub(in crate::odata) use compile::escaped;
pub use compile::{SearchField, search_query};
pub use parse::search;

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchExpr {
    /// A word.
    Word(String),
    /// Words in order.
    Phrase(String),
    /// All of several; at least two.
    And(Vec<SearchExpr>),
    /// Any of several; at least two.
    Or(Vec<SearchExpr>),
    /// What may not be found.
    Not(Box<SearchExpr>),
}
