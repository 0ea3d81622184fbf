//! `_stats`, `_nodes/stats` and `_cluster/stats`: what was done is what is counted.

use serde_json::{Value, json};
use tests::Server;

use super::support::{fails, filled, ok};

fn numbers(server: &Server) -> Value {
    ok(server, "GET", "/things/_stats", Value::Null)["_all"]["total"].clone()
}

/// By how much a number grew.
fn grown(before: &Value, after: &Value, pointer: &str) -> i64 {
    let of = |numbers: &Value| numbers.pointer(pointer).and_then(Value::as_i64);
    let (before, after) = (of(before), of(after));
    assert!(before.is_some() && after.is_some(), "{pointer}");
    after.unwrap_or_default() - before.unwrap_or_default()
}

#[test]
fn what_was_done_is_counted() {
    let server = filled();
    ok(&server, "POST", "/things/_flush", Value::Null);
    let before = numbers(&server);
    assert_eq!(before["docs"], json!({"count": 10, "deleted": 0}));
    assert_eq!(before["translog"]["operations"], 0);
    ok(
        &server,
        "PUT",
        "/things/_settings",
        json!({"refresh_interval": "-1"}),
    );
    ok(&server, "PUT", "/things/_doc/11", json!({"n": 11}));
    ok(&server, "PUT", "/things/_doc/12", json!({"n": 12}));
    let update = json!({"doc": {"n": 11}});
    ok(&server, "POST", "/things/_update/11", update);
    ok(&server, "DELETE", "/things/_doc/12", Value::Null);
    fails(&server, "PUT", "/things/_create/11", json!({"n": 1}));
    let uncommitted = numbers(&server);
    assert_eq!(uncommitted["translog"]["operations"], 2);
    assert_eq!(uncommitted["translog"]["uncommitted_operations"], 2);
    assert!(grown(&before, &uncommitted, "/translog/size_in_bytes") > 0);
    ok(&server, "GET", "/things/_doc/11", Value::Null);
    let body = json!({"docs": [{"_id": "11"}, {"_id": "12"}, {"_id": "none"}]});
    ok(&server, "POST", "/things/_mget", body);
    ok(&server, "POST", "/things/_refresh", Value::Null);
    ok(&server, "GET", "/things/_search?q=red", Value::Null);
    ok(&server, "GET", "/things/_search?size=0", Value::Null);
    ok(&server, "GET", "/things/_count", Value::Null);
    let words = json!({"suggest": {"s": {"text": "rde", "term": {"field": "title"}}}, "size": 0});
    ok(&server, "POST", "/things/_search", words);
    let scroll = ok(
        &server,
        "GET",
        "/things/_search?scroll=1m&size=4",
        Value::Null,
    );
    let open = numbers(&server);
    assert_eq!(open["search"]["open_contexts"], 1);
    let id = json!({"scroll_id": scroll["_scroll_id"]});
    ok(&server, "DELETE", "/_search/scroll", id);
    ok(&server, "POST", "/things/_flush", Value::Null);
    ok(&server, "POST", "/things/_forcemerge", Value::Null);

    let after = numbers(&server);
    for (pointer, expected) in [
        ("/docs/count", 1),
        ("/indexing/index_total", 2),
        ("/indexing/delete_total", 1),
        ("/indexing/noop_update_total", 1),
        ("/indexing/index_failed", 1),
        ("/get/total", 4),
        ("/get/exists_total", 2),
        ("/get/missing_total", 2),
        ("/search/query_total", 5),
        ("/search/fetch_total", 2),
        ("/search/suggest_total", 1),
        ("/search/scroll_total", 1),
        ("/search/scroll_current", 0),
        ("/search/query_current", 0),
        ("/flush/total", 1),
        ("/refresh/total", 1),
        ("/merges/total", 1),
        ("/translog/operations", 0),
    ] {
        assert_eq!(grown(&before, &after, pointer), expected, "{pointer}");
    }
    assert_eq!(after["segments"]["count"], 1);
}

#[test]
fn numbers_are_chosen_by_level_and_metric() {
    let server = filled();
    let get = |path: &str| ok(&server, "GET", path, Value::Null);
    let keys = |value: &Value| -> Vec<String> {
        let object = value.as_object().cloned().unwrap_or_default();
        let mut keys: Vec<_> = object.keys().cloned().collect();
        keys.sort_unstable();
        keys
    };
    assert!(get("/_stats?level=cluster").get("indices").is_none());
    let shards = get("/things/_stats/docs,merge?level=shards");
    let shard = &shards["indices"]["things"]["shards"]["0"][0];
    assert_eq!(keys(shard), ["commit", "docs", "merges", "routing"]);
    assert_eq!(shard["routing"]["state"], "STARTED");
    assert_eq!(
        (&shard["commit"]["num_docs"], &shard["docs"]["count"]),
        (&json!(10), &json!(10))
    );
    assert_eq!(
        keys(&shards["indices"]["things"]["primaries"]),
        ["docs", "merges"]
    );
    assert_eq!(keys(&shards["_all"]["total"]), ["docs", "merges"]);
    for metric in [
        "docs",
        "store",
        "indexing",
        "get",
        "search",
        "refresh",
        "flush",
        "warmer",
        "query_cache",
        "fielddata",
        "completion",
        "segments",
        "translog",
        "request_cache",
        "recovery",
    ] {
        let told = get(&format!("/_stats/{metric}"));
        assert_eq!(keys(&told["_all"]["primaries"]), [metric]);
    }
    let (status, _, reason) = fails(&server, "GET", "/_stats?level=planet", Value::Null);
    assert_eq!(
        (status, reason.as_str()),
        (
            400,
            "level parameter must be one of [cluster] or [indices] or [shards] but was [planet]"
        )
    );

    let node = get("/_nodes/stats/indices/docs,search");
    let node = node["nodes"]
        .as_object()
        .and_then(|nodes| nodes.values().next());
    let indices = &node.unwrap()["indices"];
    assert_eq!(keys(indices), ["docs", "search"]);
    assert_eq!(indices["docs"]["count"], 10);
    let cluster = get("/_cluster/stats");
    assert_eq!(cluster["indices"]["docs"]["count"], 10);
    assert!(cluster["indices"]["store"]["size_in_bytes"].as_u64() > Some(1_000));
}
