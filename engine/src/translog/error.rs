//! What can go wrong with the log.

use crate::store::StoreError;

/// A failed operation on a translog.
#[derive(Debug, thiserror::Error)]
pub enum TranslogError {
    /// The store failed, or a file is damaged ([`StoreError::Corrupt`]).
    #[error("translog: {0}")]
    Store(#[from] StoreError),
    /// An earlier write or sync failed. What reached the disk is unknown, so
    /// nothing is acknowledged any more until the log is opened again.
    #[error("the translog is out of service until it is opened again, after: {reason}")]
    Poisoned {
        /// The failure that came first.
        reason: String,
    },
    /// The log was closed. Another one may be open on its folder by now, so this one is closed for ever.
    #[error("the translog is closed")]
    Closed,
    /// An operation that is too large for a record.
    #[error("the operation has {bytes} bytes, more than the {max} that a translog record may have")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The bound.
        max: usize,
    },
    /// An operation that could not be encoded.
    #[error("cannot encode the operation: {0}")]
    Encode(String),
}
