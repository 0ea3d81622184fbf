//! `pictor reembed`: other models beside the old vectors, and one switch.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tests::{Server, ServerOptions, binary, gif};

fn model() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../analyzers/golden/dinov2")
}

fn pictor(command: &str, data: &Path, model: Option<&Path>) -> Output {
    let mut run = Command::new(binary());
    run.arg(command).arg("--data").arg(data);
    if command == "serve" {
        run.args(["--listen", "127.0.0.1:0"]);
    }
    if let Some(model) = model {
        run.arg("--image-model").arg(model);
    }
    run.output().unwrap()
}

/// The titles of the nearest pictures, the nearest first.
fn nearest(server: &Server, bytes: Vec<u8>) -> Vec<u64> {
    let form = reqwest::blocking::multipart::Form::new().part(
        "file",
        reqwest::blocking::multipart::Part::bytes(bytes).file_name("x.gif"),
    );
    let answer: Value = server
        .post("/api/image/sim/search/file")
        .multipart(form)
        .send()
        .unwrap()
        .json()
        .unwrap();
    let entries = answer["data"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"));
    entries
        .iter()
        .map(|entry| entry["id"].as_u64().unwrap())
        .collect()
}

#[test]
fn another_model_is_built_beside_and_switched_to() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let pictures: Vec<Vec<u8>> = (0..5).map(|seed| gif(48, 40, 2, 100, seed)).collect();
    let ids: Vec<u64> = {
        let mut server = Server::on(&data, ServerOptions::default());
        let ids = pictures
            .iter()
            .enumerate()
            .map(|(n, bytes)| server.add(&format!("red car {n}.gif"), bytes.clone(), &[]))
            .collect();
        assert!(server.stop());
        ids
    };
    // A node with another model does not mix distances: it says what to do instead.
    let refused = pictor("serve", &data, Some(&model()));
    assert!(!refused.status.success());
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("pictor reembed"), "{told}");

    let done = pictor("reembed", &data, Some(&model()));
    let told = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success(), "{told}");
    let again = pictor("reembed", &data, Some(&model()));
    assert!(String::from_utf8(again.stdout).unwrap().contains("already"));
    assert!(
        !pictor("serve", &data, None).status.success(),
        "the old model is gone"
    );

    let options = ServerOptions {
        args: vec!["--image-model".to_owned(), model().display().to_string()],
        env: Vec::new(),
    };
    let server = Server::on(&data, options);
    for (bytes, id) in pictures.iter().zip(&ids) {
        assert_eq!(nearest(&server, bytes.clone())[0], *id);
    }
    // Titles kept their vectors.
    let related = json!({"keyword": "automobile", "type": "related"});
    assert_eq!(server.titles(&related).len(), 5);
    let new = gif(48, 40, 2, 100, 77);
    let id = server.add("new.gif", new.clone(), &[]);
    assert_eq!(nearest(&server, new)[0], id);
}
