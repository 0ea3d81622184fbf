//! Snapshots over HTTP and from the command line: nodes that are lost and come back elsewhere, and what
//! goes wrong on the way.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod at_once;
mod command;
mod flipped;
mod models;
mod node_state;
mod pace;
mod repositories;
mod retention;
mod story;
mod whole;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tests::{Server, ServerOptions, gif, png};

const WAIT: &str = "wait_for_completion=true";

fn send(server: &Server, method: &str, path: &str, body: Value) -> (u16, Value) {
    server.send(method, path, &body)
}

fn ok(server: &Server, method: &str, path: &str, body: Value) -> Value {
    server.ok(method, path, &body)
}

/// A node that may keep repositories in a folder.
fn allowed(folder: &Path) -> ServerOptions {
    ServerOptions {
        args: vec!["--allow-path".to_owned(), folder.display().to_string()],
        env: Vec::new(),
    }
}

/// Registers `folder/repository` as `backup`.
fn register(server: &Server, folder: &Path) {
    let body = json!({"type": "fs", "settings": {"location": folder.join("repository")}});
    ok(server, "PUT", "/_snapshot/backup", body);
}

/// Makes a snapshot in `backup`, of everything.
fn create(server: &Server, name: &str) -> Value {
    let path = format!("/_snapshot/backup/{name}?{WAIT}");
    ok(server, "PUT", &path, json!({}))["snapshot"].clone()
}

/// Restores a snapshot of `backup`: the status and the answer.
fn restore(server: &Server, name: &str, body: Value) -> (u16, Value) {
    let path = format!("/_snapshot/backup/{name}/_restore?{WAIT}");
    send(server, "POST", &path, body)
}

/// What a snapshot brought into the repository, in bytes.
fn brought(server: &Server, name: &str) -> u64 {
    let path = format!("/_snapshot/backup/{name}/_status");
    let status = ok(server, "GET", &path, json!(null));
    let size = "/snapshots/0/stats/incremental/size_in_bytes";
    status.pointer(size).and_then(Value::as_u64).unwrap()
}

fn picture(n: u32) -> Vec<u8> {
    if n.is_multiple_of(2) {
        gif(40, 30, 3, 100, n)
    } else {
        png(20, 20, n as u8)
    }
}

/// `pictor snapshot` with these arguments.
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
