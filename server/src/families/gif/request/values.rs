//! Values of a body, each of its type.

use serde_json::{Map, Value};

use super::{RequestError, Result};

/// The most filters, and the most tags, of one search.
pub const MAX_CLAUSES: usize = 256;

/// What a JSON value is, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

pub(super) fn string<'a>(body: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>> {
    match body.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(RequestError::wrong_type(key, "a string", other)),
    }
}

pub(super) fn list<'a>(value: Option<&'a Value>, key: &str, of: &str) -> Result<&'a [Value]> {
    let items = match value {
        None => &[],
        Some(Value::Array(items)) => items.as_slice(),
        Some(other) => {
            return Err(RequestError::wrong_type(
                key,
                &format!("a list of {of}"),
                other,
            ));
        }
    };
    if items.len() > MAX_CLAUSES {
        return Err(RequestError::at(
            key,
            format_args!(
                "has {} entries; at most {MAX_CLAUSES} are allowed",
                items.len()
            ),
        ));
    }
    Ok(items)
}

pub(super) fn tags(value: Option<&Value>) -> Result<Vec<String>> {
    list(value, "tags", "strings")?
        .iter()
        .enumerate()
        .map(|(at, tag)| match tag {
            Value::String(tag) => Ok(tag.clone()),
            other => Err(RequestError::wrong_type(
                &format!("tags[{at}]"),
                "a string",
                other,
            )),
        })
        .collect()
}

/// A word of the request for a message: quoted, and cut when it is long.
pub(super) fn quoted(word: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = word.chars().take(SHOWN).collect();
    if word.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    Value::String(shown).to_string()
}
