//! What can go wrong with snapshots.

use crate::error::{EngineError, ErrorClass};
use crate::store::StoreError;
use crate::vector::VectorError;

/// A result of snapshots.
pub type Result<T, E = SnapshotError> = std::result::Result<T, E>;

/// An error of snapshots. Where an object of the repository is to blame, it is named.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Settings of a repository that cannot be.
    #[error("[{repository}] {reason}")]
    Settings {
        /// The repository.
        repository: String,
        /// What is wrong with which setting.
        reason: String,
    },
    /// The repository takes no changes.
    #[error("[{0}] cannot modify repository: it is read-only")]
    ReadOnly(String),
    /// The repository's storage failed.
    #[error("[{object}] {op} failed: {}", chain(.source))]
    Storage {
        /// The object, or the folder that was listed.
        object: String,
        /// What was being done.
        op: &'static str,
        /// The storage's error.
        source: object_store::Error,
    },
    /// An object of the repository does not hold what it should.
    #[error("[{object}] is damaged: {reason}")]
    Damaged {
        /// The object.
        object: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that should be copied does not hold what its name says.
    #[error("[{path}] cannot be copied: {reason}")]
    Source {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A name that a snapshot cannot have.
    #[error("[{repository}:{name}] Invalid snapshot name [{name}], {reason}")]
    Name {
        /// The repository.
        repository: String,
        /// The name.
        name: String,
        /// The rule that it breaks.
        reason: String,
    },
    /// No such snapshot.
    #[error("[{repository}:{name}] is missing")]
    Missing {
        /// The repository.
        repository: String,
        /// The name.
        name: String,
    },
    /// Something else is going on that this cannot run beside.
    #[error("[{repository}] {reason}")]
    Busy {
        /// The repository.
        repository: String,
        /// What is going on.
        reason: String,
    },
    /// The snapshot lost its place: it stood still for so long that its blobs may be gone.
    #[error("[{repository}:{name}] was given up: {reason}")]
    Lost {
        /// The repository.
        repository: String,
        /// The name.
        name: String,
        /// Why.
        reason: String,
    },
    /// A restore that does not fit what is there.
    #[error("[{repository}:{name}] {reason}")]
    Restore {
        /// The repository.
        repository: String,
        /// The snapshot.
        name: String,
        /// Why.
        reason: String,
    },
    /// It was asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The node failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// An error with its causes, down to what the system said: each that its forerunner does not tell
/// already.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !told.contains(&more) {
            told.push_str(": ");
            told.push_str(&more);
        }
        cause = error.source();
    }
    told
}

impl SnapshotError {
    /// A damaged object.
    pub(super) fn damaged(object: impl ToString, reason: impl Into<String>) -> Self {
        Self::Damaged {
            object: object.to_string(),
            reason: reason.into(),
        }
    }

    /// Who has to act.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Settings { .. } | Self::Name { .. } | Self::Restore { .. } => ErrorClass::User,
            Self::ReadOnly(_) => ErrorClass::User,
            Self::Missing { .. } => ErrorClass::NotFound,
            Self::Busy { .. } => ErrorClass::Conflict,
            Self::Storage { .. } | Self::Cancelled | Self::Lost { .. } => ErrorClass::Unavailable,
            Self::Damaged { .. } | Self::Source { .. } => ErrorClass::Internal,
            Self::Engine(error) => error.class(),
        }
    }

    /// The error's `type` in Elasticsearch's envelope.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Settings { .. } | Self::ReadOnly(_) | Self::Storage { .. } => {
                "repository_exception"
            }
            Self::Damaged { .. } => "corrupted_snapshot_exception",
            Self::Source { .. } | Self::Lost { .. } | Self::Cancelled => "snapshot_exception",
            Self::Name { .. } => "invalid_snapshot_name_exception",
            Self::Missing { .. } => "snapshot_missing_exception",
            Self::Busy { .. } => "concurrent_snapshot_execution_exception",
            Self::Restore { .. } => "snapshot_restore_exception",
            Self::Engine(error) => error.kind(),
        }
    }

    /// Whether an object of the repository is damaged or gone.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }
}

impl From<StoreError> for SnapshotError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl SnapshotError {
    /// An index's error, told apart from being asked to stop.
    pub(super) fn of_index(error: EngineError) -> Self {
        match error {
            EngineError::Vector(VectorError::Cancelled) => Self::Cancelled,
            other => other.into(),
        }
    }
}
