//! What cannot work is refused at once, whether somebody waits or not; what fails later is seen.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::Server;

use super::{allowed, create, ok, register, send};

/// Sends a request that waits and the same that does not: both are refused alike.
fn refused(server: &Server, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let both = ["true", "false"].map(|wait| {
        let join = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{join}wait_for_completion={wait}");
        let (status, mut answer) = send(server, method, &path, body.clone());
        assert!(status >= 400, "{method} {path} {body}: {status} {answer}");
        (status, answer["error"].take())
    });
    assert_eq!(both[0], both[1], "{method} {path} {body}");
    let [first, _] = both;
    first
}

/// Two snapshots of a node: `all`, and `bare` without the node's own state.
fn filled(folder: &std::path::Path) -> Server {
    let server = Server::with(allowed(folder));
    for name in ["user", "logs-1", "logs-2"] {
        ok(
            &server,
            "PUT",
            &format!("/{name}/_doc/1"),
            json!({"text": name}),
        );
    }
    ok(&server, "PUT", "/logs-1/_alias/both", json!({}));
    register(&server, folder);
    create(&server, "all");
    let path = "/_snapshot/backup/bare?wait_for_completion=true";
    ok(&server, "PUT", path, json!({"include_global_state": false}));
    server
}

#[test]
fn a_restore_that_cannot_be_is_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let server = filled(folder.path());
    let path = "/_snapshot/backup/all/_restore";
    ok(&server, "PUT", "/logs-2/_alias/taken", json!({}));
    for (body, status, kind, said) in [
        (
            json!({"indices": "user"}),
            400,
            "snapshot_restore_exception",
            "cannot restore index [user] because an open index with same name already exists",
        ),
        (
            json!({}),
            400,
            "snapshot_restore_exception",
            "because an open index with same name",
        ),
        (
            json!({"indices": "nothing"}),
            404,
            "index_not_found_exception",
            "no such index [nothing]",
        ),
        (
            json!({"indices": "user,nothing"}),
            404,
            "index_not_found_exception",
            "[nothing]",
        ),
        (
            json!({"indices": "logs-*", "rename_pattern": "logs-.", "rename_replacement": "one"}),
            400,
            "snapshot_restore_exception",
            "are renamed into the same index [one]",
        ),
        (
            json!({"indices": "user", "rename_pattern": "(", "rename_replacement": "x"}),
            400,
            "snapshot_restore_exception",
            "rename_pattern",
        ),
        (
            json!({"indices": "user", "rename_pattern": "user", "rename_replacement": "$3"}),
            400,
            "snapshot_restore_exception",
            "No group 3",
        ),
        (
            json!({"indices": "user", "rename_pattern": "user", "rename_replacement": "A B"}),
            400,
            "snapshot_restore_exception",
            "A B",
        ),
        (
            json!({"indices": "user", "rename_pattern": "user", "rename_replacement": "taken"}),
            400,
            "snapshot_restore_exception",
            "already exists as alias",
        ),
        (
            json!({"indices": "user", "rename_pattern": "user", "rename_replacement": ".links"}),
            400,
            "snapshot_restore_exception",
            "index [user] cannot be restored as [.links]",
        ),
        (
            json!({"indices": "user", "rename_pattern": "user", "rename_replacement": "images"}),
            400,
            "snapshot_restore_exception",
            "index [user] cannot be restored as [images]",
        ),
        // `logs-1` brings an alias that the other one would be called.
        (
            json!({"indices": "logs-1,user", "rename_pattern": "logs-1|user",
                "rename_replacement": "x"}),
            400,
            "snapshot_restore_exception",
            "same index [x]",
        ),
        (
            json!({"indices": "logs-1,user", "rename_pattern": "user|(logs)-1",
                "rename_replacement": "both$1"}),
            400,
            "snapshot_restore_exception",
            "alias [both] has the same name as an index",
        ),
        (
            json!({"colour": 1}),
            400,
            "illegal_argument_exception",
            "Unknown parameter colour",
        ),
    ] {
        let (told, error) = refused(&server, "POST", path, &body);
        let reason = error["reason"].as_str().unwrap_or_default();
        assert_eq!(
            (told, error["type"].as_str()),
            (status, Some(kind)),
            "{body}: {error}"
        );
        assert!(reason.contains(said), "{body}: {reason}");
    }
    let state = json!({"indices": "-*", "include_global_state": true});
    let bare = "/_snapshot/backup/bare/_restore";
    assert_eq!(refused(&server, "POST", bare, &state).0, 400);
    ok(
        &server,
        "POST",
        "/flag-image",
        json!({"image_prompt": "mine"}),
    );
    let (_, error) = refused(&server, "POST", path, &state);
    let reason = error["reason"].as_str().unwrap();
    assert!(
        reason.contains("flagged generations of its own"),
        "{reason}"
    );
    for (path, kind) in [
        (
            "/_snapshot/backup/none/_restore",
            "snapshot_missing_exception",
        ),
        (
            "/_snapshot/nowhere/all/_restore",
            "repository_missing_exception",
        ),
    ] {
        let (status, error) = refused(&server, "POST", path, &json!({}));
        assert_eq!(
            (status, error["type"].as_str()),
            (404, Some(kind)),
            "{path}"
        );
    }
    // Nothing of it was kept as a failure, and what can be is done.
    let (_, health) = server.get_json("/health");
    assert_eq!(
        (&health["restores"], &health["snapshots"]),
        (&json!(null), &json!(null))
    );
    ok(&server, "DELETE", "/user", json!(null));
    let answer = ok(&server, "POST", path, json!({"indices": "user"}));
    assert_eq!(answer["accepted"], true);
    let task = format!(
        "/_tasks/{}?wait_for_completion=true",
        answer["task"].as_str().unwrap()
    );
    let done = ok(&server, "GET", &task, json!(null));
    assert_eq!(
        done["response"]["snapshot"]["indices"],
        json!(["user"]),
        "{done}"
    );
    assert_eq!(ok(&server, "GET", "/user/_count", json!(null))["count"], 1);
}

