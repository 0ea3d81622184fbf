//! A node that is lost, and comes back elsewhere.

use std::fs;

use serde_json::{Value, json};
use tests::Server;

use super::{allowed, brought, ok, picture, register, send};

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
        brought(&server, "second") < brought(&server, "first"),
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
