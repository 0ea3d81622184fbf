//! Image management: records, updates, deletions, files, thumbnails and listings in both languages.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod files;
mod listing;
mod queries;
mod records;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::{Server, solid_gif};

fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Uploads a picture and gives its hash.
fn add(server: &Server, seed: u32, title: &str, tags: &str, metadata: &Value) -> String {
    let bytes = solid_gif(seed);
    let metadata = metadata.to_string();
    let fields = [
        ("title", title),
        ("tags", tags),
        ("metadata", metadata.as_str()),
    ];
    server.add(&format!("{seed}.gif"), bytes.clone(), &fields);
    hash_of(&bytes)
}

fn send(server: &Server, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
    let mut request = server.client().request(method, server.url(path));
    if let Some(body) = body {
        request = request.body(body.to_string());
    }
    let response = request.send().unwrap();
    let status = response.status().as_u16();
    (status, response.json().unwrap_or_default())
}

fn update(server: &Server, hash: &str, body: &Value) -> (u16, Value) {
    send(
        server,
        Method::POST,
        &format!("/api/images/{hash}"),
        Some(body),
    )
}

/// The titles of a listing.
fn titles(server: &Server, query: &str) -> Vec<String> {
    let (status, answer) = server.get_json(&format!("/api/images?{query}"));
    assert_eq!(status, 200, "{query}: {answer}");
    let images = answer["images"].as_array().unwrap();
    images
        .iter()
        .map(|image| {
            image["metadata"]["title"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn set(server: &Server, query: &str) -> BTreeSet<String> {
    titles(server, query).into_iter().collect()
}

fn filter(server: &Server, expression: &str) -> BTreeSet<String> {
    let url = reqwest::Url::parse_with_params("http://x/", [("$filter", expression)]).unwrap();
    set(server, url.query().unwrap())
}

fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}
