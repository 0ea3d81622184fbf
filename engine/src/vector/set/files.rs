//! The files of a set, and when they go.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::Store;

/// The list of segments.
pub(super) const MANIFEST: &str = "vectors.meta";

const SEGMENT: (&str, &str) = ("segment-", ".pvec");
const TOMBSTONES: (&str, &str) = ("deleted-", ".ptmb");

/// The name of a segment's file.
pub(super) fn segment_file(generation: u64) -> PathBuf {
    name(SEGMENT, generation)
}

/// The name of a file of tombstones.
pub(super) fn tombstone_file(generation: u64) -> PathBuf {
    name(TOMBSTONES, generation)
}

fn name((before, after): (&str, &str), generation: u64) -> PathBuf {
    PathBuf::from(format!("{before}{generation}{after}"))
}

/// The number in the name of a segment's or tombstones' file.
pub(super) fn generation_of(file: &str) -> Option<u64> {
    [SEGMENT, TOMBSTONES]
        .into_iter()
        .find_map(|(before, after)| file.strip_prefix(before)?.strip_suffix(after)?.parse().ok())
}

/// Whether a name is that of a segment.
pub(super) fn is_segment(file: &str) -> bool {
    file.ends_with(SEGMENT.1) && generation_of(file).is_some()
}

/// A file that is deleted when nobody holds it and it is no longer wanted.
pub(super) struct FileGuard {
    folder: Arc<dyn Store>,
    path: PathBuf,
    obsolete: AtomicBool,
}

impl FileGuard {
    pub(super) fn new(folder: &Arc<dyn Store>, path: PathBuf) -> Self {
        Self {
            folder: Arc::clone(folder),
            path,
            obsolete: AtomicBool::new(false),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The list of segments does not name it any more.
    pub(super) fn retire(&self) {
        self.obsolete.store(true, Ordering::Release);
    }
}

impl Drop for FileGuard {
    fn drop(&mut self) {
        if !self.obsolete.load(Ordering::Acquire) {
            return;
        }
        if let Err(error) = self.folder.delete(&self.path) {
            // It costs space until the next start clears it away.
            tracing::debug!(%error, "an unused file of vectors stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        assert_eq!(segment_file(12), Path::new("segment-12.pvec"));
        assert_eq!(generation_of("segment-12.pvec"), Some(12));
        assert_eq!(generation_of("deleted-7.ptmb"), Some(7));
        assert!(is_segment("segment-12.pvec") && !is_segment("deleted-7.ptmb"));
        for other in [
            "vectors.meta",
            "segment-.pvec",
            "segment-x.pvec",
            "segment-1",
        ] {
            assert_eq!(generation_of(other), None, "{other}");
        }
    }
}
