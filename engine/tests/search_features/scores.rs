//! How a score came about, is changed by a second query, and is fused with ranks.

use serde_json::{Value, json};

use super::{ids, node, refused, search};

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
    // Hits past the window have the query's weight, too; a list is applied in order.
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
    let scores: Vec<_> = window.hits.iter().map(|hit| hit.score.unwrap()).collect();
    assert_eq!(scores, [3.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
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
