//! The script: every operation of a node that writes, on a store of which a call goes wrong.

use std::sync::Arc;
use std::time::Duration;

use engine::index::IndexOptions;
use engine::request::WriteOp;
use engine::snapshot::{
    CreateOptions, Repository, RepositoryOptions, RestoreOptions, SnapshotProgress,
};
use engine::store::Store;
use engine::{EngineError, Node, NodeOptions};
use object_store::memory::InMemory;
use serde_json::{Value, json};

use super::expected::{May, NodeMay};

pub fn options() -> NodeOptions {
    NodeOptions {
        index: IndexOptions {
            // Only the script commits, so that calls come in much the same order each time.
            refresh_interval: Duration::from_secs(3_600),
            writer_memory: 15_000_000,
            ..IndexOptions::default()
        },
        ..NodeOptions::default()
    }
}

/// A node that is played on, and what it may hold.
pub struct Play {
    store: Arc<dyn Store>,
    /// `None` where it could not be opened.
    pub node: Option<Node>,
    pub may: NodeMay,
    repository: Repository,
    /// What the snapshot holds, if it was made.
    copied: Option<NodeMay>,
}

impl Play {
    pub fn new(store: Arc<dyn Store>) -> Self {
        let memory = Arc::new(InMemory::new());
        Self {
            store,
            node: None,
            may: NodeMay::default(),
            repository: Repository::over("r", memory, RepositoryOptions::default()).unwrap(),
            copied: None,
        }
    }

    /// Plays the whole script. What fails is passed over, and noted.
    pub fn run(&mut self) {
        self.open();
        self.create("a");
        self.write("a", &[1, 2, 3, 4, 5, 6]);
        self.patch("a", 1);
        self.delete("a", 2);
        self.refresh("a");
        self.write("a", &[7, 8, 9]);
        self.mapping("a");
        self.settings("a");
        self.refresh("a");
        self.merge("a");
        self.delete("a", 4);
        self.alias("a", "later");
        self.create("b");
        self.write("b", &[1, 2]);
        self.snapshot();
        self.write("a", &[10]);
        self.restore("a", "c");
        self.close("a");
        self.open_index("a");
        self.write("a", &[11]);
        self.remove("b");
        self.reopen();
        self.write("a", &[12]);
        self.refresh("a");
        self.delete("a", 11);
        self.reopen();
    }

    fn node<T>(&self, work: impl FnOnce(&Node) -> Result<T, EngineError>) -> Result<T, String> {
        let node = self.node.as_ref().ok_or("there is no node")?;
        work(node).map_err(|error| error.to_string())
    }

    /// Opens the node; a second time where the first one fails.
    pub fn open(&mut self) {
        for _ in 0..2 {
            if let Ok(node) = Node::open(Arc::clone(&self.store), options()) {
                self.node = Some(node);
                return;
            }
        }
    }

    pub fn reopen(&mut self) {
        if let Some(node) = self.node.take() {
            // What was acknowledged is durable all the same.
            let _ = node.close();
        }
        self.open();
    }

    fn create(&mut self, name: &str) {
        let body = json!({
            "mappings": {"properties": {"v": {"type": "dense_vector", "dims": 2}}},
            "aliases": {format!("{name}-alias"): {}},
        });
        let done = self.node(|node| node.create_index(name, &body)).is_ok();
        let index = self.may.index(name);
        index.there.set(true, done);
        let alias = format!("{name}-alias");
        index.aliases.insert(alias, May::only(true));
    }

    pub fn write(&mut self, name: &str, numbers: &[u32]) -> bool {
        let source = |n: u32| json!({"text": format!("word {n}"), "v": [1, n]});
        let ops = numbers
            .iter()
            .map(|&n| WriteOp::index(Some(format!("d{n}")), source(n)));
        let done = self.node(|node| Ok(node.index(name)?.write(ops.collect())));
        let done = done.unwrap_or_default();
        let mut all = true;
        for (at, &n) in numbers.iter().enumerate() {
            let acknowledged = matches!(done.get(at), Some(Ok(_)));
            all &= acknowledged;
            let id = format!("d{n}");
            self.may.put(name, &id, Some(source(n)), acknowledged);
        }
        all
    }

