//! What a search can be asked for beside its query: groups, second queries, explanations, fields,
//! fused ranks, pages of one moment.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::sync::Arc;
use std::time::Duration;

use engine::request::{SearchRequest, SearchResponse, WriteOp};
use engine::store::MemStore;
use engine::{ErrorClass, Node, NodeOptions};
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);

/// Two indices `pets-a` and `pets-b`: even numbers in the first, odd ones in the second.
fn node() -> Node {
    let node = Node::open(Arc::new(MemStore::new()), NodeOptions::default()).unwrap();
    let body = json!({"mappings": {"properties": {
        "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "kind": {"type": "keyword"}, "tags": {"type": "keyword"}, "n": {"type": "long"},
        "weight": {"type": "double"}, "day": {"type": "date"}, "fit": {"type": "boolean"},
        "vec": {"type": "dense_vector", "dims": 2, "similarity": "cosine"}
    }}});
    node.create_index("pets-a", &body).unwrap();
    node.create_index("pets-b", &body).unwrap();
    for n in 0..12_u32 {
        let kind = ["cat", "dog", "bird"][n as usize % 3];
        let title = if n % 4 == 0 {
            format!("{kind} {kind} red")
        } else {
            format!("{kind} number {n}")
        };
        let mut source = json!({
            "title": title, "kind": kind, "tags": ["b", "a", "b"], "n": n, "weight": f64::from(n) / 2.0,
            "day": format!("2024-01-{:02}T10:00:00.000{:03}Z", n / 6 + 1, n), "fit": n > 5,
            "vec": [f64::from(n) + 1.0, 1.0]
        });
        if n == 11 {
            source.as_object_mut().unwrap().remove("kind");
        }
        let index = node
            .index(if n % 2 == 0 { "pets-a" } else { "pets-b" })
            .unwrap();
        index
            .write(vec![WriteOp::index(Some(n.to_string()), source)])
            .remove(0)
            .unwrap();
        if n % 5 > 2 {
            index.refresh().unwrap();
        }
    }
    for name in ["pets-a", "pets-b"] {
        node.index(name).unwrap().refresh().unwrap();
    }
    node
}

fn request(body: Value) -> SearchRequest {
    SearchRequest::from_json(&body).unwrap()
}

fn search(node: &Node, index: &str, body: Value) -> SearchResponse {
    node.search(index, &request(body)).unwrap()
}

fn refused(node: &Node, body: Value) -> String {
    match SearchRequest::from_json(&body) {
        Err(error) => error.to_string(),
        Ok(request) => node.search("pets-*", &request).unwrap_err().to_string(),
    }
}

fn ids(response: &SearchResponse) -> Vec<&str> {
    response.hits.iter().map(|hit| hit.id.as_str()).collect()
}

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
fn a_second_query_orders_the_best_anew() {
    let node = node();
    let rescored = |more: Value| {
        let mut body = json!({
            "query": {"constant_score": {"filter": {"terms": {"n": [0, 2, 4, 6]}}, "boost": 2}},
            "rescore": {"window_size": 4, "query": {
                "rescore_query": {"constant_score": {"filter": {"term": {"n": 4}}, "boost": 3}},
                "query_weight": 0.5, "rescore_query_weight": 2
            }}
        });
        for (key, value) in more.as_object().unwrap() {
            body["rescore"]["query"][key] = value.clone();
        }
        let found = search(&node, "pets-a", body);
        let scores: Vec<f32> = found.hits.iter().map(|hit| hit.score.unwrap()).collect();
        (found.hits[0].id.clone(), scores, found.max_score.unwrap())
    };
    assert_eq!(
        rescored(json!({})),
        ("4".to_owned(), vec![7.0, 1.0, 1.0, 1.0], 7.0)
    );
    assert_eq!(
        rescored(json!({"score_mode": "multiply"})).1,
        [6.0, 1.0, 1.0, 1.0]
    );
    assert_eq!(
        rescored(json!({"score_mode": "avg"})).1,
        [3.5, 1.0, 1.0, 1.0]
    );
    assert_eq!(
        rescored(json!({"score_mode": "min"})).1,
        [1.0, 1.0, 1.0, 1.0]
    );
    // Hits past the window stay as they are, below it; a list is applied in order.
    let window = search(
        &node,
        "pets-a",
        json!({
            "query": {"constant_score": {"filter": {"match_all": {}}, "boost": 5}}, "explain": true,
            "rescore": [
                {"window_size": 3, "query": {"rescore_query": {"term": {"n": 4}}, "query_weight": 0.1}},
                {"window_size": 2, "query": {"rescore_query": {"match_none": {}}, "query_weight": 2}}
            ]
        }),
    );
    assert_eq!(ids(&window), ["4", "0", "2", "6", "8", "10"]);
    assert_eq!(window.hits[5].score, Some(5.0));
    let explained = window.hits[0].explanation.as_ref().unwrap();
    assert_eq!(explained["details"][0]["value"], 5.0);
    for (body, expected) in [
        (
            json!({"sort": ["n"], "rescore": {"query": {"rescore_query": {"match_all": {}}}}}),
            "[sort] option",
        ),
        (
            json!({"rescore": {"window_size": 5}}),
            "missing rescore type",
        ),
        (
            json!({"rescore": {"query": {}}}),
            "requires [rescore_query]",
        ),
        (
            json!({"rescore": {"window_size": 20_000, "query": {"rescore_query": {"match_all": {}}}}}),
            "too large",
        ),
    ] {
        assert!(refused(&node, body.clone()).contains(expected), "{body}");
    }
}

