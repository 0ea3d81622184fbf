//! `sort`, in all its forms.

use serde_json::{Value, json};

use super::print::Out;
use super::read::{Read, object, one_or_many, set, string, unexpected, unsupported, word};
use crate::query::ast::ParseError;
use crate::request::{Missing, Order, Sort, SortField, SortMode};

impl Sort {
    /// Reads `"field"`, `{"field": "desc"}`, `{"field": {…}}`, or a list of them.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn list_from_json(value: &Value) -> Result<Vec<Self>, ParseError> {
        let groups = one_or_many(value, read_group)?;
        Ok(groups.into_iter().flatten().collect())
    }

    /// The key as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Score(Order::Desc) => json!("_score"),
            Self::Score(order) => json!({"_score": {"order": order.as_str()}}),
            Self::Doc(Order::Asc) => json!("_doc"),
            Self::Doc(order) => json!({"_doc": {"order": order.as_str()}}),
            Self::Field(field) => {
                let mut out = Out::default();
                out.put("order", field.order.as_str());
                match &field.missing {
                    Missing::Last => {}
                    Missing::First => {
                        out.put("missing", "_first");
                    }
                    Missing::Value(value) => {
                        out.put("missing", value.clone());
                    }
                }
                out.some("mode", field.mode.map(SortMode::as_str))
                    .some("unmapped_type", field.unmapped_type.clone())
                    .some("format", field.format.clone())
                    .some("numeric_type", field.numeric_type.clone());
                json!({ &field.field: out.0 })
            }
        }
    }
}

/// One item of the list; an object may hold several keys, which count in order.
fn read_group(value: &Value) -> Read<Vec<Sort>> {
    match value {
        Value::String(field) => Ok(vec![plain(field, None)?]),
        Value::Object(entries) => entries
            .iter()
            .map(|(field, options)| read_key(field, options).map_err(|error| error.within(field)))
            .collect(),
        other => Err(unexpected("a field or an object", other)),
    }
}

/// A key without options, in its usual direction or another.
fn plain(field: &str, order: Option<Order>) -> Read<Sort> {
    Ok(match field {
        "" => return Err(ParseError::illegal("a sort key needs a field")),
        "_score" => Sort::Score(order.unwrap_or(Order::Desc)),
        // The place in the index is what breaks ties in a point in time, too.
        "_doc" | "_shard_doc" => Sort::Doc(order.unwrap_or(Order::Asc)),
        "_geo_distance" | "_script" => {
            return Err(ParseError::illegal(format!(
                "sorting by [{field}] is not supported"
            )));
        }
        field => Sort::field(field, order.unwrap_or(Order::Asc)),
    })
}

fn read_key(field: &str, options: &Value) -> Read<Sort> {
    if options.is_string() {
        return plain(field, Some(word(options, Order::from_word)?));
    }
    let options = object(options)?;
    let order = options
        .get("order")
        .map(|value| word(value, Order::from_word).map_err(|error| error.within("order")))
        .transpose()?;
    let mut sort = plain(field, order)?;
    for (key, value) in options {
        if key == "order" {
            continue;
        }
        let read = match &mut sort {
            Sort::Field(field) => read_option(field, key, value),
            Sort::Score(_) | Sort::Doc(_) => Err(unsupported(field, key)),
        };
        read.map_err(|error| error.within(key))?;
    }
    Ok(sort)
}

fn read_option(field: &mut SortField, key: &str, value: &Value) -> Read<()> {
    match key {
        "missing" => set(&mut field.missing, read_missing(value)),
        "mode" => set(&mut field.mode, word(value, SortMode::from_word)),
        "unmapped_type" => set(&mut field.unmapped_type, string(value)),
        "format" => set(&mut field.format, string(value)),
        "numeric_type" => set(&mut field.numeric_type, string(value)),
        other => Err(unsupported("sort", other)),
    }
}

fn read_missing(value: &Value) -> Read<Missing> {
    match value {
        Value::String(text) if text == "_last" => Ok(Missing::Last),
        Value::String(text) if text == "_first" => Ok(Missing::First),
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(Missing::Value(value.clone())),
        other => Err(unexpected("a value", other)),
    }
}
