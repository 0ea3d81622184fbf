//! The texts of a hit that marks are put in.

use serde_json::Value;

use crate::search::Context;

/// The strings of a hit at a path; a multi-field has its parent's.
pub(super) fn texts_at(source: Option<&Value>, path: &str, context: &Context) -> Vec<String> {
    let mut out = Vec::new();
    let Some(source) = source else { return out };
    walk(source, path, &mut out);
    if out.is_empty()
        && let Some((parent, _)) = path.rsplit_once('.')
        && context.definition.mapping.field(parent).is_some()
    {
        walk(source, parent, &mut out);
    }
    // What is too long to be found is not marked.
    let field = context.definition.mapping.field(path);
    if let Some(limit) = field.and_then(|field| field.ignore_above) {
        out.retain(|text| text.chars().count() <= limit);
    }
    out
}

fn walk(value: &Value, path: &str, out: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, out)),
        Value::String(text) if path.is_empty() => out.push(text.clone()),
        Value::Object(object) => {
            if let Some(inner) = object.get(path) {
                walk(inner, "", out);
            } else if let Some((head, rest)) = path.split_once('.')
                && let Some(inner) = object.get(head)
            {
                walk(inner, rest, out);
            }
        }
        _ => {}
    }
}
