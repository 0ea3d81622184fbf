//! `pictor check` over the data folder of a real node: every kind of file, damaged and repaired.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod damage;
mod repair;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tests::{Server, ServerOptions, binary, gif};

/// A stopped node with a bit of everything: pictures, texts, vectors, flags, hot words, links,
/// repositories, an import.
fn filled(data: &Path) {
    let mut server = Server::on(data, ServerOptions::default());
    for n in 0..6 {
        let title = format!("picture number {n}");
        server.add("x.gif", gif(40, 30, 3, 100, n), &[("title", &title)]);
    }
    server.search(&json!({"keyword": "picture number 1"}));
    let mapping = json!({"mappings": {"properties": {"v": {"type": "dense_vector", "dims": 3}}}});
    server.ok("PUT", "/notes", &mapping);
    for n in 0..30 {
        let body = json!({"text": format!("word {n}"), "v": [n, 1, 2]});
        server.ok("PUT", &format!("/notes/_doc/{n}"), &body);
    }
    server.ok("DELETE", "/notes/_doc/3", &json!(null));
    server.ok("POST", "/notes/_forcemerge", &json!(null));
    server.ok("DELETE", "/notes/_doc/4", &json!(null));
    server.ok("POST", "/flag-image", &json!({"image_prompt": "a cat"}));
    let repository = json!({"type": "fs", "settings": {"location": "mine"}});
    server.ok("PUT", "/_snapshot/mine", &repository);
    // Copying seals the vectors.
    let path = "/_snapshot/mine/one?wait_for_completion=true";
    server.ok("PUT", path, &json!({}));
    assert!(server.stop());
    let catalogue = data.join("records.jsonl");
    fs::write(&catalogue, "{\"title\": \"without a file\"}\n").unwrap();
    let mut import = Command::new(binary());
    import.arg("import").arg(&catalogue).arg("--data").arg(data);
    assert!(import.output().unwrap().status.success());
    fs::remove_file(catalogue).unwrap();
}

/// `pictor check`: its exit code and its lines.
fn check(data: &Path, more: &[&str]) -> (i32, Vec<String>) {
    let mut command = Command::new(binary());
    command.arg("check").args(more).arg(data);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let said = String::from_utf8(stdout).unwrap();
    let lines = said.lines().map(str::to_owned).collect();
    let code = status.code();
    assert!(
        code.is_some_and(|code| code < 2),
        "{code:?} {said} {}",
        String::from_utf8_lossy(&stderr)
    );
    (code.unwrap(), lines)
}

/// The lines that tell of faults.
fn faults(lines: &[String]) -> Vec<&String> {
    lines
        .iter()
        .filter(|line| line.contains(": damaged"))
        .collect()
}

/// All files below a folder, by their path in it.
fn files(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_path_buf());
            }
        }
    }
    found.sort();
    found
}

/// A copy of a folder.
fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.join(&file), target).unwrap();
    }
    // Folders without files count too.
    for folder in ["indices", ".tmp"] {
        fs::create_dir_all(to.join(folder)).unwrap();
    }
}

/// What a node on a folder answers, or the line with which it refuses to start.
fn served(data: &Path) -> Result<Vec<Value>, String> {
    let mut command = Command::new(binary());
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--log-level",
        "error",
        "--data",
    ]);
    command
        .arg(data)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    let Some(address) = line.trim().strip_prefix("listening on ") else {
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(1),
            "it ends with an error, not a panic"
        );
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    };
    let client = reqwest::blocking::Client::new();
    let ask = |path: &str, body: Value| -> Value {
        let sent = client.post(format!("{address}{path}")).json(&body).send();
        let mut answer: Value = sent.unwrap().json().unwrap();
        for moment in ["/took", "/data/took_ms"] {
            if let Some(took) = answer.pointer_mut(moment) {
                *took = json!(0);
            }
        }
        answer
    };
    let mut answers = vec![
        ask("/image/search", json!({"keyword": "picture number 3"})),
        ask(
            "/image/search",
            json!({"keyword": "number [12]$", "type": "regex"}),
        ),
        ask(
            "/image/search",
            json!({"keyword": "image", "type": "related"}),
        ),
        ask(
            "/notes/_search",
            json!({"query": {"match": {"text": "word"}}, "size": 50, "sort": ["_doc"]}),
        ),
        ask(
            "/notes/_search",
            json!({"knn": {"field": "v", "query_vector": [7, 1, 2], "k": 3, "num_candidates": 50}}),
        ),
    ];
    let flags = client.get(format!("{address}/flags")).send().unwrap();
    answers.push(flags.json().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    Ok(answers)
}
