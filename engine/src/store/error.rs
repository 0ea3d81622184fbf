//! What can go wrong with durable files.

use std::io;
use std::path::{Path, PathBuf};

/// A failed operation on a store. Every variant names the file or folder.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or folder is not there.
    #[error("{}: no such file or folder", .path.display())]
    NotFound {
        /// The file or folder.
        path: PathBuf,
    },
    /// A file that should be new is there already.
    #[error("{}: exists already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The device is full, or a quota is used up.
    #[error("{}: no space left on the device", .path.display())]
    NoSpace {
        /// The file that was being written.
        path: PathBuf,
    },
    /// The device is nearly full: what is left is kept for commits, merges and deletes.
    #[error(
        "{}: the disk is nearly full: {available} bytes are free, and {reserve} are kept \
         (--min-free-bytes); writes are taken again when there is more room, deletes and searches now",
        .path.display()
    )]
    Reserved {
        /// The data folder.
        path: PathBuf,
        /// Bytes that are free.
        available: u64,
        /// Bytes that stay free.
        reserve: u64,
    },
    /// Any other failure of the system below.
    #[error("{}: {op} failed: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        op: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{}: damaged at offset {offset}: {reason}", .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where in the file the damage was noticed.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// Another process holds the data folder.
    #[error(
        "{}: the data folder is in use by another process{}; stop that process or choose another folder",
        .path.display(),
        .holder.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    Locked {
        /// The data folder.
        path: PathBuf,
        /// The process that holds it, where it can be told.
        holder: Option<u32>,
    },
    /// A folder that another part of this process writes to.
    #[error("{}: in use: it is open already", .path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A change behind a fence that was closed.
    #[error("{}: closed for writing", .path.display())]
    Closed {
        /// The file or folder.
        path: PathBuf,
    },
    /// A path that is not allowed: absolute, with `..`, or reserved.
    #[error("{}: not a path inside the store: {reason}", .path.display())]
    BadPath {
        /// The path as it was given.
        path: PathBuf,
        /// Which rule it breaks.
        reason: &'static str,
    },
}

impl StoreError {
    /// Sorts a system error into the variants above.
    pub fn io(path: &Path, op: &'static str, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { path },
            _ => Self::Io { path, op, source },
        }
    }

    /// A damaged file.
    pub fn corrupt(path: &Path, offset: u64, reason: impl Into<String>) -> Self {
        Self::Corrupt {
            path: path.to_path_buf(),
            offset,
            reason: reason.into(),
        }
    }

    /// Whether it says that there is no room.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::NoSpace { .. } | Self::Reserved { .. })
    }

    /// Whether it says that something is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    fn kind(&self) -> io::ErrorKind {
        match self {
            Self::NotFound { .. } => io::ErrorKind::NotFound,
            Self::Exists { .. } => io::ErrorKind::AlreadyExists,
            Self::NoSpace { .. } | Self::Reserved { .. } => io::ErrorKind::StorageFull,
            Self::Io { source, .. } => source.kind(),
            Self::Corrupt { .. } => io::ErrorKind::InvalidData,
            Self::Locked { .. } | Self::InUse { .. } => io::ErrorKind::ResourceBusy,
            Self::Closed { .. } => io::ErrorKind::Other,
            Self::BadPath { .. } => io::ErrorKind::InvalidInput,
        }
    }
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        Self::new(error.kind(), error)
    }
}
