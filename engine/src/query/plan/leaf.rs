//! Exact values: `term`, `terms`, `terms_set`, `exists`, `ids`.

use std::collections::HashMap;

use serde_json::Value;
use tantivy::query::{BooleanQuery, Occur, TermQuery, TermSetQuery};
use tantivy::schema::{IndexRecordOption, OwnedValue};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use super::columns::{Numbers, numbers};
use super::fuzzy::{one_term, term_query};
use super::ranges::{Number, number_of};
use super::sets::{Docs, SegmentSet, set_query};
use super::text::any_of;
use super::{Planned, Planner, constant, none};
use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType, NumberKind};
use crate::query::ast::{Range, RequiredTerms, Scalar, Term, Terms, TermsSet};
use crate::query::{ip, values};
use crate::text::TermSource;

/// The most values of `terms`, as Elasticsearch has it.
const MAX_TERMS: usize = 65_536;

/// A value as the text that a keyword field holds.
pub(crate) fn scalar_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::String(text) => text.clone(),
        Scalar::Int(number) => number.to_string(),
        Scalar::UInt(number) => number.to_string(),
        Scalar::Float(number) => number.to_string(),
        Scalar::Bool(flag) => flag.to_string(),
    }
}

/// A value as JSON.
pub(super) fn scalar_json(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::String(text) => Value::from(text.as_str()),
        Scalar::Int(number) => Value::from(*number),
        Scalar::UInt(number) => Value::from(*number),
        Scalar::Float(number) => Value::from(*number),
        Scalar::Bool(flag) => Value::from(*flag),
    }
}

impl Planner<'_> {
    pub(super) fn plan_term(&self, clause: &Term) -> Result<Planned> {
        let path = clause.field.as_str();
        if path == "_id" {
            return Ok(self.plan_ids(&[scalar_text(&clause.value)]));
        }
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        match &field.kind {
            FieldType::Ip => self.plan_address(path, &field, &clause.value),
            FieldType::Text { .. } | FieldType::Keyword { .. } | FieldType::Flattened { .. } => {
                let Some(source) = self.term_source(path, &field) else {
                    return Ok(none());
                };
                let text = self.exact_text(&field, &clause.value);
                if clause.case_insensitive {
                    return Ok(self.ignoring_case(&source, &text));
                }
                let term = source.term(&text);
                if let FieldType::Text { .. } = field.kind {
                    return Ok(one_term(term, true));
                }
                // A value that nothing has is most often asked for alone: then nothing else is done.
                if self.searcher().doc_freq(&term)? == 0 {
                    return Ok(none());
                }
                self.rare(path, &term, one_term(term.clone(), false))
            }
            FieldType::Object { .. }
            | FieldType::Vector(_)
            | FieldType::Completion(_)
            | FieldType::Alias { .. } => Ok(none()),
            FieldType::Number(kind) if kind.is_whole() => {
                check_whole(path, *kind, &clause.value)?;
                self.equal_number(path, &clause.value)
            }
            FieldType::Number(NumberKind::ScaledFloat(factor)) => {
                // The value stands for the one that documents with it have in the index.
                let value = scalar_text(&clause.value).parse().map_or_else(
                    |_| clause.value.clone(),
                    |value| Scalar::Float(factor.round(value)),
                );
                self.equal_number(path, &value)
            }
            FieldType::Number(_) | FieldType::Boolean | FieldType::Date { .. } => {
                self.equal_number(path, &clause.value)
            }
        }
    }

    /// The documents with a number, date or boolean.
    fn equal_number(&self, path: &str, value: &Scalar) -> Result<Planned> {
        let mut range = Range::new(path);
        range.gte = Some(value.clone());
        range.lte = Some(value.clone());
        self.plan_range(&range)
    }

    /// An address, or the addresses of a network.
    fn plan_address(&self, path: &str, field: &Field, value: &Scalar) -> Result<Planned> {
        let text = scalar_text(value);
        let wrong = |reason: String| EngineError::query(path, reason);
        if let Some((low, high)) = ip::network(&text).map_err(wrong)? {
            return Ok(self.address_range(path, Some((low, true)), Some((high, true))));
        }
        let address = ip::parse(&text).map_err(wrong)?;
        Ok(match self.term_source(path, field) {
            Some(source) => term_query(&source, &address.to_string(), false),
            None => none(),
        })
    }

    pub(super) fn plan_terms(&self, clause: &Terms) -> Result<Planned> {
        if clause.values.len() > MAX_TERMS {
            return Err(EngineError::Limit(format!(
                "The number of terms [{}] used in the Terms Query request has exceeded the \
                 allowed maximum of [{MAX_TERMS}]",
                clause.values.len()
            )));
        }
        let path = clause.field.as_str();
        if path == "_id" {
            let ids: Vec<String> = clause.values.iter().map(scalar_text).collect();
            return Ok(self.plan_ids(&ids));
        }
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let networks = field.kind == FieldType::Ip;
        if let Some(source) = self.term_source(path, &field).filter(|_| !networks) {
            let terms: Vec<_> = clause
                .values
                .iter()
                .map(|value| source.term(&self.exact_text(&field, value)))
                .collect();
            return Ok(constant(Box::new(TermSetQuery::new(terms)), 1.0));
        }
        let mut queries = Vec::with_capacity(clause.values.len());
        for value in &clause.values {
            queries.push(self.plan_term(&Term::new(path, value.clone()))?);
        }
        Ok(constant(any_of(queries), 1.0))
    }

    pub(super) fn plan_terms_set(&self, clause: &TermsSet) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let mut terms: Vec<Scalar> = clause.terms.clone();
        terms.dedup();
        match &clause.required {
            RequiredTerms::Count(_) | RequiredTerms::All => {
                let needed = match clause.required {
                    RequiredTerms::Count(count) => usize::try_from(count).unwrap_or(usize::MAX),
                    _ => terms.len(),
                };
                if needed > terms.len() {
                    return Ok(none());
                }
                let mut queries = Vec::with_capacity(terms.len());
                for term in terms {
                    queries.push((Occur::Should, self.plan_term(&Term::new(path, term))?));
                }
                Ok(Box::new(BooleanQuery::with_minimum_required_clauses(
                    queries,
                    needed.max(1),
                )))
            }
            RequiredTerms::Field(required) => {
                let Some(source) = self.term_source(path, &field) else {
                    return Err(EngineError::query(
                        path,
                        "terms_set needs a keyword or text field",
                    ));
                };
                let texts: Vec<String> = terms
                    .iter()
                    .map(|term| self.exact_text(&field, term))
                    .collect();
                let set = RequiredByField {
                    source,
                    terms: texts,
                    required: required.clone(),
                };
                let enough = constant(set_query(set, &self.errors), 0.0);
                let mut clauses = vec![(Occur::Must, enough)];
                // The terms that a document has are its score.
                for term in terms {
                    clauses.push((Occur::Should, self.plan_term(&Term::new(path, term))?));
                }
                Ok(Box::new(BooleanQuery::new(clauses)))
            }
        }
    }

    pub(super) fn plan_exists(&self, path: &str) -> Planned {
        let schema = &self.context.schema;
        if matches!(path, "_id" | "_source" | "_index") {
            return super::all();
        }
        let mapping = &self.definition.mapping;
        let is_object = mapping
            .field(path)
            .is_some_and(|field| matches!(field.kind, FieldType::Object { .. }));
        let names = if let Some(own) = crate::text::own_path(path) {
            vec![own.to_owned()]
        } else if path.contains('*') {
            mapping.matching(path)
        } else if is_object {
            // An object is there where one of its fields has a value.
            mapping.matching(&format!("{path}.*"))
        } else {
            vec![path.to_owned()]
        };
        let queries = names
            .iter()
            .map(|name| {
                let term = tantivy::Term::from_field_text(schema.names, name);
                Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Planned
            })
            .collect();
        constant(any_of(queries), 1.0)
    }

    pub(super) fn plan_ids(&self, ids: &[String]) -> Planned {
        let field = self.context.schema.id;
        let terms: Vec<_> = ids
            .iter()
            .map(|id| tantivy::Term::from_field_text(field, id))
            .collect();
        if terms.is_empty() {
            none()
        } else {
            constant(Box::new(TermSetQuery::new(terms)), 1.0)
        }
    }
}

