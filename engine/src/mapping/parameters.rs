//! The parameters of a field.

use serde_json::{Map, Value};

use super::completion::CompletionField;
use super::parse::properties;
use super::{Dynamic, Field, FieldType, NumberKind, ScalingFactor};
use crate::error::{EngineError, Result};

/// Parameters that exist in Elasticsearch, are kept, and change no result here.
const INERT: &[&str] = &[
    "doc_values",
    "store",
    "norms",
    "index_options",
    "eager_global_ordinals",
    "fielddata",
    "similarity",
    "term_vector",
    "coerce",
    "meta",
    "split_queries_on_whitespace",
    "search_quote_analyzer",
    "locale",
    "index_phrases",
    "index_prefixes",
    "boost",
];

/// Reads one parameter of a field.
pub(super) fn parameter(
    out: &mut Field,
    key: &str,
    value: &Value,
    type_name: &str,
    path: &str,
    depth: usize,
) -> Result<()> {
    match (key, &mut out.kind) {
        ("type", _) => {}
        (
            "properties",
            FieldType::Object {
                properties: inner, ..
            },
        ) => {
            *inner = properties(value, path, depth + 1)?;
        }
        ("dynamic", FieldType::Object { dynamic: inner, .. }) => {
            *inner = Some(dynamic(value, path)?);
        }
        ("enabled", FieldType::Object { enabled, .. }) => *enabled = flag(value, path)?,
        (_, FieldType::Object { .. }) => return Err(unknown(key, path, type_name)),
        ("index", FieldType::Vector(_)) => out.index = flag(value, path)?,
        ("path", FieldType::Alias { path: target }) => *target = text(value, key, path)?,
        (_, FieldType::Alias { .. }) => return Err(unknown(key, path, type_name)),
        ("scaling_factor", FieldType::Number(NumberKind::ScaledFloat(factor))) => {
            *factor = value.as_f64().and_then(ScalingFactor::new).ok_or_else(|| {
                EngineError::Mapping(format!(
                    "[scaling_factor] must be a positive number, got [{value}], field [{path}]"
                ))
            })?;
        }
        ("depth_limit", FieldType::Flattened { depth_limit }) => {
            *depth_limit = number(value, key, path)?.min(super::MAX_FLATTENED_DEPTH);
        }
        (_, FieldType::Completion(completion)) if CompletionField::has(key) => {
            completion.parameter(key, value, path)?;
        }
        ("meta", FieldType::Vector(_)) => {
            out.inert.insert(key.to_owned(), value.clone());
        }
        (_, FieldType::Vector(vector)) => {
            if !vector.parameter(key, value, path)? {
                return Err(unknown(key, path, type_name));
            }
        }
        ("analyzer", FieldType::Text { analyzer, .. }) => *analyzer = text(value, key, path)?,
        (
            "search_analyzer",
            FieldType::Text {
                search_analyzer, ..
            },
        ) => {
            *search_analyzer = Some(text(value, key, path)?);
        }
        ("normalizer", FieldType::Keyword { normalizer }) => {
            *normalizer = Some(text(value, key, path)?);
        }
        ("format", FieldType::Date { format }) => *format = Some(text(value, key, path)?),
        ("ignore_above", FieldType::Keyword { .. } | FieldType::Flattened { .. }) => {
            out.ignore_above = Some(number(value, key, path)?);
        }
        ("index", _) => out.index = flag(value, path)?,
        (
            "ignore_malformed",
            FieldType::Number(_) | FieldType::Date { .. } | FieldType::Boolean | FieldType::Ip,
        ) => {
            out.ignore_malformed = flag(value, path)?;
        }
        ("null_value", kind)
            if !matches!(kind, FieldType::Text { .. } | FieldType::Completion(_)) =>
        {
            out.null_value = (!value.is_null()).then(|| value.clone());
        }
        ("copy_to", _) => {
            out.copy_to = texts(value, key, path)?;
        }
        ("fields", _) => {
            out.fields = properties(value, path, depth + 1)?;
            for (name, sub) in &out.fields {
                if matches!(
                    sub.kind,
                    FieldType::Object { .. } | FieldType::Vector(_) | FieldType::Alias { .. }
                ) {
                    return Err(EngineError::Mapping(format!(
                        "Type [{}] cannot be used in multi field [{path}.{name}]",
                        sub.kind.name()
                    )));
                }
                if !sub.fields.is_empty() {
                    return Err(EngineError::Mapping(format!(
                        "multi fields cannot have multi fields: [{path}.{name}]"
                    )));
                }
            }
        }
        ("position_increment_gap", kind) => {
            if !matches!(kind, FieldType::Text { .. }) {
                return Err(unknown(key, path, type_name));
            }
            if whole(value).is_none() {
                return Err(EngineError::Mapping(format!(
                    "[position_increment_gap] of [{path}] must be a whole number that is not negative, got [{value}]"
                )));
            }
            out.inert.insert(key.to_owned(), value.clone());
        }
        (inert, _) if INERT.contains(&inert) => {
            out.inert.insert(inert.to_owned(), value.clone());
        }
        _ => return Err(unknown(key, path, type_name)),
    }
    Ok(())
}

