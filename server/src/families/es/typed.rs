//! `typed_keys`: names of aggregations and suggestions with their types before them, for clients of
//! typed languages.

use serde_json::{Map, Value};

/// Puts the types of a request's aggregations and suggestions before their names in its answer.
pub fn type_keys(request: &Map<String, Value>, answer: &mut Map<String, Value>) {
    if let Some(Value::Object(found)) = answer.get_mut("aggregations") {
        aggregations(asked(request), found);
    }
    let asked = request.get("suggest").and_then(Value::as_object);
    if let (Some(asked), Some(Value::Object(found))) = (asked, answer.get_mut("suggest")) {
        for (name, suggester) in asked {
            let kinds = ["term", "phrase", "completion"];
            let kind = kinds.iter().find(|kind| suggester.get(**kind).is_some());
            if let (Some(kind), Some(value)) = (kind, found.shift_remove(name)) {
                found.insert(format!("{kind}#{name}"), value);
            }
        }
    }
}

fn asked(body: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let found = body.get("aggs").or_else(|| body.get("aggregations"));
    found.and_then(Value::as_object)
}

fn aggregations(asked_for: Option<&Map<String, Value>>, found: &mut Map<String, Value>) {
    for (name, definition) in asked_for.into_iter().flatten() {
        let Some(definition) = definition.as_object() else {
            continue;
        };
        let beside = ["aggs", "aggregations", "meta"];
        let kind = definition
            .keys()
            .find(|key| !beside.contains(&key.as_str()));
        let (Some(kind), Some(mut result)) = (kind, found.shift_remove(name)) else {
            continue;
        };
        let inner = asked(definition);
        if let Some(object) = result.as_object_mut() {
            inside(inner, object);
        }
        found.insert(format!("{}#{name}", kind_of(kind, &result)), result);
    }
}

/// The aggregations inside of a result: in its buckets, or in itself where it is one bucket.
fn inside(asked_for: Option<&Map<String, Value>>, result: &mut Map<String, Value>) {
    let buckets = match result.get_mut("buckets") {
        Some(Value::Array(list)) => list.iter_mut().collect(),
        Some(Value::Object(keyed)) => keyed.values_mut().collect(),
        _ => {
            aggregations(asked_for, result);
            return;
        }
    };
    let buckets: Vec<&mut Value> = buckets;
    for bucket in buckets.into_iter().filter_map(Value::as_object_mut) {
        aggregations(asked_for, bucket);
    }
}

/// The type of a result: that of `terms` depends on the keys.
fn kind_of<'a>(kind: &'a str, result: &Value) -> &'a str {
    match kind {
        "terms" => match result.pointer("/buckets/0/key") {
            Some(Value::Number(key)) if key.is_f64() => "dterms",
            Some(Value::Number(_)) => "lterms",
            _ => "sterms",
        },
        "percentiles" => "tdigest_percentiles",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_stand_before_names_at_every_depth() {
        let request = json!({
            "aggs": {"a": {"terms": {"field": "x"}, "aggs": {"b": {"percentiles": {"field": "y"}}}},
                "f": {"aggregations": {"s": {"sum": {"field": "y"}}}, "meta": {}, "filter": {}},
                "k": {"filters": {}, "aggs": {"n": {"terms": {"field": "z"}}}}},
            "suggest": {"text": "t", "w": {"term": {}}, "gone": {"phrase": {}}},
        });
        let answer = json!({
            "aggregations": {"a": {"buckets": [{"key": 1, "b": {"values": {}}}]},
                "f": {"doc_count": 1, "s": {"value": 1.0}},
                "k": {"buckets": {"x": {"n": {"buckets": [{"key": 1.5}]}}}}},
            "suggest": {"w": []},
        });
        let mut answer = answer.as_object().cloned().unwrap();
        type_keys(request.as_object().unwrap(), &mut answer);
        assert_eq!(
            Value::Object(answer),
            json!({
                "aggregations": {
                    "lterms#a": {"buckets": [{"key": 1, "tdigest_percentiles#b": {"values": {}}}]},
                    "filter#f": {"doc_count": 1, "sum#s": {"value": 1.0}},
                    "filters#k": {"buckets": {"x": {"dterms#n": {"buckets": [{"key": 1.5}]}}}}},
                "suggest": {"term#w": []},
            })
        );
    }
}
