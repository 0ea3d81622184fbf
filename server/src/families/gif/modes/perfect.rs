//! `perfect`: the whole field equals the keyword, in this very case.

use engine::query::ast::{Query, Term};

use super::constant;
use crate::families::gif::request::Text;

/// Compiles the keyword.
pub fn compile(text: &Text) -> Query {
    let field = format!("{}.keyword", text.target.field());
    constant(Query::Term(Term::new(field, text.keyword.as_str())), 1.0)
}
