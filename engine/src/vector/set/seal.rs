//! Making a segment of fresh vectors.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::super::build::{Progress, Row, build};
use super::super::error::Result;
use super::super::segment::{Segment, SegmentSpec, freeze};
use super::VectorSet;
use super::files::{FileGuard, segment_file};
use super::parts::{FreshPart, Held, SealedPart};

/// Where a vector of a new segment came from: which part, and its place there.
pub(super) type Source = (usize, u32);

/// A segment that no list names yet.
pub(super) struct Sealed {
    pub(super) held: Arc<Held>,
    /// Where each id came from.
    sources: Vec<Source>,
}

impl Sealed {
    /// The segment, without what was deleted of its sources since.
    pub(super) fn part<'a>(
        self,
        deleted: impl Fn(usize) -> Option<&'a RoaringBitmap>,
    ) -> SealedPart {
        let ids = self.sources.iter().zip(0u32..);
        let gone = ids.filter(|&(&(part, at), _)| deleted(part).is_some_and(|d| d.contains(at)));
        SealedPart {
            deleted: Arc::new(gone.map(|(_, id)| id).collect()),
            held: self.held,
            stored: None,
        }
    }
}

impl VectorSet {
    /// Makes a segment of all fresh vectors that searches see, and makes
    /// everything durable up to the last refresh before. Runs for as long as
    /// the graph takes; writes, refreshes and searches go on meanwhile.
    /// Whether anything was to be done.
    ///
    /// # Errors
    /// When it was cancelled or the storage fails; the vectors stay fresh then,
    /// and it can be tried again.
    pub fn seal(&self, progress: &Progress) -> Result<bool> {
        let _one_at_a_time = self.sealing.lock();
        let (fresh, upto, generation) = {
            let mut state = self.state.lock();
            let dirty = state.sealed.iter().any(SealedPart::is_dirty);
            if state.fresh.is_empty() && !dirty && state.sealed_upto == state.upto {
                return Ok(false);
            }
            state.frozen = state.fresh.len();
            (state.fresh.clone(), state.upto, state.generation())
        };
        let sealed = self.freeze_fresh(&fresh, generation, progress);
        let mut state = self.state.lock();
        let frozen = std::mem::take(&mut state.frozen);
        let mut parts = state.sealed.clone();
        if let Some(sealed) = sealed? {
            let part = sealed.part(|at| state.fresh.get(at).map(|part| part.deleted.as_ref()));
            parts.push(part);
        }
        // What is fresh goes as the segment comes, in one snapshot.
        let frozen = frozen.min(state.fresh.len());
        let rest = state.fresh.split_off(frozen);
        let before = std::mem::replace(&mut state.fresh, rest);
        let published = self.publish(&mut state, parts, upto);
        if published.is_err() {
            let rest = std::mem::replace(&mut state.fresh, before);
            state.fresh.extend(rest);
        }
        published.map(|()| true)
    }

    fn freeze_fresh(
        &self,
        fresh: &[FreshPart],
        generation: u64,
        progress: &Progress,
    ) -> Result<Option<Sealed>> {
        let rows = fresh.iter().enumerate().flat_map(|(number, part)| {
            let living = part.chunk.living(&part.deleted);
            living.map(move |(at, row)| (row, (number, at)))
        });
        self.freeze_rows(rows.collect(), generation, progress)
    }

    /// Builds and writes a segment of rows in any order; nothing where there
    /// are none.
    pub(super) fn freeze_rows(
        &self,
        mut rows: Vec<(Row<'_>, Source)>,
        generation: u64,
        progress: &Progress,
    ) -> Result<Option<Sealed>> {
        if rows.is_empty() {
            return Ok(None);
        }
        rows.sort_by_key(|(row, _)| (row.ordinal, row.slot));
        let (rows, sources): (Vec<Row<'_>>, Vec<Source>) = rows.into_iter().unzip();
        let (dims, metric) = (self.spec.dims, self.spec.metric);
        let graph = build(&rows, dims, metric, &self.options.build, progress)?;
        let spec = SegmentSpec {
            generation,
            dims,
            metric,
            model: self.spec.model.clone(),
            ef_construction: self.options.build.ef_construction,
        };
        let path = segment_file(generation);
        freeze(self.folder.as_ref(), &path, &spec, &rows, &graph)?;
        let order = graph.order.iter();
        let sources = order.filter_map(|&row| sources.get(row as usize).copied());
        Ok(Some(Sealed {
            sources: sources.collect(),
            held: Arc::new(Held {
                segment: Segment::open(self.folder.as_ref(), &path)?,
                file: FileGuard::new(&self.folder, path),
            }),
        }))
    }
}
