//! What can go wrong with records of detections.

use engine::EngineError;
use engine::store::StoreError;

/// An error of the records.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// The index failed or refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A drawn picture could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record is not what the node writes.
    #[error("the record [{0}] of a detection is damaged")]
    Damaged(String),
}
