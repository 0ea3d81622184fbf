//! A wall clock that jumps by years, both ways, under a running node: nothing is lost, nothing hangs, and
//! what depends on time goes on.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tests::{Lack, Server, ServerOptions, client_file, gif, skip};

const YEAR: i64 = 366 * 24 * 60 * 60;

/// The clock that can be set, compiled; `None` where there is no C compiler.
fn clock(folder: &Path) -> Option<PathBuf> {
    let source = client_file("../clock/shifted.c");
    let library = folder.join("shifted.so");
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-O1", "-o"]);
    compile.arg(&library).arg(source).arg("-ldl");
    compile.status().ok()?.success().then_some(library)
}

/// What stands at a path of a listing's records, in its order.
fn listed(server: &Server, query: &str, field: &str) -> Vec<Value> {
    let (status, body) = server.get_json(&format!("/api/images?{query}"));
    assert_eq!(status, 200, "{body}");
    let images = body["images"].as_array().unwrap().iter();
    images
        .map(|image| image["metadata"][field].clone())
        .collect()
}

#[test]
fn a_wall_clock_that_jumps_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(library) = clock(folder.path()) else {
        skip(Lack::Compiler, "the clock cannot be compiled");
        return;
    };
    let shift = folder.path().join("shift");
    let set = |years: i64| fs::write(&shift, (years * YEAR).to_string()).unwrap();
    set(0);
    let text = |path: &Path| path.display().to_string();
    let options = ServerOptions {
        args: Vec::new(),
        env: vec![
            ("LD_PRELOAD".to_owned(), text(&library)),
            ("SHIFT_FILE".to_owned(), text(&shift)),
        ],
    };
    let data = folder.path().join("data");
    let mut server = Server::on(&data, options);
    let repository = json!({"type": "fs", "settings": {"location": "r", "max_snapshot_age": "30d", "min_snapshots": 2}});
    server.ok("PUT", "/_snapshot/r", &repository);

    // Forward, far back, further back than the files' own times, and home again.
    let jumps = [0, 12, -9, -25, 0];
    let mut titles = Vec::new();
    for (at, years) in jumps.into_iter().enumerate() {
        set(years);
        let title = format!("picture number {at}");
        let frame = u32::try_from(at).unwrap();
        server.add("x.gif", gif(30, 20, 2, 80, frame), &[("title", &title)]);
        titles.push(title);
        // Found at once, by words that then are hot, and through a view that stays open over the jump.
        let opened = server.ok("POST", "/images/_search?scroll=1m", &json!({"size": 1}));
        let id = opened["_scroll_id"].as_str().unwrap().to_owned();
        let mut found = server.titles(&json!({"keyword": "picture number", "type": "partial"}));
        found.sort();
        assert_eq!(found, titles, "{years} years");
        set(years + 3);
        let mut seen = opened["hits"]["hits"].as_array().unwrap().len();
        loop {
            let more = server.ok(
                "POST",
                "/_search/scroll",
                &json!({"scroll": "1m", "scroll_id": id}),
            );
            match more["hits"]["hits"].as_array().unwrap().len() {
                0 => break,
                count => seen += count,
            }
        }
        assert_eq!(seen, titles.len(), "{years} years");
        let flag = json!({"image_prompt": title_of(at)});
        assert_eq!(server.post_json("/flag-image", &flag).0, 201);
        let path = format!("/_snapshot/r/s{at}?wait_for_completion=true");
        assert_eq!(
            server.ok("PUT", &path, &json!({}))["snapshot"]["state"],
            "SUCCESS"
        );
        if at % 2 == 0 {
            server.kill();
        } else {
            assert!(server.stop());
        }
        server.restart();
    }
    assert_eq!(listed(&server, "$orderby=id", "title"), titles);
    // By time, as the clock showed it: -25, -9, twice home, 12.
    let by_time = listed(&server, "$orderby=created_at", "title");
    assert_eq!(by_time, [3, 2, 0, 4, 1].map(|at: usize| titles[at].clone()));
    let (_, flags) = server.get_json("/flags");
    assert_eq!(flags["total"], jumps.len());
    let newest = &flags["flags"][0]["image_prompt"];
    assert_eq!(newest, &json!(title_of(4)), "newest by id: {flags}");
    // Kept by the node that was stopped 25 years ago, and by this search.
    server.search(&json!({"keyword": "picture number 2"}));
    let (_, hot) = server.get_json("/search/hotwords");
    for phrase in ["picture number", "picture number 2"] {
        let words = hot["data"].as_array().unwrap();
        assert!(words.contains(&json!(phrase)), "{hot}");
    }

    // However the ages look, the newest of the snapshots are there, and the last comes back.
    let kept = server.ok("GET", "/_snapshot/r/_all", &Value::Null);
    let kept: Vec<&str> = kept["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|snapshot| snapshot["snapshot"].as_str().unwrap())
        .collect();
    assert!(kept.len() >= 2 && kept.contains(&"s4"), "{kept:?}");
    let rename =
        json!({"indices": "images", "rename_pattern": "images", "rename_replacement": "again"});
    server.ok(
        "POST",
        "/_snapshot/r/s4/_restore?wait_for_completion=true",
        &rename,
    );
    assert_eq!(
        server.ok("GET", "/again/_count", &Value::Null)["count"],
        jumps.len()
    );
}

fn title_of(at: usize) -> String {
    format!("prompt {at}")
}
