//! Aggregations over real indices.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod errors;
mod exact;
mod hostile;
mod model;
mod shapes;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::error::Result;
use crate::index::IndexOptions;
use crate::node::{Node, NodeOptions};
use crate::request::{SearchRequest, WriteOp};
use crate::store::MemStore;

/// A node whose indices are refreshed by tests alone.
fn node() -> Node {
    let options = NodeOptions {
        index: IndexOptions {
            refresh_interval: Duration::from_secs(3_600),
            writer_memory: 15_000_000,
            ..IndexOptions::default()
        },
        ..NodeOptions::default()
    };
    Node::open(Arc::new(MemStore::new()), options).unwrap()
}

fn mappings() -> Value {
    json!({"mappings": {"properties": {
        "tag": {"type": "keyword"},
        "title": {"type": "text"},
        "n": {"type": "long"},
        "x": {"type": "double"},
        "when": {"type": "date"},
        "flag": {"type": "boolean"}
    }}})
}

fn put(node: &Node, index: &str, id: usize, source: Value) {
    let op = WriteOp::index(Some(id.to_string()), source);
    node.index(index)
        .unwrap()
        .write(vec![op])
        .remove(0)
        .unwrap();
}

fn delete(node: &Node, index: &str, id: usize) {
    let op = WriteOp::delete(id.to_string());
    node.index(index)
        .unwrap()
        .write(vec![op])
        .remove(0)
        .unwrap();
}

fn refresh(node: &Node, index: &str) {
    node.index(index).unwrap().refresh().unwrap();
}

fn search(node: &Node, indices: &str, body: &Value) -> Result<Value> {
    let mut body = body.clone();
    body.as_object_mut()
        .unwrap()
        .entry("size")
        .or_insert(json!(0));
    let request = SearchRequest::from_json(&body)?;
    let response = node.search(indices, &request)?;
    Ok(response.aggregations.unwrap_or(Value::Null))
}