pub(super) fn unknown(key: &str, path: &str, type_name: &str) -> EngineError {
    EngineError::Mapping(format!(
        "unknown parameter [{key}] on mapper [{path}] of type [{type_name}]"
    ))
}

pub(super) fn object_of<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| {
        EngineError::Mapping(format!(
            "Expected map for property [{path}] but got [{value}]"
        ))
    })
}

pub(super) fn text(value: &Value, key: &str, path: &str) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| {
        EngineError::Mapping(format!(
            "[{key}] of [{path}] must be a string, got [{value}]"
        ))
    })
}

pub(super) fn flag(value: &Value, path: &str) -> Result<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        other => Err(EngineError::Mapping(format!(
            "Failed to parse value [{other}] as only [true] or [false] are allowed, in [{path}]"
        ))),
    }
}

pub(super) fn dynamic(value: &Value, path: &str) -> Result<Dynamic> {
    match value {
        Value::Bool(true) => Ok(Dynamic::True),
        Value::Bool(false) => Ok(Dynamic::False),
        Value::String(text) => match text.as_str() {
            "true" => Ok(Dynamic::True),
            "false" => Ok(Dynamic::False),
            "strict" => Ok(Dynamic::Strict),
            other => Err(EngineError::Mapping(format!(
                "unsupported value [{other}] for [dynamic] in [{path}]"
            ))),
        },
        other => Err(EngineError::Mapping(format!(
            "unsupported value [{other}] for [dynamic] in [{path}]"
        ))),
    }
}

/// A string or a list of strings.
pub(super) fn texts(value: &Value, key: &str, path: &str) -> Result<Vec<String>> {
    match value {
        Value::String(one) => Ok(vec![one.clone()]),
        Value::Array(list) => list.iter().map(|item| text(item, key, path)).collect(),
        _ => Err(EngineError::Mapping(format!(
            "[{key}] of [{path}] must be a string or a list"
        ))),
    }
}

/// A whole number of 31 bits, perhaps written as a string.
pub(super) fn whole(value: &Value) -> Option<u32> {
    let number = match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
    };
    number.filter(|number| i32::try_from(*number).is_ok())
}

/// A whole number that is not negative.
pub(super) fn number(value: &Value, key: &str, path: &str) -> Result<usize> {
    let number = value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| {
        EngineError::Mapping(format!(
            "[{key}] of [{path}] must be a whole number, got [{value}]"
        ))
    })
}

/// Checks that a field has what its type requires.
pub(super) fn finish(field: &Field, path: &str) -> Result<()> {
    match &field.kind {
        FieldType::Number(NumberKind::ScaledFloat(ScalingFactor::UNSET)) => {
            Err(EngineError::Mapping(format!(
                "Field [scaling_factor] is required on field [{path}]"
            )))
        }
        FieldType::Alias { path: target } if target.is_empty() => Err(EngineError::Mapping(
            format!("The [path] property must be specified for field [{path}]."),
        )),
        _ => Ok(()),
    }
}
