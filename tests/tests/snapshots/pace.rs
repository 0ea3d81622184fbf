//! Pace and progress: a snapshot that is held back shows how far it is, can be stopped, and goes on
//! where it stopped.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::Server;

use super::{allowed, brought, ok, send};

/// Texts that do not shrink when they are compressed.
fn noise(round: u64) -> String {
    let mut state = round.wrapping_add(1);
    let mut text = String::new();
    for _ in 0..2_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("{:016x}", state ^ (state >> 29)));
    }
    text
}

fn stats(status: &Value) -> [u64; 3] {
    ["processed", "total", "incremental"].map(|part| {
        let stats = &status["snapshots"][0]["stats"][part];
        stats["size_in_bytes"].as_u64().unwrap()
    })
}

#[test]
fn a_snapshot_that_is_held_back_is_watched_stopped_and_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(allowed(folder.path()));
    let register = |rate: &str| {
        let settings = json!({"location": folder.path().join("repository"),
            "chunk_size": "64kb", "max_snapshot_bytes_per_sec": rate});
        ok(
            &server,
            "PUT",
            "/_snapshot/backup",
            json!({"type": "fs", "settings": settings}),
        );
    };
    for n in 0..40 {
        ok(
            &server,
            "PUT",
            &format!("/notes/_doc/{n}"),
            json!({"text": noise(n)}),
        );
    }
    ok(&server, "POST", "/notes/_forcemerge", json!(null));
    // Some 1.5 MB at 200 kB a second: there is time to look.
    register("200kb");
    let path = "/_snapshot/backup/slow";
    assert_eq!(ok(&server, "PUT", path, json!({}))["accepted"], true);
    let began = Instant::now();
    let watched = loop {
        let (status, answer) = send(&server, "GET", &format!("{path}/_status"), json!(null));
        if status == 200 && stats(&answer)[2] > 150_000 {
            break answer;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{answer}");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(watched["snapshots"][0]["state"], "STARTED");
    let [processed, total, moved] = stats(&watched);
    assert!(moved < total && processed <= total, "{watched}");
    let listed = ok(&server, "GET", "/_snapshot/backup/_current", json!(null));
    assert_eq!(listed["snapshots"][0]["state"], "IN_PROGRESS");
    let everywhere = ok(&server, "GET", "/_snapshot/_status", json!(null));
    assert_eq!(everywhere["snapshots"][0]["snapshot"], "slow");

    // Deleting it stops it; nothing of it is listed.
    ok(&server, "DELETE", path, json!(null));
    assert_eq!(send(&server, "GET", path, json!(null)).0, 404);
    // What arrived is found again: the next one brings the rest only.
    register("0");
    ok(
        &server,
        "PUT",
        "/_snapshot/backup/rest?wait_for_completion=true",
        json!({}),
    );
    let status = ok(
        &server,
        "GET",
        "/_snapshot/backup/rest/_status",
        json!(null),
    );
    let [processed, whole, _] = stats(&status);
    assert_eq!(processed, whole);
    let rest = brought(&server, "rest");
    assert!(rest + 100_000 < whole, "{rest} of {whole}");
    ok(&server, "DELETE", "/notes", json!(null));
    let restore = "/_snapshot/backup/rest/_restore?wait_for_completion=true";
    ok(&server, "POST", restore, json!({"indices": "notes"}));
    let found = ok(&server, "GET", "/notes/_doc/17", json!(null));
    assert_eq!(found["_source"]["text"], noise(17));
}
