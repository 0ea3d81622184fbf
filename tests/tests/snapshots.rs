//! Snapshots over HTTP: the story of a node that is lost and comes back elsewhere, and what goes wrong on
//! the way.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Server, ServerOptions, gif, png, solid_gif};

fn send(server: &Server, method: &str, path: &str, body: Value) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = server.client().request(method, server.url(path));
    let response = request.body(body.to_string()).send().unwrap();
    (
        response.status().as_u16(),
        response.json().unwrap_or_default(),
    )
}

fn ok(server: &Server, method: &str, path: &str, body: Value) -> Value {
    let (status, answer) = send(server, method, path, body);
    assert!(
        (200..300).contains(&status),
        "{method} {path}: {status} {answer}"
    );
    answer
}

fn allowed(folder: &Path) -> ServerOptions {
    ServerOptions {
        args: vec!["--allow-path".to_owned(), folder.display().to_string()],
        env: Vec::new(),
    }
}

fn register(server: &Server, folder: &Path) {
    let body = json!({"type": "fs", "settings": {"location": folder.join("repository")}});
    ok(server, "PUT", "/_snapshot/backup", body);
}

/// What a node answers, in every family, without what depends on the moment.
fn answers(server: &Server) -> Vec<Value> {
    let mut found = Vec::new();
    for body in [
        json!({"keyword": "picture number 3"}),
        json!({"keyword": "pict", "type": "partial"}),
        json!({"keyword": "pictrue", "type": "fuzzy"}),
        json!({"keyword": "number [12]$", "type": "regex"}),
        json!({"keyword": "image", "type": "related"}),
    ] {
        let (_, mut answer) = server.search(&body);
        answer["data"]["took_ms"] = json!(0);
        found.push(answer);
    }
    found.push(
        server
            .get_json("/api/images?$orderby=id&$filter=rating%20ge%202")
            .1,
    );
    let form = reqwest::blocking::multipart::Form::new().part(
        "file",
        reqwest::blocking::multipart::Part::bytes(picture(2)).file_name("x.gif"),
    );
    let similar = server
        .post("/api/image/sim/search/file")
        .multipart(form)
        .send()
        .unwrap();
    found.push(similar.json().unwrap());
    let es = json!({"query": {"match": {"text": "word"}}, "sort": ["n"], "aggs": {"m": {"max": {"field": "n"}}}});
    let mut answer = ok(server, "POST", "/notes/_search", es);
    answer["took"] = json!(0);
    found.push(answer);
    found
}

fn picture(n: u32) -> Vec<u8> {
    if n.is_multiple_of(2) {
        gif(40, 30, 3, 100, n)
    } else {
        png(20, 20, n as u8)
    }
}

