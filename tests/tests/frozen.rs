//! What earlier versions wrote opens, answers as it did, can be written to, and its snapshot comes back.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tests::frozen::{Answers, Question, folder, restored};
use tests::{Server, ServerOptions, binary, gif};

/// The archives.
fn all() -> Vec<PathBuf> {
    let paths = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut archives: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "zip"))
        .collect();
    archives.sort();
    assert!(!archives.is_empty());
    archives
}

/// Unpacks one; its answers.
fn unpack(archive: &Path, to: &Path) -> Answers {
    let mut zip = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    zip.extract(to).unwrap();
    let text = fs::read(to.join("answers.json")).unwrap();
    Answers::of_json(&serde_json::from_slice(&text).unwrap()).unwrap()
}

fn assert_same(server: &Server, questions: &[Question], what: &str) {
    assert!(questions.len() > 10, "{what}");
    for question in questions {
        let Question {
            method, path, body, ..
        } = question;
        assert_eq!(
            question.ask(server),
            question.answer,
            "{what}: {method} {path} {body}"
        );
    }
}

#[test]
fn earlier_data_folders_open() {
    for archive in all() {
        let name = archive.display().to_string();
        let work = tempfile::tempdir().unwrap();
        let answers = unpack(&archive, work.path());
        let data = work.path().join("data");
        let checked = Command::new(binary())
            .arg("check")
            .arg(&data)
            .output()
            .unwrap();
        let said = String::from_utf8(checked.stdout).unwrap();
        assert!(checked.status.success(), "{name}: {said}");
        assert!(said.contains(": 0 faults left"), "{name}: {said}");

        let mut server = Server::on(&data, ServerOptions::default());
        assert_same(&server, &answers.opened, &name);
        let id = server.add(
            "new.gif",
            gif(20, 20, 2, 80, 1_234),
            &[("title", "quite new")],
        );
        server.ok(
            "PUT",
            "/notes/_doc/new?refresh=true",
            &json!({"text": "brandnew", "v": [9, 9, 9]}),
        );
        server.ok("DELETE", "/notes/_doc/10?refresh=true", &json!(null));
        server.kill();
        server.restart();
        assert_eq!(
            server.titles(&json!({"keyword": "quite new"})),
            ["quite new"]
        );
        let (_, listed) = server.get_json(&format!("/api/images?$filter=id%20eq%20{id}"));
        assert_eq!(listed["pagination"]["total"], 1, "{name}: {listed}");
        let (_, found) = server.post_json(
            "/notes/_count",
            &json!({"query": {"match": {"text": "brandnew"}}}),
        );
        assert_eq!(found["count"], 1, "{name}");
        let (status, _) = server.get_json("/notes/_doc/10");
        assert_eq!(status, 404, "{name}");
    }
}

#[test]
fn earlier_snapshots_come_back() {
    for archive in all() {
        let name = archive.display().to_string();
        let work = tempfile::tempdir().unwrap();
        let answers = unpack(&archive, work.path());
        let server = restored(&work.path().join("data"), &work.path().join("other"));
        assert_same(&server, &answers.restored, &name);
    }
}
