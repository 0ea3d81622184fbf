//! Mappings: reading, printing, merging, inference.

use serde_json::{Value, json};

use super::*;

fn parsed(value: Value) -> Mapping {
    Mapping::from_json(&value).unwrap()
}

#[test]
fn reads_and_prints_what_it_read() {
    let body = json!({
        "dynamic": "strict",
        "properties": {
            "keys": {"properties": {"key": {"type": "keyword"}}},
            "like": {"type": "long"},
            "title": {
                "type": "text", "analyzer": "chinese",
                "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}
            },
            "pub_time": {"type": "date", "format": "epoch_millis"}
        }
    });
    let mapping = parsed(body.clone());
    assert_eq!(mapping.to_json(), body);
    assert_eq!(mapping.field("keys.key").unwrap().kind.name(), "keyword");
    assert_eq!(
        mapping.field("title.keyword").unwrap().ignore_above,
        Some(256)
    );
    assert!(mapping.field("nothing").is_none());
}

#[test]
fn names_what_it_does_not_know() {
    let unknown_type = Mapping::from_json(&json!({"properties": {"a": {"type": "blob"}}}));
    assert_eq!(
        unknown_type.unwrap_err().to_string(),
        "No handler for type [blob] declared on field [a]"
    );
    let unknown_parameter =
        Mapping::from_json(&json!({"properties": {"a": {"type": "long", "wrong": 1}}}));
    assert_eq!(
        unknown_parameter.unwrap_err().to_string(),
        "unknown parameter [wrong] on mapper [a] of type [long]"
    );
}

#[test]
fn merges_and_refuses_another_type() {
    let one = parsed(json!({"properties": {"a": {"type": "long"}}}));
    let two = parsed(json!({"properties": {"b": {"type": "text"}}}));
    let both = one.merged(&two).unwrap();
    assert!(both.field("a").is_some() && both.field("b").is_some());
    let other = parsed(json!({"properties": {"a": {"type": "text"}}}));
    assert_eq!(
        one.merged(&other).unwrap_err().to_string(),
        "mapper [a] cannot be changed from type [long] to [text]"
    );
}

#[test]
fn adds_fields_on_the_way() {
    let mapping = Mapping::empty()
        .with_field("a.b.c", Field::of(FieldType::Boolean))
        .unwrap();
    assert_eq!(mapping.field("a.b.c").unwrap().kind, FieldType::Boolean);
    assert!(mapping.field("a.b").is_some());
    assert_eq!(
        mapping
            .with_field("a.b.c.d", Field::of(FieldType::Boolean))
            .unwrap_err()
            .to_string(),
        "failed to parse field [a.b.c.d]: [c] is a boolean and cannot hold fields"
    );
}

#[test]
fn matches_wildcards() {
    assert!(wildcard_match("a*c", "abbbc"));
    assert!(wildcard_match("*", ""));
    assert!(!wildcard_match("a*c", "abbb"));
    assert!(wildcard_match("*.keyword", "title.keyword"));
}

#[test]
fn every_type_reads_and_prints() {
    let body = json!({"properties": {
        "price": {"type": "scaled_float", "scaling_factor": 100.0},
        "big": {"type": "unsigned_long"},
        "addr": {"type": "ip", "ignore_malformed": true},
        "labels": {"type": "flattened", "depth_limit": 3, "ignore_above": 10},
        "sug": {"type": "completion", "analyzer": "standard", "max_input_length": 9},
        "at": {"type": "date_nanos"},
        "other": {"type": "alias", "path": "price"},
    }, "dynamic_templates": [
        {"ids": {"match": "*_id", "match_mapping_type": "string", "mapping": {"type": "keyword"}}}
    ], "numeric_detection": true, "dynamic_date_formats": ["yyyy/MM/dd"]});
    let mapping = parsed(body.clone());
    assert_eq!(mapping.to_json(), body);
    assert_eq!(mapping.concrete("other"), "price");
    assert_eq!(mapping.field("labels.a.b").unwrap().kind.name(), "keyword");
    assert_eq!(mapping.field("labels.a").unwrap().ignore_above, Some(10));
    assert!(mapping.field("label.a").is_none());
}

