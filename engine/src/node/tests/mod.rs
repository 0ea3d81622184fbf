//! Administration of a node's indices, across restarts.

mod aliases;
mod indices;
mod templates;
mod types;

use std::sync::Arc;

use serde_json::Value;

use crate::node::{Node, NodeOptions};
use crate::query::ast::Query;
use crate::request::{Order, SearchRequest, Sort, WriteOp};
use crate::store::MemStore;

fn node(store: &MemStore) -> Node {
    Node::open(Arc::new(store.clone()), NodeOptions::default()).unwrap()
}

fn put(node: &Node, index: &str, documents: &[Value]) {
    let index = node.auto_create(index).unwrap();
    for (id, document) in documents.iter().enumerate() {
        for result in index.write(vec![WriteOp::index(Some(id.to_string()), document.clone())]) {
            result.unwrap();
        }
    }
    index.refresh().unwrap();
}

fn ids(node: &Node, expression: &str, query: Value) -> Vec<String> {
    let request = SearchRequest {
        query: Some(Query::from_json(&query).unwrap()),
        sort: vec![Sort::Doc(Order::Asc)],
        ..SearchRequest::default()
    };
    let hits = node.search(expression, &request).unwrap().hits;
    hits.into_iter().map(|hit| hit.id).collect()
}
