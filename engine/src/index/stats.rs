//! What an index holds, in numbers.

use std::path::{Path, PathBuf};

use super::{Index, Shared};
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