#[test]
fn scores_are_explained() {
    let node = node();
    let found = search(
        &node,
        "pets-a",
        json!({"explain": true, "size": 1, "query": {"bool": {
            "must": [{"match": {"title": "cat red"}}], "should": [{"term": {"n": {"value": 0, "boost": 3}}}]
        }}}),
    );
    let hit = &found.hits[0];
    let tree = hit.explanation.as_ref().unwrap();
    assert!((tree["value"].as_f64().unwrap() - f64::from(hit.score.unwrap())).abs() < 1e-4);
    let details = tree["details"].as_array().unwrap();
    assert_eq!(details.len(), 2);
    let sum: f64 = details
        .iter()
        .map(|detail| detail["value"].as_f64().unwrap())
        .sum();
    assert!((sum - tree["value"].as_f64().unwrap()).abs() < 1e-4);
    assert!(details[0]["description"].is_string() && details[0]["details"].is_array());
    let sorted = search(
        &node,
        "pets-*",
        json!({"explain": true, "size": 1, "sort": ["n"]}),
    );
    assert!(sorted.hits[0].explanation.is_some());
}

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
fn named_clauses_are_told() {
    let node = node();
    let found = search(
        &node,
        "pets-*",
        json!({"sort": ["n"], "size": 4, "query": {"bool": {
            "should": [
                {"term": {"kind": {"value": "cat", "_name": "cats"}}},
                {"query_string": {"query": "red OR number", "fields": ["title"], "_name": "words"}},
                {"constant_score": {"filter": {"range": {"n": {"gte": 2, "_name": "from two"}}}}}
            ]
        }}, "post_filter": {"match_all": {"_name": "all"}}}),
    );
    let names: Vec<Vec<String>> = found
        .hits
        .iter()
        .map(|hit| hit.matched_queries.clone())
        .collect();
    assert_eq!(
        names,
        [
            vec!["cats", "words", "all"],
            vec!["words", "all"],
            vec!["words", "from two", "all"],
            vec!["cats", "words", "from two", "all"]
        ]
    );
}

#[test]
fn collecting_ends_early_and_indices_weigh() {
    let node = node();
    let some = search(
        &node,
        "pets-a",
        json!({"terminate_after": 2, "track_total_hits": true}),
    );
    assert_eq!(
        (some.total.unwrap().value, some.terminated_early),
        (2, Some(true))
    );
    let all = search(&node, "pets-*", json!({"terminate_after": 50}));
    assert_eq!(
        (all.total.unwrap().value, all.terminated_early),
        (12, Some(false))
    );
    let weighed = search(
        &node,
        "pets-*",
        json!({"indices_boost": [{"pets-b": 3}, {"pets-*": 2}], "min_score": 2.5, "size": 20}),
    );
    assert_eq!(weighed.hits.len(), 6);
    assert!(
        weighed
            .hits
            .iter()
            .all(|hit| hit.index == "pets-b" && hit.score == Some(3.0))
    );
    assert_eq!(weighed.total.unwrap().value, 6);
    let single = search(&node, "pets-a", json!({"indices_boost": {"pets-a": 4}}));
    assert_eq!(single.max_score, Some(4.0));
    assert!(refused(&node, json!({"indices_boost": {"none": 4}})).contains("no such index [none]"));
}

