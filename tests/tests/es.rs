//! Elasticsearch's REST, by values: what each group of routes answers, and how it refuses.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Server, ServerOptions, solid_gif};

fn send(server: &Server, method: &str, path: &str, body: Value) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = server.client().request(method, server.url(path));
    if !body.is_null() {
        let text = body
            .as_str()
            .map_or_else(|| body.to_string(), str::to_owned);
        request = request
            .header("content-type", "application/json")
            .body(text);
    }
    let response = request.send().unwrap();
    assert_eq!(
        response.headers()["x-elastic-product"],
        "Elasticsearch",
        "{path}"
    );
    let status = response.status().as_u16();
    (status, response.json().unwrap_or_default())
}

fn ok(server: &Server, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = send(server, method, path, body);
    assert!(
        (200..300).contains(&status),
        "{method} {path}: {status} {answer}"
    );
    answer
}

fn fails(server: &Server, method: &str, path: &str, body: Value) -> (u16, String, String) {
    let (status, answer) = send(server, method, path, body);
    let error = &answer["error"];
    assert_eq!(answer["status"], status, "{method} {path}: {answer}");
    assert_eq!(error["root_cause"][0]["type"], error["type"], "{answer}");
    (
        status,
        error["type"].as_str().unwrap().to_owned(),
        error["reason"].as_str().unwrap().to_owned(),
    )
}

fn ids(answer: &Value) -> Vec<&str> {
    let hits = answer["hits"]["hits"].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["_id"].as_str().unwrap())
        .collect()
}

/// An index of ten documents.
fn filled() -> Server {
    let server = Server::start();
    ok(
        &server,
        "PUT",
        "/things",
        json!({"mappings": {"properties": {
            "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
            "n": {"type": "integer"}, "price": {"type": "scaled_float", "scaling_factor": 100},
            "at": {"type": "date"}, "ip": {"type": "ip"}, "flag": {"type": "boolean"}, "tags": {"type": "keyword"}}}}),
    );
    let mut lines = String::new();
    for n in 0..10 {
        let source = json!({
            "title": format!("{} number {n}", if n % 2 == 0 { "red car" } else { "blue boat" }),
            "n": n, "price": f64::from(n) + 0.25, "at": format!("2024-0{}-15T10:00:00Z", n / 4 + 1),
            "ip": format!("10.0.0.{n}"), "flag": n % 3 == 0, "tags": ["all", format!("t{}", n % 2)],
        });
        lines.push_str(&format!(
            "{}\n{source}\n",
            json!({"index": {"_id": n.to_string()}})
        ));
    }
    let answer = ok(&server, "POST", "/things/_bulk?refresh=true", json!(lines));
    assert_eq!(answer["errors"], false, "{answer}");
    server
}

