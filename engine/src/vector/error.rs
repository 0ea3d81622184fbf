//! What can go wrong with vectors.

use std::path::PathBuf;

use thiserror::Error;

use crate::store::StoreError;

/// A vector search's or vector segment's result.
pub type Result<T, E = VectorError> = std::result::Result<T, E>;

/// Why vectors could not be taken, found, written or read.
#[derive(Debug, Error)]
pub enum VectorError {
    /// The storage failed, or a framed file is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file does not hold what it should.
    #[error("{}: damaged at offset {offset}: {reason}", .file.display())]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// Where in the file the damage was noticed.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A vector of another length than its field's.
    #[error("the vector has {found} dimensions where the field has {expected}")]
    Dimensions {
        /// What the field has.
        expected: usize,
        /// What the vector has.
        found: usize,
    },
    /// A value that is not a finite number.
    #[error("value {at} of the vector is {value}: every value must be a finite number")]
    NotFinite {
        /// The place in the vector, from 0.
        at: usize,
        /// The value.
        value: f32,
    },
    /// A time that is not a finite number.
    #[error("the time of the vector is {value}: it must be a finite number of seconds")]
    Time {
        /// The time.
        value: f32,
    },
    /// A vector without length, which has no direction to compare.
    #[error("the vector has no length: cosine similarity needs a value other than zero")]
    ZeroVector,
    /// A vector so long that the square of its length is no number any more.
    #[error("the vector is too long: the squares of its values exceed what a float holds")]
    TooLong,
    /// A setting or parameter outside of what is possible.
    #[error("{what} is {value}, allowed is {allowed}")]
    Option {
        /// The setting.
        what: &'static str,
        /// What it was given.
        value: u64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// More vectors than a segment can address.
    #[error("{vectors} vectors in one segment, the most are {limit}")]
    TooMany {
        /// How many there are.
        vectors: u64,
        /// The most that a segment takes.
        limit: u64,
    },
    /// The stored vectors are of another kind than was asked for.
    #[error("{}: holds vectors of {found}, not of {expected}", .file.display())]
    Mismatch {
        /// The file that says so.
        file: PathBuf,
        /// What was asked for.
        expected: String,
        /// What there is.
        found: String,
    },
    /// The search took longer than it may.
    #[error("the vector search ran out of time after {scored} comparisons")]
    Deadline {
        /// Vectors that were compared until then.
        scored: u64,
    },
    /// The build was asked to stop.
    #[error("building the vector segment was cancelled")]
    Cancelled,
    /// The graph could not be built.
    #[error("building the vector graph failed: {0}")]
    Build(String),
}

impl VectorError {
    /// Whether the vector or the request is wrong, and not the node.
    pub fn is_users(&self) -> bool {
        matches!(
            self,
            Self::Dimensions { .. }
                | Self::NotFinite { .. }
                | Self::Time { .. }
                | Self::ZeroVector
                | Self::TooLong
                | Self::Option { .. }
        )
    }

    /// Whether it says that a file is damaged.
    pub fn is_corrupt(&self) -> bool {
        matches!(
            self,
            Self::Corrupt { .. } | Self::Store(StoreError::Corrupt { .. })
        )
    }
}