#[test]
fn ranks_are_fused() {
    let node = node();
    let fused = search(
        &node,
        "pets-*",
        json!({
            "query": {"function_score": {"query": {"range": {"n": {"lte": 3}}}, "field_value_factor": {"field": "n"}}},
            "knn": {"field": "vec", "query_vector": [1, 1], "k": 3, "num_candidates": 20, "exact": true},
            "rank": {"rrf": {"rank_window_size": 10, "rank_constant": 1}}, "size": 3
        }),
    );
    // The query's list is 3, 2, 1, 0; each index gives three neighbours: 0, 1, 2, 3, 4, 5.
    let scores: Vec<(&str, f32)> = fused
        .hits
        .iter()
        .map(|hit| (hit.id.as_str(), hit.score.unwrap()))
        .collect();
    assert_eq!(
        scores,
        [
            ("3", 1.0 / 2.0 + 1.0 / 5.0),
            ("0", 1.0 / 5.0 + 1.0 / 2.0),
            ("2", 1.0 / 3.0 + 1.0 / 4.0)
        ]
    );
    assert_eq!(fused.total.unwrap().value, 6);
    assert!(fused.hits[0].source.is_some() && !fused.hits[0].nearest.is_empty());
    for (body, expected) in [
        (json!({"rank": {"rrf": {}}}), "minimum of [2] result sets"),
        (
            json!({"rank": {"rrf": {"rank_constant": 0}}}),
            "must be from 1",
        ),
        (json!({"rank": {"other": {}}}), "does not support [other]"),
        (
            json!({"sort": ["n"], "rank": {"rrf": {}}}),
            "[rank] cannot be used with [sort]",
        ),
    ] {
        assert!(refused(&node, body.clone()).contains(expected), "{body}");
    }
}

#[test]
fn a_scroll_gives_every_hit_of_its_moment_once() {
    for sort in [
        json!([]),
        json!(["day"]),
        json!([{"day": "desc"}]),
        json!(["_doc"]),
        json!(["kind", {"n": "desc"}]),
        json!(["title.raw"]),
        json!([{"weight": "desc"}]),
    ] {
        let node = node();
        let whole = search(&node, "pets-*", json!({"sort": sort, "size": 50}));
        let body = request(json!({"sort": sort, "size": 5, "query": {"match_all": {}}}));
        let (id, mut page) = node.open_scroll("pets-*", &body, MINUTE).unwrap();
        // What comes later is not seen.
        let index = node.index("pets-a").unwrap();
        for op in [
            WriteOp::delete("0"),
            WriteOp::index(Some("99".to_owned()), json!({"n": 99})),
        ] {
            index.write(vec![op]).remove(0).unwrap();
        }
        index.refresh().unwrap();
        node.delete_index("pets-b").unwrap();
        let mut seen: Vec<String> = Vec::new();
        let mut pages = 0;
        while !page.hits.is_empty() {
            assert_eq!(page.total.unwrap().value, 12);
            assert_eq!(page.scroll_id.as_deref(), Some(id.as_str()));
            assert!(
                page.hits
                    .iter()
                    .all(|hit| hit.sort.as_ref().map_or(0, Vec::len) == body.sort.len())
            );
            seen.extend(page.hits.iter().map(|hit| hit.id.clone()));
            page = node.scroll(&id, Some(MINUTE)).unwrap();
            pages += 1;
        }
        assert_eq!((seen.len(), pages), (12, 3), "{sort}");
        if body.sort.len() < 2 && sort != json!(["_doc"]) {
            assert_eq!(seen, ids(&whole), "{sort}");
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 12);
        assert_eq!(
            (node.open_scrolls(), node.clear_scroll(&[&id, "none"])),
            (1, 1)
        );
        let gone = node.scroll(&id, None).unwrap_err();
        assert_eq!(
            (gone.class(), gone.kind()),
            (ErrorClass::NotFound, "search_context_missing_exception")
        );
    }
    let node = node();
    for body in [
        json!({"from": 1}),
        json!({"size": 0}),
        json!({"collapse": {"field": "kind"}}),
        json!({"sort": ["n"], "search_after": [1]}),
    ] {
        assert!(node.open_scroll("pets-*", &request(body), MINUTE).is_err());
    }
    node.open_scroll("pets-*", &request(json!({})), MINUTE)
        .unwrap();
    assert_eq!(node.clear_all_scrolls(), 1);
}

