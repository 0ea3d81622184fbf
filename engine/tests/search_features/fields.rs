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

#[test]
fn fields_are_as_the_mapping_holds_them() {
    let node = engine::Node::open(
        std::sync::Arc::new(engine::store::MemStore::new()),
        engine::NodeOptions::default(),
    )
    .unwrap();
    let body = json!({"mappings": {"properties": {
        "k": {"type": "keyword", "null_value": "NULL"}, "ip": {"type": "ip"},
        "f": {"type": "float"}, "s": {"type": "scaled_float", "scaling_factor": 100},
        "a": {"type": "keyword", "copy_to": "c"}, "b": {"type": "text", "copy_to": ["c", "d"]},
        "c": {"type": "text", "fields": {"raw": {"type": "keyword"}}}, "d": {"type": "keyword"},
        "u": {"type": "unsigned_long"}
    }}});
    node.create_index("i", &body).unwrap();
    let index = node.index("i").unwrap();
    let source = json!({"k": [null, "x"], "ip": ["::ffff:10.0.0.1", "2001:DB8::1"], "f": [16_777_217.0, 0.1],
                        "s": -2.675, "a": "one", "b": ["two", "three"], "c": "own", "u": u64::MAX});
    let op = engine::request::WriteOp::index(Some("1".to_owned()), source);
    index.write(vec![op]).remove(0).unwrap();
    index.refresh().unwrap();
    let found = search(
        &node,
        "i",
        json!({"fields": ["k", "ip", "f", "s", "c", "c.raw", "d", "u"], "docvalue_fields": [{"field": "f"}]}),
    );
    assert_eq!(
        json!(found.hits[0].fields),
        json!({
            "k": ["NULL", "x"], "ip": ["10.0.0.1", "2001:db8::1"],
            "f": [0.100_000_001_490_116_12, 16_777_216.0], "s": [-2.67],
            "c": ["own", "one", "two", "three"], "c.raw": ["own", "one", "two", "three"],
            "d": ["two", "three"], "u": [u64::MAX]
        })
    );
    let found = search(&node, "i", json!({"fields": ["f"]}));
    assert_eq!(
        json!(found.hits[0].fields),
        json!({"f": [16_777_216.0, 0.1]})
    );
    for bad in [
        json!({"_source": 1.5}),
        json!({"fields": true}),
        json!({"fields": 1}),
    ] {
        assert!(refused(&node, bad.clone()).contains("VALUE_"), "{bad}");
    }
}

#[test]
fn sort_values_are_those_of_the_field() {
    let node = engine::Node::open(
        std::sync::Arc::new(engine::store::MemStore::new()),
        engine::NodeOptions::default(),
    )
    .unwrap();
    let body = json!({"mappings": {"properties": {
        "n": {"type": "integer"}, "f": {"type": "float"}, "u": {"type": "unsigned_long"},
        "at": {"type": "date"}
    }}});
    node.create_index("i", &body).unwrap();
    let index = node.index("i").unwrap();
    for (id, source) in [
        json!({"n": 3, "f": 0.1, "u": u64::MAX, "at": "2024-01-01T00:00:00.0009Z"}),
        json!({"n": 2, "f": 16_777_217.0, "u": u64::MAX - 1, "at": "2024-01-01T00:00:00.0001Z"}),
        json!({}),
    ]
    .into_iter()
    .enumerate()
    {
        let op = engine::request::WriteOp::index(Some(id.to_string()), source);
        index.write(vec![op]).remove(0).unwrap();
        index.refresh().unwrap();
    }
    let sorted = |sort: serde_json::Value| {
        let found = search(&node, "i", json!({"sort": [sort]}));
        let keys = found.hits.iter().map(|hit| {
            let sort = hit.sort.as_ref().unwrap();
            json!([hit.id, sort[0]])
        });
        json!(keys.collect::<Vec<_>>())
    };
    assert_eq!(
        sorted(json!({"n": {"missing": 2.7}})),
        json!([["1", 2], ["2", 2], ["0", 3]])
    );
    assert_eq!(
        sorted(json!({"n": {"missing": "-1"}})),
        json!([["2", -1], ["1", 2], ["0", 3]])
    );
    let soon = super::request(json!({"sort": [{"n": {"missing": "soon"}}]}));
    let error = node.search("i", &soon).unwrap_err().to_string();
    assert!(error.contains("For input string: \"soon\""), "{error}");
    assert_eq!(
        sorted(json!("f")),
        json!([["0", 0.1], ["1", 16_777_216.0], ["2", null]])
    );
    assert_eq!(
        sorted(json!("u")),
        json!([["1", u64::MAX - 1], ["0", u64::MAX], ["2", null]])
    );
    // Dates have milliseconds: within one, documents stand as they came.
    let at = 1_704_067_200_000_i64;
    assert_eq!(
        sorted(json!("at")),
        json!([["0", at], ["1", at], ["2", null]])
    );
    assert_eq!(
        sorted(json!({"at": {"numeric_type": "date_nanos"}})),
        json!([
            ["1", at * 1_000_000 + 100_000],
            ["0", at * 1_000_000 + 900_000],
            ["2", null]
        ])
    );
}
