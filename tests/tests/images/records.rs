//! Records are read, changed and deleted.

use reqwest::Method;
use serde_json::{Value, json};
use tests::Server;

use super::{add, names, send, set, titles, update};

#[test]
fn a_record_is_read_changed_and_guarded() {
    let server = Server::start();
    let hash = add(&server, 1, "old title", "a,b", &json!({"rating": 3}));
    let upper = hash.to_uppercase();
    let response = server.get(&format!("/api/images/{upper}")).send().unwrap();
    let tag = response.headers()["etag"].to_str().unwrap().to_owned();
    let record: Value = response.json().unwrap();
    assert_eq!(
        (&record["hash"], &record["rating"]),
        (&json!(hash), &json!(3))
    );
    assert_eq!(
        (&record["width"], &record["height"]),
        (&json!(8), &json!(6))
    );
    assert_eq!(record["tags"], json!(["a", "b"]));
    assert!(record.get("_vectors").is_none());
    let again = server
        .get(&format!("/api/images/{hash}"))
        .header("if-none-match", &tag);
    assert_eq!(again.send().unwrap().status().as_u16(), 304);

    let body =
        json!({"tag_c": true, "rating": null, "title": "new title", "note": "n", "tag_a": false});
    let (status, answer) = update(&server, &hash, &body);
    assert_eq!(status, 200);
    let fields = json!(["tag_c", "rating", "title", "note", "tag_a"]);
    assert_eq!(answer, json!({"success": true, "updated_fields": fields}));
    let (_, record) = server.get_json(&format!("/api/images/{hash}"));
    assert_eq!(record["tags"], json!(["b", "c"]));
    assert_eq!(
        (&record["title"], &record["note"]),
        (&json!("new title"), &json!("n"))
    );
    assert!(record.get("rating").is_none());
    assert_eq!(
        server.titles(&json!({"keyword": "new title"})),
        ["new title"]
    );
    assert_eq!(set(&server, "note=n&tag_c&!tag_a"), names(&["new title"]));
    // What was near by meaning follows the title.
    let related = json!({"keyword": "new title", "type": "related"});
    assert_eq!(server.titles(&related), ["new title"]);

    for field in [
        "hash",
        "id",
        "width",
        "height",
        "size",
        "format",
        "created_at",
        "keys",
        "duration",
        "frames",
    ] {
        let (status, answer) = update(&server, &hash, &json!({"note": "changed", field: 1}));
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!("ReadOnlyField")),
            "{field}"
        );
        assert_eq!(answer["error"]["target"], field);
    }
    for bad in [
        json!({"title": 5}),
        json!({"tags": "x", "like": "many"}),
        json!({"tag_x": "yes"}),
        json!({"note": {"a": 1}}),
        json!({"a.b": 1}),
        json!({"_vectors": 1}),
        json!({"pub_time": "yesterday"}),
        json!([]),
        json!("x"),
    ] {
        let (status, answer) = update(&server, &hash, &bad);
        assert_eq!(status, 400, "{bad}: {answer}");
    }
    let (_, record) = server.get_json(&format!("/api/images/{hash}"));
    assert_eq!(record["note"], "n", "nothing was changed");
    let stale = server
        .post(&format!("/api/images/{hash}"))
        .header("if-match", &tag)
        .body("{\"note\":\"x\"}");
    let stale = stale.send().unwrap();
    assert_eq!(stale.status().as_u16(), 412);
    let unknown = "0".repeat(64);
    assert_eq!(
        update(&server, &unknown, &json!({"a": 1})).1["error"]["code"],
        "NotFound"
    );
    for malformed in ["abc", &"g".repeat(64), &"0".repeat(65)] {
        let (status, answer) = server.get_json(&format!("/api/images/{malformed}"));
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!("InvalidHash")),
            "{malformed}"
        );
    }
}

#[test]
fn several_pictures_are_changed_and_deleted_each_by_itself() {
    let server = Server::start();
    let one = add(&server, 1, "one", "", &json!({}));
    let two = add(&server, 2, "two", "", &json!({}));
    let unknown = "f".repeat(64);
    let body = json!({&one: {"a": 1, "tag_t": true}, &unknown: {"a": 1}, &two: {"size": 1, "a": 2}, "short": {}});
    let (status, answer) = send(&server, Method::POST, "/api/images", Some(&body));
    assert_eq!(status, 200);
    assert_eq!(answer["success"], json!([one]));
    let failed = answer["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 3, "{answer}");
    assert_eq!(
        failed[0],
        json!({"hash": unknown, "error": "Image not found"})
    );
    let refused = json!({"hash": two, "error": "[size] is set by the node and cannot be changed"});
    assert_eq!(failed[1], refused);
    let malformed = json!({"hash": "short", "error": "Image not found"});
    assert_eq!(failed[2], malformed);
    assert!(
        server
            .get_json(&format!("/api/images/{two}"))
            .1
            .get("a")
            .is_none(),
        "all or nothing"
    );

    let body = json!({"hashes": [one, unknown, "short"]});
    let (status, answer) = send(&server, Method::DELETE, "/api/images", Some(&body));
    assert_eq!(status, 200);
    let failed = json!([
        {"hash": unknown, "reason": "File not found"},
        {"hash": "short", "reason": "File not found"},
    ]);
    assert_eq!(
        answer,
        json!({"deleted": [one], "failed": failed, "count": 1})
    );
    let (status, answer) = send(&server, Method::DELETE, &format!("/api/images/{two}"), None);
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        json!({"success": true, "message": "Image deleted successfully"})
    );
    assert_eq!(
        send(&server, Method::DELETE, &format!("/api/images/{two}"), None).0,
        404
    );
    assert_eq!(
        server.get_json(&format!("/api/images/{two}/content")).0,
        404
    );
    assert_eq!(titles(&server, ""), [""; 0]);
    assert_eq!(
        send(&server, Method::DELETE, "/api/images", Some(&json!({}))).0,
        400
    );
}
