//! Where repositories may lie, and what they may be called.

use serde_json::json;
use tests::Server;

use super::{ok, send};

#[test]
fn repositories_lie_only_where_they_may() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start();
    for (kind, settings, reason) in [
        (
            "fs",
            json!({"location": folder.path()}),
            "doesn't match any",
        ),
        (
            "fs",
            json!({"location": "../../outside"}),
            "doesn't match any",
        ),
        ("fs", json!({}), "missing location"),
        (
            "s3",
            json!({"bucket": "b", "access_key": "k", "secret_key": "never shown"}),
            "AWS_ACCESS_KEY_ID",
        ),
        ("hdfs", json!({}), "does not exist"),
    ] {
        let (status, answer) = send(
            &server,
            "PUT",
            "/_snapshot/r",
            json!({"type": kind, "settings": settings}),
        );
        let told = answer["error"]["reason"].as_str().unwrap_or_default();
        assert_eq!(status, 400, "{answer}");
        assert!(told.contains(reason), "{told}");
        assert!(!told.contains("never shown"));
    }
    let (status, missing) = send(&server, "GET", "/_snapshot/r/_all", json!({}));
    assert_eq!(
        (status, &missing["error"]["type"]),
        (404, &json!("repository_missing_exception"))
    );
    ok(
        &server,
        "PUT",
        "/_snapshot/r",
        json!({"type": "fs", "settings": {"location": "mine"}}),
    );
    ok(&server, "POST", "/_snapshot/r/_verify", json!({}));
    for (name, shown) in [
        ("Upper", "must be lowercase"),
        ("with%20space", "must not contain whitespace"),
        ("_under", "must not start with '_'"),
        ("a,b", "must not contain ','"),
        ("a%23b", "must not contain '#'"),
    ] {
        let (status, answer) = send(&server, "PUT", &format!("/_snapshot/r/{name}"), json!({}));
        assert_eq!(status, 400, "{name} {answer}");
        assert_eq!(answer["error"]["type"], "invalid_snapshot_name_exception");
        let reason = answer["error"]["reason"].as_str().unwrap();
        assert!(reason.contains(shown), "{reason}");
    }
    assert_eq!(send(&server, "GET", "/_snapshot/r/none", json!({})).0, 404);
    assert_eq!(
        ok(&server, "POST", "/_snapshot/r/_cleanup", json!({}))["results"]["deleted_blobs"],
        0
    );
    ok(&server, "DELETE", "/_snapshot/r", json!({}));
    assert_eq!(ok(&server, "GET", "/_snapshot", json!({})), json!({}));
}
