//! Damage in a repository.

use std::fs;

use serde_json::json;
use tests::{Server, solid_gif};

use super::{allowed, ok, register, send};

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
