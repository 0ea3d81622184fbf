//! Indices that are closed, their settings, and what is told of them.

use serde_json::json;

use super::{ids, node, put};
use crate::node::{Node, StatsLevel};
use crate::request::{SearchRequest, WriteOp};
use crate::store::MemStore;

#[test]
fn closed_indices_refuse_and_come_back() {
    let store = MemStore::new();
    let first = node(&store);
    put(&first, "a", &[json!({"n": 1})]);
    put(&first, "b", &[json!({"n": 2})]);
    assert_eq!(first.close_index("a").unwrap(), ["a"]);
    drop(first);
    let second = node(&store.kill());
    for error in [
        second.index("a").unwrap_err(),
        second.auto_create("a").unwrap_err(),
        second.search("a", &SearchRequest::default()).unwrap_err(),
    ] {
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            ("index_closed_exception", "closed")
        );
    }
    assert_eq!(ids(&second, "*", json!({"match_all": {}})), ["0"]);
    assert_eq!(
        second.create_index("a", &json!({})).unwrap_err().kind(),
        "resource_already_exists_exception"
    );
    assert_eq!(
        second.get_mappings("a").unwrap()["a"]["mappings"]["properties"]["n"],
        json!({"type": "long"})
    );
    assert!(second.list_indices()[0].closed && !second.list_indices()[1].closed);
    second.open_index("a").unwrap();
    assert_eq!(ids(&second, "a", json!({"term": {"n": 1}})), ["0"]);
    put(&second, "a", &[json!({"n": 5})]);
    second.close_index("a").unwrap();
    assert_eq!(second.delete_indices("a,b").unwrap(), ["a", "b"]);
    assert!(second.list_indices().is_empty());
}

#[test]
fn settings_change_and_stay() {
    let store = MemStore::new();
    let first = node(&store);
    first
        .create_index(
            "a",
            &json!({"settings": {"number_of_shards": 1, "index": {"max_result_window": 7}}}),
        )
        .unwrap();
    first.put_settings("a", &json!({"index": {"refresh_interval": "-1", "blocks": {"write": true}}, "number_of_replicas": 2})).unwrap();
    let write = |node: &Node| {
        node.index("a")
            .unwrap()
            .write(vec![WriteOp::index(None, json!({"n": 1}))])
            .remove(0)
    };
    let blocked = write(&first).unwrap_err();
    assert_eq!(
        (blocked.kind(), blocked.to_string().as_str()),
        (
            "cluster_block_exception",
            "index [a] blocked by: [FORBIDDEN/8/index write (api)];"
        )
    );
    drop(first);
    let second = node(&store.kill());
    assert_eq!(
        write(&second).unwrap_err().kind(),
        "cluster_block_exception"
    );
    let settings = &second.get_settings("a").unwrap()["a"]["settings"]["index"];
    assert_eq!(settings["blocks"], json!({"write": "true"}));
    assert_eq!(
        (
            &settings["number_of_replicas"],
            &settings["max_result_window"],
            &settings["refresh_interval"],
            &settings["number_of_shards"]
        ),
        (&json!("2"), &json!("7"), &json!("-1"), &json!("1"))
    );
    second
        .put_settings(
            "a",
            &json!({"index.blocks.write": null, "max_result_window": 3}),
        )
        .unwrap();
    write(&second).unwrap();
    let wide = SearchRequest {
        size: 4,
        ..SearchRequest::default()
    };
    assert!(
        second
            .search("a", &wide)
            .unwrap_err()
            .to_string()
            .starts_with("Result window is too large")
    );
    // A mapping that grows keeps the settings.
    let kept = &second.get_settings("a").unwrap()["a"]["settings"]["index"];
    assert_eq!(kept["max_result_window"], "3");
    let uuid = second.index("a").unwrap().uuid().to_owned();
    for (settings, message) in [
        (json!({"number_of_shards": 2}), format!("Can't update non dynamic settings [[index.number_of_shards]] for open indices [[a/{uuid}]]")),
        (json!({"no": 2}), "unknown setting [index.no] please check that any required plugins are installed, or check the breaking changes documentation for removed settings".to_owned()),
        (json!({"max_result_window": 0}), "Failed to parse value [0] for setting [index.max_result_window]".to_owned()),
        (json!({"refresh_interval": "5x"}), "failed to parse setting [index.refresh_interval] with value [5x] as a time value: unit is missing or unrecognized".to_owned()),
    ] {
        assert_eq!(second.put_settings("a", &settings).unwrap_err().to_string(), message);
    }
    second
        .put_settings("a", &json!({"index.blocks.read_only": true}))
        .unwrap();
    assert_eq!(
        second.delete_indices("a").unwrap_err().to_string(),
        "index [a] blocked by: [FORBIDDEN/5/index read-only (api)];"
    );
}

