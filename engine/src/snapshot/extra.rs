//! Files beside the indices: the caller's own, copied and given back by name.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::failure::SnapshotFailure;
use super::hash::ContentHash;
use super::restore::RestoredIndex;
use crate::error::Result;
use crate::store::{Blob, Store};

/// Where a file's bytes are.
#[derive(Debug, Clone)]
pub enum ExtraSource {
    /// In a store. The file does not change while it is copied; it may be replaced.
    File {
        /// The store.
        store: Arc<dyn Store>,
        /// The path there.
        path: PathBuf,
    },
    /// Here: on the heap, or a view of a file that does not change.
    Bytes(Blob),
}

/// A file that a snapshot takes along.
#[derive(Debug, Clone)]
pub struct ExtraFile {
    /// The name under which the restore gives it back.
    pub path: String,
    /// Its bytes.
    pub source: ExtraSource,
    /// The SHA-256 of its bytes, where it is known. A file that the repository has by its hash is
    /// not read at all; one whose bytes differ is an error.
    pub hash: Option<ContentHash>,
    /// The longest of its blobs, where that is less than the repository's: of a file that changes
    /// here and there, little travels again then.
    pub piece: Option<usize>,
    /// The index whose documents name the file, if any. Where the file cannot be read, the snapshot
    /// is partial and the failure is that index's; without an index the snapshot fails.
    pub of: Option<String>,
}

/// Gives the files that a snapshot takes along beside its indices. It lives until all of them were
/// copied: whatever keeps them from being deleted is let go when it is dropped.
pub trait ExtraFiles {
    /// Begins to keep every file that documents of these indices name. Called before the first
    /// index is copied. Returns what is missing already.
    ///
    /// # Errors
    /// When the files cannot be kept: the snapshot fails.
    fn keep(&mut self, indices: &[String]) -> Result<Vec<SnapshotFailure>>;

    /// Lists the files of these indices, and those of the node. Called after the indices were
    /// copied; where files are written before the documents that name them, none is missing.
    ///
    /// # Errors
    /// When they cannot be listed: the snapshot fails.
    fn list(&mut self, indices: &[String]) -> Result<Vec<ExtraFile>>;
}

/// Files that nobody deletes.
impl<F: FnMut() -> Result<Vec<ExtraFile>>> ExtraFiles for F {
    fn keep(&mut self, _: &[String]) -> Result<Vec<SnapshotFailure>> {
        Ok(Vec::new())
    }

    fn list(&mut self, _: &[String]) -> Result<Vec<ExtraFile>> {
        self()
    }
}

/// Takes the files of a snapshot that lie beside its indices.
///
/// The order of calls is [`ExtraSink::begin`], for each file [`ExtraSink::wants`] and
/// [`ExtraSink::put`], then [`ExtraSink::ready`]. What must not be seen where the restore fails
/// later is kept aside until the caller knows that it went well.
pub trait ExtraSink {
    /// Which indices come. Nothing was fetched yet.
    ///
    /// # Errors
    /// When they must not: the restore ends then.
    fn begin(&mut self, indices: &[RestoredIndex]) -> Result<()> {
        let _ = indices;
        Ok(())
    }

    /// Everything is there and was checked; the indices become visible next.
    ///
    /// # Errors
    /// When they must not: the restore ends then.
    fn ready(&mut self) -> Result<()> {
        Ok(())
    }

    /// Whether a file of that name and length is to be brought.
    fn wants(&mut self, path: &str, bytes: u64) -> bool {
        let _ = (path, bytes);
        true
    }

    /// Takes a file. Each piece that the reader gives was checked against its hash. What is not
    /// read is passed over. A restore that is repeated brings the same files again.
    ///
    /// # Errors
    /// When it cannot be put in place: the restore ends then, and no index becomes visible.
    fn put(&mut self, path: &str, bytes: u64, content: &mut dyn Read) -> Result<()>;
}