#[test]
fn what_cannot_be_is_named() {
    for (field, message) in [
        (
            json!({"type": "nested"}),
            "type [nested] declared on field [a] is not supported by this version",
        ),
        (
            json!({"type": "scaled_float"}),
            "Field [scaling_factor] is required on field [a]",
        ),
        (
            json!({"type": "scaled_float", "scaling_factor": -1}),
            "[scaling_factor] must be a positive number, got [-1], field [a]",
        ),
        (
            json!({"type": "completion", "contexts": []}),
            "[contexts] of completion field [a] is not supported",
        ),
        (
            json!({"type": "alias"}),
            "The [path] property must be specified for field [a].",
        ),
        (
            json!({"type": "alias", "path": "a"}),
            "Invalid [path] value [a] for field alias [a]: an alias cannot refer to itself.",
        ),
        (
            json!({"type": "alias", "path": "b"}),
            "Invalid [path] value [b] for field alias [a]: an alias must refer to an existing field in the mappings.",
        ),
    ] {
        let body = json!({"properties": {"a": field}});
        assert_eq!(Mapping::from_json(&body).unwrap_err().to_string(), message);
    }
    for (root, message) in [
        (
            json!({"_source": {"enabled": false}}),
            "[_source] with [enabled: false] is not supported: the source is always kept whole",
        ),
        (
            json!({"dynamic_templates": [{"x": {"match_pattern": "regex", "mapping": {}}}]}),
            "dynamic template [x]: [match_pattern: \"regex\"] is not supported",
        ),
        (
            json!({"dynamic_templates": [{"x": {"match": "a"}}]}),
            "template must have mapping set [x]",
        ),
        (
            json!({"dynamic_templates": [{"x": {"match_mapping_type": "int", "mapping": {}}}]}),
            "No field type matched on [int], possible values are [\"*\", \"object\", \"string\", \"long\", \"double\", \"boolean\", \"date\", \"binary\"]",
        ),
    ] {
        assert_eq!(Mapping::from_json(&root).unwrap_err().to_string(), message);
    }
}

#[test]
fn only_some_parameters_change() {
    let old = parsed(json!({"dynamic": "strict", "properties": {
        "k": {"type": "keyword", "ignore_above": 5, "null_value": "none"},
        "t": {"type": "text", "analyzer": "english"}
    }}));
    let with = |body: Value| old.merged(&parsed(json!({"properties": body})));
    let new =
        with(json!({"k": {"type": "keyword", "ignore_above": 9, "null_value": "none"}})).unwrap();
    assert_eq!(new.field("k").unwrap().ignore_above, Some(9));
    assert_eq!(new.dynamic, Dynamic::Strict);
    let new =
        with(json!({"t": {"type": "text", "analyzer": "english", "search_analyzer": "simple"}}))
            .unwrap();
    assert_eq!(
        new.to_json()["properties"]["t"]["search_analyzer"],
        "simple"
    );
    assert_eq!(
        with(json!({"k": {"type": "keyword", "ignore_above": 5, "null_value": "x"}}))
            .unwrap_err()
            .to_string(),
        "Mapper for [k] conflicts with existing mapper:\n\tCannot update parameter [null_value] from [none] to [x]"
    );
    assert_eq!(
        with(json!({"t": {"type": "text"}}))
            .unwrap_err()
            .to_string(),
        "Mapper for [t] conflicts with existing mapper:\n\tCannot update parameter [analyzer] from [english] to [default]"
    );
    let error = with(json!({"k": {"properties": {}}})).unwrap_err();
    assert!(error.to_string().contains("[k]"), "{error}");
}

#[test]
fn unknown_fields_follow_templates_and_detection() {
    let mapping = parsed(json!({
        "numeric_detection": true,
        "dynamic_date_formats": ["yyyy/MM/dd"],
        "dynamic_templates": [
            {"ids": {"match": "*_id", "unmatch": "no_*", "mapping": {"type": "keyword"}}},
            {"bag": {"path_match": "deep.*", "match_mapping_type": "object", "mapping": {"type": "flattened"}}},
            {"named": {"match_mapping_type": "boolean", "mapping": {"type": "{dynamic_type}", "copy_to": "all_{name}"}}}
        ]
    }));
    let kind = |path: &str, value: Value| mapping.infer(path, &value).unwrap().unwrap();
    assert_eq!(kind("a.user_id", json!(5)).kind.name(), "keyword");
    assert_eq!(kind("no_id", json!(5)).kind.name(), "long");
    assert_eq!(kind("x", json!("5")).kind.name(), "long");
    assert_eq!(kind("x", json!("5.5")).kind.name(), "double");
    assert_eq!(
        kind("x", json!("2024/01/02")).kind,
        FieldType::Date {
            format: Some("yyyy/MM/dd".into())
        }
    );
    assert_eq!(kind("ok", json!(true)).copy_to, ["all_ok"]);
    assert_eq!(
        mapping.infer_object("deep.x").unwrap().unwrap().kind.name(),
        "flattened"
    );
    assert_eq!(mapping.infer_object("x").unwrap(), None);
    let plain = Mapping::empty()
        .infer("s", &json!("words"))
        .unwrap()
        .unwrap();
    assert_eq!(
        plain.to_json(),
        json!({"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}})
    );
    let date = Mapping::empty()
        .infer("s", &json!("2024-01-02T03:04:05Z"))
        .unwrap()
        .unwrap();
    assert_eq!(date.kind.name(), "date");
}