#[test]
fn a_point_in_time_stays_as_it_was() {
    let node = node();
    let id = node.open_pit("pets-*", MINUTE).unwrap();
    for name in ["pets-a", "pets-b"] {
        let index = node.index(name).unwrap();
        index
            .write(vec![WriteOp::index(None, json!({"n": 50}))])
            .remove(0)
            .unwrap();
        index.refresh().unwrap();
    }
    let mut after: Option<Vec<Value>> = None;
    let mut seen = Vec::new();
    loop {
        let mut body = request(
            json!({"pit": {"id": id, "keep_alive": "2m"}, "sort": [{"kind": "asc"}], "size": 5}),
        );
        body.search_after = after.take();
        let page = node.search("", &body).unwrap();
        assert_eq!(page.pit_id.as_deref(), Some(id.as_str()));
        assert_eq!(page.total.unwrap().value, 12);
        let Some(last) = page.hits.last() else { break };
        // The kind, and the place that breaks ties.
        assert_eq!(last.sort.as_ref().unwrap().len(), 2);
        after.clone_from(&last.sort);
        seen.extend(page.hits.iter().map(|hit| hit.id.parse::<u32>().unwrap()));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..12).collect::<Vec<_>>());
    assert_eq!(search(&node, "pets-*", json!({})).total.unwrap().value, 14);
    let named = node
        .search("pets-a", &request(json!({"pit": {"id": id}})))
        .unwrap_err();
    assert!(
        named
            .to_string()
            .contains("cannot be used with point in time")
    );
    assert_eq!(
        (node.open_pits(), node.close_pit(&id), node.close_pit(&id)),
        (1, true, false)
    );
    let gone = node
        .search("", &request(json!({"pit": {"id": id}})))
        .unwrap_err();
    assert_eq!(gone.kind(), "search_context_missing_exception");
    assert!(node.open_pit("none", MINUTE).is_err());
    assert_eq!(
        node.open_pit("none*", MINUTE)
            .map(|id| node
                .search("", &request(json!({"pit": {"id": id}})))
                .unwrap()
                .total
                .unwrap()
                .value)
            .unwrap(),
        0
    );
}

#[test]
fn documents_of_other_indices_are_likened() {
    let node = node();
    let like = |index: &str, searched: &str| {
        let body = json!({"sort": ["n"], "query": {"more_like_this": {
            "fields": ["title"], "like": {"_index": index, "_id": "4"},
            "min_term_freq": 1, "min_doc_freq": 1, "minimum_should_match": "100%"
        }}});
        node.search(searched, &request(body)).map(|found| {
            found
                .hits
                .iter()
                .map(|hit| hit.id.clone())
                .collect::<Vec<_>>()
        })
    };
    node.put_alias("pets-a", "house").unwrap();
    let other = WriteOp::index(Some("40".to_owned()), json!({"title": "red dog", "n": 40}));
    for name in ["pets-a", "pets-b"] {
        let index = node.index(name).unwrap();
        index.write(vec![other.clone()]).remove(0).unwrap();
        index.refresh().unwrap();
    }
    assert_eq!(like("pets-a", "pets-a").unwrap(), ["40"]);
    assert_eq!(like("house", "pets-*").unwrap(), ["40", "40"]);
    assert_eq!(like("house", "pets-b").unwrap(), ["40"]);
    assert_eq!(
        like("none", "pets-b").unwrap_err().kind(),
        "index_not_found_exception"
    );
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
