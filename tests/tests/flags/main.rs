//! Flagged generations over HTTP, and their database beside the node.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod access;
mod database;
mod exports;
mod png_info;
mod posts;

use std::path::Path;

use reqwest::Method;
use rusqlite::Connection;
use serde_json::Value;
use tests::{Server, ServerOptions};

fn keyed(args: &[&str]) -> Server {
    Server::with(ServerOptions {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: vec![("API_KEY".to_owned(), "the-key".to_owned())],
    })
}

fn flag(server: &Server, body: &Value) -> i64 {
    let (status, answer) = server.post_json("/flag-image", body);
    assert_eq!(status, 201, "{answer}");
    assert_eq!(answer["message"], "Image flagged successfully");
    assert_eq!(answer.as_object().unwrap().len(), 2);
    answer["id"].as_i64().unwrap()
}

/// A request with a query: the status and the JSON of the answer.
fn listed(server: &Server, query: &[(&str, &str)]) -> (u16, Value) {
    let response = server.get("/flags").query(query).send().unwrap();
    (response.status().as_u16(), response.json().unwrap())
}

fn ids(server: &Server, query: &[(&str, &str)]) -> Vec<i64> {
    let (status, body) = listed(server, query);
    assert_eq!(status, 200, "{body}");
    let flags = body["flags"].as_array().unwrap();
    flags
        .iter()
        .map(|flag| flag["id"].as_i64().unwrap())
        .collect()
}

fn sent(server: &Server, method: &str, path: &str, body: &str) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = server.client().request(method, server.url(path));
    let response = request.body(body.to_owned()).send().unwrap();
    (response.status().as_u16(), response.json().unwrap())
}

fn export(server: &Server, format: &str) -> Vec<u8> {
    let path = format!("/flags/export?format={format}");
    let response = server.get(&path).send().unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert!(
        response.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment; filename=\"flags.")
    );
    response.bytes().unwrap().to_vec()
}

fn rows(path: &Path) -> Vec<(i64, String)> {
    let database = Connection::open(path).unwrap();
    let mut statement = database
        .prepare("SELECT id, image_prompt FROM flags ORDER BY id")
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}
