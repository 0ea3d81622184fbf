//! Administration of a node's indices, across restarts.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Node, NodeOptions, TemplateKind};
use crate::query::ast::Query;
use crate::request::{Order, SearchRequest, Sort, WriteOp};
use crate::store::MemStore;

fn node(store: &MemStore) -> Node {
    Node::open(Arc::new(store.clone()), NodeOptions::default()).unwrap()
}

fn put(node: &Node, index: &str, documents: &[Value]) {
    let index = node.auto_create(index).unwrap();
    for (id, document) in documents.iter().enumerate() {
        for result in index.write(vec![WriteOp::index(Some(id.to_string()), document.clone())]) {
            result.unwrap();
        }
    }
    index.refresh().unwrap();
}

fn ids(node: &Node, expression: &str, query: Value) -> Vec<String> {
    let request = SearchRequest {
        query: Some(Query::from_json(&query).unwrap()),
        sort: vec![Sort::Doc(Order::Asc)],
        ..SearchRequest::default()
    };
    let hits = node.search(expression, &request).unwrap().hits;
    hits.into_iter().map(|hit| hit.id).collect()
}

#[test]
fn values_of_every_type_are_found() {
    let node = node(&MemStore::new());
    node.create_index(
        "t",
        &json!({"mappings": {"properties": {
            "price": {"type": "scaled_float", "scaling_factor": 100},
            "big": {"type": "unsigned_long"},
            "addr": {"type": "ip"},
            "labels": {"type": "flattened", "ignore_above": 8},
            "cost": {"type": "alias", "path": "price"},
            "at": {"type": "date_nanos"}
        }}}),
    )
    .unwrap();
    put(
        &node,
        "t",
        &[
            json!({"price": 1.2345, "big": 18_446_744_073_709_551_615_u64, "addr": "10.0.0.5", "at": "2024-01-01T00:00:00.000000001Z",
               "labels": {"a": {"b": "x"}, "n": 5}}),
            json!({"price": 2.5, "big": 7, "addr": ["192.168.1.1", "2001:db8::1"],
               "labels": {"a": [{"b": "y"}, {"b": "x"}], "long": "far too long"}}),
            json!({"price": 0.1, "big": "12", "addr": "10.0.0.40", "at": "2024-01-01T00:00:00.000000002Z"}),
        ],
    );
    for (query, expected) in [
        (json!({"term": {"price": 1.23}}), vec!["0"]),
        (json!({"term": {"price": 1.2345}}), vec!["0"]),
        (
            json!({"range": {"price": {"gt": 0.1, "lte": 2.5}}}),
            vec!["0", "1"],
        ),
        (json!({"range": {"cost": {"lt": 1}}}), vec!["2"]),
        (
            json!({"bool": {"filter": [{"exists": {"field": "cost"}}]}}),
            vec!["0", "1", "2"],
        ),
        (
            json!({"term": {"big": 18_446_744_073_709_551_615_u64}}),
            vec!["0"],
        ),
        (
            json!({"range": {"big": {"gte": "18446744073709551615"}}}),
            vec!["0"],
        ),
        (json!({"range": {"big": {"lt": 12}}}), vec!["1"]),
        (json!({"term": {"addr": "10.0.0.5"}}), vec!["0"]),
        (json!({"term": {"addr": "10.0.0.0/27"}}), vec!["0"]),
        (
            json!({"terms": {"addr": ["10.0.0.0/8", "2001:db8:0:0::1"]}}),
            vec!["0", "1", "2"],
        ),
        (json!({"term": {"addr": "2001:db8::/32"}}), vec!["1"]),
        (
            json!({"range": {"addr": {"gt": "10.0.0.5", "lt": "192.168.1.1"}}}),
            vec!["2"],
        ),
        (json!({"match": {"addr": "192.168.1.1"}}), vec!["1"]),
        (json!({"term": {"labels": "x"}}), vec!["0", "1"]),
        (json!({"term": {"labels.a.b": "y"}}), vec!["1"]),
        (json!({"term": {"labels.n": 5}}), vec!["0"]),
        (json!({"prefix": {"labels.a.b": "x"}}), vec!["0", "1"]),
        (json!({"exists": {"field": "labels.n"}}), vec!["0"]),
        (json!({"exists": {"field": "labels.long"}}), vec![]),
        (json!({"exists": {"field": "labels"}}), vec!["0", "1"]),
        (
            json!({"range": {"at": {"gt": "2024-01-01T00:00:00.000000001Z"}}}),
            vec!["2"],
        ),
    ] {
        assert_eq!(ids(&node, "t", query.clone()), expected, "{query}");
    }
    let sorted = |field: &str| {
        let request = SearchRequest {
            sort: vec![Sort::field(field, Order::Asc)],
            ..SearchRequest::default()
        };
        let hits = node.search("t", &request).unwrap().hits;
        hits.into_iter()
            .map(|hit| hit.sort.unwrap()[0].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sorted("addr"),
        [json!("10.0.0.5"), json!("10.0.0.40"), json!("192.168.1.1")]
    );
    assert_eq!(sorted("cost"), [json!(0.1), json!(1.23), json!(2.5)]);
    assert_eq!(sorted("labels.a.b"), [json!("x"), json!("x"), Value::Null]);
    let index = node.index("t").unwrap();
    for (document, message) in [
        (
            json!({"addr": "10.0.0"}),
            "failed to parse field [addr]: '10.0.0' is not an IP string literal.",
        ),
        (
            json!({"cost": 1}),
            "failed to parse field [cost]: Cannot write to a field alias [cost].",
        ),
        (
            json!({"big": -1}),
            "failed to parse field [big]: Value [-1] is out of range for unsigned long",
        ),
        (
            json!({"labels": "x"}),
            "failed to parse field [labels]: a flattened field takes an object, not [\"x\"]",
        ),
    ] {
        let result = index.write(vec![WriteOp::index(None, document)]).remove(0);
        assert_eq!(result.unwrap_err().to_string(), message);
    }
    let wrong = Query::from_json(&json!({"term": {"addr": "x"}})).unwrap();
    assert_eq!(
        node.count("t", &wrong).unwrap_err().to_string(),
        "failed to create query: 'x' is not an IP string literal. on field [addr]"
    );
}

#[test]
fn templates_make_indices() {
    let store = MemStore::new();
    let first = node(&store);
    let component = json!({"template": {"settings": {"refresh_interval": "5s"}, "mappings": {"properties": {"a": {"type": "keyword"}, "b": {"type": "long"}}}}});
    first
        .put_template(TemplateKind::Component, "base", &component, false)
        .unwrap();
    let logs = json!({"index_patterns": ["logs-*"], "priority": 5, "composed_of": ["base"], "template": {
        "mappings": {"properties": {"b": {"type": "double"}}},
        "aliases": {"all-logs": {}, "{index}-alias": {}}
    }});
    first
        .put_template(TemplateKind::Index, "logs", &logs, true)
        .unwrap();
    let legacy = |order: i64, kind: &str| json!({"index_patterns": "old-*", "order": order, "mappings": {"properties": {"x": {"type": kind}}}});
    first
        .put_template(TemplateKind::Legacy, "o1", &legacy(1, "long"), false)
        .unwrap();
    first
        .put_template(TemplateKind::Legacy, "o2", &legacy(0, "keyword"), false)
        .unwrap();
    for (kind, name, body, message) in [
        (
            TemplateKind::Index,
            "logs",
            logs.clone(),
            "index template [logs] already exists",
        ),
        (
            TemplateKind::Index,
            "x",
            json!({"index_patterns": ["*-a"], "priority": 5}),
            "index template [x] has index patterns [*-a] matching patterns from existing templates [logs] with patterns (logs => [logs-*]) that have the same priority [5], multiple index templates may not match during index creation, please use a different priority",
        ),
        (
            TemplateKind::Index,
            "x",
            json!({"index_patterns": ["y"], "composed_of": ["no"]}),
            "index template [x] invalid, cause [index template [x] specifies component templates [no] that do not exist]",
        ),
        (
            TemplateKind::Index,
            "x",
            json!({"index_patterns": ["y"], "data_stream": {}}),
            "index template [x] invalid, cause [[data_stream] is not supported]",
        ),
        (
            TemplateKind::Index,
            "x",
            json!({"index_patterns": ["y"], "template": {"mappings": {"properties": {"a": {"type": "no"}}}}}),
            "index template [x] invalid, cause [No handler for type [no] declared on field [a]]",
        ),
    ] {
        assert_eq!(
            first
                .put_template(kind, name, &body, true)
                .unwrap_err()
                .to_string(),
            message
        );
    }
    assert_eq!(
        first
            .delete_template(TemplateKind::Component, "base")
            .unwrap_err()
            .to_string(),
        "component templates [base] cannot be removed as they are still in use by index templates [logs]"
    );
    drop(first);
    let second = node(&store.kill());
    put(&second, "logs-1", &[json!({"a": "k", "b": 1})]);
    let made = &second.get_indices("logs-1").unwrap()["logs-1"];
    assert_eq!(
        made["mappings"],
        json!({"properties": {"a": {"type": "keyword"}, "b": {"type": "double"}}})
    );
    assert_eq!(made["aliases"], json!({"all-logs": {}, "logs-1-alias": {}}));
    assert_eq!(made["settings"]["index"]["refresh_interval"], "5s");
    second
        .create_index(
            "logs-2",
            &json!({"mappings": {"properties": {"b": {"type": "ip"}}}}),
        )
        .unwrap();
    assert_eq!(
        second.get_mappings("logs-2").unwrap()["logs-2"]["mappings"]["properties"]["b"],
        json!({"type": "ip"})
    );
    second.auto_create("old-1").unwrap();
    assert_eq!(
        second.get_mappings("old-1").unwrap()["old-1"]["mappings"]["properties"]["x"],
        json!({"type": "long"})
    );
    let listed = second.get_templates(TemplateKind::Index, "lo*").unwrap();
    assert_eq!(listed["index_templates"][0]["name"], "logs");
    second.delete_template(TemplateKind::Index, "logs").unwrap();
    assert!(!second.template_exists(TemplateKind::Index, "logs"));
    let missing = second
        .delete_template(TemplateKind::Index, "logs")
        .unwrap_err();
    assert_eq!(
        (missing.kind(), missing.to_string().as_str()),
        (
            "index_template_missing_exception",
            "index_template [logs] missing"
        )
    );
    assert_eq!(
        second
            .get_templates(TemplateKind::Index, "logs")
            .unwrap_err()
            .to_string(),
        "index template matching [logs] not found"
    );
}

#[test]
fn aliases_change_together() {
    let store = MemStore::new();
    let first = node(&store);
    put(&first, "a", &[json!({"n": 1}), json!({"n": 2})]);
    put(&first, "b", &[json!({"n": 3})]);
    let act = |actions: Value| first.update_aliases(&json!({"actions": actions}));
    act(json!([
        {"add": {"indices": ["a", "b"], "alias": "both"}},
        {"add": {"index": "a", "alias": "two", "filter": {"term": {"n": 2}}}},
        {"add": {"index": "b", "alias": "both", "is_write_index": true}}
    ]))
    .unwrap();
    assert_eq!(ids(&first, "two", json!({"match_all": {}})), ["1"]);
    assert_eq!(first.index("both").unwrap().name(), "b");
    for (actions, kind, message) in [
        (
            json!([{"add": {"index": "a", "alias": "b"}}]),
            "invalid_alias_name_exception",
            "Invalid alias name [b]: an index or data stream exists with the same name as the alias",
        ),
        (
            json!([{"add": {"index": "a", "alias": "x"}}, {"remove": {"index": "a", "alias": "no"}}]),
            "aliases_not_found_exception",
            "alias [no] missing",
        ),
        (
            json!([{"add": {"index": "a", "alias": "both", "is_write_index": true}}]),
            "illegal_state_exception",
            "alias [both] has more than one write index [a,b]",
        ),
        (
            json!([{"add": {"index": "no", "alias": "x"}}]),
            "index_not_found_exception",
            "no such index [no]",
        ),
        (
            json!([]),
            "illegal_argument_exception",
            "No action specified",
        ),
    ] {
        let error = act(actions).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    }
    assert!(
        !first.index_exists("x"),
        "a failed list of actions changes nothing"
    );
    // The name of an index becomes an alias of another, at one moment.
    act(json!([{"remove_index": {"index": "a"}}, {"add": {"index": "b", "alias": "a"}}])).unwrap();
    drop(first);
    let second = node(&store.kill());
    assert_eq!(ids(&second, "a", json!({"match_all": {}})), ["0"]);
    assert_eq!(
        second.get_aliases("_all", None).unwrap(),
        json!({"b": {"aliases": {"a": {}, "both": {"is_write_index": true}}}})
    );
    second
        .put_alias_of(
            "b",
            "odd",
            &json!({"filter": {"term": {"n": 3}}, "routing": "1"}),
        )
        .unwrap();
    assert_eq!(
        second.get_aliases("b", Some("od*")).unwrap(),
        json!({"b": {"aliases": {"odd": {"filter": {"term": {"n": 3}}, "index_routing": "1", "search_routing": "1"}}}})
    );
    second.delete_alias("b", "odd,both").unwrap();
    assert_eq!(
        second
            .get_aliases("b", Some("both"))
            .unwrap_err()
            .to_string(),
        "alias [both] missing"
    );
    assert!(
        second
            .delete_indices("a")
            .unwrap_err()
            .to_string()
            .starts_with("The provided expression [a] matches an alias")
    );
}

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
    assert!(write(&second).is_err());
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
    let stats = node.index_stats("a").unwrap();
    let total = &stats["indices"]["a"]["total"];
    assert_eq!(total["docs"]["count"], 2);
    assert!(total["store"]["size_in_bytes"].as_u64().unwrap() > 100);
    assert!(total["segments"]["count"].as_u64().unwrap() >= 1);
}

