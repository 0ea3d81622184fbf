//! Clauses on aliases of fields, as clauses on the fields themselves.

use super::Planner;
use crate::error::{EngineError, Result};
use crate::mapping::Mapping;
use crate::query::ast::{FunctionKind, Query};

/// The clause with the fields that its aliases stand for; `None` when it names no alias. Clauses
/// inside are not looked at: they are planned by themselves.
pub(crate) fn resolved(query: &Query, mapping: &Mapping) -> Option<Query> {
    if !mapping.has_aliases() {
        return None;
    }
    let mut out = query.clone();
    let mut changed = false;
    for field in fields(&mut out) {
        let concrete = mapping.concrete(field);
        if concrete != field {
            let concrete = concrete.to_owned();
            *field = concrete;
            changed = true;
        }
    }
    changed.then_some(out)
}

impl Planner<'_> {
    /// Refuses clauses on fields that the mapping keeps out of the index.
    pub(super) fn check_searchable(&self, query: &Query) -> Result<()> {
        let path = match query {
            Query::Match(clause) if !clause.lenient => &clause.field,
            Query::MatchPhrase(clause) => &clause.field,
            Query::MatchPhrasePrefix(clause) => &clause.field,
            Query::MatchBoolPrefix(clause) => &clause.field,
            Query::Hybrid(clause) => &clause.text.field,
            Query::Term(clause) => &clause.field,
            Query::Terms(clause) => &clause.field,
            Query::TermsSet(clause) => &clause.field,
            Query::Range(clause) => &clause.field,
            Query::Prefix(clause) => &clause.field,
            Query::Wildcard(clause) => &clause.field,
            Query::Regexp(clause) => &clause.field,
            Query::Fuzzy(clause) => &clause.field,
            _ => return Ok(()),
        };
        self.check_field(path)
    }

    /// Refuses a field that the mapping keeps out of the index.
    pub(super) fn check_field(&self, path: &str) -> Result<()> {
        match self.field(path) {
            Some(field) if !field.is_kept() => Err(EngineError::query(
                path,
                format!(
                    "Cannot search on field [{path}] since it is not indexed nor has doc values."
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// The fields that a clause itself names.
fn fields(query: &mut Query) -> Vec<&mut String> {
    match query {
        Query::Match(clause) => vec![&mut clause.field],
        Query::MatchPhrase(clause) => vec![&mut clause.field],
        Query::MatchPhrasePrefix(clause) => vec![&mut clause.field],
        Query::MatchBoolPrefix(clause) => vec![&mut clause.field],
        Query::Term(clause) => vec![&mut clause.field],
        Query::Terms(clause) => vec![&mut clause.field],
        Query::TermsSet(clause) => vec![&mut clause.field],
        Query::Range(clause) => vec![&mut clause.field],
        Query::Exists(clause) => vec![&mut clause.field],
        Query::Prefix(clause) => vec![&mut clause.field],
        Query::Wildcard(clause) => vec![&mut clause.field],
        Query::Regexp(clause) => vec![&mut clause.field],
        Query::PythonRegexp(clause) => vec![&mut clause.field],
        Query::Fuzzy(clause) => vec![&mut clause.field],
        Query::Knn(clause) => vec![&mut clause.field],
        Query::Hybrid(clause) => vec![&mut clause.text.field, &mut clause.knn.field],
        Query::MultiMatch(clause) => {
            let fields = clause.fields.iter_mut();
            fields.map(|field| &mut field.field).collect()
        }
        Query::QueryString(clause) => {
            let fields = clause.fields.iter_mut();
            fields.map(|field| &mut field.field).collect()
        }
        Query::SimpleQueryString(clause) => {
            let fields = clause.fields.iter_mut();
            fields.map(|field| &mut field.field).collect()
        }
        Query::MoreLikeThis(clause) => clause.fields.iter_mut().collect(),
        Query::FunctionScore(clause) => clause
            .functions
            .iter_mut()
            .filter_map(|function| match &mut function.kind {
                Some(FunctionKind::FieldValueFactor(kind)) => Some(&mut kind.field),
                Some(FunctionKind::Decay(kind)) => Some(&mut kind.field),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