#[test]
fn a_snapshot_that_cannot_be_is_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let server = filled(folder.path());
    for (path, body, status, kind) in [
        (
            "/_snapshot/backup/all",
            json!({}),
            400,
            "invalid_snapshot_name_exception",
        ),
        (
            "/_snapshot/backup/Big",
            json!({}),
            400,
            "invalid_snapshot_name_exception",
        ),
        (
            "/_snapshot/backup/new",
            json!({"indices": "nothing"}),
            404,
            "index_not_found_exception",
        ),
        (
            "/_snapshot/backup/new",
            json!({"indices": 7}),
            400,
            "illegal_argument_exception",
        ),
        (
            "/_snapshot/backup/new",
            json!({"colour": 7}),
            400,
            "illegal_argument_exception",
        ),
        (
            "/_snapshot/nowhere/new",
            json!({}),
            404,
            "repository_missing_exception",
        ),
    ] {
        let (told, error) = refused(&server, "PUT", path, &body);
        assert_eq!(
            (told, error["type"].as_str()),
            (status, Some(kind)),
            "{path} {body}"
        );
    }
    let only = json!({"type": "fs", "settings": {"readonly": true,
        "location": folder.path().join("repository")}});
    ok(&server, "PUT", "/_snapshot/only", only);
    let (status, error) = refused(&server, "PUT", "/_snapshot/only/new", &json!({}));
    assert_eq!(
        (status, error["type"].as_str()),
        (400, Some("repository_exception"))
    );
    for path in ["/_snapshot/backup/none", "/_snapshot/nowhere/all"] {
        assert_eq!(refused(&server, "DELETE", path, &json!(null)).0, 404);
    }
    assert_eq!(
        refused(&server, "DELETE", "/_snapshot/only/all", &json!(null)).0,
        400
    );
}

#[test]
fn operations_by_query_that_cannot_be_are_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let server = filled(folder.path());
    let mapping = json!({"mappings": {"properties": {"n": {"type": "long"}}}});
    ok(&server, "PUT", "/numbers", mapping);
    ok(&server, "PUT", "/shut", json!({}));
    ok(&server, "POST", "/shut/_close", json!(null));
    let wrong = json!({"query": {"term": {"n": "no number"}}});
    let reindex = |source: Value, index: &str| json!({"source": source, "dest": {"index": index}});
    for (path, body) in [
        (
            "/nothing/_delete_by_query",
            json!({"query": {"match_all": {}}}),
        ),
        (
            "/shut/_delete_by_query",
            json!({"query": {"match_all": {}}}),
        ),
        ("/numbers/_delete_by_query", wrong.clone()),
        ("/numbers/_update_by_query", wrong.clone()),
        (
            "/numbers/_update_by_query",
            json!({"query": {"no_such": {}}}),
        ),
        ("/_reindex", reindex(json!({"index": "nothing"}), "new")),
        (
            "/_reindex",
            reindex(json!({"index": "numbers", "query": wrong["query"]}), "new"),
        ),
        ("/_reindex", reindex(json!({"index": "user"}), "shut")),
        ("/_reindex", reindex(json!({"index": "user"}), "Wrong")),
        ("/_reindex", reindex(json!({"index": "user"}), "user")),
    ] {
        refused(&server, "POST", path, &body);
    }
    let tasks = ok(&server, "GET", "/_tasks", json!(null));
    assert_eq!(tasks["nodes"], json!({}), "{tasks}");
}

