//! What an index holds, in numbers.

use std::path::{Path, PathBuf};

use super::{Index, IndexWork, Shared};
use crate::error::Result;

/// How deep an index's folder nests.
const MAX_DEPTH: usize = 6;

/// What an index holds, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexStats {
    /// Documents that can be searched.
    pub documents: u64,
    /// Documents that were deleted or replaced and lie in segments still.
    pub deleted: u64,
    /// Bytes on disk, the translog included.
    pub bytes: u64,
    /// Segments of the text index.
    pub segments: usize,
    /// Vectors that can be searched.
    pub vectors: u64,
    /// Bytes of the translog.
    pub log_bytes: u64,
    /// Documents whose last write no commit holds.
    pub uncommitted: u64,
    /// What it has done since it was opened.
    pub work: IndexWork,
}

impl IndexStats {
    /// The numbers of two.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            documents: self.documents + other.documents,
            deleted: self.deleted + other.deleted,
            bytes: self.bytes + other.bytes,
            segments: self.segments + other.segments,
            vectors: self.vectors + other.vectors,
            log_bytes: self.log_bytes + other.log_bytes,
            uncommitted: self.uncommitted + other.uncommitted,
            work: self.work.plus(other.work),
        }
    }
}

impl Index {
    /// What the index holds now.
    ///
    /// # Errors
    /// When its folder cannot be listed.
    pub fn stats(&self) -> Result<IndexStats> {
        let snapshot = self.snapshot();
        let readers = snapshot.searcher.segment_readers();
        Ok(IndexStats {
            documents: snapshot.searcher.num_docs(),
            deleted: readers
                .iter()
                .map(|reader| u64::from(reader.num_deleted_docs()))
                .sum(),
            bytes: size_of(&self.shared, Path::new(""), 0)?,
            segments: readers.len(),
            vectors: self.vector_count(),
            log_bytes: self.shared.translog.stats().bytes,
            uncommitted: self.shared.live.len() as u64,
            work: self.shared.work.told(),
        })
    }
}

fn size_of(shared: &Shared, path: &Path, depth: usize) -> Result<u64> {
    let mut sum = 0;
    for name in shared.folder.list(path)? {
        let inner: PathBuf = path.join(name);
        let inside = shared.folder.list(&inner).unwrap_or_default();
        sum += if !inside.is_empty() && depth < MAX_DEPTH {
            size_of(shared, &inner, depth + 1)?
        } else {
            // Files come and go while they are counted, and an empty folder has no length.
            shared.folder.len(&inner).unwrap_or_default()
        };
    }
    Ok(sum)
}
