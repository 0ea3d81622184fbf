//! Templates of indices and of dynamic fields.

use serde_json::json;

use super::{ids, node, put};
use crate::node::TemplateKind;
use crate::request::WriteOp;
use crate::store::MemStore;

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
