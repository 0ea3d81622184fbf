//! What a search can be asked for beside its query: groups, second queries, explanations, fields,
//! fused ranks, pages of one moment.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod bounds;
mod collapse;
mod contexts;
mod fields;
mod likeness;
mod scores;

use std::sync::Arc;
use std::time::Duration;

use engine::request::{SearchRequest, SearchResponse, WriteOp};
use engine::store::MemStore;
use engine::{Node, NodeOptions};
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);

/// Two indices `pets-a` and `pets-b`: even numbers in the first, odd ones in the second.
fn node() -> Node {
    let node = Node::open(Arc::new(MemStore::new()), NodeOptions::default()).unwrap();
    let body = json!({"mappings": {"properties": {
        "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "kind": {"type": "keyword"}, "tags": {"type": "keyword"}, "n": {"type": "long"},
        "weight": {"type": "double"}, "day": {"type": "date"}, "fit": {"type": "boolean"},
        "vec": {"type": "dense_vector", "dims": 2, "similarity": "cosine"}
    }}});
    node.create_index("pets-a", &body).unwrap();
    node.create_index("pets-b", &body).unwrap();
    for n in 0..12_u32 {
        let kind = ["cat", "dog", "bird"][n as usize % 3];
        let title = if n % 4 == 0 {
            format!("{kind} {kind} red")
        } else {
            format!("{kind} number {n}")
        };
        let mut source = json!({
            "title": title, "kind": kind, "tags": ["b", "a", "b"], "n": n, "weight": f64::from(n) / 2.0,
            "day": format!("2024-01-{:02}T10:00:00.000{:03}Z", n / 6 + 1, n), "fit": n > 5,
            "vec": [f64::from(n) + 1.0, 1.0]
        });
        if n == 11 {
            source.as_object_mut().unwrap().remove("kind");
        }
        let index = node
            .index(if n % 2 == 0 { "pets-a" } else { "pets-b" })
            .unwrap();
        index
            .write(vec![WriteOp::index(Some(n.to_string()), source)])
            .remove(0)
            .unwrap();
        if n % 5 > 2 {
            index.refresh().unwrap();
        }
    }
    for name in ["pets-a", "pets-b"] {
        node.index(name).unwrap().refresh().unwrap();
    }
    node
}

fn request(body: Value) -> SearchRequest {
    SearchRequest::from_json(&body).unwrap()
}

fn search(node: &Node, index: &str, body: Value) -> SearchResponse {
    node.search(index, &request(body)).unwrap()
}

fn refused(node: &Node, body: Value) -> String {
    match SearchRequest::from_json(&body) {
        Err(error) => error.to_string(),
        Ok(request) => node.search("pets-*", &request).unwrap_err().to_string(),
    }
}

fn ids(response: &SearchResponse) -> Vec<&str> {
    response.hits.iter().map(|hit| hit.id.as_str()).collect()
}
