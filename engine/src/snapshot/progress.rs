//! How far a snapshot or a restore is, and how it is stopped.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::error::{Result, SnapshotError};
use crate::vector::Progress;

/// How far the work is, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Files that are known to take part.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that are done.
    pub files_done: u64,
    /// Bytes that are done, those that were there already included.
    pub bytes_done: u64,
    /// Objects that were really moved.
    pub blobs_moved: u64,
    /// Bytes that were really moved.
    pub bytes_moved: u64,
}

/// The work as it goes on. One for each snapshot, restore or verification.
#[derive(Debug, Default)]
pub struct SnapshotProgress {
    files: AtomicU64,
    bytes: AtomicU64,
    files_done: AtomicU64,
    bytes_done: AtomicU64,
    blobs_moved: AtomicU64,
    bytes_moved: AtomicU64,
    cancelled: AtomicBool,
    pub(super) vectors: Progress,
}

impl SnapshotProgress {
    /// How far it is. What is to be done grows while indices are looked at one after the other.
    pub fn now(&self) -> Work {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Work {
            files: read(&self.files),
            bytes: read(&self.bytes),
            files_done: read(&self.files_done),
            bytes_done: read(&self.bytes_done),
            blobs_moved: read(&self.blobs_moved),
            bytes_moved: read(&self.bytes_moved),
        }
    }

    /// Asks the work to stop soon.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.vectors.cancel();
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(SnapshotError::Cancelled);
        }
        Ok(())
    }

    pub(super) fn plan(&self, files: u64, bytes: u64) {
        self.files.fetch_add(files, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn file_done(&self) {
        self.files_done.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn bytes_done(&self, bytes: u64) {
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn moved(&self, bytes: u64) {
        self.blobs_moved.fetch_add(1, Ordering::Relaxed);
        self.bytes_moved.fetch_add(bytes, Ordering::Relaxed);
    }
}
