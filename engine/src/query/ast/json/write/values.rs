//! Parameters and values as they are printed.

use serde_json::{Map, Number, Value, json};

use crate::query::ast::{FieldBoost, Fuzziness, MinimumShouldMatch, Query, Scalar};

/// Parameters that are printed unless they are defaults.
#[derive(Default)]
pub(in crate::query::ast::json) struct Out(pub(in crate::query::ast::json) Map<String, Value>);

impl Out {
    pub(in crate::query::ast::json) fn put(
        &mut self,
        name: &str,
        value: impl Into<Value>,
    ) -> &mut Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(in crate::query::ast::json) fn some<T: Into<Value>>(
        &mut self,
        name: &str,
        value: Option<T>,
    ) -> &mut Self {
        if let Some(value) = value {
            self.put(name, value);
        }
        self
    }

    pub(in crate::query::ast::json) fn unless<T: PartialEq + Into<Value>>(
        &mut self,
        name: &str,
        value: T,
        default: T,
    ) -> &mut Self {
        if value != default {
            self.put(name, value);
        }
        self
    }

    pub(in crate::query::ast::json) fn common(
        &mut self,
        boost: f32,
        name: Option<&String>,
    ) -> Value {
        self.unless("boost", float(boost), float(1.0))
            .some("_name", name.cloned());
        Value::Object(std::mem::take(&mut self.0))
    }
}

/// A float as it was written, not as its nearest double.
pub(in crate::query::ast::json) fn float(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

pub(super) fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::String(text) => json!(text),
        Scalar::Int(number) => json!(number),
        Scalar::UInt(number) => json!(number),
        Scalar::Float(number) => json!(number),
        Scalar::Bool(flag) => json!(flag),
    }
}

pub(super) fn scalars(values: &[Scalar]) -> Value {
    values.iter().map(scalar).collect()
}

pub(in crate::query::ast::json) fn fuzziness(value: Fuzziness) -> Value {
    match value {
        Fuzziness::AUTO => json!("AUTO"),
        Fuzziness::Auto { low, high } => json!(format!("AUTO:{low},{high}")),
        Fuzziness::Distance(distance) => json!(distance),
    }
}

pub(in crate::query::ast::json) fn minimum(value: &MinimumShouldMatch) -> Value {
    match value {
        MinimumShouldMatch::Count(count) => json!(count),
        other => json!(other.to_string()),
    }
}

pub(super) fn digits(exact: bool) -> Option<&'static str> {
    exact.then_some("exact")
}

pub(in crate::query::ast::json) fn boosted_field(field: &FieldBoost) -> Value {
    // A name that holds a `^` would lose its end to the boost.
    if float(field.boost) == float(1.0) && !field.field.contains('^') {
        json!(field.field)
    } else {
        json!(format!("{}^{}", field.field, field.boost))
    }
}

pub(super) fn one(clause: &str, field: &str, body: Value) -> Value {
    json!({clause: {field: body}})
}

pub(super) fn list(queries: &[Query]) -> Option<Value> {
    (!queries.is_empty()).then(|| queries.iter().map(Query::to_json).collect())
}
