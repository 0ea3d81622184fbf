//! A snapshot has records and files of one moment, whatever comes and goes meanwhile, or says what it
//! lacks.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::{Server, ServerOptions};

use super::{allowed, create, ok, picture, register, restore, send};

/// `pictor check` finds nothing.
fn assert_sound(data: &Path) {
    let mut check = Command::new(tests::binary());
    let output = check.arg("check").arg(data).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    for word in ["damaged", "left over", "missing", "no record"] {
        assert!(!said.contains(word), "{word}: {said}");
    }
}

/// Waits until a snapshot has sent so many bytes.
fn wait_for(server: &Server, path: &str, bytes: u64) {
    let began = Instant::now();
    loop {
        let (status, answer) = send(server, "GET", &format!("{path}/_status"), json!(null));
        let sent = "/snapshots/0/stats/incremental/size_in_bytes";
        let sent = answer.pointer(sent).and_then(Value::as_u64).unwrap_or(0);
        let ended = answer["snapshots"][0]["state"] == "SUCCESS";
        if status == 200 && (sent >= bytes || ended) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{answer}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The picture files of a data folder, whatever is left aside.
fn files(data: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![data.join("files")];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_deleted_and_added_during_a_snapshot_does_it_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::with(allowed(folder.path()));
    let ids: Vec<u64> = (0..12)
        .map(|n| server.add("x.gif", picture(n), &[("title", &format!("number {n}"))]))
        .collect();
    // A plate that was examined: a record and a drawn picture of its own.
    let plate = Part::bytes(tests::png(64, 64, 3)).file_name("plate.png");
    let form = Form::new().part("images", plate);
    let examined = server.post("/api/detect").multipart(form).send().unwrap();
    assert_eq!(examined.status(), 200);
    // Sorted before `images`, and slow to send.
    let noise = |n: u64| -> String {
        let mut state = n.wrapping_add(1);
        let next = |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(n | 1);
            format!("{:016x}", state ^ (state >> 29))
        };
        (0..2_000).map(next).collect()
    };
    for name in ["aaa", "zzz"] {
        for n in 0..20 {
            let path = format!("/{name}/_doc/{n}");
            ok(&server, "PUT", &path, json!({"text": noise(n)}));
        }
    }
    let settings = json!({"location": folder.path().join("repository"), "chunk_size": "64kb",
        "max_snapshot_bytes_per_sec": "250kb"});
    let repository = json!({"type": "fs", "settings": settings});
    ok(&server, "PUT", "/_snapshot/backup", repository);
    let path = "/_snapshot/backup/slow";
    ok(&server, "PUT", path, json!({}));
    // Before, while and after the records are copied.
    for (at, sent) in [1, 150_000, 300_000, 450_000, 600_000]
        .into_iter()
        .enumerate()
    {
        wait_for(&server, path, sent);
        ok(
            &server,
            "DELETE",
            &format!("/images/_doc/{}", ids[at]),
            json!(null),
        );
    }
    let late = server.add("x.gif", picture(50), &[("title", "late")]);
    // The same bytes come again while they are to go.
    let again = server.add("x.gif", picture(3), &[("title", "again")]);
    let began = Instant::now();
    let made = loop {
        let listed = ok(&server, "GET", path, json!(null))["snapshots"][0].clone();
        if listed["state"] != "IN_PROGRESS" {
            break listed;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{listed}");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert_eq!(made["state"], "SUCCESS", "{made}");
    assert_eq!(made["failures"], json!([]));

    // Restored elsewhere: every record has its file, and every file a record.
    let mut other = Server::with(allowed(folder.path()));
    register(&other, folder.path());
    let (status, answer) = restore(&other, "slow", json!({}));
    assert_eq!(status, 200, "{answer}");
    let all = json!({"query": {"match_all": {}}, "size": 100, "_source": ["id"]});
    let hits = ok(&other, "POST", "/images/_search", all)["hits"]["hits"].clone();
    let restored: Vec<u64> = hits
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["_source"]["id"].as_u64().unwrap())
        .collect();
    assert!(restored.len() >= 7, "{restored:?}");
    for id in &ids[5..] {
        assert!(restored.contains(id), "{restored:?}");
    }
    for id in restored {
        let preview = other.get(&format!("/image/preview/{id}")).send().unwrap();
        assert_eq!(preview.status(), 200, "picture {id}");
    }
    assert!(other.stop());
    assert_sound(other.folder());

    let drawn = |data: &Path| {
        let mut drawn = files(data);
        drawn.retain(|name| name.ends_with(".detection"));
        drawn
    };
    assert_eq!(drawn(other.folder()), drawn(server.folder()));
    assert_eq!(drawn(other.folder()).len(), 1);

    // Where it was made, the files that were to go are gone, but for the one that came again.
    for id in [ids[5], late, again] {
        let preview = server.get(&format!("/image/preview/{id}")).send().unwrap();
        assert_eq!(preview.status(), 200, "picture {id}");
    }
    assert!(server.stop());
    assert_sound(server.folder());
}

#[test]
fn files_that_were_to_go_when_the_node_was_killed_go_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::with(allowed(folder.path()));
    let ids: Vec<u64> = (0..3)
        .map(|n| server.add("x.gif", picture(n), &[]))
        .collect();
    let settings = json!({"location": folder.path().join("repository"), "chunk_size": "64kb",
        "max_snapshot_bytes_per_sec": "2kb"});
    let repository = json!({"type": "fs", "settings": settings});
    ok(&server, "PUT", "/_snapshot/backup", repository);
    ok(&server, "PUT", "/_snapshot/backup/slow", json!({}));
    wait_for(&server, "/_snapshot/backup/slow", 1);
    ok(
        &server,
        "DELETE",
        &format!("/images/_doc/{}", ids[1]),
        json!(null),
    );
    assert_eq!(files(server.folder()).len(), 3);
    server.restart();
    assert_eq!(files(server.folder()).len(), 2);
    let held = fs::read_dir(server.folder().join("held")).unwrap();
    assert_eq!(held.count(), 0);
    assert!(server.stop());
    assert_sound(server.folder());
}

#[test]
fn a_file_that_is_missing_makes_a_snapshot_partial() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(allowed(folder.path()));
    let ids: Vec<u64> = (0..4)
        .map(|n| server.add("x.gif", picture(n), &[]))
        .collect();
    ok(&server, "PUT", "/notes/_doc/1", json!({"text": "a"}));
    let (_, document) = server.get_json(&format!("/images/_doc/{}", ids[2]));
    let hash = document["_source"]["hash"].as_str().unwrap();
    let place = server
        .folder()
        .join("files")
        .join(&hash[..2])
        .join(&hash[2..4]);
    let file = fs::read_dir(place).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(file).unwrap();
    register(&server, folder.path());
    let made = create(&server, "one");
    assert_eq!(made["state"], "PARTIAL", "{made}");
    assert_eq!(made["shards"]["failed"], 1);
    assert_eq!(made["failures"][0]["index"], "images");
    assert_eq!(made["failures"][0]["shard_id"], 0);
    let reason = made["failures"][0]["reason"].as_str().unwrap();
    assert!(
        reason.starts_with(&format!("[{}] names files/", ids[2])) && reason.contains(hash),
        "{reason}"
    );
    let status = ok(&server, "GET", "/_snapshot/backup/one/_status", json!(null));
    assert_eq!(status["snapshots"][0]["state"], "PARTIAL");
    let listed = ok(&server, "GET", "/_snapshot/backup/one", json!(null));
    assert_eq!(listed["snapshots"][0]["failures"], made["failures"]);

    // It comes back where what there is of it is wanted; the other indices come as ever.
    let other = Server::with(allowed(folder.path()));
    register(&other, folder.path());
    for wait in ["true", "false"] {
        let path = format!("/_snapshot/backup/one/_restore?wait_for_completion={wait}");
        let (status, refused) = send(&other, "POST", &path, json!({}));
        assert_eq!(status, 400, "{refused}");
        assert_eq!(refused["error"]["type"], "snapshot_restore_exception");
        let reason = refused["error"]["reason"].as_str().unwrap();
        let said = "index [images] wasn't fully snapshotted - cannot restore";
        assert!(reason.ends_with(said), "{reason}");
    }
    assert_eq!(restore(&other, "one", json!({"indices": "notes"})).0, 200);
    let (status, answer) = restore(&other, "one", json!({"indices": "images", "partial": true}));
    assert_eq!(status, 200, "{answer}");
    assert!(answer["snapshot"]["left"].to_string().contains(hash));
    let count = ok(&other, "GET", "/images/_count", json!(null));
    assert_eq!(count["count"], 4);
}