#[test]
fn fields_texts_and_sizes_are_described() {
    let node = node(&MemStore::new());
    node.create_index("a", &json!({"mappings": {"properties": {
        "t": {"type": "text", "analyzer": "english"}, "n": {"type": "long"}, "k": {"type": "keyword", "index": false}
    }}})).unwrap();
    node.create_index(
        "b",
        &json!({"mappings": {"properties": {"n": {"type": "keyword"}}}}),
    )
    .unwrap();
    let caps = node
        .field_caps("a,b", &["n".into(), "t".into(), "k*".into()])
        .unwrap();
    assert_eq!(
        caps,
        json!({"indices": ["a", "b"], "fields": {
            "k": {"keyword": {"type": "keyword", "metadata_field": false, "searchable": true, "aggregatable": true}},
            "n": {
                "keyword": {"type": "keyword", "metadata_field": false, "searchable": true, "aggregatable": true, "indices": ["b"]},
                "long": {"type": "long", "metadata_field": false, "searchable": true, "aggregatable": true, "indices": ["a"]}
            },
            "t": {"text": {"type": "text", "metadata_field": false, "searchable": true, "aggregatable": false}}
        }})
    );
    let tokens = node
        .analyze(Some("a"), &json!({"field": "t", "text": ["é Cats", "2"]}))
        .unwrap();
    assert_eq!(
        tokens,
        json!({"tokens": [
            {"token": "é", "start_offset": 0, "end_offset": 1, "type": "<ALPHANUM>", "position": 0},
            {"token": "cat", "start_offset": 2, "end_offset": 6, "type": "<ALPHANUM>", "position": 1},
            {"token": "2", "start_offset": 7, "end_offset": 8, "type": "<NUM>", "position": 102}
        ]})
    );
    let tokens = node
        .analyze(
            None,
            &json!({"tokenizer": "whitespace", "filter": ["lowercase"], "text": "A b"}),
        )
        .unwrap();
    assert_eq!(
        tokens["tokens"][0],
        json!({"token": "a", "start_offset": 0, "end_offset": 1, "type": "word", "position": 0})
    );
    for (body, message) in [
        (
            json!({"analyzer": "no", "text": "x"}),
            "failed to find global analyzer [no]",
        ),
        (json!({"analyzer": "standard"}), "text is missing"),
        (
            json!({"field": "t", "text": "x"}),
            "analysis based on a specific field requires an index",
        ),
    ] {
        assert_eq!(node.analyze(None, &body).unwrap_err().to_string(), message);
    }
    put(&node, "a", &[json!({"n": 1}), json!({"n": 2})]);
    put(&node, "a", &[json!({"n": 3})]);
    let stats = node.index_stats("a", StatsLevel::default()).unwrap();
    let total = &stats["indices"]["a"]["total"];
    assert_eq!(total["docs"]["count"], 2);
    assert!(total["store"]["size_in_bytes"].as_u64().unwrap() > 100);
    assert!(total["segments"]["count"].as_u64().unwrap() >= 1);
}
