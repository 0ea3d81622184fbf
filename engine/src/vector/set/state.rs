//! What a set holds, behind its lock.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::super::buffer::Chunk;
use super::super::error::Result;
use super::super::search::Allowed;
use super::parts::{FreshPart, SealedPart};
use super::{VectorSnapshot, VectorSpec};

/// Segments, fresh vectors, and how far they reach.
#[derive(Clone)]
pub(super) struct State {
    pub(super) sealed: Vec<SealedPart>,
    pub(super) fresh: Vec<FreshPart>,
    /// So many of the first chunks are being sealed: they are not joined.
    pub(super) frozen: usize,
    /// The last write that searches see.
    pub(super) upto: Option<u64>,
    /// The last write that needs nothing but the files.
    pub(super) sealed_upto: Option<u64>,
    /// The number of the next file.
    pub(super) next_generation: u64,
}

/// Vectors that are to be deleted, by part in the state's order.
pub(super) struct Found {
    sealed: Vec<Vec<u32>>,
    fresh: Vec<Vec<u32>>,
}

impl State {
    /// A number for a new file.
    pub(super) fn generation(&mut self) -> u64 {
        let generation = self.next_generation;
        self.next_generation += 1;
        generation
    }

    /// All vectors of some documents.
    pub(super) fn find(&self, ordinals: impl Iterator<Item = u64> + Clone) -> Result<Found> {
        self.gather(
            |part| part.segment().ids_of(ordinals.clone()),
            |chunk| {
                ordinals
                    .clone()
                    .flat_map(|ordinal| chunk.positions(ordinal))
                    .collect()
            },
        )
    }

    /// The vectors of all documents but some.
    pub(super) fn outside(&self, documents: &Allowed) -> Result<Found> {
        self.gather(
            |part| part.segment().ids_outside(documents),
            |chunk| chunk.outside(documents),
        )
    }

    fn gather(
        &self,
        sealed: impl Fn(&SealedPart) -> Result<Vec<u32>>,
        fresh: impl Fn(&Chunk) -> Vec<u32>,
    ) -> Result<Found> {
        Ok(Found {
            sealed: self.sealed.iter().map(sealed).collect::<Result<_>>()?,
            fresh: self.fresh.iter().map(|part| fresh(&part.chunk)).collect(),
        })
    }

    /// Deletes vectors; how many were not deleted before.
    pub(super) fn bury(&mut self, found: Found) -> u64 {
        let sealed = self.sealed.iter_mut().map(|part| &mut part.deleted);
        let fresh = self.fresh.iter_mut().map(|part| &mut part.deleted);
        let parts = sealed.zip(found.sealed).chain(fresh.zip(found.fresh));
        parts.map(|(deleted, ids)| add(deleted, &ids)).sum()
    }

    /// Adds fresh vectors. Chunks are joined with ones of about their size, so
    /// that there are few.
    pub(super) fn add(&mut self, chunk: Chunk, dims: usize) {
        if chunk.len() > 0 {
            self.fresh.push(FreshPart::new(chunk));
        }
        while let Some([.., before, last]) = self.fresh.get(self.frozen..)
            && before.living() <= last.living() * 2
        {
            let parts = [before, last];
            let mut rows: Vec<_> = parts
                .iter()
                .flat_map(|part| part.chunk.living(&part.deleted))
                .map(|(_, row)| row)
                .collect();
            rows.sort_by_key(|row| row.ordinal);
            let joined = FreshPart::new(Chunk::new(rows.into_iter(), dims));
            self.fresh.truncate(self.fresh.len().saturating_sub(2));
            if joined.living() > 0 {
                self.fresh.push(joined);
            }
        }
    }

    pub(super) fn snapshot(&self, spec: &Arc<VectorSpec>) -> VectorSnapshot {
        VectorSnapshot {
            spec: Arc::clone(spec),
            sealed: self.sealed.clone(),
            fresh: self.fresh.clone(),
            upto: self.upto,
        }
    }
}

/// Adds ids to a set that snapshots may hold; how many are new.
fn add(deleted: &mut Arc<RoaringBitmap>, ids: &[u32]) -> u64 {
    if ids.iter().all(|&id| deleted.contains(id)) {
        return 0;
    }
    let deleted = Arc::make_mut(deleted);
    let before = deleted.len();
    deleted.extend(ids);
    deleted.len() - before
}
