//! Which indices a request means: what is missing, closed, or named by a pattern.

use serde_json::{Value, json};
use tests::Server;

use crate::support::{fails, ids, ok, send};

fn three() -> Server {
    let server = Server::start();
    for name in ["log-1", "log-2", "other"] {
        let path = format!("/{name}/_doc/{name}?refresh=true");
        ok(&server, "PUT", &path, json!({"n": 1}));
    }
    server
}

fn found(server: &Server, path: &str) -> Vec<String> {
    let answer = ok(server, "GET", path, Value::Null);
    let mut found: Vec<String> = ids(&answer).into_iter().map(str::to_owned).collect();
    found.sort();
    found
}

#[test]
fn what_is_not_there_is_passed_over_where_that_is_asked_for() {
    let server = three();
    let missing = |path: &str| {
        let (status, kind, _) = fails(&server, "GET", path, Value::Null);
        assert_eq!(
            (status, kind.as_str()),
            (404, "index_not_found_exception"),
            "{path}"
        );
    };
    missing("/log-1,gone/_search");
    assert_eq!(
        found(&server, "/log-1,gone/_search?ignore_unavailable=true"),
        ["log-1"]
    );
    // Nothing that is there is not everything.
    assert_eq!(
        found(&server, "/gone/_search?ignore_unavailable=true"),
        [""; 0]
    );
    missing("/gone/_search?ignore_unavailable=true&allow_no_indices=false");
    assert_eq!(found(&server, "/gone*/_search"), [""; 0]);
    missing("/gone*/_search?allow_no_indices=false");
    ok(
        &server,
        "DELETE",
        "/gone?ignore_unavailable=true",
        Value::Null,
    );
    assert_eq!(
        send(&server, "HEAD", "/log-1", Value::Null).0,
        200,
        "the others stay"
    );
    let lines = "{\"index\":\"gone\",\"ignore_unavailable\":true}\n{}\n{\"index\":\"gone\"}\n{}\n";
    let several = ok(&server, "POST", "/_msearch", json!(lines));
    assert_eq!(several["responses"][0]["hits"]["total"]["value"], 0);
    assert_eq!(several["responses"][1]["status"], 404);
}

#[test]
fn patterns_stand_for_what_is_asked_for() {
    let server = three();
    assert_eq!(found(&server, "/log-*/_search"), ["log-1", "log-2"]);
    assert_eq!(found(&server, "/*,-log-*,-images/_search"), ["other"]);
    ok(&server, "POST", "/log-2/_close", Value::Null);
    assert_eq!(found(&server, "/log-*/_search"), ["log-1"]);
    assert_eq!(
        found(&server, "/log-1,log-2/_search?ignore_unavailable=true"),
        ["log-1"]
    );
    assert_eq!(
        found(&server, "/log-*/_search?expand_wildcards=none"),
        [""; 0]
    );
    let closed = ok(
        &server,
        "GET",
        "/log-*?expand_wildcards=closed",
        Value::Null,
    );
    let names: Vec<&String> = closed.as_object().unwrap().keys().collect();
    assert_eq!(names, ["log-2"]);
    let both = ok(
        &server,
        "GET",
        "/log-*?expand_wildcards=open,closed",
        Value::Null,
    );
    assert_eq!(both.as_object().map(|found| found.len()), Some(2), "{both}");
    let path = "/_cat/indices/log-*?format=json&h=index,status";
    assert_eq!(
        ok(&server, "GET", path, Value::Null),
        json!([{"index": "log-1", "status": "open"}, {"index": "log-2", "status": "close"}])
    );
    let (_, kind, reason) = fails(&server, "GET", "/_nonsense/_search", Value::Null);
    assert_eq!(kind, "invalid_index_name_exception");
    assert!(reason.contains("must not start with '_'"), "{reason}");
    let (_, _, reason) = fails(
        &server,
        "GET",
        "/log-1/_search?expand_wildcards=some",
        Value::Null,
    );
    assert_eq!(reason, "No valid expand wildcard value [some]");
}

#[test]
fn patterns_reach_neither_the_nodes_own_indices_nor_the_library() {
    let server = three();
    ok(
        &server,
        "PUT",
        "/.mine/_doc/1?refresh=true",
        json!({"n": 1}),
    );
    assert_eq!(found(&server, "/.*/_search"), ["1"]);
    let own = ok(
        &server,
        "GET",
        "/_cat/indices/.*?format=json&h=index",
        Value::Null,
    );
    assert_eq!(own, json!([{"index": ".mine"}]));
    let closed = ok(&server, "POST", "/.*/_close", Value::Null);
    assert_eq!(closed["indices"], json!({".mine": {"closed": true}}));
    let closed = ok(&server, "POST", "/_all/_close", Value::Null);
    let names = closed["indices"].as_object().map(|names| names.len());
    assert_eq!(names, Some(3), "{closed}");
    for path in ["/.*", "/_all?ignore_unavailable=true"] {
        ok(&server, "DELETE", path, Value::Null);
    }
    let left = ok(
        &server,
        "GET",
        "/_cat/indices?format=json&h=index",
        Value::Null,
    );
    assert_eq!(left, json!([{"index": "images"}]));
    let recent = server.get("/api/data/getRecent").send().unwrap();
    assert_eq!(recent.status().as_u16(), 200);
}
