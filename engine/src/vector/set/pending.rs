//! Changes that no search sees yet.

use std::collections::BTreeMap;

use super::super::buffer::Chunk;
use super::super::build::Row;
use super::super::error::{Result, VectorError};
use super::super::search::Allowed;
use super::{DocumentVector, VectorSpec};

/// A vector that was checked.
pub(super) struct Prepared {
    slot: u32,
    time: f32,
    values: Vec<f32>,
}

/// Checks a document's vectors.
pub(super) fn prepare(spec: &VectorSpec, vectors: &[DocumentVector<'_>]) -> Result<Vec<Prepared>> {
    let mut prepared = Vec::with_capacity(vectors.len());
    for vector in vectors {
        if !vector.time.is_finite() {
            return Err(VectorError::Time { value: vector.time });
        }
        prepared.push(Prepared {
            slot: vector.slot,
            time: vector.time,
            values: spec.metric.prepare(vector.values, spec.dims)?,
        });
    }
    prepared.sort_by_key(|vector| vector.slot);
    Ok(prepared)
}

/// The vectors that documents have now; none where they have none any more.
#[derive(Default)]
pub(super) struct Pending(BTreeMap<u64, Vec<Prepared>>);

impl Pending {
    pub(super) fn put(&mut self, ordinal: u64, vectors: Vec<Prepared>) {
        self.0.insert(ordinal, vectors);
    }

    /// The documents that changed.
    pub(super) fn ordinals(&self) -> impl Iterator<Item = u64> + Clone + '_ {
        self.0.keys().copied()
    }

    /// How many documents changed.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets the vectors of all documents but some; how many there were.
    pub(super) fn retain(&mut self, living: &Allowed) -> u64 {
        let mut dropped = 0;
        self.0.retain(|&ordinal, vectors| {
            let keep = living.contains(ordinal);
            dropped += if keep { 0 } else { vectors.len() as u64 };
            keep
        });
        dropped
    }

    /// The new vectors; nothing is pending any more.
    pub(super) fn take(&mut self, dims: usize) -> Chunk {
        let documents = std::mem::take(&mut self.0);
        let rows = documents.iter().flat_map(|(&ordinal, vectors)| {
            vectors.iter().map(move |vector| Row {
                ordinal,
                slot: vector.slot,
                time: vector.time,
                values: &vector.values,
            })
        });
        Chunk::new(rows, dims)
    }
}
