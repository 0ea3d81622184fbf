//! The writes that searches cannot see yet, by document id.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

/// The last write of a document.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) seq: u64,
    pub(crate) version: u64,
    pub(crate) ord: u64,
    /// The document; `None` when it was deleted.
    pub(crate) source: Option<Arc<[u8]>>,
}

/// A map that writers fill and the indexer empties.
#[derive(Debug, Default)]
pub(crate) struct LiveMap {
    entries: RwLock<HashMap<String, Live>>,
}

impl LiveMap {
    pub(crate) fn get(&self, id: &str) -> Option<Live> {
        self.entries.read().get(id).cloned()
    }

    pub(crate) fn insert(&self, id: &str, live: Live) {
        self.entries.write().insert(id.to_owned(), live);
    }

    /// How many documents' last writes no commit holds.
    pub(crate) fn len(&self) -> usize {
        self.entries.read().len()
    }

    /// Forgets what a published commit holds.
    pub(crate) fn prune(&self, committed: u64) {
        let mut entries = self.entries.write();
        entries.retain(|_, live| live.seq > committed);
        if entries.is_empty() {
            entries.shrink_to_fit();
        }
    }
}
