//! Real clients against the real binary. What they need is installed below the target folder; where that
//! cannot be done, the tests say that they were skipped.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tests::{Lack, Server, captions, client_file, corpus, installed, npm, python, skip};

fn tell(story: &str, server: &Server, more: &[&Path]) {
    let Some(python) = python() else {
        skip(
            Lack::PythonPackages,
            "the Python clients cannot be installed",
        );
        return;
    };
    let output = Command::new(python)
        .arg(client_file(story))
        .arg(server.address())
        .args(more)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && told.trim_end().ends_with("OK"),
        "{story}: {told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn elasticsearch_py_tells_its_story() {
    let server = Server::start();
    match corpus() {
        Some(corpus) => tell(
            "elasticsearch_story.py",
            &server,
            &[&corpus.join("gif_captions.tsv.gz")],
        ),
        None => tell("elasticsearch_story.py", &server, &[]),
    }
}

#[test]
fn opensearch_py_and_a_back_end_of_version_7_tell_theirs() {
    tell("opensearch_story.py", &Server::start(), &[]);
}

/// `elasticdump`; `None` where npm or the network is missing.
fn elasticdump() -> Option<PathBuf> {
    let folder = installed().join("node");
    let bin = folder.join("node_modules/.bin/elasticdump");
    if !bin.is_file() {
        fs::create_dir_all(&folder).unwrap();
        if !npm(&folder, &["elasticdump@6"]) {
            return None;
        }
    }
    Some(bin)
}

#[test]
fn elasticdump_loses_and_changes_nothing() {
    let Some(dump) = elasticdump() else {
        skip(Lack::Npm, "elasticdump cannot be installed");
        return;
    };
    let titles: Vec<String> = match captions() {
        Some(captions) => captions.into_iter().map(|(_, caption)| caption).collect(),
        None => (0..3_000).map(|n| format!("title number {n} 猫")).collect(),
    };
    let server = Server::start();
    let mapping = json!({"mappings": {"properties": {
        "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}}, "n": {"type": "long"}}}});
    let put = server.client().put(server.url("/dumped")).json(&mapping);
    assert_eq!(put.send().unwrap().status().as_u16(), 200);
    let mut lines = String::new();
    for (n, title) in titles.iter().enumerate() {
        let source = json!({"title": title, "n": n, "odd": [n % 3, 7], "nested": {"a": null}});
        lines.push_str(&format!(
            "{}\n{source}\n",
            json!({"index": {"_id": n.to_string()}})
        ));
    }
    let bulk = server
        .post("/dumped/_bulk?refresh=true")
        .header("content-type", "application/x-ndjson")
        .body(lines)
        .send()
        .unwrap();
    assert_eq!(bulk.json::<Value>().unwrap()["errors"], false);
    let folder = tempfile::tempdir().unwrap();
    for kind in ["mapping", "data"] {
        let file = folder.path().join(format!("{kind}.json"));
        let from = format!("--input={}/dumped", server.address());
        let to = format!("--output={}", file.display());
        let kind = format!("--type={kind}");
        let run = |args: &[&str]| {
            let output = Command::new(&dump).args(args).output().unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stdout)
            );
        };
        run(&[&from, &to, &kind, "--limit=1000", "--quiet"]);
        let from = format!("--input={}", file.display());
        let to = format!("--output={}/loaded", server.address());
        run(&[&from, &to, &kind, "--limit=1000", "--quiet"]);
    }
    let refreshed = server.post("/loaded/_refresh").send().unwrap();
    assert_eq!(refreshed.status().as_u16(), 200);
    let (_, count) = server.get_json("/loaded/_count");
    assert_eq!(count["count"], titles.len());
    for n in (0..titles.len()).step_by(titles.len() / 50 + 1) {
        let (_, before) = server.get_json(&format!("/dumped/_source/{n}"));
        let (_, after) = server.get_json(&format!("/loaded/_source/{n}"));
        assert_eq!(before, after);
        assert_eq!(after["title"], json!(titles[n]));
    }
    let (_, before) = server.get_json("/dumped/_mapping");
    let (_, after) = server.get_json("/loaded/_mapping");
    assert_eq!(before["dumped"], after["loaded"]);
}