#[test]
fn a_lost_node_comes_back_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::with(allowed(folder.path()));
    register(&server, folder.path());
    let add = |server: &Server, n: u32| {
        let metadata = json!({"rating": n % 5}).to_string();
        let title = format!("picture number {n}");
        server.add(
            "x.gif",
            picture(n),
            &[("title", &title), ("metadata", &metadata)],
        )
    };
    for n in 0..12 {
        add(&server, n);
    }
    for n in 0..20 {
        ok(
            &server,
            "PUT",
            &format!("/notes/_doc/{n}"),
            json!({"text": format!("word {n}"), "n": n}),
        );
    }
    ok(&server, "POST", "/_refresh", json!({}));
    let first = ok(
        &server,
        "PUT",
        "/_snapshot/backup/first?wait_for_completion=true",
        json!({}),
    );
    assert_eq!(first["snapshot"]["state"], "SUCCESS");
    assert_eq!(first["snapshot"]["indices"], json!(["images", "notes"]));
    let size = |server: &Server, name: &str| {
        let status = ok(
            server,
            "GET",
            &format!("/_snapshot/backup/{name}/_status"),
            json!({}),
        );
        status["snapshots"][0]["stats"]["incremental"]["size_in_bytes"]
            .as_u64()
            .unwrap_or_default()
    };
    let last = add(&server, 12);
    ok(&server, "POST", "/_refresh", json!({}));
    let second = ok(
        &server,
        "PUT",
        "/_snapshot/backup/second?wait_for_completion=true",
        json!({"indices": "*"}),
    );
    assert_eq!(second["snapshot"]["state"], "SUCCESS");
    assert!(
        size(&server, "second") <= size(&server, "first"),
        "only what is new travels"
    );
    let (status, taken) = send(&server, "PUT", "/_snapshot/backup/second", json!({}));
    assert_eq!(
        (status, &taken["error"]["type"]),
        (400, &json!("invalid_snapshot_name_exception"))
    );
    let before = answers(&server);
    let bytes = server
        .get("/image/download/3")
        .send()
        .unwrap()
        .bytes()
        .unwrap();
    let (status, refused) = send(
        &server,
        "POST",
        "/_snapshot/backup/second/_restore",
        json!({"indices": "notes"}),
    );
    assert!(status >= 400 || refused["accepted"] == true);
    assert!(server.stop());
    fs::remove_dir_all(server.folder()).unwrap();
    drop(server);

    let other = Server::with(allowed(folder.path()));
    register(&other, folder.path());
    let known = ok(&other, "GET", "/_snapshot/backup/_all", json!({}));
    let names: Vec<_> = known["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["snapshot"].clone())
        .collect();
    assert_eq!(names, ["first", "second"]);
    ok(
        &other,
        "POST",
        "/_snapshot/backup/second/_restore?wait_for_completion=true",
        json!({"indices": "*"}),
    );
    assert_eq!(answers(&other), before);
    assert_eq!(
        other
            .get("/image/download/3")
            .send()
            .unwrap()
            .bytes()
            .unwrap(),
        bytes
    );
    assert!(add(&other, 13) > last, "numbers go on");
    // Beside what is there, renamed.
    let renamed = json!({"indices": "notes", "rename_pattern": "(.+)", "rename_replacement": "old_$1", "include_aliases": false});
    ok(
        &other,
        "POST",
        "/_snapshot/backup/first/_restore?wait_for_completion=true",
        renamed,
    );
    assert_eq!(
        ok(&other, "GET", "/old_notes/_count", json!({}))["count"],
        20
    );
    // Onto an index that holds documents: refused.
    let path = "/_snapshot/backup/first/_restore?wait_for_completion=true";
    let (status, refused) = send(&other, "POST", path, json!({"indices": "notes"}));
    assert_eq!(
        refused["error"]["type"], "snapshot_restore_exception",
        "{status} {refused}"
    );
    assert_eq!(ok(&other, "GET", "/notes/_count", json!({}))["count"], 20);
    ok(&other, "DELETE", "/_snapshot/backup/first", json!({}));
    assert_eq!(
        send(&other, "GET", "/_snapshot/backup/first", json!({})).0,
        404
    );
    let table = other
        .get("/_cat/snapshots/backup?h=id,status")
        .send()
        .unwrap()
        .text()
        .unwrap();
    assert_eq!(table.trim(), "second SUCCESS");
}

