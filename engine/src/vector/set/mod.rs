//! The vectors of one field: what is fresh in memory, what is sealed in segments.
//!
//! Writes become visible with a refresh and durable with a seal. Between the
//! two they live in the index's documents: after a restart the index gives the
//! documents that are newer than [`VectorSet::sealed_upto`] once more.
//!
//! - [`VectorSet::put`] and [`VectorSet::delete`] collect changes.
//! - [`VectorSet::refresh`] shows them all at once. It is called when the
//!   documents themselves are durable, so that a seal never holds what the
//!   index could lose.
//! - [`VectorSet::seal`] and [`VectorSet::merge`] run beside writes and
//!   searches, on whatever thread the caller gives them.
//! - A [`VectorSnapshot`] stays as it is, whatever is sealed or merged.

mod files;
mod manifest;
mod merge;
mod options;
mod parts;
mod pending;
mod publish;
mod recover;
mod seal;
mod snapshot;
mod state;
mod stats;

#[cfg(test)]
mod tests;

pub use options::{MergePolicy, SetOptions, VectorSpec};
pub use snapshot::{KnnAnswer, KnnReport, KnnRequest, MAX_K, VectorSnapshot};
pub use stats::{DurableFiles, SegmentStats, SetStats};

use std::fmt;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::error::Result;
use super::search::Allowed;
use crate::store::Store;
use pending::Pending;
use state::State;

/// A document's vector, as it is put.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DocumentVector<'a> {
    /// Which of the document's vectors; of a GIF, the frame.
    pub slot: u32,
    /// When it shows, in seconds.
    pub time: f32,
    /// The values.
    pub values: &'a [f32],
}

/// The vectors of one field of one index.
pub struct VectorSet {
    folder: Arc<dyn Store>,
    spec: Arc<VectorSpec>,
    options: SetOptions,
    /// Changes that no search sees yet. Locked before the state where both are.
    pending: Mutex<Pending>,
    state: Mutex<State>,
    current: RwLock<Arc<VectorSnapshot>>,
    /// Held while a seal runs.
    sealing: Mutex<()>,
    /// Held while a merge runs.
    merging: Mutex<()>,
}

impl fmt::Debug for VectorSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VectorSet")
            .field("spec", &self.spec)
            .finish_non_exhaustive()
    }
}

impl VectorSet {
    /// What the vectors are.
    pub fn spec(&self) -> &VectorSpec {
        &self.spec
    }

    /// Gives a document these vectors and no others; none is as good as
    /// [`VectorSet::delete`]. Seen with the next refresh.
    ///
    /// # Errors
    /// When a vector is not one of the field, or its time is no number; nothing
    /// has changed then.
    pub fn put(&self, ordinal: u64, vectors: &[DocumentVector<'_>]) -> Result<()> {
        let prepared = pending::prepare(&self.spec, vectors)?;
        self.pending.lock().put(ordinal, prepared);
        Ok(())
    }

    /// Takes a document's vectors away. Seen with the next refresh.
    pub fn delete(&self, ordinal: u64) {
        self.pending.lock().put(ordinal, Vec::new());
    }

    /// Makes all changes until now visible. `upto` is the sequence number of the
    /// last write among them, which is durable elsewhere.
    ///
    /// # Errors
    /// When a segment is damaged so that it cannot be read at all; nothing has
    /// changed then.
    pub fn refresh(&self, upto: u64) -> Result<Arc<VectorSnapshot>> {
        let mut pending = self.pending.lock();
        let mut state = self.state.lock();
        let replaced = state.find(pending.ordinals())?;
        state.bury(replaced);
        state.add(pending.take(self.spec.dims), self.spec.dims);
        state.upto = state.upto.max(Some(upto));
        Ok(self.show(&state))
    }

    /// Takes away the vectors of all documents that are not among `living`, at
    /// once, those that were put and not refreshed yet included. How many
    /// there were.
    ///
    /// # Errors
    /// When a segment is damaged so that it cannot be read at all.
    pub fn retain(&self, living: &Allowed) -> Result<u64> {
        let mut pending = self.pending.lock();
        let mut state = self.state.lock();
        let outside = state.outside(living)?;
        let dropped = pending.retain(living);
        let buried = state.bury(outside);
        self.show(&state);
        Ok(dropped + buried)
    }

    /// What searches see now.
    pub fn snapshot(&self) -> Arc<VectorSnapshot> {
        Arc::clone(&self.current.read())
    }

    /// The sequence number up to which nothing has to be put again after a
    /// restart.
    pub fn sealed_upto(&self) -> Option<u64> {
        self.state.lock().sealed_upto
    }

    /// Makes the state what searches see.
    fn show(&self, state: &State) -> Arc<VectorSnapshot> {
        let snapshot = Arc::new(state.snapshot(&self.spec));
        let before = std::mem::replace(&mut *self.current.write(), Arc::clone(&snapshot));
        // Unmaps and deletes files, perhaps: not while searches wait.
        drop(before);
        snapshot
    }
}
