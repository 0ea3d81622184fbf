//! Terms that a `terms` clause takes from a document: `{"terms": {"user": {"index", "id", "path"}}}`.
//!
//! They are put in place before the request is read, as Elasticsearch's coordinating node does: the query
//! language itself has lists of terms alone.

use engine::request::weight_of;
use serde_json::{Map, Value};

use crate::families::es::call::Call;
use crate::families::es::error::EsError;

/// Members of a lookup.
const KNOWN: &[&str] = &["index", "id", "path", "routing"];

/// The most lookups of a request: each reads a document.
const MOST: usize = 1_024;

/// Puts terms in place of all lookups of a body, however deep they stand.
///
/// # Errors
/// When a lookup is incomplete, its index is not there, or there are too many. A document that is not there has
/// no terms.
pub(in crate::families::es) fn look_up(
    call: &Call,
    body: &mut Map<String, Value>,
) -> Result<(), EsError> {
    object(call, body, &mut { MOST })
}

fn object(call: &Call, body: &mut Map<String, Value>, left: &mut usize) -> Result<(), EsError> {
    for (name, value) in body {
        if name == "terms"
            && let Value::Object(clause) = value
        {
            for (_, inner) in clause.iter_mut() {
                if let Value::Object(lookup) = inner
                    && lookup.contains_key("index")
                    && (lookup.contains_key("id") || lookup.contains_key("path"))
                {
                    *left = left.checked_sub(1).ok_or_else(|| {
                        EsError::illegal(format!(
                            "there are at most {MOST} lookups of terms in a request"
                        ))
                    })?;
                    *inner = Value::Array(terms(call, lookup)?);
                }
            }
        }
        within(call, value, left)?;
    }
    Ok(())
}

fn within(call: &Call, value: &mut Value, left: &mut usize) -> Result<(), EsError> {
    match value {
        Value::Object(inner) => object(call, inner, left),
        Value::Array(items) => items
            .iter_mut()
            .try_for_each(|item| within(call, item, left)),
        _ => Ok(()),
    }
}

fn terms(call: &Call, lookup: &Map<String, Value>) -> Result<Vec<Value>, EsError> {
    if let Some(key) = lookup.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(EsError::parsing(format!(
            "[terms] query does not support [{key}] within lookup element"
        )));
    }
    let text = |name: &str| match lookup.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(EsError::illegal(format!(
            "[terms] query lookup element requires specifying the {name}."
        ))),
    };
    let (name, id, path) = (text("index")?, text("id")?, text("path")?);
    call.bounds.check_time()?;
    let document = call.app.node.index(&name)?.get(&id)?;
    let mut found = Vec::new();
    if let Some(document) = document {
        let parts: Vec<&str> = path.split('.').collect();
        collect(&document.source, &parts, &mut found);
        // They become a part of the request, and are as much memory as an answer's.
        let weights = found.iter().map(weight_of);
        call.bounds.spend(weights.sum())?;
    }
    Ok(found)
}

/// The values at a path, of lists those of every item; names may hold dots.
fn collect(value: &Value, path: &[&str], found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        Value::Object(object) => {
            for end in 1..=path.len() {
                let (name, rest) = path.split_at(end);
                if let Some(inner) = object.get(&name.join(".")) {
                    collect(inner, rest, found);
                }
            }
        }
        Value::Null => {}
        value if path.is_empty() => found.push(value.clone()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_lie_at_paths_through_lists_and_dots() {
        let source =
            json!({"a": [{"b": [1, "x"]}, {"b": null}, {"c": 2}], "a.b": true, "d": {"e.f": 3}});
        let at = |path: &str| {
            let mut found = Vec::new();
            let parts: Vec<&str> = path.split('.').collect();
            collect(&source, &parts, &mut found);
            found
        };
        assert_eq!(at("a.b"), [json!(1), json!("x"), json!(true)]);
        assert_eq!(at("d.e.f"), [json!(3)]);
        assert_eq!((at("a"), at("d.e")), (Vec::new(), Vec::new()));
    }
}
