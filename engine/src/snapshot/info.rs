//! What a repository says of its snapshots.

use serde_json::Value;

use super::failure::SnapshotFailure;
use super::manifest::Manifest;
use super::progress::Work;
use super::verify::Damage;

/// An index of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexInfo {
    /// Its name.
    pub name: String,
    /// The generation that was copied.
    pub generation: u64,
    /// Its documents.
    pub documents: u64,
    /// Its files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A complete snapshot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SnapshotInfo {
    /// Its name.
    pub name: String,
    /// Its own id, never used again.
    pub id: String,
    /// The version of the program that made it.
    pub version: String,
    /// When it was begun, in milliseconds since 1970.
    pub started_ms: i64,
    /// When it was complete.
    pub finished_ms: i64,
    /// Whether it was made with the node's own state.
    pub include_global_state: bool,
    /// What the one who made it noted.
    pub metadata: Value,
    /// Its indices, by name.
    pub indices: Vec<IndexInfo>,
    /// Files beside the indices.
    pub extra_files: u64,
    /// Their bytes.
    pub extra_bytes: u64,
    /// Indices that it has not, or not with all the files that their documents name.
    pub failures: Vec<SnapshotFailure>,
    /// Blobs that it brought into the repository.
    pub added_blobs: u64,
    /// Their bytes.
    pub added_bytes: u64,
}

impl SnapshotInfo {
    /// Returns whether it has all that was asked for.
    pub fn state(&self) -> SnapshotState {
        match self.failures.is_empty() {
            true => SnapshotState::Success,
            false => SnapshotState::Partial,
        }
    }

    /// The bytes of all files.
    pub fn bytes(&self) -> u64 {
        let indices = self.indices.iter().map(|index| index.bytes);
        indices.fold(self.extra_bytes, u64::saturating_add)
    }

    /// The number of all files.
    pub fn files(&self) -> u64 {
        let indices = self.indices.iter().map(|index| index.files);
        indices.fold(self.extra_files, u64::saturating_add)
    }
}

impl From<Manifest> for SnapshotInfo {
    fn from(manifest: Manifest) -> Self {
        let indices = manifest.indices.into_iter().map(|index| IndexInfo {
            name: index.name,
            generation: index.generation,
            documents: index.documents,
            files: index.files.files,
            bytes: index.files.bytes,
        });
        Self {
            indices: indices.collect(),
            name: manifest.name,
            id: manifest.id,
            version: manifest.version,
            started_ms: manifest.started_ms,
            finished_ms: manifest.finished_ms,
            include_global_state: manifest.include_global_state,
            metadata: manifest.metadata,
            extra_files: manifest.extra.files,
            extra_bytes: manifest.extra.bytes,
            failures: manifest.failures,
            added_blobs: manifest.added_blobs,
            added_bytes: manifest.added_bytes,
        }
    }
}

/// The snapshots of a repository.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Those that can be read, oldest first.
    pub snapshots: Vec<SnapshotInfo>,
    /// Manifests that are damaged; the snapshots' names are in theirs.
    pub damaged: Vec<Damage>,
}

/// Whether a snapshot is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotState {
    /// It is being made.
    InProgress,
    /// It is complete.
    Success,
    /// It is made, and has not all that was asked for; its failures say what.
    Partial,
}

/// How far a snapshot is.
#[derive(Debug, Clone)]
pub struct SnapshotStatus {
    /// Its name.
    pub name: String,
    /// Whether it is complete.
    pub state: SnapshotState,
    /// How far it is.
    pub work: Work,
    /// What it is, once it is complete.
    pub info: Option<SnapshotInfo>,
}
