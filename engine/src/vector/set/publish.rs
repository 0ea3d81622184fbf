//! Putting new segments into the list, and old ones out of it.

use std::sync::Arc;

use super::super::error::Result;
use super::super::segment::write_tombstones;
use super::VectorSet;
use super::files::{FileGuard, tombstone_file};
use super::manifest::{Entry, Manifest};
use super::parts::{SealedPart, Stored};
use super::state::State;

impl VectorSet {
    /// Makes `sealed` the segments: tombstones that grew are written, then the
    /// list names what is there, then memory follows. After a failure memory
    /// is as before.
    ///
    /// When replacing the list fails, either one may lie there. Both are right:
    /// files of the new one are kept where it cannot be ruled out, and those of
    /// the old one are only deleted after the list was replaced without failure.
    pub(super) fn publish(
        &self,
        state: &mut State,
        mut sealed: Vec<SealedPart>,
        sealed_upto: Option<u64>,
    ) -> Result<()> {
        if let Err(error) = self.write_all_tombstones(state, &mut sealed) {
            retire(&sealed, &state.sealed);
            return Err(error);
        }
        let manifest = self.manifest(state.next_generation, &sealed, sealed_upto);
        if let Err(error) = manifest.save(self.folder.as_ref()) {
            let there = Manifest::load(self.folder.as_ref());
            if there.is_ok_and(|there| there.is_some_and(|there| there != manifest)) {
                retire(&sealed, &state.sealed);
            }
            return Err(error);
        }
        let before = std::mem::replace(&mut state.sealed, sealed);
        state.sealed_upto = sealed_upto;
        retire(&before, &state.sealed);
        self.show(state);
        Ok(())
    }

    fn write_all_tombstones(&self, state: &mut State, sealed: &mut [SealedPart]) -> Result<()> {
        for part in sealed.iter_mut().filter(|part| part.is_dirty()) {
            let generation = state.generation();
            let path = tombstone_file(generation);
            let header = part.held.segment.header();
            write_tombstones(self.folder.as_ref(), &path, header, &part.deleted)?;
            part.stored = Some(Stored {
                generation,
                count: part.deleted.len(),
                file: Arc::new(FileGuard::new(&self.folder, path)),
            });
        }
        Ok(())
    }

    /// The list of some segments.
    pub(super) fn manifest(
        &self,
        next_generation: u64,
        sealed: &[SealedPart],
        sealed_upto: Option<u64>,
    ) -> Manifest {
        let segments = sealed.iter().map(|part| Entry {
            generation: part.generation(),
            vectors: part.held.segment.header().vectors,
            tombstones: part.stored.as_ref().map(|stored| stored.generation),
        });
        Manifest {
            next_generation,
            sealed_upto,
            segments: segments.collect(),
            ..Manifest::new(&self.spec)
        }
    }
}

/// Lets go of the files of `parts` that `kept` has not.
fn retire(parts: &[SealedPart], kept: &[SealedPart]) {
    let tombstones = |part: &SealedPart| part.stored.as_ref().map(|stored| stored.generation);
    for part in parts {
        let same = kept.iter().find(|kept| Arc::ptr_eq(&kept.held, &part.held));
        if same.is_none() {
            part.held.file.retire();
        }
        if let Some(stored) = &part.stored
            && same.and_then(tombstones) != Some(stored.generation)
        {
            stored.file.retire();
        }
    }
}
