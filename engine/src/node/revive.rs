//! Indices that stopped, since their storage failed, and are opened again by themselves.
//!
//! After a failed write nobody knows what is on the disk, so an index takes nothing more until all of
//! it was read again. That is what a restart of the node does, and what is done here, when a write asks
//! for the index: at once where there is room again, then at growing intervals. Searches see what they
//! saw meanwhile. What only the translog had is written to new files then, and the translog begun anew:
//! after a failed sync the system may show bytes that are not on the disk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Node, folder};
use crate::error::Result;
use crate::index::Index;
use crate::store::check_room;

/// Between two tries, at first and at most.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// When an index that stopped is tried again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    at: Instant,
    wait: Duration,
}

/// Those that were tried in vain, by name.
pub(super) type Revivals = BTreeMap<String, Next>;

impl Node {
    /// The index in place of one that stopped, where it can be opened again now; else the same.
    pub(super) fn revived(&self, stopped: Arc<Index>) -> Arc<Index> {
        let name = stopped.name().to_owned();
        let options = &self.inner.options.index;
        if check_room(self.inner.store.as_ref(), options.reserve, 0).is_err() {
            return stopped;
        }
        // Whoever changes the catalog may ask for an index; the next write tries again.
        let Some(_changes) = self.inner.changes.try_lock() else {
            return stopped;
        };
        match self.inner.indices.read().get(&name) {
            Some(now) if Arc::ptr_eq(now, &stopped) => {}
            // Another thread was first, or the index is gone.
            Some(now) => return Arc::clone(now),
            None => return stopped,
        }
        let before = self.inner.revivals.lock().get(&name).copied();
        if before.is_some_and(|next| Instant::now() < next.at) {
            return stopped;
        }
        match self.open_again(&name, &stopped) {
            Ok(index) => {
                tracing::info!(index = name, "an index that stopped takes writes again");
                self.inner.revivals.lock().remove(&name);
                self.inner.indices.write().insert(name, Arc::clone(&index));
                index
            }
            Err(error) => {
                let wait = before.map_or(FIRST, |next| (next.wait * 2).min(LONGEST));
                tracing::error!(index = name, %error, ?wait, "an index stays stopped");
                let at = Instant::now() + wait;
                self.inner.revivals.lock().insert(name, Next { at, wait });
                stopped
            }
        }
    }