/// Documents that have as many of the terms as one of their own fields says.
#[derive(Debug)]
struct RequiredByField {
    source: TermSource,
    terms: Vec<String>,
    required: String,
}

impl SegmentSet for RequiredByField {
    fn docs(&self, reader: &SegmentReader) -> Result<Docs> {
        let inverted = reader.inverted_index(self.source.field)?;
        let mut counts: HashMap<DocId, u32> = HashMap::new();
        for term in &self.terms {
            let postings = inverted
                .read_postings(&self.source.term(term), IndexRecordOption::Basic)
                .map_err(tantivy::TantivyError::from)?;
            let Some(mut postings) = postings else {
                continue;
            };
            let mut doc = postings.doc();
            while doc != TERMINATED {
                *counts.entry(doc).or_default() += 1;
                doc = postings.advance();
            }
        }
        let columns: Vec<Numbers> = numbers(reader, &self.required)?;
        let docs = counts
            .into_iter()
            .filter(|(doc, count)| {
                let needed = columns.iter().find_map(|column| column.first(*doc));
                // A document that does not say how many it needs never matches.
                needed.is_some_and(|needed| f64::from(*count) >= needed.max(1.0))
            })
            .map(|(doc, _)| doc)
            .collect();
        Ok(Docs::from_unsorted(docs))
    }
}

/// Refuses a number that a field of whole numbers cannot hold.
fn check_whole(path: &str, kind: NumberKind, value: &Scalar) -> Result<()> {
    let (low, high) = kind.bounds();
    let high = match kind {
        NumberKind::UnsignedLong => i128::from(u64::MAX),
        _ => i128::from(high),
    };
    let fits = match number_of(value) {
        Some(Number::Whole(number)) => (i128::from(low)..=high).contains(&number),
        #[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
        Some(Number::Float(number)) => (i128::from(low)..=high).contains(&(number as i128)),
        // What is no number is refused where it is compared.
        None => true,
    };
    if fits {
        return Ok(());
    }
    let article = if kind == NumberKind::Integer {
        "an"
    } else {
        "a"
    };
    Err(EngineError::query(
        path,
        format!(
            "Value [{}] is out of range for {article} {}",
            scalar_text(value),
            kind.as_str()
        ),
    ))
}

/// What a number, date or boolean field makes of a query's value.
pub(super) fn exact_number(field: &Field, value: &Value) -> Result<OwnedValue, String> {
    match &field.kind {
        FieldType::Number(kind) => values::number(*kind, value),
        FieldType::Boolean => values::boolean(value).map(OwnedValue::Bool),
        other => Err(format!("a {} is not compared as a number", other.name())),
    }
}
