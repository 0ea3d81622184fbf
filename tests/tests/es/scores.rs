//! Scores that filters leave alone, functions that compute them, and orders by several values.

use serde_json::{Value, json};

use crate::support::{fails, filled, ids, ok};

/// The scores of hits, in order.
fn scores(answer: &Value) -> Vec<f64> {
    let hits = answer["hits"]["hits"].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["_score"].as_f64().unwrap())
        .collect()
}

#[test]
fn every_document_scores_one_beside_filters_too() {
    let server = filled();
    let search = |body: Value| ok(&server, "POST", "/things/_search", body);
    let first = json!({"term": {"n": 1}});
    for (query, expected) in [
        (
            json!({"bool": {"must": {"match_all": {}}, "filter": first}}),
            1.0,
        ),
        (
            json!({"bool": {"must": [{"match_all": {}}, {"match_all": {"boost": 3}}], "filter": first}}),
            4.0,
        ),
        (
            json!({"bool": {"should": {"match_all": {}}, "filter": first}}),
            1.0,
        ),
        (
            json!({"bool": {"must": [{"bool": {"must": {"match_all": {}}}}, first]}}),
            2.0,
        ),
        (json!({"bool": {"filter": [{"match_all": {}}, first]}}), 0.0),
    ] {
        let found = search(json!({"query": query}));
        assert_eq!(ids(&found), ["1"], "{query}");
        assert_eq!(scores(&found), [expected], "{query}");
        assert_eq!(found["hits"]["max_score"], expected, "{query}");
    }
    let filtered =
        search(json!({"post_filter": first, "aggs": {"all": {"value_count": {"field": "n"}}}}));
    assert_eq!(scores(&filtered), [1.0]);
    assert_eq!(filtered["aggregations"]["all"]["value"], 10);
    let alias = json!({"actions": [{"add": {"index": "things", "alias": "one", "filter": first}}]});
    ok(&server, "POST", "/_aliases", alias);
    assert_eq!(
        scores(&ok(&server, "POST", "/one/_search", Value::Null)),
        [1.0]
    );
    let told = ok(
        &server,
        "GET",
        "/things/_explain/1?q=*&_source=n",
        Value::Null,
    );
    assert_eq!(told["explanation"]["value"], 1.0);
    assert_eq!(told["get"]["_source"], json!({"n": 1}));
    let least = ok(
        &server,
        "GET",
        "/things/_count?q=n:1&min_score=2",
        Value::Null,
    );
    assert_eq!(least["count"], 0);
    let (status, kind, reason) = fails(&server, "POST", "/things/_explain/1", json!({}));
    assert_eq!(
        (status, kind.as_str()),
        (400, "action_request_validation_exception")
    );
    assert_eq!(reason, "Validation Failed: 1: query is missing;");
}

#[test]
fn an_index_is_found_by_its_name() {
    let server = filled();
    ok(
        &server,
        "PUT",
        "/others/_doc/x?refresh=true",
        json!({"n": 1}),
    );
    let count = |query: Value| {
        let body = json!({"query": query});
        ok(&server, "POST", "/things,others/_count", body)["count"].clone()
    };
    assert_eq!(count(json!({"term": {"_index": "others"}})), 1);
    assert_eq!(
        count(json!({"terms": {"_index": ["others", "things"]}})),
        11
    );
    assert_eq!(count(json!({"prefix": {"_index": "thi"}})), 10);
    assert_eq!(count(json!({"wildcard": {"_index": "o*s"}})), 1);
    assert_eq!(count(json!({"match": {"_index": "none"}})), 0);
    assert_eq!(
        count(json!({"bool": {"must_not": {"term": {"_index": "things"}}}})),
        1
    );
}

