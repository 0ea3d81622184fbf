//! What of a document comes back.

use serde_json::json;

use super::{node, refused, search};

#[test]
fn single_fields_are_lists() {
    let node = node();
    let found = search(
        &node,
        "pets-a",
        json!({"query": {"term": {"n": 4}}, "_source": false, "fields": [
            "title*", "n", "weight", {"field": "day", "format": "yyyy/MM/dd"}, "nothing", "fit", "tags"
        ]}),
    );
    assert_eq!(
        json!(found.hits[0].fields),
        json!({
            "title": ["dog dog red"], "title.raw": ["dog dog red"], "n": [4], "weight": [2.0],
            "day": ["2024/01/01"], "fit": [false], "tags": ["b", "a", "b"]
        })
    );
    assert_eq!(found.hits[0].source, None);
    let columns = search(
        &node,
        "pets-a",
        json!({"query": {"term": {"n": 4}}, "docvalue_fields": ["tags", "n", "weight", {"field": "day", "format": "epoch_millis"}, "title.raw", "fit"]}),
    );
    assert_eq!(
        json!(columns.hits[0].fields),
        json!({
            "tags": ["a", "b"], "n": [4], "weight": [2.0], "day": ["1704103200000"],
            "title.raw": ["dog dog red"], "fit": [false]
        })
    );
    assert!(
        refused(&node, json!({"docvalue_fields": ["title"]})).contains("fielddata is unsupported")
    );
    assert!(
        refused(&node, json!({"fields": [{"field": "n", "format": "x"}]}))
            .contains("doesn't support formats")
    );
    assert!(
        refused(
            &node,
            json!({"fields": [{"field": "day", "format": "qqq"}]})
        )
        .contains("day")
    );
    for (stored, has) in [
        (json!("_none_"), false),
        (json!(["title"]), false),
        (json!(["_source"]), true),
    ] {
        let found = search(&node, "pets-a", json!({"stored_fields": stored}));
        assert_eq!(found.hits[0].source.is_some(), has);
    }
}
