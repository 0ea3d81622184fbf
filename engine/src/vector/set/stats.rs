//! What a set says of itself, and which files make it up.

use std::path::PathBuf;

use super::super::error::{Result, VectorError};
use super::super::search::Allowed;
use super::VectorSet;
use super::files::MANIFEST;
use super::parts::FreshPart;
use super::snapshot::VectorSnapshot;

/// A segment in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentStats {
    /// The number in the file's name.
    pub generation: u64,
    /// Its vectors, deleted ones included.
    pub vectors: u64,
    /// Those that are deleted.
    pub deleted: u64,
    /// The file's length.
    pub bytes: u64,
}

/// A set in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetStats {
    /// The vectors that searches can find.
    pub vectors: u64,
    /// Those of them that are in no segment yet.
    pub fresh: u64,
    /// What these take in memory.
    pub fresh_bytes: u64,
    /// Documents with changes that no search sees yet.
    pub pending: u64,
    /// The segments.
    pub segments: Vec<SegmentStats>,
    /// The last write that searches see.
    pub upto: Option<u64>,
    /// The last write that is in the files.
    pub sealed_upto: Option<u64>,
}

/// The files of a set at one moment, kept as long as this is held.
pub struct DurableFiles {
    /// The name and the bytes of the list of segments, which is to be stored
    /// after the files.
    pub manifest: (PathBuf, Vec<u8>),
    /// The names of the files, each of which never changes.
    pub files: Vec<PathBuf>,
    /// The last write in them.
    pub upto: Option<u64>,
    _held: VectorSnapshot,
}

impl VectorSet {
    /// The set in numbers.
    pub fn stats(&self) -> SetStats {
        let pending = self.pending.lock().len() as u64;
        let state = self.state.lock();
        let fresh: u64 = state.fresh.iter().map(FreshPart::living).sum();
        let segments: Vec<SegmentStats> = state
            .sealed
            .iter()
            .map(|part| SegmentStats {
                generation: part.generation(),
                vectors: u64::from(part.segment().header().vectors),
                deleted: part.deleted.len(),
                bytes: part.segment().bytes(),
            })
            .collect();
        let sealed: u64 = segments
            .iter()
            .map(|s| s.vectors.saturating_sub(s.deleted))
            .sum();
        SetStats {
            vectors: fresh + sealed,
            fresh,
            fresh_bytes: state.fresh.iter().map(|part| part.chunk.bytes()).sum(),
            pending,
            segments,
            upto: state.upto,
            sealed_upto: state.sealed_upto,
        }
    }

    /// Reads every byte of every segment: what is damaged, one error for each segment at most.
    pub fn verify(&self) -> Vec<VectorError> {
        let parts = self.state.lock().sealed.clone();
        let checked = parts.iter().map(|part| part.segment().verify());
        checked.filter_map(Result::err).collect()
    }

    /// Compares every segment with its checksums.
    ///
    /// # Errors
    /// The first segment that is damaged.
    pub fn verify_checksums(&self) -> Result<()> {
        let parts = self.state.lock().sealed.clone();
        parts
            .iter()
            .try_for_each(|part| part.segment().verify_checksums())
    }

    /// How many vectors searches can find of documents that are not among `living`.
    ///
    /// # Errors
    /// When a segment is damaged so that it cannot be read at all.
    pub fn count_outside(&self, living: &Allowed) -> Result<u64> {
        let mut state = self.state.lock().clone();
        let outside = state.outside(living)?;
        Ok(state.bury(outside))
    }

    /// The files as they are now, for a copy of the set.
    ///
    /// # Errors
    /// When the list cannot be encoded.
    pub fn durable_files(&self) -> Result<DurableFiles> {
        let state = self.state.lock();
        let manifest = self.manifest(state.next_generation, &state.sealed, state.sealed_upto);
        let mut files = Vec::new();
        for part in &state.sealed {
            files.push(part.held.file.path().to_path_buf());
            files.extend(part.stored.iter().map(|s| s.file.path().to_path_buf()));
        }
        Ok(DurableFiles {
            manifest: (PathBuf::from(MANIFEST), manifest.encode()?),
            files,
            upto: state.sealed_upto,
            _held: state.snapshot(&self.spec),
        })
    }
}
