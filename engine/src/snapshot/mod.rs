//! Snapshots: copies of indices and files in a repository, and the way back.
//!
//! A [`Repository`] is a folder or a bucket. Contents lie there once each, in
//! blobs named by their SHA-256; a snapshot is a manifest that names blobs and
//! is written last. No object is ever changed, and none is shared that says
//! what there is: the list of snapshots is the list of manifests. So a snapshot
//! that is interrupted leaves blobs that nothing names, one damaged object
//! harms only the snapshots that name it, and the next snapshot brings only
//! what is new. `docs/format.md` describes the bytes.
//!
//! Blobs go when no manifest names them. A snapshot in progress shows itself
//! by a marker that it renews, and so does a collection of garbage; each
//! writes its own before it looks for others', so that at least one of two
//! that start together sees the other, and the collection gives way.
//!
//! All methods block: never call them on an async runtime.

mod create;
mod error;
mod extra;
mod failure;
mod fetch;
mod garbage;
mod hash;
mod info;
mod layout;
mod manifest;
mod marker;
mod names;
mod plan;
mod progress;
mod remote;
mod rename;
mod repository;
mod restore;
mod retention;
mod reuse;
mod settings;
mod table;
mod throttle;
mod upload;
mod verify;

#[cfg(test)]
mod tests;

pub use create::CreateOptions;
pub use error::{Result, SnapshotError};
pub use extra::{ExtraFile, ExtraFiles, ExtraSink, ExtraSource};
pub use failure::SnapshotFailure;
pub use garbage::{CleanupReport, DeleteReport};
pub use hash::ContentHash;
pub use info::{IndexInfo, Listing, SnapshotInfo, SnapshotState, SnapshotStatus};
pub use names::check_snapshot_name;
pub use progress::{SnapshotProgress, Work};
pub use repository::Repository;
pub use restore::{RestoreOptions, RestoreReport, RestoredIndex};
pub use retention::Retention;
pub use settings::{RepositoryOptions, parse_age};
pub use verify::{Damage, VerifyReport};
