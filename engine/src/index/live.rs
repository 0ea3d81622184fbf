//! The writes that reads by id cannot find in files yet, and the deletions of late, by document id.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::RwLock;

use crate::translog::Location;

/// Roughly what an entry takes beside its id and its document.
const ENTRY: usize = 128;
/// Deletions are remembered in so many bytes at most, however many there are; the oldest go first.
const MAX_DELETED: usize = 32 << 20;

/// The last write of a document.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) seq: u64,
    pub(crate) version: u64,
    pub(crate) ord: u64,
    /// The document; `None` when it was deleted.
    pub(crate) source: Option<Arc<[u8]>>,
    /// Where the log has it; `None` when it was there when the index was opened, and is durable.
    pub(crate) location: Option<Location>,
}

/// A deletion, which outlives its commit for a while: the document's version goes on from it.
#[derive(Debug, Clone, Copy)]
struct Deleted {
    seq: u64,
    version: u64,
    ord: u64,
    at: Instant,
}

#[derive(Debug, Default)]
struct Entries {
    live: HashMap<String, Live>,
    /// What `live` takes.
    bytes: usize,
    deleted: HashMap<String, Deleted>,
    /// The deletions in order, with those that are forgotten already.
    order: VecDeque<(String, u64)>,
    deleted_bytes: usize,
}

/// A map that writers fill and the indexer empties.
#[derive(Debug, Default)]
pub(crate) struct LiveMap {
    entries: RwLock<Entries>,
}

fn size_of(id: &str, live: &Live) -> usize {
    ENTRY + id.len() + live.source.as_ref().map_or(0, |source| source.len())
}

impl LiveMap {
    /// Returns the last write of an id that no commit holds, or its deletion if that is not longer ago than
    /// `remembered`.
    pub(crate) fn get(&self, id: &str, remembered: Duration) -> Option<Live> {
        let entries = self.entries.read();
        if let Some(live) = entries.live.get(id) {
            return Some(live.clone());
        }
        let deleted = entries.deleted.get(id)?;
        (deleted.at.elapsed() < remembered).then_some(Live {
            seq: deleted.seq,
            version: deleted.version,
            ord: deleted.ord,
            source: None,
            location: None,
        })
    }

    pub(crate) fn insert(&self, id: &str, live: Live) {
        let mut entries = self.entries.write();
        entries.forget(id);
        if live.source.is_none() {
            entries.remember(id, &live);
        }
        entries.bytes += size_of(id, &live);
        if let Some(before) = entries.live.insert(id.to_owned(), live) {
            entries.bytes -= size_of(id, &before);
        }
    }

    /// How many documents' last writes no commit holds.
    pub(crate) fn len(&self) -> usize {
        self.entries.read().live.len()
    }

    /// How many bytes of memory they take, roughly.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.read().bytes
    }

    /// Forgets what a published commit holds, and deletions that are longer ago than `remembered`.
    pub(crate) fn prune(&self, committed: u64, remembered: Duration) {
        let mut entries = self.entries.write();
        let mut freed = 0;
        entries.live.retain(|id, live| {
            let keep = live.seq > committed;
            if !keep {
                freed += size_of(id, live);
            }
            keep
        });
        entries.bytes -= freed;
        if entries.live.is_empty() {
            entries.live.shrink_to_fit();
        }
        entries.expire(remembered);
    }
}

impl Entries {
    fn forget(&mut self, id: &str) {
        if self.deleted.remove(id).is_some() {
            self.deleted_bytes -= ENTRY + 2 * id.len();
        }
    }

    fn remember(&mut self, id: &str, live: &Live) {
        let deleted = Deleted {
            seq: live.seq,
            version: live.version,
            ord: live.ord,
            at: Instant::now(),
        };
        self.deleted.insert(id.to_owned(), deleted);
        self.deleted_bytes += ENTRY + 2 * id.len();
        self.order.push_back((id.to_owned(), live.seq));
        if self.order.len() > 2 * self.deleted.len() + 1_000 {
            let deleted = &self.deleted;
            let current = |(id, seq): &(String, u64)| {
                deleted.get(id).is_some_and(|deleted| deleted.seq == *seq)
            };
            self.order.retain(current);
        }
        while self.deleted_bytes > MAX_DELETED {
            self.forget_oldest();
        }
    }

    fn expire(&mut self, remembered: Duration) {
        while let Some((id, seq)) = self.order.front() {
            let known = self.deleted.get(id).filter(|deleted| deleted.seq == *seq);
            if known.is_some_and(|deleted| deleted.at.elapsed() < remembered) {
                break;
            }
            self.forget_oldest();
        }
        if self.deleted.is_empty() {
            self.deleted.shrink_to_fit();
            self.order.shrink_to_fit();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((id, seq)) = self.order.pop_front()
            && self
                .deleted
                .get(&id)
                .is_some_and(|deleted| deleted.seq == seq)
        {
            self.forget(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3_600);

    fn live(seq: u64, source: Option<&str>) -> Live {
        Live {
            seq,
            version: seq,
            ord: seq,
            source: source.map(|source| Arc::from(source.as_bytes())),
            location: None,
        }
    }

    #[test]
    fn deletions_outlive_their_commit_for_their_time() {
        let map = LiveMap::default();
        map.insert("a", live(1, Some("{}")));
        map.insert("b", live(2, None));
        map.insert("c", live(3, None));
        assert_eq!((map.len(), map.bytes()), (3, 3 * (ENTRY + 1) + 2));
        map.prune(3, LONG);
        assert_eq!((map.len(), map.bytes()), (0, 0));
        assert!(map.get("a", LONG).is_none());
        assert_eq!(map.get("b", LONG).unwrap().version, 2);
        assert!(map.get("b", Duration::ZERO).is_none());
        // A document that came again is no deletion any more, committed or not.
        map.insert("b", live(4, Some("{}")));
        assert!(map.get("b", LONG).unwrap().source.is_some());
        map.prune(4, LONG);
        assert!(map.get("b", LONG).is_none());
        map.prune(4, Duration::ZERO);
        assert!(map.get("c", LONG).is_none());
    }

    #[test]
    fn deletions_are_bounded_in_bytes() {
        let map = LiveMap::default();
        let id = |n: u64| format!("{n:0>500}");
        let many = (MAX_DELETED / 1_000) as u64;
        for n in 0..2 * many {
            map.insert(&id(n), live(n, None));
            map.insert("again", live(n, None));
            map.prune(n, LONG);
        }
        let entries = map.entries.read();
        assert!(entries.deleted_bytes <= MAX_DELETED);
        assert!(entries.order.len() <= 2 * entries.deleted.len() + 1_001);
        drop(entries);
        assert!(map.get(&id(0), LONG).is_none());
        assert!(map.get(&id(2 * many - 1), LONG).is_some());
    }
}
