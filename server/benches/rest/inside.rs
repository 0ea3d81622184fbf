//! The same work on the engine, without HTTP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::request::{SearchRequest, VersionType, WriteOp};
use engine::store::FsStore;
use engine::{Node, NodeOptions};
use serde_json::Value;
use tempfile::TempDir;

use super::corpus::{INDEX, definition};

/// An engine in this process.
pub struct Inside {
    node: Node,
    _folder: TempDir,
}

impl Inside {
    /// One in a folder of its own.
    pub fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(FsStore::open(folder.path()).unwrap());
        let node = Node::open(store, NodeOptions::default()).unwrap();
        node.create_index(INDEX, &definition()).unwrap();
        Self {
            node,
            _folder: folder,
        }
    }

    /// Reads and writes the documents of bulks, then makes them searchable.
    pub fn fill(&self, bulks: &[String]) -> Duration {
        let started = Instant::now();
        let index = self.node.index(INDEX).unwrap();
        for bulk in bulks {
            let lines: Vec<&str> = bulk.lines().collect();
            let ops = lines.chunks(2).map(|pair| {
                let header: Value = serde_json::from_str(pair[0]).unwrap();
                WriteOp::Index {
                    id: header["index"]["_id"].as_str().map(str::to_owned),
                    source: serde_json::from_str(pair[1]).unwrap(),
                    op_type_create: false,
                    if_seq_no: None,
                    if_primary_term: None,
                    version: None,
                    version_type: VersionType::Internal,
                }
            });
            for result in index.write(ops.collect()) {
                result.unwrap();
            }
        }
        index.refresh().unwrap();
        started.elapsed()
    }

    /// Runs a search.
    pub fn search(&self, body: &Value) -> bool {
        let request = SearchRequest::from_json(body).unwrap();
        self.node.search(INDEX, &request).is_ok()
    }
}