#[test]
fn documents_are_written_read_and_guarded() {
    let server = Server::start();
    let (status, made) = send(&server, "PUT", "/a/_doc/1", json!({"x": 1}));
    assert_eq!(
        (status, &made["result"], &made["_version"]),
        (201, &json!("created"), &json!(1))
    );
    let (status, again) = send(
        &server,
        "PUT",
        "/a/_doc/1?refresh",
        json!({"x": 2, "o": {"y": "z"}}),
    );
    assert_eq!(
        (status, &again["result"], &again["_version"]),
        (200, &json!("updated"), &json!(2))
    );
    let found = ok(&server, "GET", "/a/_doc/1", Value::Null);
    assert_eq!(
        (&found["found"], &found["_source"]["x"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(
        ok(
            &server,
            "GET",
            "/a/_doc/1?_source_includes=o.*",
            Value::Null
        )["_source"],
        json!({"o": {"y": "z"}})
    );
    assert_eq!(ok(&server, "GET", "/a/_source/1", Value::Null)["x"], 2);
    assert_eq!(send(&server, "HEAD", "/a/_doc/1", Value::Null).0, 200);
    assert_eq!(send(&server, "HEAD", "/a/_doc/2", Value::Null).0, 404);
    assert_eq!(
        send(&server, "GET", "/a/_doc/2", Value::Null),
        (404, json!({"_index": "a", "_id": "2", "found": false}))
    );
    let (status, kind, _) = fails(&server, "PUT", "/a/_create/1", json!({}));
    assert_eq!(
        (status, kind.as_str()),
        (409, "version_conflict_engine_exception")
    );
    let seq = found["_seq_no"].as_u64().unwrap();
    let stale = format!("/a/_doc/1?if_seq_no={}&if_primary_term=1", seq - 1);
    assert_eq!(fails(&server, "PUT", &stale, json!({})).0, 409);
    let right = format!("/a/_doc/1?if_seq_no={seq}&if_primary_term=1");
    assert_eq!(ok(&server, "PUT", &right, json!({"x": 3}))["_version"], 3);
    let noop = ok(&server, "POST", "/a/_update/1", json!({"doc": {"x": 3}}));
    assert_eq!(noop["result"], "noop");
    let upsert = json!({"doc": {"x": 9}, "doc_as_upsert": true});
    assert_eq!(send(&server, "POST", "/a/_update/9", upsert).0, 201);
    assert_eq!(
        fails(&server, "POST", "/a/_update/8", json!({"doc": {}})).1,
        "document_missing_exception"
    );
    assert_eq!(
        fails(&server, "POST", "/a/_update/1", json!({"script": "x"})).0,
        400
    );
    let (status, gone) = send(&server, "DELETE", "/a/_doc/1", Value::Null);
    assert_eq!((status, &gone["result"]), (200, &json!("deleted")));
    assert_eq!(send(&server, "DELETE", "/a/_doc/1", Value::Null).0, 404);
    let auto = ok(&server, "POST", "/a/_doc", json!({"x": 5}));
    assert!(auto["_id"].as_str().unwrap().len() > 8);
    let many = ok(
        &server,
        "POST",
        "/_mget",
        json!({"docs": [{"_index": "a", "_id": "9"}, {"_index": "b", "_id": "1"}]}),
    );
    assert_eq!(many["docs"][0]["_source"]["x"], 9);
    assert_eq!(
        many["docs"][1]["error"]["type"],
        "index_not_found_exception"
    );
    assert_eq!(
        fails(&server, "PUT", "/a/_doc/1?nonsense=1", json!({})).2,
        "request [/a/_doc/1] contains unrecognized parameter: [nonsense]"
    );
    assert_eq!(fails(&server, "PUT", "/a/_doc/1", json!("{broken")).0, 400);
    assert_eq!(
        fails(&server, "PUT", "/A/_doc/1", json!({})).1,
        "invalid_index_name_exception"
    );
    for reserved in ["image", "api", "search", "flags", "health"] {
        let (status, kind, _) = match reserved {
            "health" | "api" | "search" | "flags" | "image" => {
                let (status, answer) = send_any(&server, "PUT", &format!("/{reserved}"));
                (
                    status,
                    answer["error"]["type"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned(),
                    (),
                )
            }
            _ => unreachable!(),
        };
        assert!(status >= 400, "{reserved}: {status} {kind}");
    }
}

fn send_any(server: &Server, method: &str, path: &str) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let response = server
        .client()
        .request(method, server.url(path))
        .send()
        .unwrap();
    (
        response.status().as_u16(),
        response.json().unwrap_or_default(),
    )
}

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
            "query_shard_exception",
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

#[test]
fn aggregations_count_and_measure() {
    let server = filled();
    let answer = ok(
        &server,
        "POST",
        "/things/_search",
        json!({"size": 0, "query": {"range": {"n": {"lt": 8}}}, "aggs": {
            "tags": {"terms": {"field": "tags"}, "aggs": {"sum": {"sum": {"field": "n"}}}},
            "months": {"date_histogram": {"field": "at", "calendar_interval": "month"}},
            "steps": {"histogram": {"field": "n", "interval": 4}},
            "parts": {"range": {"field": "n", "ranges": [{"to": 2}, {"from": 2, "to": 6}, {"from": 6}]}},
            "stats": {"extended_stats": {"field": "n"}},
            "half": {"percentiles": {"field": "n", "percents": [50]}},
            "flags": {"filters": {"filters": {"yes": {"term": {"flag": true}}, "no": {"term": {"flag": false}}}}},
            "best": {"top_hits": {"size": 1, "sort": [{"n": "desc"}], "_source": ["n"]}},
            "none": {"missing": {"field": "nothing"}},
            "pairs": {"composite": {"size": 2, "sources": [{"t": {"terms": {"field": "tags"}}}]}},
        }}),
    );
    let found = &answer["aggregations"];
    assert_eq!(
        found["tags"]["buckets"],
        json!([
            {"key": "all", "doc_count": 8, "sum": {"value": 28.0}},
            {"key": "t0", "doc_count": 4, "sum": {"value": 12.0}},
            {"key": "t1", "doc_count": 4, "sum": {"value": 16.0}}
        ])
    );
    assert_eq!(
        found["months"]["buckets"][1]["key_as_string"],
        "2024-02-01T00:00:00.000Z"
    );
    assert_eq!(found["months"]["buckets"][1]["doc_count"], 4);
    assert_eq!(
        found["steps"]["buckets"],
        json!([{"key": 0.0, "doc_count": 4}, {"key": 4.0, "doc_count": 4}])
    );
    let parts: Vec<_> = found["parts"]["buckets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["doc_count"].as_u64().unwrap())
        .collect();
    assert_eq!(parts, [2, 4, 2]);
    assert_eq!(
        (&found["stats"]["avg"], &found["stats"]["max"]),
        (&json!(3.5), &json!(7.0))
    );
    assert_eq!(found["half"]["values"]["50.0"], 3.5);
    assert_eq!(found["flags"]["buckets"]["yes"]["doc_count"], 3);
    assert_eq!(found["best"]["hits"]["hits"][0]["_source"], json!({"n": 7}));
    assert_eq!(found["none"]["doc_count"], 8);
    assert_eq!(found["pairs"]["after_key"], json!({"t": "t0"}));
    let (status, _, told) = fails(
        &server,
        "POST",
        "/things/_search",
        json!({"aggs": {"x": {"nonsense": {}}}}),
    );
    assert_eq!(status, 400);
    assert!(told.contains("nonsense"), "{told}");
}

#[test]
fn indices_aliases_templates_and_tables() {
    let server = filled();
    let described = ok(&server, "GET", "/things", Value::Null);
    assert_eq!(
        described["things"]["mappings"]["properties"]["n"]["type"],
        "integer"
    );
    assert_eq!(
        described["things"]["settings"]["index"]["number_of_shards"],
        "1"
    );
    assert_eq!(
        fails(&server, "PUT", "/things", Value::Null).1,
        "resource_already_exists_exception"
    );
    ok(
        &server,
        "PUT",
        "/things/_mapping",
        json!({"properties": {"more": {"type": "keyword"}}}),
    );
    assert_eq!(
        fails(
            &server,
            "PUT",
            "/things/_mapping",
            json!({"properties": {"n": {"type": "text"}}})
        )
        .0,
        400
    );
    ok(
        &server,
        "POST",
        "/_aliases",
        json!({"actions": [
        {"add": {"index": "things", "alias": "odd", "filter": {"term": {"tags": "t1"}}}}, {"add": {"index": "things", "alias": "all"}}]}),
    );
    assert_eq!(ok(&server, "GET", "/odd/_count", Value::Null)["count"], 5);
    let odd = ok(&server, "GET", "/_alias/odd", Value::Null);
    assert!(
        odd.pointer("/things/aliases/odd/filter/term/tags")
            .is_some()
    );
    assert_eq!(send(&server, "HEAD", "/_alias/nope", Value::Null).0, 404);
    ok(&server, "DELETE", "/things/_alias/odd", Value::Null);
    assert_eq!(fails(&server, "GET", "/odd/_count", Value::Null).0, 404);
    ok(
        &server,
        "PUT",
        "/_index_template/t",
        json!({"index_patterns": ["log-*"], "template": {
        "mappings": {"properties": {"m": {"type": "keyword"}}}, "aliases": {"logs": {}}}}),
    );
    ok(
        &server,
        "PUT",
        "/log-1/_doc/1?refresh=true",
        json!({"m": "x y"}),
    );
    assert_eq!(
        ok(&server, "GET", "/logs/_search?q=m:%22x%20y%22", Value::Null)["hits"]["total"]["value"],
        1
    );
    ok(&server, "POST", "/things/_close", Value::Null);
    assert_eq!(
        fails(&server, "GET", "/things/_search", Value::Null).1,
        "index_closed_exception"
    );
    ok(&server, "POST", "/things/_open", Value::Null);
    assert_eq!(
        ok(&server, "GET", "/things/_count", Value::Null)["count"],
        10
    );
    let table = server
        .get("/_cat/indices?v&h=index,docs.count&s=index")
        .send()
        .unwrap();
    assert!(
        table.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    let text = table.text().unwrap();
    assert!(text.starts_with("index  docs.count\n"), "{text}");
    assert!(text.contains("things 10"), "{text}");
    let (_, rows) = server.get_json("/_cat/count/things?format=json");
    assert_eq!(rows[0]["count"], "10");
    assert_eq!(
        ok(&server, "GET", "/_cluster/health", Value::Null)["status"],
        "green"
    );
    assert_eq!(
        ok(&server, "GET", "/", Value::Null)["tagline"],
        "You Know, for Search"
    );
    let tokens = ok(
        &server,
        "POST",
        "/_analyze",
        json!({"analyzer": "standard", "text": "Red Cars"}),
    );
    assert_eq!(tokens["tokens"][1]["token"], "cars");
    let caps = ok(
        &server,
        "GET",
        "/things/_field_caps?fields=n,title",
        Value::Null,
    );
    assert_eq!(caps["fields"]["n"]["integer"]["aggregatable"], true);
    let deleted = ok(
        &server,
        "POST",
        "/things/_delete_by_query?refresh=true",
        json!({"query": {"range": {"n": {"gte": 8}}}}),
    );
    assert_eq!(
        (&deleted["deleted"], &deleted["total"]),
        (&json!(2), &json!(2))
    );
    let copied = ok(
        &server,
        "POST",
        "/_reindex?refresh=true",
        json!({"source": {"index": "things", "query": {"term": {"tags": "t0"}}}, "dest": {"index": "copy"}}),
    );
    assert_eq!(copied["created"], 4);
    ok(&server, "DELETE", "/copy,log-1", Value::Null);
    assert_eq!(send(&server, "HEAD", "/copy", Value::Null).0, 404);
    assert_eq!(fails(&server, "DELETE", "/images", Value::Null).0, 400);
}

#[test]
fn scrolls_and_points_in_time_stay_as_they_were() {
    let server = filled();
    let first = ok(
        &server,
        "POST",
        "/things/_search?scroll=1m",
        json!({"size": 4, "sort": [{"n": "asc"}]}),
    );
    let pit = ok(&server, "POST", "/things/_pit?keep_alive=1m", Value::Null)["id"].clone();
    ok(
        &server,
        "POST",
        "/things/_delete_by_query?refresh=true",
        json!({"query": {"match_all": {}}}),
    );
    let mut seen: Vec<String> = ids(&first).into_iter().map(str::to_owned).collect();
    let id = first["_scroll_id"].clone();
    loop {
        let page = ok(
            &server,
            "POST",
            "/_search/scroll",
            json!({"scroll_id": id, "scroll": "1m"}),
        );
        if ids(&page).is_empty() {
            break;
        }
        seen.extend(ids(&page).into_iter().map(str::to_owned));
    }
    let all: Vec<String> = (0..10).map(|n| n.to_string()).collect();
    assert_eq!(seen, all);
    assert_eq!(
        ok(
            &server,
            "DELETE",
            "/_search/scroll",
            json!({"scroll_id": id})
        )["num_freed"],
        1
    );
    assert_eq!(
        fails(&server, "POST", "/_search/scroll", json!({"scroll_id": id})).0,
        404
    );
    let body = json!({"pit": {"id": pit}, "size": 20, "sort": [{"n": "asc"}]});
    assert_eq!(
        ids(&ok(&server, "POST", "/_search", body.clone())).len(),
        10
    );
    ok(&server, "DELETE", "/_pit", json!({"id": pit}));
    assert_eq!(fails(&server, "POST", "/_search", body).0, 404);
}

#[test]
fn the_library_keeps_its_promises_through_this_family() {
    let server = Server::start();
    let uploaded = server.add("a.gif", solid_gif(1), &[("title", "by upload")]);
    let auto = ok(
        &server,
        "POST",
        "/gif/_doc?refresh=true",
        json!({"title": "by document", "tags": ["x"]}),
    );
    let id: u64 = auto["_id"].as_str().unwrap().parse().unwrap();
    assert_eq!((&auto["_index"], id), (&json!("images"), uploaded + 1));
    let (status, kind, _) = fails(&server, "PUT", "/images/_doc/abc", json!({"title": "x"}));
    assert_eq!((status, kind.as_str()), (400, "mapper_parsing_exception"));
    for bad in ["0", "-1", "01", "1.5"] {
        assert_eq!(
            fails(&server, "PUT", &format!("/images/_doc/{bad}"), json!({})).0,
            400,
            "{bad}"
        );
    }
    assert_eq!(
        server.titles(&json!({"keyword": "by document"})),
        ["by document"]
    );
    let (_, found) = server.search(&json!({"keyword": "by document"}));
    assert_eq!(found["data"]["page_data"][0]["id"], id);
    assert_eq!(
        ok(
            &server,
            "GET",
            &format!("/images/_source/{id}"),
            Value::Null
        )["id"],
        id
    );
    // Its title is found by meaning too.
    ok(
        &server,
        "PUT",
        "/images/_doc/500?refresh=true",
        json!({"title": "a kitten sleeping on a sofa"}),
    );
    assert_eq!(
        server.titles(&json!({"keyword": "a cat is asleep on the couch", "type": "related"})),
        ["a kitten sleeping on a sofa"]
    );
    // A deleted record takes its file along.
    let (status, _) = send(
        &server,
        "DELETE",
        &format!("/images/_doc/{uploaded}"),
        Value::Null,
    );
    assert_eq!(status, 200);
    let preview = server
        .get(&format!("/image/preview/{uploaded}"))
        .send()
        .unwrap();
    assert_eq!(preview.status().as_u16(), 404);
    assert!(
        server.add("b.gif", solid_gif(2), &[]) > id,
        "numbers are not given twice"
    );
}

#[test]
fn keys_guard_writes_and_reads_of_private_nodes() {
    let options = |args: &[&str]| ServerOptions {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: vec![("API_KEY".to_owned(), "key".to_owned())],
    };
    let server = Server::with(options(&[]));
    for (method, path) in [
        ("PUT", "/x"),
        ("POST", "/x/_doc"),
        ("POST", "/_bulk"),
        ("DELETE", "/x"),
        ("POST", "/_aliases"),
        ("POST", "/_reindex"),
        ("PUT", "/_snapshot/r"),
    ] {
        let (status, kind, _) = fails(&server, method, path, json!({}));
        assert_eq!(
            (status, kind.as_str()),
            (401, "security_exception"),
            "{method} {path}"
        );
    }
    for (method, path) in [
        ("POST", "/_search"),
        ("POST", "/_msearch"),
        ("POST", "/images/_count"),
        ("GET", "/_cat/indices"),
        ("POST", "/_analyze"),
    ] {
        assert_ne!(send_any(&server, method, path).0, 401, "{method} {path}");
    }
    let private = Server::with(options(&["--private"]));
    assert_eq!(fails(&private, "GET", "/_search", Value::Null).0, 401);
    let open = private
        .get("/_search")
        .header("authorization", "Bearer key")
        .send()
        .unwrap();
    assert_eq!(open.status().as_u16(), 200);
}

#[test]
fn blocks_refuse_with_the_status_of_their_kind() {
    let server = filled();
    ok(&server, "PUT", "/blocked/_doc/1", json!({"n": 1}));
    for (block, expected, code) in [
        ("write", 403, "FORBIDDEN/8/"),
        ("read_only", 403, "FORBIDDEN/5/"),
        ("read_only_allow_delete", 429, "TOO_MANY_REQUESTS/12/"),
    ] {
        let set = |on: bool| json!({ format!("index.blocks.{block}"): on });
        ok(&server, "PUT", "/blocked/_settings", set(true));
        let (status, kind, reason) = fails(&server, "PUT", "/blocked/_doc/2", json!({"n": 2}));
        assert_eq!(status, expected, "{block}");
        assert_eq!(kind, "cluster_block_exception");
        assert!(reason.contains(code), "{reason}");
        ok(&server, "PUT", "/blocked/_settings", set(false));
    }
    ok(&server, "PUT", "/blocked/_doc/2", json!({"n": 2}));
}
