//! Searches as queries of the index.

use super::SearchExpr;
use crate::query::ast::{Bool, Match, MatchPhrase, Operator, Query, Term, Wildcard};

/// A field that is searched, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchField {
    /// By its words.
    Words(String),
    /// By its whole value, whatever its case.
    Whole(String),
    /// By any part of its value, whatever its case.
    Part(String),
}

/// The query that finds what is searched for in any of the fields.
pub fn search_query(search: &SearchExpr, fields: &[SearchField]) -> Query {
    let list = |items: &[SearchExpr]| -> Vec<Query> {
        items
            .iter()
            .map(|item| search_query(item, fields))
            .collect()
    };
    let clause = match search {
        SearchExpr::Word(text) => Bool {
            should: fields
                .iter()
                .map(|field| in_field(field, text, false))
                .collect(),
            ..Bool::default()
        },
        SearchExpr::Phrase(text) => Bool {
            should: fields
                .iter()
                .map(|field| in_field(field, text, true))
                .collect(),
            ..Bool::default()
        },
        SearchExpr::And(items) => Bool {
            must: list(items),
            ..Bool::default()
        },
        SearchExpr::Or(items) => Bool {
            should: list(items),
            ..Bool::default()
        },
        SearchExpr::Not(item) => Bool {
            must_not: vec![search_query(item, fields)],
            ..Bool::default()
        },
    };
    Query::Bool(clause)
}

fn in_field(field: &SearchField, text: &str, phrase: bool) -> Query {
    match field {
        SearchField::Words(path) if phrase => Query::MatchPhrase(MatchPhrase::new(path, text)),
        SearchField::Words(path) => Query::Match(Match {
            operator: Operator::And,
            ..Match::new(path, text)
        }),
        SearchField::Whole(path) => Query::Term(Term {
            case_insensitive: true,
            ..Term::new(path, text)
        }),
        SearchField::Part(path) => Query::Wildcard(Wildcard {
            case_insensitive: true,
            ..Wildcard::new(path, format!("*{}*", escaped(text)))
        }),
    }
}

/// A text within a wildcard pattern, for itself.
pub(in crate::odata) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