#[test]
fn closed_indices_are_copied_too() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(allowed(folder.path()));
    let mapping = json!({"mappings": {"properties": {"v": {"type": "dense_vector", "dims": 2}}}});
    ok(&server, "PUT", "/shut", mapping);
    for n in 0..20 {
        let body = json!({"text": format!("word {n}"), "v": [1, n]});
        ok(&server, "PUT", &format!("/shut/_doc/{n}"), body);
    }
    ok(&server, "POST", "/shut/_close", json!(null));
    register(&server, folder.path());
    let made = create(&server, "one");
    assert_eq!(made["state"], "SUCCESS", "{made}");
    let again = create(&server, "two");
    assert_eq!(again["state"], "SUCCESS", "{again}");
    let named = "/_snapshot/backup/three?wait_for_completion=true";
    let named = ok(&server, "PUT", named, json!({"indices": "shut"}));
    assert_eq!(named["snapshot"]["indices"], json!(["shut"]));
    // What the copy sealed for itself harms nobody.
    ok(&server, "POST", "/shut/_open", json!(null));
    ok(
        &server,
        "PUT",
        "/shut/_doc/20",
        json!({"text": "new", "v": [1, 20]}),
    );
    create(&server, "four");
    for (name, count) in [("one", 20), ("three", 20), ("four", 21)] {
        let other = Server::with(allowed(folder.path()));
        register(&other, folder.path());
        let (status, answer) = restore(&other, name, json!({"indices": "shut"}));
        assert_eq!(status, 200, "{answer}");
        let knn = json!({"knn": {"field": "v", "query_vector": [1, 7], "k": 30,
            "num_candidates": 100}, "size": 30});
        let found = ok(&other, "POST", "/shut/_search", knn);
        assert_eq!(found["hits"]["hits"].as_array().unwrap().len(), count);
        assert_eq!(found["hits"]["total"]["value"], count);
    }
}

#[test]
fn a_snapshot_of_other_indices_has_no_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(ServerOptions {
        ..allowed(folder.path())
    });
    server.add("x.gif", picture(1), &[]);
    ok(&server, "PUT", "/notes/_doc/1", json!({"text": "a"}));
    register(&server, folder.path());
    let path = "/_snapshot/backup/notes?wait_for_completion=true";
    let body = json!({"indices": "notes", "include_global_state": false});
    ok(&server, "PUT", path, body);
    let other = Server::with(allowed(folder.path()));
    register(&other, folder.path());
    assert_eq!(restore(&other, "notes", json!({})).0, 200);
    assert!(!other.folder().join("files").exists());
}
