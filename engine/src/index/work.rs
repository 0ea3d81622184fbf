//! What an index has done since it was opened: kinds of work, how often, and how long they took.
//!
//! The kinds are those of Elasticsearch's `_stats`. Counting is relaxed: numbers that are read while work goes
//! on may lie one apart.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use crate::error::Result;
use crate::request::{WriteOutcome, WriteResult};

/// One kind of work.
#[derive(Debug, Default)]
pub(crate) struct Kind {
    done: AtomicU64,
    nanos: AtomicU64,
    running: AtomicU64,
}

/// Work that goes on; it is counted when this is dropped.
#[derive(Debug)]
pub(crate) struct Running<'a> {
    kind: &'a Kind,
    since: Instant,
}

impl Kind {
    /// Work of this kind begins. Somebody calls [`Self::leave`] at its end.
    pub(crate) fn enter(&self) {
        self.running.fetch_add(1, Relaxed);
    }

    /// Work that was entered at a moment ends.
    pub(crate) fn leave(&self, since: Instant) {
        self.running.fetch_sub(1, Relaxed);
        self.done(since);
    }

    /// Work of this kind begins.
    pub(crate) fn begin(&self) -> Running<'_> {
        self.enter();
        Running {
            kind: self,
            since: Instant::now(),
        }
    }

    /// Work of this kind was done, from a moment on.
    pub(crate) fn done(&self, since: Instant) {
        let nanos = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Relaxed);
        self.done.fetch_add(1, Relaxed);
    }

    fn told(&self) -> Done {
        Done {
            times: self.done.load(Relaxed),
            millis: self.nanos.load(Relaxed) / 1_000_000,
            running: self.running.load(Relaxed),
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.kind.leave(self.since);
    }
}

/// The kinds of work of an index, as they are counted.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) index: Kind,
    pub(crate) delete: Kind,
    /// Writes that were refused.
    pub(crate) refused: AtomicU64,
    /// Updates that changed nothing.
    pub(crate) unchanged: AtomicU64,
    pub(crate) found: Kind,
    pub(crate) missing: Kind,
    pub(crate) query: Kind,
    pub(crate) fetch: Kind,
    pub(crate) suggest: Kind,
    pub(crate) scroll: Kind,
    pub(crate) refresh: Kind,
    pub(crate) flush: Kind,
    /// Merges of segments that were begun, and the documents in them.
    pub(crate) merges: AtomicU64,
    pub(crate) merged_documents: AtomicU64,
}

impl Work {
    /// A write was done from a moment on, or refused.
    pub(crate) fn wrote(&self, deletes: bool, since: Instant, result: &Result<WriteResult>) {
        match result {
            Err(_) => {
                self.refused.fetch_add(1, Relaxed);
            }
            Ok(_) if deletes => self.delete.done(since),
            Ok(result) if result.result == WriteOutcome::Noop => {
                self.unchanged.fetch_add(1, Relaxed);
            }
            Ok(_) => self.index.done(since),
        }
    }

    /// Merges of so many documents begin.
    pub(crate) fn merges(&self, times: u64, documents: u64) {
        self.merges.fetch_add(times, Relaxed);
        self.merged_documents.fetch_add(documents, Relaxed);
    }

    /// What was done so far.
    pub(crate) fn told(&self) -> IndexWork {
        let get = |number: &AtomicU64| number.load(Relaxed);
        IndexWork {
            index: self.index.told(),
            delete: self.delete.told(),
            refused: get(&self.refused),
            unchanged: get(&self.unchanged),
            found: self.found.told(),
            missing: self.missing.told(),
            query: self.query.told(),
            fetch: self.fetch.told(),
            suggest: self.suggest.told(),
            scroll: self.scroll.told(),
            refresh: self.refresh.told(),
            flush: self.flush.told(),
            merges: get(&self.merges),
            merged_documents: get(&self.merged_documents),
        }
    }
}

/// How often a kind of work was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// How often.
    pub times: u64,
    /// How long that took together, in milliseconds.
    pub millis: u64,
    /// How many are under way.
    pub running: u64,
}

impl Done {
    fn plus(self, other: Self) -> Self {
        Self {
            times: self.times + other.times,
            millis: self.millis + other.millis,
            running: self.running + other.running,
        }
    }
}

/// What an index has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexWork {
    /// Documents that were written, those that were changed included.
    pub index: Done,
    /// Documents that were deleted, or that were to be.
    pub delete: Done,
    /// Writes that were refused.
    pub refused: u64,
    /// Updates that changed nothing.
    pub unchanged: u64,
    /// Reads by id that found a document.
    pub found: Done,
    /// Reads by id that found none.
    pub missing: Done,
    /// Searches, until their hits were known.
    pub query: Done,
    /// Searches, from there on.
    pub fetch: Done,
    /// Suggestions.
    pub suggest: Done,
    /// Searches whose hits are given page by page, until they are let go.
    pub scroll: Done,
    /// Commits that made writes searchable.
    pub refresh: Done,
    /// Commits that were asked for to leave nothing to the log.
    pub flush: Done,
    /// Merges of segments that were begun.
    pub merges: u64,
    /// The documents in them.
    pub merged_documents: u64,
}

impl IndexWork {
    /// The work of two.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            index: self.index.plus(other.index),
            delete: self.delete.plus(other.delete),
            refused: self.refused + other.refused,
            unchanged: self.unchanged + other.unchanged,
            found: self.found.plus(other.found),
            missing: self.missing.plus(other.missing),
            query: self.query.plus(other.query),
            fetch: self.fetch.plus(other.fetch),
            suggest: self.suggest.plus(other.suggest),
            scroll: self.scroll.plus(other.scroll),
            refresh: self.refresh.plus(other.refresh),
            flush: self.flush.plus(other.flush),
            merges: self.merges + other.merges,
            merged_documents: self.merged_documents + other.merged_documents,
        }
    }
}
