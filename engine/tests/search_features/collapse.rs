//! Groups: the best hit of each, and the rest of a group inside it.

use std::sync::Arc;

use engine::request::WriteOp;
use engine::store::MemStore;
use engine::{Node, NodeOptions};
use serde_json::json;

use super::{ids, node, refused, search};

#[test]
fn only_the_best_hit_of_each_group_is_given() {
    let node = node();
    for index in ["pets-a", "pets-*"] {
        let found = search(
            &node,
            index,
            json!({"sort": [{"n": "desc"}], "collapse": {"field": "kind"}}),
        );
        let expected: &[&str] = if index == "pets-a" {
            &["10", "8", "6"]
        } else {
            &["11", "10", "9", "8"]
        };
        assert_eq!(ids(&found), expected);
        assert_eq!(
            found.total.unwrap().value,
            if index == "pets-a" { 6 } else { 12 }
        );
        let kind = if index == "pets-a" {
            Some(json!(["dog"]))
        } else {
            None
        };
        let fields = found.hits[0].fields.as_ref();
        assert_eq!(fields.map(|fields| fields["kind"].clone()), kind);
    }
    let inner = search(
        &node,
        "pets-*",
        json!({"query": {"range": {"n": {"lt": 10}}}, "sort": ["n"], "size": 2, "collapse": {"field": "kind", "inner_hits": [
            {"name": "latest", "size": 2, "sort": [{"n": "desc"}], "_source": ["n"]},
            {"name": "rest", "from": 1, "size": 1, "sort": ["n"], "_source": false}
        ]}}),
    );
    assert_eq!(ids(&inner), ["0", "1"]);
    let groups = inner.hits[0].to_json()["inner_hits"].clone();
    let latest = &groups["latest"]["hits"];
    assert_eq!(latest["total"], json!({"value": 4, "relation": "eq"}));
    assert_eq!(latest["hits"][0]["_source"], json!({"n": 9}));
    assert_eq!(latest["hits"][1]["_source"], json!({"n": 6}));
    assert_eq!(groups["rest"]["hits"]["hits"][0]["_id"], "3");
    assert_eq!(groups["rest"]["hits"]["hits"].as_array().unwrap().len(), 1);
    let by_number = search(
        &node,
        "pets-*",
        json!({"sort": ["n"], "collapse": {"field": "fit"}}),
    );
    assert_eq!(ids(&by_number), ["0", "6"]);
    let paged = search(
        &node,
        "pets-*",
        json!({"sort": [{"n": "desc"}], "from": 1, "size": 1, "collapse": {"field": "kind"}}),
    );
    assert_eq!(ids(&paged), ["10"]);
    for (body, expected) in [
        (
            json!({"collapse": {"field": "tags"}}),
            "must be single valued",
        ),
        (
            json!({"collapse": {"field": "title"}}),
            "unknown type for collapse field `title`",
        ),
        (
            json!({"collapse": {"field": "none"}}),
            "no mapping found for `none`",
        ),
        (
            json!({"collapse": {"field": "kind"}, "rescore": {"query": {"rescore_query": {"match_all": {}}}}}),
            "in conjunction with `rescore`",
        ),
        (
            json!({"collapse": {"field": "kind", "inner_hits": {"size": 200}}}),
            "Inner result window is too large",
        ),
        (
            json!({"collapse": {"field": "kind", "inner_hits": {"query": {}}}}),
            "unknown field [query]",
        ),
    ] {
        assert!(refused(&node, body.clone()).contains(expected), "{body}");
    }
}

#[test]
fn groups_are_those_of_a_model() {
    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    let documents =
        prop::collection::vec((prop::option::of(0_u8..6), 0_i64..20, any::<bool>()), 1..40);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let case = (documents, 0_usize..4, 1_usize..5, any::<bool>());
    let outcome = runner.run(&case, |(documents, from, size, descending)| {
        let node = Node::open(Arc::new(MemStore::new()), NodeOptions::default()).unwrap();
        let body =
            json!({"mappings": {"properties": {"g": {"type": "keyword"}, "n": {"type": "long"}}}});
        node.create_index("m-0", &body).unwrap();
        node.create_index("m-1", &body).unwrap();
        let mut model: Vec<(i64, u8, usize, Option<u8>)> = Vec::new();
        for (id, (group, n, second)) in documents.iter().enumerate() {
            let mut source = json!({"n": n});
            if let Some(group) = group {
                source["g"] = json!(format!("g{group}"));
            }
            let index = node.index(if *second { "m-1" } else { "m-0" }).unwrap();
            index
                .write(vec![WriteOp::index(Some(id.to_string()), source)])
                .remove(0)
                .unwrap();
            if id % 7 == 6 {
                index.refresh().unwrap();
            }
            model.push((
                if descending { -n } else { *n },
                u8::from(*second),
                id,
                *group,
            ));
        }
        for name in ["m-0", "m-1"] {
            node.index(name).unwrap().refresh().unwrap();
        }
        model.sort_unstable();
        let mut met = std::collections::HashSet::new();
        model.retain(|(_, _, _, group)| met.insert(*group));
        let expected: Vec<String> = model
            .iter()
            .skip(from)
            .take(size)
            .map(|(_, _, id, _)| id.to_string())
            .collect();
        let order = if descending { "desc" } else { "asc" };
        let found = search(
            &node,
            "m-*",
            json!({"sort": [{"n": order}], "from": from, "size": size, "collapse": {"field": "g"}}),
        );
        prop_assert_eq!(ids(&found), expected);
        Ok(())
    });
    outcome.unwrap();
}