    fn open_again(&self, name: &str, stopped: &Arc<Index>) -> Result<Arc<Index>> {
        // Its operations end; what it has not written down, it cannot any more.
        let _ = stopped.close();
        let folder = folder(&self.inner.store, stopped.uuid())?;
        let index = Index::open(name, folder, self.inner.options.index.clone())?;
        index.checkpoint()?;
        Ok(Arc::new(index))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::NodeOptions;
    use crate::request::WriteOp;
    use crate::store::testing::{Fault, FaultStore, Operation, Rule};
    use crate::store::{MemStore, Store};

    fn write(node: &Node, at: usize) -> std::result::Result<u64, String> {
        let index = node.index("x").unwrap();
        let op = WriteOp::index(Some(format!("d{at}")), json!({"n": at, "v": [1, at]}));
        let written = index.write(vec![op]).remove(0);
        written
            .map(|done| done.seq_no)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn nobody_waits_for_ever_for_an_index_that_is_deleted() {
        for round in 0..40 {
            let store: Arc<dyn Store> = Arc::new(MemStore::new());
            let node = Node::open(store, NodeOptions::default()).unwrap();
            node.create_index("x", &json!({})).unwrap();
            let index = node.index("x").unwrap();
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        while let Ok(generation) = index.refresh() {
                            assert_eq!(generation, 0);
                        }
                    });
                }
                // At another moment each time.
                std::thread::sleep(Duration::from_micros(round * 20));
                node.delete_index("x").unwrap();
            });
            let gone = index.refresh().unwrap_err().to_string();
            assert_eq!(gone, "no such index [x]");
        }
    }

    #[test]
    fn an_index_goes_on_when_its_disk_works_again() {
        for (operation, part) in [
            (Operation::Sync, "translog"),
            (Operation::Write, "translog"),
            (Operation::Sync, "text"),
            (Operation::Create, "text"),
            (Operation::WriteAtomic, "meta.json"),
        ] {
            let memory = MemStore::new();
            let store = FaultStore::new(Arc::new(memory.clone()));
            let shared: Arc<dyn Store> = Arc::new(store.clone());
            let node = Node::open(shared, NodeOptions::default()).unwrap();
            let vectors =
                json!({"mappings": {"properties": {"v": {"type": "dense_vector", "dims": 2}}}});
            node.create_index("x", &vectors).unwrap();
            let mut kept: Vec<usize> = (0..10).collect();
            for at in 0..10 {
                write(&node, at).unwrap();
            }
            let on = move |path: &Path| path.to_string_lossy().contains(part);
            store.inject(Rule::new(operation, Fault::NoSpace).forever().on(on));
            let mut refused = 0;
            for at in 10..20 {
                match write(&node, at) {
                    Ok(_) => kept.push(at),
                    Err(reason) => {
                        let told = ["no space left", "StorageFull", "NoSpace"];
                        assert!(told.iter().any(|words| reason.contains(words)), "{reason}");
                        refused += 1;
                    }
                }
                let _ = node.index("x").unwrap().refresh();
            }
            assert!(refused > 0, "{operation:?} {part}");
            store.heal();
            node.inner.revivals.lock().clear();
            write(&node, 99).unwrap();
            kept.push(99);
            let index = node.index("x").unwrap();
            assert_eq!(index.failure(), None);
            index.refresh().unwrap();
            // What was acknowledged is there, also after a power failure.
            let crashed: Arc<dyn Store> = Arc::new(memory.crash(7));
            let later = Node::open(crashed, NodeOptions::default()).unwrap();
            for node in [&node, &later] {
                let index = node.index("x").unwrap();
                for at in &kept {
                    let found = index.get(&format!("d{at}")).unwrap();
                    let source = found.map(|found| found.source["n"].clone());
                    assert_eq!(source, Some(json!(at)), "{operation:?} {part} d{at}");
                }
                assert_eq!(index.vector_count(), index.document_count());
            }
        }
    }

    #[test]
    fn a_panic_is_one_failed_operation_and_the_index_comes_back() {
        let memory = MemStore::new();
        let node = Node::open(Arc::new(memory.clone()), NodeOptions::default()).unwrap();
        node.create_index("x", &json!({})).unwrap();
        for at in 0..5 {
            write(&node, at).unwrap();
        }
        let index = node.index("x").unwrap();
        index.upset();
        let told = index.refresh().unwrap_err().to_string();
        assert_eq!(told, "index [x] stopped: the indexer panicked: asked for");
        write(&node, 5).unwrap();
        let again = node.index("x").unwrap();
        assert!(!Arc::ptr_eq(&index, &again));
        again.refresh().unwrap();
        assert_eq!(again.document_count(), 6);
        // Other indices go on: the threads are shared.
        node.create_index("y", &json!({})).unwrap();
        node.index("y").unwrap().refresh().unwrap();
    }

    #[test]
    fn tries_are_not_repeated_at_once() {
        let store = FaultStore::new(Arc::new(MemStore::new()));
        let shared: Arc<dyn Store> = Arc::new(store.clone());
        let node = Node::open(shared, NodeOptions::default()).unwrap();
        node.create_index("x", &json!({})).unwrap();
        store.inject(Rule::new(Operation::Sync, Fault::NoSpace).forever());
        for at in 0..3 {
            let reason = write(&node, at).unwrap_err();
            assert!(reason.contains("no space left"), "{reason}");
        }
        let next = node.inner.revivals.lock()["x"];
        assert_eq!(next.wait, FIRST);
        store.heal();
        node.inner.revivals.lock().clear();
        write(&node, 7).unwrap();
        let found = node.index("x").unwrap().get("d7").unwrap().unwrap();
        assert_eq!(found.source["n"], 7);
    }
}
