//! Indices, aliases, templates, tables.

use serde_json::{Value, json};

use crate::support::{fails, filled, ok, send};

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
