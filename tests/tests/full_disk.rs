//! A disk that fills: writes are refused while there is still room to work in, and taken again by
//! themselves. Skipped where a small file system cannot be mounted.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tests::{Lack, Server, ServerOptions, skip, solid_gif};

/// A mounted file system of 64 MiB; it goes with the test.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"])
            .arg(folder.path())
            .output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then(|| Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// Texts that do not shrink when they are compressed.
fn bulk(round: u64) -> String {
    let mut state = round.wrapping_add(1);
    let mut lines = String::new();
    for n in 0..20 {
        let mut text = String::new();
        for _ in 0..600 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(&format!("{:016x}", state ^ (state >> 29)));
        }
        let action = json!({"index": {"_id": format!("{round}-{n}")}});
        lines.push_str(&format!("{action}\n{}\n", json!({"blob": text})));
    }
    lines
}

#[test]
fn writes_stop_before_the_disk_is_full_and_go_on_when_there_is_room() {
    let Some(small) = Small::mount() else {
        skip(Lack::Mount, "a small file system cannot be mounted");
        return;
    };
    let ballast = small.path().join("ballast");
    fs::write(&ballast, vec![1; 24 << 20]).unwrap();
    let server = Server::on(&small.path().join("data"), ServerOptions::default());
    let put = |path: &str, body: &Value| {
        let answer = server
            .client()
            .put(server.url(path))
            .json(body)
            .send()
            .unwrap();
        (answer.status().as_u16(), answer.json::<Value>().unwrap())
    };
    let mapping = json!({"mappings": {"properties": {"blob": {"type": "keyword", "index": false, "doc_values": false}}}});
    assert_eq!(put("/notes", &mapping).0, 200);
    let mut taken = 0u64;
    let refused = (0..1_000).find_map(|round| {
        let sent = server
            .post("/notes/_bulk")
            .header("Content-Type", "application/x-ndjson")
            .body(bulk(round))
            .send()
            .unwrap();
        let answer: Value = sent.json().unwrap();
        let items = answer["items"].as_array().unwrap();
        let bad = items.iter().find(|item| item["index"]["status"] != 201);
        taken += items
            .iter()
            .filter(|item| item["index"]["status"] == 201)
            .count() as u64;
        bad.cloned()
    });
    let refused = refused.unwrap();
    assert_eq!(refused["index"]["status"], 507, "{refused}");
    assert_eq!(refused["index"]["error"]["type"], "cluster_block_exception");
    let reason = refused["index"]["error"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("nearly full") && reason.contains("--min-free-bytes"),
        "{reason}"
    );

    assert_eq!(
        server.post("/_refresh").send().unwrap().status().as_u16(),
        200
    );
    let (status, count) = server.get_json("/notes/_count");
    assert_eq!((status, count["count"].as_u64()), (200, Some(taken)));

    // Every family says so; reading and deleting go on.
    let (status, answer) = (0..64)
        .map(|n| {
            let more = format!("{}-{n}", ballast.display());
            fs::write(more, vec![1; 1 << 20]).unwrap();
            server.upload("x.gif", solid_gif(n), &[("title", "early")])
        })
        .find(|(status, _)| *status != 200)
        .unwrap();
    assert_eq!((status, &answer["code"]), (507, &json!(1008)), "{answer}");
    assert_eq!(put("/notes/_doc/more", &json!({"blob": "x"})).0, 507);
    let gone = server
        .client()
        .delete(server.url("/notes/_doc/0-0"))
        .send()
        .unwrap();
    assert_eq!(gone.status().as_u16(), 200);

    fs::remove_file(ballast).unwrap();
    assert_eq!(put("/notes/_doc/more", &json!({"blob": "x"})).0, 201);
    let (status, answer) = server.upload("x.gif", solid_gif(777), &[("title", "late")]);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(server.titles(&json!({"keyword": "late"})), ["late"]);
}

/// Without a reserve the disk gets really full, in the middle of whatever is written.
#[test]
fn an_index_that_a_full_disk_stopped_goes_on_by_itself() {
    let Some(small) = Small::mount() else {
        skip(Lack::Mount, "a small file system cannot be mounted");
        return;
    };
    let ballast = small.path().join("ballast");
    fs::write(&ballast, vec![1; 40 << 20]).unwrap();
    let options = ServerOptions {
        args: vec!["--min-free-bytes".to_owned(), "0".to_owned()],
        env: Vec::new(),
    };
    let mut server = Server::on(&small.path().join("data"), options);
    let mapping = json!({"mappings": {"properties": {"blob": {"type": "keyword", "index": false, "doc_values": false}}}});
    server.ok("PUT", "/notes", &mapping);
    let mut taken = std::collections::BTreeSet::new();
    let stopped = (0..1_000).find_map(|round| {
        let sent = server.post("/notes/_bulk");
        let sent = sent.header("Content-Type", "application/x-ndjson");
        let answer: Value = sent.body(bulk(round)).send().unwrap().json().unwrap();
        let items = answer["items"].as_array().unwrap();
        for item in items.iter().filter(|item| item["index"]["status"] == 201) {
            taken.insert(item["index"]["_id"].as_str().unwrap().to_owned());
        }
        let bad = items.iter().find(|item| item["index"]["status"] != 201);
        bad.cloned()
    });
    let stopped = stopped.unwrap();
    let status = stopped["index"]["status"].as_u64().unwrap();
    assert!([503, 507].contains(&status), "{stopped}");
    assert!(!taken.is_empty());
    // Reading goes on, and the node says how it is.
    let (status, _) = server.get_json("/notes/_count");
    assert_eq!(status, 200);

    fs::remove_file(&ballast).unwrap();
    let began = std::time::Instant::now();
    loop {
        let (status, answer) = server.send("PUT", "/notes/_doc/more", &json!({"blob": "x"}));
        if status == 201 {
            break;
        }
        assert!([503, 507].contains(&status), "{answer}");
        assert!(began.elapsed().as_secs() < 120, "{answer}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    taken.insert("more".to_owned());
    let all_there = |server: &Server| {
        server.ok("POST", "/notes/_refresh", &json!(null));
        for id in &taken {
            let (status, _) = server.get_json(&format!("/notes/_doc/{id}?_source=false"));
            assert_eq!(status, 200, "{id}");
        }
        let (_, health) = server.get_json("/_cluster/health");
        assert_eq!(health["status"], "green", "{health}");
    };
    all_there(&server);
    server.restart();
    all_there(&server);
}