#[test]
fn dynamic_templates_decide_what_documents_bring() {
    let store = MemStore::new();
    let first = node(&store);
    let mappings = json!({"dynamic_templates": [
        {"bags": {"match": "bag*", "match_mapping_type": "object", "mapping": {"type": "flattened"}}},
        {"words": {"match_mapping_type": "string", "mapping": {"type": "keyword"}}}
    ]});
    first
        .create_index("a", &json!({ "mappings": mappings }))
        .unwrap();
    let document =
        json!({"bag1": {"x": {"y": 1}}, "s": "Two Words", "in": [{"t": "a"}, {"t": "b"}]});
    put(&first, "a", &[document]);
    first
        .put_mapping(
            "a",
            &json!({"dynamic": "strict", "properties": {"n": {"type": "long"}}}),
        )
        .unwrap();
    drop(first);
    let second = node(&store.kill());
    let mapping = second.get_mappings("a").unwrap();
    assert_eq!(
        mapping["a"]["mappings"],
        json!({
            "dynamic": "strict",
            "dynamic_templates": mappings["dynamic_templates"],
            "properties": {
                "bag1": {"type": "flattened"},
                "in": {"properties": {"t": {"type": "keyword"}}},
                "n": {"type": "long"},
                "s": {"type": "keyword"}
            }
        })
    );
    for query in [
        json!({"term": {"s": "Two Words"}}),
        json!({"term": {"bag1.x.y": "1"}}),
        json!({"term": {"in.t": "b"}}),
    ] {
        assert_eq!(ids(&second, "a", query), ["0"]);
    }
    let index = second.index("a").unwrap();
    let refused = index
        .write(vec![WriteOp::index(None, json!({"other": 1}))])
        .remove(0);
    assert_eq!(
        refused.unwrap_err().kind(),
        "strict_dynamic_mapping_exception"
    );
    index
        .write(vec![WriteOp::index(None, json!({"bag1": {"new": 1}}))])
        .remove(0)
        .unwrap();
}
