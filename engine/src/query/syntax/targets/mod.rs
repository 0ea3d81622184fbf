//! One word, phrase or pattern in all of the fields that it is looked for in.

mod patterns;
mod words;

use std::borrow::Cow;
use std::cell::Cell;

use crate::query::ast::{
    DisMax, Exists, FieldBoost, MatchNone, MinimumShouldMatch, MultiMatchType, Operator,
    ParseError, ParseErrorKind, Query, Range,
};
use crate::query::syntax::{FieldKind, Fields, MAX_CLAUSES};

/// How inexact words are looked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::query::syntax) struct Inexact {
    pub(in crate::query::syntax) prefix_length: u32,
    pub(in crate::query::syntax) max_expansions: u32,
    pub(in crate::query::syntax) transpositions: bool,
}

/// The fields of a text, and how clauses on them are made.
pub(in crate::query::syntax) struct Targets<'a> {
    fields: &'a dyn Fields,
    defaults: Vec<FieldBoost>,
    /// No field was named: every one is searched.
    pub(in crate::query::syntax) everywhere: bool,
    lenient: bool,
    pub(in crate::query::syntax) kind: MultiMatchType,
    /// The share of the other fields' scores; `None` for the type's own.
    pub(in crate::query::syntax) tie_breaker: Option<f32>,
    pub(in crate::query::syntax) operator: Operator,
    pub(in crate::query::syntax) analyzer: Option<&'a str>,
    pub(in crate::query::syntax) quote_analyzer: Option<&'a str>,
    pub(in crate::query::syntax) quote_suffix: Option<&'a str>,
    pub(in crate::query::syntax) phrase_slop: u32,
    pub(in crate::query::syntax) inexact: Inexact,
    pub(in crate::query::syntax) minimum: Option<&'a MinimumShouldMatch>,
    pub(in crate::query::syntax) synonym_phrases: bool,
    clauses: Cell<usize>,
}

impl<'a> Targets<'a> {
    pub(in crate::query::syntax) fn new(
        fields: &'a dyn Fields,
        named: &[FieldBoost],
        lenient: Option<bool>,
    ) -> Self {
        let everywhere = named.iter().all(|field| field.field == "*");
        let everything = [FieldBoost::new("*", 1.0)];
        let named = if named.is_empty() { &everything } else { named };
        Self {
            defaults: expanded(fields, named),
            fields,
            everywhere,
            // Over every field most types differ from the text's.
            lenient: lenient.unwrap_or(everywhere),
            kind: MultiMatchType::BestFields,
            tie_breaker: None,
            operator: Operator::Or,
            analyzer: None,
            quote_analyzer: None,
            quote_suffix: None,
            phrase_slop: 0,
            inexact: Inexact {
                prefix_length: 0,
                max_expansions: 50,
                transpositions: true,
            },
            minimum: None,
            synonym_phrases: true,
            clauses: Cell::new(0),
        }
    }

    fn of(&self, field: Option<&str>) -> Cow<'_, [FieldBoost]> {
        match field {
            None => Cow::Borrowed(&self.defaults),
            Some(field) => Cow::Owned(expanded(self.fields, &[FieldBoost::new(field, 1.0)])),
        }
    }

    /// Whether neighbouring words are clauses of their own: in one field they may be.
    pub(in crate::query::syntax) fn splits_words(&self, field: Option<&str>) -> bool {
        let plain = matches!(
            self.kind,
            MultiMatchType::BestFields | MultiMatchType::MostFields | MultiMatchType::CrossFields
        );
        plain && self.of(field).len() <= 1
    }

    /// The share of the other fields' scores.
    fn tie(&self) -> f32 {
        self.tie_breaker.unwrap_or(self.kind.tie_breaker())
    }

    /// One clause for each field, the best of which scores; `None` when no field is left because `make` gave nothing.
    fn each(
        &self,
        field: Option<&str>,
        tie_breaker: f32,
        make: impl Fn(&str, FieldKind) -> Option<Query>,
    ) -> Result<Option<Query>, ParseError> {
        let targets = self.of(field);
        let clauses = self.clauses.get() + targets.len().max(1);
        self.clauses.set(clauses);
        if clauses > MAX_CLAUSES {
            return Err(ParseError::new(
                ParseErrorKind::TooManyClauses,
                format!("maxClauseCount is set to {MAX_CLAUSES}"),
            ));
        }
        let lenient = self.lenient || field.is_some_and(|field| field.contains('*'));
        let mut dropped = false;
        let mut queries = Vec::with_capacity(targets.len());
        for target in targets.iter() {
            let kind = self.fields.kind(&target.field);
            if kind == FieldKind::Unknown {
                continue;
            }
            let Some(query) = make(&target.field, kind) else {
                dropped = true;
                continue;
            };
            if lenient && kind != FieldKind::Words && !self.fields.fits(&query) {
                continue;
            }
            queries.push(query.scaled(target.boost));
        }
        Ok(match queries.len() {
            0 if dropped => None,
            0 => Some(nothing()),
            1 => queries.pop(),
            _ => Some(Query::DisMax(DisMax {
                tie_breaker,
                ..DisMax::new(queries)
            })),
        })
    }

    /// Values between bounds; the range comes without its field.
    pub(in crate::query::syntax) fn range(
        &self,
        field: Option<&str>,
        range: &Range,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, self.tie(), |path, kind| {
            let mut range = range.clone();
            path.clone_into(&mut range.field);
            if kind != FieldKind::Value {
                let bounds = [&mut range.gte, &mut range.gt, &mut range.lte, &mut range.lt];
                for bound in bounds.into_iter().flatten() {
                    let text = crate::query::plan::scalar_text(bound);
                    *bound = self.fields.normalized(path, &text).into();
                }
            }
            Some(Query::Range(range))
        })
    }

    /// Documents that have a value.
    pub(in crate::query::syntax) fn exists(
        &self,
        field: Option<&str>,
    ) -> Result<Option<Query>, ParseError> {
        match field {
            Some(field) => Ok(Some(Query::Exists(Exists::new(field)))),
            None => self.each(None, self.tie(), |path, _| {
                Some(Query::Exists(Exists::new(path)))
            }),
        }
    }
}

/// A query that matches nothing.
pub(in crate::query::syntax) fn nothing() -> Query {
    Query::MatchNone(MatchNone::default())
}

/// Fields with their patterns resolved; nothing is there twice.
fn expanded(fields: &dyn Fields, named: &[FieldBoost]) -> Vec<FieldBoost> {
    let mut out = Vec::new();
    for field in FieldBoost::merged(named) {
        if field.field.contains('*') {
            for path in fields.matching(&field.field) {
                FieldBoost::new(path, field.boost).add_to(&mut out);
            }
        } else {
            field.add_to(&mut out);
        }
    }
    out
}
