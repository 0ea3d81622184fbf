//! Clauses about vectors.

use serde_json::{Map, Value};

use super::params::Params;
use super::{Reader, kind, text};
use crate::query::ast::{Hybrid, Knn, ParseError, Query};

/// The most values of a query's vector.
const MAX_DIMS: usize = 4_096;

impl Reader {
    /// `knn` as Elasticsearch has it, or as OpenSearch: `{"field": {"vector": [...], "k": n}}`.
    pub(super) fn read_knn(&mut self, body: &Value) -> Result<Knn, ParseError> {
        if let Some(object) = body.as_object()
            && object.len() == 1
            && let Some((field, Value::Object(inner))) = object.iter().next()
            && inner.contains_key("vector")
        {
            let read = self.read_opensearch(field, inner);
            return read.map_err(|error| error.within(field));
        }
        let mut params = Params::of("knn", body)?;
        let clause = Knn {
            field: params.required_text("field")?,
            query_vector: vector(params.required("query_vector")?, "query_vector")?,
            k: count(&mut params, "k")?,
            num_candidates: count(&mut params, "num_candidates")?,
            filter: self.queries("filter", params.get("filter"))?,
            similarity: params.float32("similarity")?,
            exact: params.flag("exact", false)?,
            boost: params.boost()?,
            name: params.name()?,
        };
        params.done()?;
        if let (Some(k), Some(candidates)) = (clause.k, clause.num_candidates)
            && candidates < k
        {
            return Err(ParseError::illegal(format!(
                "[num_candidates] cannot be less than [k], got [{candidates}] and [{k}]"
            )));
        }
        Ok(clause)
    }

    fn read_opensearch(
        &mut self,
        field: &str,
        inner: &Map<String, Value>,
    ) -> Result<Knn, ParseError> {
        let mut params = Params::new("knn", inner);
        let clause = Knn {
            field: field.to_owned(),
            query_vector: vector(params.required("vector")?, "vector")?,
            k: count(&mut params, "k")?,
            num_candidates: None,
            filter: self.queries("filter", params.get("filter"))?,
            similarity: None,
            exact: false,
            boost: params.boost()?,
            name: params.name()?,
        };
        params.done()?;
        Ok(clause)
    }

    pub(super) fn read_hybrid(&mut self, body: &Value) -> Result<Hybrid, ParseError> {
        let mut params = Params::of("hybrid", body)?;
        let words = params.required("match")?;
        let words = text::read_match(words).map_err(|error| error.within("match"))?;
        let knn = params.required("knn")?;
        let knn = self.read_knn(knn).map_err(|error| error.within("knn"))?;
        let defaults = Hybrid::new(words, knn);
        let clause = Hybrid {
            filter: self.queries("filter", params.get("filter"))?,
            text_weight: params
                .float32("text_weight")?
                .unwrap_or(defaults.text_weight),
            vector_weight: params
                .float32("vector_weight")?
                .unwrap_or(defaults.vector_weight),
            min_text: params.float32("min_text")?.unwrap_or(defaults.min_text),
            boost: params.boost()?,
            name: params.name()?,
            ..defaults
        };
        params.done()?;
        Ok(clause)
    }
}

fn count(params: &mut Params<'_>, name: &'static str) -> Result<Option<usize>, ParseError> {
    const MOST: u64 = 10_000;
    match params.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64() {
            Some(number @ 1..=MOST) => Ok(usize::try_from(number).ok()),
            Some(number) if number > MOST => Err(ParseError::illegal(format!(
                "[{name}] cannot exceed [{MOST}], got [{number}]"
            ))
            .within(name)),
            _ => Err(ParseError::illegal(format!(
                "[{name}] must be greater than 0, got [{value}]"
            ))
            .within(name)),
        },
    }
}

fn vector(value: &Value, name: &str) -> Result<Vec<f32>, ParseError> {
    let Some(items) = value.as_array() else {
        return Err(ParseError::parsing(format!(
            "[knn] [{name}] is a list of numbers, got {}",
            kind(value)
        ))
        .within(name));
    };
    if items.is_empty() || items.len() > MAX_DIMS {
        return Err(ParseError::illegal(format!(
            "[knn] [{name}] has 1 to {MAX_DIMS} values, got {}",
            items.len()
        ))
        .within(name));
    }
    let number = |(at, item): (usize, &Value)| {
        #[expect(clippy::cast_possible_truncation, reason = "vectors are single floats")]
        let value = item.as_f64().map(|number| number as f32);
        value.filter(|value| value.is_finite()).ok_or_else(|| {
            ParseError::parsing(format!("[knn] [{name}] has finite numbers, got [{item}]"))
                .at_index(at)
                .within(name)
        })
    };
    items.iter().enumerate().map(number).collect()
}

/// The clauses of this file hold clauses, but never deep ones of their own.
pub(super) fn clause(
    reader: &mut Reader,
    name: &str,
    body: &Value,
) -> Option<Result<Query, ParseError>> {
    match name {
        "knn" => Some(reader.read_knn(body).map(Query::Knn)),
        "hybrid" => Some(reader.read_hybrid(body).map(|c| Query::Hybrid(Box::new(c)))),
        _ => None,
    }
}