/// The largest blob of a repository.
fn largest_blob(folder: &std::path::Path) -> PathBuf {
    let mut waiting = vec![folder.join("repository/blobs")];
    let mut largest = (0, PathBuf::new());
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let length = entry.metadata().unwrap().len();
            if entry.path().is_dir() {
                waiting.push(entry.path());
            } else if length > largest.0 {
                largest = (length, entry.path());
            }
        }
    }
    largest.1
}

#[test]
fn a_restore_that_fails_later_is_seen_until_it_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(allowed(folder.path()));
    let text: String = (0..40_000u32)
        .map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761)))
        .collect();
    ok(&server, "PUT", "/user/_doc/1", json!({"text": text}));
    register(&server, folder.path());
    let path = "/_snapshot/backup/all?wait_for_completion=true";
    ok(&server, "PUT", path, json!({"indices": "user"}));
    let blob = largest_blob(folder.path());
    let whole = fs::read(&blob).unwrap();
    let mut damaged = whole.clone();
    damaged[100] ^= 1;
    fs::write(&blob, damaged).unwrap();
    let other = Server::with(allowed(folder.path()));
    register(&other, folder.path());
    let restore = "/_snapshot/backup/all/_restore";
    let accepted = ok(&other, "POST", restore, json!({}));
    let task = accepted["task"].as_str().unwrap();
    let ended = ok(
        &other,
        "GET",
        &format!("/_tasks/{task}?wait_for_completion=true"),
        json!(null),
    );
    assert_eq!(ended["completed"], true);
    assert_eq!(ended["task"]["action"], "cluster:admin/snapshot/restore");
    assert_eq!(
        ended["error"]["type"], "corrupted_snapshot_exception",
        "{ended}"
    );
    let name = blob.file_name().unwrap().to_str().unwrap();
    // The failure is noted right after the task ended.
    let began = Instant::now();
    let health = loop {
        let (_, health) = other.get_json("/health");
        if health["restores"] != json!(null) {
            break health;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{health}");
        std::thread::sleep(Duration::from_millis(10));
    };
    let failed = &health["restores"][0];
    assert_eq!(
        (
            &failed["repository"],
            &failed["snapshot"],
            &health["status"]
        ),
        (&json!("backup"), &json!("all"), &json!("ok"))
    );
    assert!(
        failed["reason"].as_str().unwrap().contains(name),
        "{failed}"
    );
    for path in [
        "/_snapshot/_status",
        "/_snapshot/backup/_status",
        "/_snapshot/backup/all/_status",
    ] {
        let status = ok(&other, "GET", path, json!(null));
        let restore = &status["restores"][0];
        assert_eq!(
            (&restore["state"], &restore["indices"]),
            (&json!("FAILED"), &json!(["user"]))
        );
        assert_eq!(restore["failure"], failed["reason"]);
    }
    assert_eq!(send(&other, "GET", "/user", json!(null)).0, 404);

    fs::write(&blob, whole).unwrap();
    let accepted = ok(&other, "POST", restore, json!({}));
    let task = accepted["task"].as_str().unwrap();
    let ended = ok(
        &other,
        "GET",
        &format!("/_tasks/{task}?wait_for_completion=true"),
        json!(null),
    );
    assert_eq!(
        ended["response"]["snapshot"]["shards"]["successful"], 1,
        "{ended}"
    );
    let (_, health) = other.get_json("/health");
    assert_eq!(health["restores"], json!(null));
    let status = ok(&other, "GET", "/_snapshot/_status", json!(null));
    assert_eq!(status, json!({"snapshots": []}));
}
