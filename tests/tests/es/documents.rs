//! Documents by id.

use serde_json::{Value, json};
use tests::Server;

use crate::support::{fails, ok, send, send_any};

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
        let (status, _) = send_any(&server, "PUT", &format!("/{reserved}"));
        assert!(status >= 400, "{reserved}: {status}");
    }
}

#[test]
fn a_request_that_is_wrong_writes_nothing() {
    let server = Server::start();
    ok(&server, "PUT", "/a/_doc/1", json!({"x": 1}));
    for (method, path, kind) in [
        (
            "PUT",
            "/a/_doc/1?refresh=maybe",
            "illegal_argument_exception",
        ),
        (
            "POST",
            "/a/_update/1?refresh=maybe",
            "illegal_argument_exception",
        ),
        (
            "DELETE",
            "/a/_doc/1?refresh=maybe",
            "illegal_argument_exception",
        ),
        (
            "PUT",
            "/a/_doc/1?op_type=change",
            "illegal_argument_exception",
        ),
        (
            "PUT",
            "/a/_doc/1?if_seq_no=0",
            "action_request_validation_exception",
        ),
        (
            "PUT",
            "/a/_doc/1?version=3",
            "action_request_validation_exception",
        ),
    ] {
        let (status, found, _) = fails(&server, method, path, json!({"doc": {"x": 2}, "x": 2}));
        assert_eq!((status, found.as_str()), (400, kind), "{method} {path}");
    }
    let kept = ok(&server, "GET", "/a/_doc/1", Value::Null);
    assert_eq!(
        (&kept["_source"], &kept["_version"]),
        (&json!({"x": 1}), &json!(1))
    );
}

/// As in Elasticsearch 8: what reads documents and writes them elsewhere takes their vectors along.
#[test]
fn vectors_come_back_in_sources_and_travel_with_them() {
    let server = Server::start();
    let mappings = json!({"mappings": {"properties": {
        "v": {"type": "dense_vector", "dims": 3, "similarity": "cosine"}}}});
    ok(&server, "PUT", "/a", mappings.clone());
    ok(&server, "PUT", "/b", mappings);
    let source = json!({"v": [0.5, 2, -1.25], "t": "x"});
    ok_created(&server, "/a/_doc/1", &source);
    ok_created(&server, "/a/_doc/2?refresh=true", &json!({"v": [9, 0, 0]}));
    let read = |path: &str| ok(&server, "GET", path, Value::Null);
    assert_eq!(read("/a/_doc/1")["_source"], source);
    let found = read("/a/_search?q=t:x");
    assert_eq!(found["hits"]["hits"][0]["_source"], source);
    let without = read("/a/_search?q=t:x&_source_excludes=v");
    assert_eq!(without["hits"]["hits"][0]["_source"], json!({"t": "x"}));

    let moved = json!({"source": {"index": "a"}, "dest": {"index": "b"}});
    ok(&server, "POST", "/_reindex?refresh=true", moved);
    assert_eq!(read("/b/_doc/1")["_source"], source);
    let knn =
        json!({"knn": {"field": "v", "query_vector": [8, 0, 1], "k": 1, "num_candidates": 9}});
    let nearest = ok(&server, "POST", "/b/_search", knn);
    assert_eq!(nearest["hits"]["hits"][0]["_id"], "2");
}

fn ok_created(server: &Server, path: &str, body: &Value) {
    let (status, answer) = send(server, "PUT", path, body.clone());
    assert_eq!(status, 201, "{answer}");
}