#[test]
fn functions_compute_from_several_values_and_refuse_what_is_below_nothing() {
    let server = filled();
    let lists = "{\"index\":{\"_id\":\"a\"}}\n{\"n\":[3,10],\"f\":-1.5}\n{\"index\":{\"_id\":\"b\"}}\n{\"n\":6,\"f\":0.5}\n";
    ok(&server, "POST", "/lists/_bulk?refresh=true", json!(lists));
    let body = |function: Value| json!({"query": {"function_score": function}});
    // From 5 it is 2 and 5 to the one document's values, 1 to the other's.
    for (mode, expected) in [("min", 0.5), ("max", 0.176_776_69), ("avg", 0.297_301_77)] {
        let function = json!({"exp": {"n": {"origin": 5, "scale": 2}, "multi_value_mode": mode}, "boost_mode": "replace"});
        let found = ok(&server, "POST", "/lists/_search", body(function));
        assert_eq!(ids(&found), ["b", "a"], "{mode}");
        let second = scores(&found)[1];
        assert!((second - expected).abs() < 1e-6, "{mode}: {second}");
    }
    for (function, told) in [
        (
            json!({"field_value_factor": {"field": "f"}}),
            "field value function must not produce negative scores, but got: [-1.5] for field value: [-1.5]",
        ),
        (
            json!({"functions": [{"weight": -1}]}),
            "[weight] cannot be negative for a filtering function",
        ),
        (
            json!({"weight": 2, "random_score": {"seed": 1}}),
            "failed to parse [function_score] query. already found function",
        ),
    ] {
        let (status, _, reason) = fails(&server, "POST", "/lists/_search", body(function));
        assert_eq!(status, 400);
        assert!(reason.starts_with(told), "{reason}");
    }
}

#[test]
fn orders_by_several_values_round_halves_up() {
    let server = filled();
    let lists =
        "{\"index\":{\"_id\":\"a\"}}\n{\"n\":[3,10]}\n{\"index\":{\"_id\":\"b\"}}\n{\"n\":6}\n";
    ok(&server, "POST", "/lists/_bulk?refresh=true", json!(lists));
    for (mode, expected) in [("median", 7), ("avg", 7), ("sum", 13), ("max", 10)] {
        let sort = json!({"sort": [{"n": {"order": "desc", "mode": mode}}]});
        let found = ok(&server, "POST", "/lists/_search", sort);
        assert_eq!(ids(&found), ["a", "b"], "{mode}");
        assert_eq!(
            found["hits"]["hits"][0]["sort"],
            json!([expected]),
            "{mode}"
        );
    }
    let sort = json!({"sort": [{"tags": {"order": "asc", "mode": "avg"}}]});
    let (status, _, reason) = fails(&server, "POST", "/things/_search", sort);
    assert_eq!(status, 400);
    assert!(
        reason.contains("we only support AVG, MEDIAN and SUM on number based fields"),
        "{reason}"
    );
    let after = json!({"sort": [{"n": "asc"}], "search_after": ["7"]});
    assert_eq!(
        ids(&ok(&server, "POST", "/things/_search", after)),
        ["8", "9"]
    );
}

#[test]
fn words_before_the_last_may_be_inexact() {
    let server = filled();
    let clause = |fuzziness: Value| json!({"query": {"match_bool_prefix": {"title": {"query": "rad ca", "operator": "and", "fuzziness": fuzziness}}}, "size": 0});
    let total = |body: Value| {
        ok(&server, "POST", "/things/_search", body)["hits"]["total"]["value"].clone()
    };
    assert_eq!(total(clause(json!(1))), 5);
    assert_eq!(total(clause(json!(0))), 0);
    for kind in ["cross_fields", "phrase", "phrase_prefix"] {
        let query = json!({"query": {"multi_match": {"query": "red", "fields": ["title"], "type": kind, "fuzziness": 1}}});
        let (status, _, reason) = fails(&server, "POST", "/things/_search", query);
        assert_eq!(
            (status, reason),
            (400, format!("Fuzziness not allowed for type [{kind}]"))
        );
    }
}