#[test]
fn a_flipped_byte_is_named_and_the_node_keeps_what_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(allowed(folder.path()));
    register(&server, folder.path());
    for n in 0..30 {
        ok(
            &server,
            "PUT",
            &format!("/notes/_doc/{n}"),
            json!({"text": format!("word {n}"), "n": n}),
        );
    }
    server.add("a.gif", solid_gif(1), &[]);
    ok(
        &server,
        "PUT",
        "/_snapshot/backup/one?wait_for_completion=true",
        json!({}),
    );
    let mut blobs = Vec::new();
    let mut waiting = vec![folder.path().join("repository/blobs")];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path)
            } else {
                blobs.push(path)
            }
        }
    }
    blobs.sort();
    assert!(blobs.len() > 5);
    ok(&server, "DELETE", "/notes", json!({}));
    let body = json!({"indices": "notes"});
    let path = "/_snapshot/backup/one/_restore?wait_for_completion=true";
    let mut refusals = 0;
    for blob in &blobs {
        let whole = fs::read(blob).unwrap();
        let mut broken = whole.clone();
        let at = broken.len() / 2;
        broken[at] ^= 1;
        fs::write(blob, broken).unwrap();
        let (status, answer) = send(&server, "POST", path, body.clone());
        fs::write(blob, &whole).unwrap();
        let name = blob.file_name().unwrap().to_string_lossy().into_owned();
        if status == 200 {
            // A blob of another index or of a picture: this restore did not need it.
            ok(&server, "DELETE", "/notes", json!({}));
            continue;
        }
        refusals += 1;
        assert!(
            answer["error"]["reason"].as_str().unwrap().contains(&name),
            "{answer}"
        );
        assert_eq!(
            send(&server, "HEAD", "/notes", json!(null)).0,
            404,
            "nothing became visible"
        );
    }
    assert!(refusals > 3, "{refusals} of {}", blobs.len());
    ok(&server, "POST", path, body);
    assert_eq!(ok(&server, "GET", "/notes/_count", json!({}))["count"], 30);
}

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
    for name in ["Upper", "with space", "_under", "a,b", "a#b"] {
        let path = format!(
            "/_snapshot/r/{}",
            name.replace(' ', "%20").replace('#', "%23")
        );
        assert!(send(&server, "PUT", &path, json!({})).0 >= 400, "{name}");
    }
    assert_eq!(send(&server, "GET", "/_snapshot/r/none", json!({})).0, 404);
    assert_eq!(
        ok(&server, "POST", "/_snapshot/r/_cleanup", json!({}))["results"]["deleted_blobs"],
        0
    );
    ok(&server, "DELETE", "/_snapshot/r", json!({}));
    assert_eq!(ok(&server, "GET", "/_snapshot", json!({})), json!({}));
}

fn command(args: &[&str]) -> Output {
    let binary = tests::binary();
    Command::new(binary)
        .arg("snapshot")
        .args(args)
        .output()
        .unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_command_line_copies_a_stopped_node_and_brings_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("repository").display().to_string();
    let data = folder.path().join("data");
    let mut server = Server::on(&data, ServerOptions::default());
    for n in 0..4 {
        let title = format!("picture number {n}");
        server.add("x.gif", picture(n), &[("title", &title)]);
    }
    let data = data.display().to_string();
    let create = [
        "create",
        "one",
        "--repository",
        &repository,
        "--data",
        &data,
    ];
    let refused = command(&create);
    assert!(!refused.status.success(), "the node runs: {refused:?}");

    assert!(server.stop());
    let made = printed(&command(&create));
    assert!(made.starts_with("snapshot [one]: 3 indices, "), "{made}");
    let again = command(&create);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(said.contains("one"), "{said}");
    let listed = printed(&command(&["list", "--repository", &repository]));
    assert!(
        listed.starts_with("one  ") && listed.contains("images"),
        "{listed}"
    );
    let verified = printed(&command(&["verify", "one", "--repository", &repository]));
    assert!(verified.ends_with(" 0 damaged\n"), "{verified}");

    let other = folder.path().join("other");
    let there = other.display().to_string();
    let back = [
        "restore",
        "one",
        "--repository",
        &repository,
        "--data",
        &there,
    ];
    let lines = printed(&command(&back));
    assert!(lines.contains("images -> images: 4 documents\n"), "{lines}");
    let mut restored = Server::on(&other, ServerOptions::default());
    let titles = restored.titles(&json!({"keyword": "picture number 3"}));
    assert_eq!(titles.first().map(String::as_str), Some("picture number 3"));
    assert!(restored.stop());

    let deleted = printed(&command(&["delete", "one", "--repository", &repository]));
    assert!(deleted.starts_with("deleted one; "), "{deleted}");
    assert_eq!(
        printed(&command(&["list", "--repository", &repository])),
        ""
    );
}
