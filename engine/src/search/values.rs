//! The values of a document's source at a path.

use serde_json::Value;

use crate::mapping::Mapping;

/// The values at a path, those of lists one by one, without nulls. A multi-field has its parent's.
pub(crate) fn values_at<'a>(source: &'a Value, path: &str, mapping: &Mapping) -> Vec<&'a Value> {
    values_or(source, path, mapping, None)
}

/// As [`values_at`], with a value for each null.
pub(crate) fn values_or<'a>(
    source: &'a Value,
    path: &str,
    mapping: &Mapping,
    null: Option<&'a Value>,
) -> Vec<&'a Value> {
    let mut out = Vec::new();
    walk(source, path, null, &mut out);
    if out.is_empty()
        && let Some((parent, _)) = path.rsplit_once('.')
        && mapping.field(parent).is_some()
    {
        walk(source, parent, null, &mut out);
        // An object's fields are its own, not its parent's.
        out.retain(|value| !value.is_object());
    }
    out
}

fn walk<'a>(value: &'a Value, path: &str, null: Option<&'a Value>, out: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, null, out)),
        Value::Null if path.is_empty() => out.extend(null),
        Value::Null => {}
        value if path.is_empty() => out.push(value),
        Value::Object(object) => {
            if let Some(inner) = object.get(path) {
                walk(inner, "", null, out);
            }
            // A dotted path may lead through objects, or through keys that hold dots themselves.
            for (at, _) in path.match_indices('.') {
                if let (Some(head), Some(rest)) = (path.get(..at), path.get(at + 1..))
                    && let Some(inner) = object.get(head)
                {
                    walk(inner, rest, null, out);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_values_in_lists_objects_and_dotted_keys() {
        let mapping = Mapping::from_json(&json!({"properties": {
            "t": {"type": "text", "fields": {"raw": {"type": "keyword"}}}
        }}))
        .unwrap();
        let source =
            json!({"a": {"b": [1, null, [2]]}, "c.d": 3, "l": [{"x": 4}, {"x": 5}], "t": "u"});
        let at = |path: &str| json!(values_at(&source, path, &mapping));
        assert_eq!(at("a.b"), json!([1, 2]));
        assert_eq!(at("c.d"), json!([3]));
        assert_eq!(at("l.x"), json!([4, 5]));
        assert_eq!(at("t.raw"), json!(["u"]));
        assert_eq!(at("t.raw.more"), json!([]));
    }
}