    fn patch(&mut self, name: &str, n: u32) {
        let id = format!("d{n}");
        let op = WriteOp::update(id.clone(), json!({"extra": n}));
        let done = self.node(|node| node.index(name)?.write(vec![op]).remove(0));
        self.may.patch(name, &id, "extra", &json!(n), done.is_ok());
    }

    fn delete(&mut self, name: &str, n: u32) {
        let id = format!("d{n}");
        let op = WriteOp::delete(id.clone());
        let done = self.node(|node| node.index(name)?.write(vec![op]).remove(0));
        self.may.put(name, &id, None, done.is_ok());
    }

    fn refresh(&mut self, name: &str) {
        // A commit that fails loses nothing.
        let _ = self.node(|node| node.index(name)?.refresh());
    }

    fn merge(&mut self, name: &str) {
        let _ = self.node(|node| node.index(name)?.force_merge());
    }

    fn mapping(&mut self, name: &str) {
        let added = json!({"properties": {"added": {"type": "keyword"}}});
        let done = self.node(|node| node.put_mapping(name, &added)).is_ok();
        let fields = &mut self.may.index(name).fields;
        let may = fields.entry("added".to_owned());
        may.or_insert_with(|| May::only(false)).set(true, done);
    }

    fn settings(&mut self, name: &str) {
        let changed = json!({"index": {"refresh_interval": "3000s"}});
        let _ = self.node(|node| node.put_settings(name, &changed));
    }

    fn alias(&mut self, name: &str, alias: &str) {
        let done = self.node(|node| node.put_alias(name, alias)).is_ok();
        let aliases = &mut self.may.index(name).aliases;
        let may = aliases.entry(alias.to_owned());
        may.or_insert_with(|| May::only(false)).set(true, done);
    }

    fn snapshot(&mut self) {
        let Some(node) = &self.node else { return };
        let options = CreateOptions::default();
        let progress = Arc::new(SnapshotProgress::default());
        let made = self.repository.create(node, "s", options, &progress);
        if made.is_ok_and(|info| info.failures.is_empty()) {
            self.copied = Some(self.may.clone());
        }
    }

    /// Brings an index of the snapshot back under another name.
    fn restore(&mut self, from: &str, to: &str) {
        let (Some(node), Some(copied)) = (&self.node, &self.copied) else {
            return;
        };
        let options = RestoreOptions {
            indices: Some(from.to_owned()),
            rename_pattern: Some(from.to_owned()),
            rename_replacement: Some(to.to_owned()),
            include_aliases: false,
            ..RestoreOptions::default()
        };
        let progress = SnapshotProgress::default();
        let brought = self
            .repository
            .restore(node, "s", &options, None, &progress);
        let Some(mut index) = copied.0.get(from).cloned() else {
            return;
        };
        index.aliases.clear();
        index.there = May::only(false);
        index.there.set(true, brought.is_ok());
        self.may.0.insert(to.to_owned(), index);
    }

    fn close(&mut self, name: &str) {
        let done = self.node(|node| node.close_index(name)).is_ok();
        self.may.index(name).closed.set(true, done);
    }

    fn open_index(&mut self, name: &str) {
        let done = self.node(|node| node.open_index(name)).is_ok();
        self.may.index(name).closed.set(false, done);
    }

    fn remove(&mut self, name: &str) {
        let done = self.node(|node| node.delete_indices(name)).is_ok();
        self.may.index(name).there.set(false, done);
    }

    /// The names of the indices that certainly take writes once all is well again.
    pub fn writable(&self) -> Vec<String> {
        let certain = self.may.0.iter().filter(|(_, index)| {
            index.there.certain() == Some(&true) && index.closed.certain() == Some(&false)
        });
        certain.map(|(name, _)| name.clone()).collect()
    }

    /// What an index says of itself, where a write to it fails.
    pub fn failure(&self, name: &str) -> Option<Value> {
        let failure = self.node(|node| Ok(node.index(name)?.failure()));
        failure
            .ok()
            .flatten()
            .map(|failure| json!(failure.to_string()))
    }
}
