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

#[test]
fn nodes_and_metrics_are_chosen_in_the_path() {
    let server = filled();
    let keys = |path: &str| -> Vec<String> {
        let answer = ok(&server, "GET", path, Value::Null);
        let nodes = answer["nodes"].as_object().unwrap();
        assert_eq!(answer["_nodes"]["total"], nodes.len(), "{path}");
        let node = nodes.values().next();
        let keys = node.and_then(Value::as_object).into_iter().flatten();
        keys.map(|(key, _)| key.clone()).collect()
    };
    let has = |path: &str, key: &str| keys(path).iter().any(|known| known == key);
    for path in [
        "/_nodes/_all/http",
        "/_nodes/http,os",
        "/_nodes/pictor/http",
    ] {
        assert!(has(path, "http") && !has(path, "plugins"), "{path}");
    }
    for path in [
        "/_nodes/stats/indices",
        "/_nodes/_local/stats/indices,jvm",
        "/_nodes/stats/indices/docs",
    ] {
        assert!(has(path, "indices") && !has(path, "thread_pool"), "{path}");
    }
    assert!(has("/_nodes/_local/stats", "thread_pool"));
    assert!(has("/_nodes/pic*", "plugins"));
    assert!(keys("/_nodes/elsewhere").is_empty());
    for path in ["/_nodes/stats/nonsense", "/things/_stats/nonsense"] {
        let (status, kind, reason) = fails(&server, "GET", path, Value::Null);
        assert_eq!((status, kind.as_str()), (400, "illegal_argument_exception"));
        assert_eq!(
            reason,
            format!("request [{path}] contains unrecognized metric: [nonsense]")
        );
    }
    let health = ok(
        &server,
        "GET",
        "/_cluster/health/things?level=shards",
        Value::Null,
    );
    let shard = &health["indices"]["things"]["shards"]["0"];
    assert_eq!(shard["primary_active"], true);
    assert_eq!(shard["active_shards"], 1);
    let table = |health: &str| {
        let path = format!("/_cat/indices/things?format=json&h=index&health={health}");
        ok(&server, "GET", &path, Value::Null)
    };
    assert_eq!(table("green"), json!([{"index": "things"}]));
    assert_eq!(table("red"), json!([]));
}

#[test]
fn what_is_not_there_is_refused_by_its_route() {
    let server = filled();
    for (method, path) in [
        ("POST", "/things/_search/template"),
        ("GET", "/_ilm/policy"),
        ("POST", "/things/_rank_eval"),
        ("POST", "/things/_doc/1/_update"),
    ] {
        let (status, kind, reason) = fails(&server, method, path, Value::Null);
        assert_eq!((status, kind.as_str()), (400, "illegal_argument_exception"));
        assert_eq!(
            reason,
            format!("no handler found for uri [{path}] and method [{method}]")
        );
    }
    for query in ["search_type=wrong", "pretty=maybe"] {
        let path = format!("/things/_search?{query}");
        assert_eq!(fails(&server, "GET", &path, Value::Null).0, 400, "{query}");
    }
    let source = "/things/_search?source=%7B%22size%22%3A1%7D&source_content_type=application/json&allow_partial_search_results=true";
    let found = ok(&server, "GET", source, Value::Null);
    assert_eq!(found["hits"]["hits"].as_array().unwrap().len(), 1);
}

#[test]
fn templates_are_simulated_and_settings_preserved() {
    let server = filled();
    let part = json!({"template": {"mappings": {"properties": {"b": {"type": "long"}}}}});
    ok(&server, "PUT", "/_component_template/part", part);
    let whole = json!({"index_patterns": ["whole-*"], "composed_of": ["part"],
        "template": {"mappings": {"properties": {"c": {"type": "keyword"}}}}});
    ok(&server, "PUT", "/_index_template/whole", whole.clone());
    let both = json!({"properties": {"b": {"type": "long"}, "c": {"type": "keyword"}}});
    let kept = ok(
        &server,
        "POST",
        "/_index_template/_simulate/whole",
        Value::Null,
    );
    assert_eq!(kept["template"]["mappings"], both);
    let given = ok(&server, "POST", "/_index_template/_simulate", whole);
    assert_eq!(given["template"]["mappings"], both);
    let (status, _, reason) = fails(
        &server,
        "POST",
        "/_index_template/_simulate/none",
        Value::Null,
    );
    assert_eq!(
        (status, reason.as_str()),
        (
            400,
            "unable to simulate template [none] that does not exist"
        )
    );
    assert_eq!(
        send(&server, "GET", "/_template/none*", Value::Null),
        (404, json!({}))
    );
    assert_eq!(
        send(&server, "DELETE", "/_index_template/none*", Value::Null).0,
        404
    );

    let interval = |path: &str, seconds: &str| {
        ok(
            &server,
            "PUT",
            path,
            json!({"index.refresh_interval": seconds}),
        );
        let answer = ok(&server, "GET", "/things/_settings", Value::Null);
        answer["things"]["settings"]["index"]["refresh_interval"].clone()
    };
    assert_eq!(
        interval("/things/_settings?preserve_existing=true", "5s"),
        "5s"
    );
    assert_eq!(
        interval("/things/_settings?preserve_existing=true", "9s"),
        "5s"
    );
    assert_eq!(interval("/things/_settings", "9s"), "9s");
    for settings in [
        json!({"number_of_replicas": -1}),
        json!({"number_of_shards": 0}),
    ] {
        let body = json!({"settings": settings});
        assert_eq!(fails(&server, "PUT", "/wrong", body).0, 400, "{settings}");
    }
    assert_eq!(
        fails(&server, "PUT", "/things/_mapping", Value::Null).0,
        400
    );

    for alias in ["one", "two", "three"] {
        ok(
            &server,
            "PUT",
            &format!("/things/_alias/{alias}"),
            Value::Null,
        );
    }
    let listed = ok(&server, "GET", "/_alias/t*,-two", Value::Null);
    assert_eq!(listed["things"]["aliases"], json!({"three": {}}));
    assert_eq!(send(&server, "GET", "/_alias/-two", Value::Null).0, 404);
}
