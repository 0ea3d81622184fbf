//! What can fail.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why flags cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum FlagsError {
    /// The file is no sound database.
    #[error(
        "{}: the database of flags is damaged: {reason}. Put a sound copy in its place, or move it \
         away to begin an empty one",
        .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The rows are sound; what is made of them is not.
    #[error("{}: the database of flags needs its indices made again: {reason}", .path.display())]
    Words {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file was written by a later version of the node.
    #[error(
        "{}: the database of flags has version {version}, and this node reads up to {supported}: \
         it needs a newer node",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: i64,
        /// The latest that this node knows.
        supported: i64,
    },
    /// The file is a database of something else.
    #[error("{}: this is a database, but not of flags: {reason}", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What tells.
        reason: String,
    },
    /// Another program holds the database.
    #[error("the database of flags is locked by another program: try again later")]
    Busy,
    /// There is no room.
    #[error("no room is left on the disk of the database of flags")]
    NoRoom,
    /// A read took too long.
    #[error("the flags could not be read within the time for a query: ask for less")]
    Slow,
    /// A file beside the database cannot be used.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Anything else.
    #[error("{}: {source}", .path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl FlagsError {
    /// What an error of SQLite means.
    pub(super) fn of(path: &Path, error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::NoRoom,
            Some(ErrorCode::OperationInterrupted) => Self::Slow,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged {
                path: path.to_owned(),
                reason: error.to_string(),
            },
            _ => Self::Sql {
                path: path.to_owned(),
                source: error,
            },
        }
    }
}
