//! Snapshots of whole nodes, into storages that fail.

mod concurrent;
mod damage;
mod faults;
mod faulty;
mod garbage;
mod restore;
mod story;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use serde_json::{Value, json};

use super::*;
use crate::node::{Node, NodeOptions};
use crate::request::{SearchRequest, WriteOp};
use crate::store::{MemStore, Store};

/// A node in memory, with the store that it is in.
pub(super) fn node_in(store: &MemStore) -> Node {
    Node::open(Arc::new(store.clone()), NodeOptions::default()).unwrap()
}

pub(super) fn new_node() -> Node {
    node_in(&MemStore::new())
}

/// Makes an index with texts and vectors, and the alias `gif`.
pub(super) fn make_index(node: &Node, name: &str) {
    let body = json!({
        "mappings": {"properties": {
            "title": {"type": "text"},
            "v": {"type": "dense_vector", "dims": 4},
        }},
        "aliases": {"gif": {}},
    });
    node.create_index(name, &body).unwrap();
}

pub(super) fn document(at: usize) -> Value {
    let colours = ["red", "green", "blue", "grey"];
    let x = at as f32;
    json!({
        "title": format!("{} cat number {at}", colours[at % colours.len()]),
        "likes": at % 17,
        "v": [x.sin(), x.cos(), (x * 0.3).sin(), 1.0],
    })
}

pub(super) fn write(node: &Node, index: &str, documents: impl IntoIterator<Item = usize>) {
    let index = node.index(index).unwrap();
    let ops = documents
        .into_iter()
        .map(|at| WriteOp::index(Some(format!("d{at}")), document(at)));
    for result in index.write(ops.collect()) {
        result.unwrap();
    }
}

/// What an index answers to questions of every kind, without what its name changes.
pub(super) fn answers(node: &Node, index: &str) -> Vec<String> {
    let index = node.index(index).unwrap();
    index.refresh().unwrap();
    let questions = [
        json!({"query": {"match_all": {}}, "size": 500}),
        json!({"query": {"match": {"title": "red cat 12"}}, "size": 20}),
        json!({"query": {"range": {"likes": {"gte": 3, "lt": 9}}}, "sort": [{"likes": "desc"}]}),
        json!({"query": {"prefix": {"title": "gre"}}, "sort": ["likes"], "size": 50}),
        json!({"knn": {"field": "v", "query_vector": [0.5, 0.5, 0.1, 1.0], "k": 10,
               "num_candidates": 200}}),
    ];
    let answer = |question: &Value| {
        let request = SearchRequest::from_json(question).unwrap();
        let response = index.search(&request).unwrap();
        let hits: Vec<_> = response
            .hits
            .iter()
            .map(|h| (&h.id, h.score, &h.source, &h.sort, &h.nearest))
            .collect();
        format!("{:?} {hits:?}", response.total)
    };
    let mut answers: Vec<String> = questions.iter().map(answer).collect();
    let known = index.get("d3").unwrap();
    answers.push(format!("{known:?}"));
    answers
}

pub(super) fn quick() -> RepositoryOptions {
    RepositoryOptions {
        chunk_bytes: 4 << 10,
        snapshot_rate: None,
        grace: Duration::ZERO,
        patience: Duration::from_millis(300),
        ..RepositoryOptions::default()
    }
}

pub(super) fn over(store: &Arc<dyn ObjectStore>) -> Repository {
    Repository::over("repo", Arc::clone(store), quick()).unwrap()
}

pub(super) fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

pub(super) fn progress() -> Arc<SnapshotProgress> {
    Arc::default()
}

pub(super) fn create(repository: &Repository, node: &Node, name: &str) -> Result<SnapshotInfo> {
    repository.create(node, name, CreateOptions::default(), &progress())
}

pub(super) fn restore(repository: &Repository, node: &Node, name: &str) -> Result<RestoreReport> {
    let options = RestoreOptions::default();
    repository.restore(node, name, &options, None, &progress())
}

/// Extra files from memory.
pub(super) fn extra_files(files: &BTreeMap<String, Vec<u8>>) -> Vec<ExtraFile> {
    let files = files.iter().map(|(path, bytes)| ExtraFile {
        path: path.clone(),
        source: ExtraSource::Bytes(bytes.clone().into()),
        hash: None,
        piece: None,
        of: None,
    });
    files.collect()
}

/// Whether an error is the storage's, and says of which object.
pub(super) fn is_storage(error: &SnapshotError) -> bool {
    matches!(error, SnapshotError::Storage { object, .. } if !object.is_empty())
}

/// Keeps what it is given.
#[derive(Debug, Default)]
pub(super) struct Kept(pub(super) BTreeMap<String, Vec<u8>>);

impl ExtraSink for Kept {
    fn put(&mut self, path: &str, bytes: u64, content: &mut dyn Read) -> crate::Result<()> {
        let mut all = Vec::new();
        content
            .read_to_end(&mut all)
            .map_err(|error| crate::EngineError::Internal(error.to_string()))?;
        assert_eq!(all.len() as u64, bytes);
        self.0.insert(path.to_owned(), all);
        Ok(())
    }
}

/// The files of a store that are not derived.
pub(super) fn indices_in(store: &MemStore) -> Vec<String> {
    store.list(std::path::Path::new("indices")).unwrap()
}
