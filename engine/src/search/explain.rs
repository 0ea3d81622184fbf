//! `explain`: how a hit's score came about.

use serde_json::{Value, json};
use tantivy::DocAddress;
use tantivy::query::Weight;

use super::Context;

/// The explanation of a document's score. `score` is what the hit has, which factors of the index
/// and rescorers may have changed.
pub(super) fn explain(
    context: &Context,
    weight: &dyn Weight,
    address: DocAddress,
    score: f32,
) -> Value {
    let reader = context
        .snapshot
        .searcher
        .segment_reader(address.segment_ord);
    let own = weight
        .explain(reader, address.doc_id)
        .ok()
        .and_then(|explanation| serde_json::to_value(&explanation).ok())
        .map(|tree| shaped(&tree));
    let Some(own) = own else {
        return json!({"value": score, "description": "score of the query", "details": []});
    };
    let value = own.get("value").and_then(Value::as_f64).unwrap_or_default();
    if (value - f64::from(score)).abs() <= f64::from(score.abs()) * 1e-4 + 1e-9 {
        return own;
    }
    json!({"value": score, "description": "score after rescoring and boosts, of:",
        "details": [own]})
}

/// A tree of the text index in Elasticsearch's shape: every node has its details.
fn shaped(tree: &Value) -> Value {
    let details: Vec<Value> = tree
        .get("details")
        .and_then(Value::as_array)
        .map(|details| details.iter().map(shaped).collect())
        .unwrap_or_default();
    let mut description = tree
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if let Some(context) = tree.get("context").and_then(Value::as_array) {
        for note in context.iter().filter_map(Value::as_str) {
            description.push_str(", ");
            description.push_str(note);
        }
    }
    json!({"value": tree.get("value").cloned().unwrap_or_default(),
        "description": description, "details": details})
}
