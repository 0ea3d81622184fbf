//! Searches: queries, order, pages, errors.

use serde_json::{Value, json};

use crate::support::{fails, filled, ids, ok};

#[test]
fn searches_find_sort_page_and_explain() {
    let server = filled();
    let search = |body: Value| ok(&server, "POST", "/things/_search", body);
    let by_n = json!([{"n": "asc"}]);
    let red = search(json!({"query": {"match": {"title": "red"}}, "sort": by_n, "size": 3}));
    assert_eq!(ids(&red), ["0", "2", "4"]);
    assert_eq!(red["hits"]["total"], json!({"value": 5, "relation": "eq"}));
    assert_eq!(red["hits"]["hits"][1]["sort"], json!([2]));
    let after = search(
        json!({"query": {"match": {"title": "red"}}, "sort": by_n, "size": 3, "search_after": [4]}),
    );
    assert_eq!(ids(&after), ["6", "8"]);
    for (query, expected) in [
        (
            json!({"term": {"title.keyword": "red car number 4"}}),
            vec!["4"],
        ),
        (json!({"terms": {"n": [1, 3, 99]}}), vec!["1", "3"]),
        (json!({"range": {"n": {"gt": 6, "lte": 8}}}), vec!["7", "8"]),
        (
            json!({"range": {"at": {"gte": "2024-02-01", "lt": "2024-02-01||+1M"}}}),
            vec!["4", "5", "6", "7"],
        ),
        (
            json!({"range": {"ip": {"gte": "10.0.0.8"}}}),
            vec!["8", "9"],
        ),
        (
            json!({"term": {"ip": "10.0.0.0/30"}}),
            vec!["0", "1", "2", "3"],
        ),
        (json!({"term": {"price": 3.25}}), vec!["3"]),
        (
            json!({"prefix": {"title.keyword": "blue boat number 1"}}),
            vec!["1"],
        ),
        (
            json!({"wildcard": {"title.keyword": "*number 9"}}),
            vec!["9"],
        ),
        (
            json!({"regexp": {"title.keyword": ".*[57]"}}),
            vec!["5", "7"],
        ),
        (
            json!({"fuzzy": {"title": "numbr"}}),
            vec!["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        ),
        (json!({"ids": {"values": ["2", "7", "x"]}}), vec!["2", "7"]),
        (json!({"exists": {"field": "nothing"}}), vec![]),
        (
            json!({"query_string": {"query": "title:(red AND 8) OR n:[1 TO 2}"}}),
            vec!["1", "8"],
        ),
        (
            json!({"simple_query_string": {"query": "\"red car\" -4 -6", "fields": ["title"], "default_operator": "and"}}),
            vec!["0", "2", "8"],
        ),
        (
            json!({"bool": {"filter": [{"term": {"flag": true}}], "must_not": [{"term": {"tags": "t0"}}]}}),
            vec!["3", "9"],
        ),
        (
            json!({"match_phrase": {"title": "boat number 7"}}),
            vec!["7"],
        ),
        (
            json!({"multi_match": {"query": "red 6", "fields": ["title"], "operator": "and"}}),
            vec!["6"],
        ),
        (
            json!({"constant_score": {"filter": {"term": {"n": 5}}}}),
            vec!["5"],
        ),
        (
            json!({"terms_set": {"tags": {"terms": ["all", "t1"], "minimum_should_match_script": {"source": "2"}}}}),
            vec!["1", "3", "5", "7", "9"],
        ),
    ] {
        let answer = search(json!({"query": query, "sort": by_n, "size": 20}));
        assert_eq!(ids(&answer), expected, "{query}");
    }
    let q = ok(
        &server,
        "GET",
        "/things/_search?q=title:red&sort=n:desc&size=2&_source=n",
        Value::Null,
    );
    assert_eq!(q["hits"]["hits"][0]["_source"], json!({"n": 8}));
    let marked = search(
        json!({"query": {"match": {"title": "boat"}}, "highlight": {"fields": {"title": {}}}, "size": 1}),
    );
    assert!(
        marked["hits"]["hits"][0]["highlight"]["title"][0]
            .as_str()
            .unwrap()
            .contains("<em>boat</em>")
    );
    let collapsed =
        search(json!({"collapse": {"field": "title.keyword"}, "query": {"term": {"n": 3}}}));
    assert_eq!(ids(&collapsed).len(), 1);
    let limited = search(json!({"track_total_hits": 3, "size": 0}));
    assert_eq!(
        limited["hits"]["total"],
        json!({"value": 3, "relation": "gte"})
    );
    let int = ok(
        &server,
        "GET",
        "/things/_search?rest_total_hits_as_int=true&size=0",
        Value::Null,
    );
    assert_eq!(int["hits"]["total"], 10);
    assert_eq!(
        ok(
            &server,
            "POST",
            "/things/_count",
            json!({"query": {"range": {"n": {"gte": 4}}}})
        )["count"],
        6
    );
    let valid = ok(
        &server,
        "GET",
        "/things/_validate/query?q=title:(",
        Value::Null,
    );
    assert_eq!(valid["valid"], false);
    let why = ok(
        &server,
        "POST",
        "/things/_explain/2",
        json!({"query": {"match": {"title": "red"}}}),
    );
    assert_eq!(why["matched"], true);
    assert!(why["explanation"]["value"].as_f64().unwrap() > 0.0);
    let filtered = ok(
        &server,
        "GET",
        "/things/_search?filter_path=hits.total.value,took&size=1",
        Value::Null,
    );
    assert_eq!(filtered["hits"], json!({"total": {"value": 10}}));
    for (body, kind, reason) in [
        (
            json!({"query": {"nonsense": {}}}),
            "parsing_exception",
            "unknown query [nonsense]",
        ),
        (
            json!({"query": {"match": {"title": {"query": "x", "wrong": 1}}}}),
            "parsing_exception",
            "wrong",
        ),
        (
            json!({"from": 9_999, "size": 10}),
            "illegal_argument_exception",
            "Result window is too large",
        ),
        (
            json!({"sort": [{"title": "asc"}]}),
            "illegal_argument_exception",
            "Text fields are not optimised",
        ),
        (
            json!({"query": {"range": {"at": {"gte": "yesterday-ish"}}}}),
            "parse_exception",
            "yesterday-ish",
        ),
        (json!({"wrong": 1}), "parsing_exception", "wrong"),
    ] {
        let (status, found, told) = fails(&server, "POST", "/things/_search", body.clone());
        assert_eq!((status, found.as_str()), (400, kind), "{body}: {told}");
        assert!(told.contains(reason), "{body}: {told}");
    }
    let (status, kind, _) = fails(&server, "GET", "/nowhere/_search", Value::Null);
    assert_eq!((status, kind.as_str()), (404, "index_not_found_exception"));
    assert_eq!(
        ids(&ok(&server, "GET", "/nowhere*/_search", Value::Null)),
        [""; 0]
    );
    assert_eq!(fails(&server, "GET", "/.links/_search", Value::Null).0, 404);
}
