//! What can go wrong while a suggestion structure is built or read.

use thiserror::Error;

/// A suggestion structure could not be built.
#[derive(Debug, Error)]
pub enum SuggestError {
    /// The texts together are larger than the offsets can address.
    #[error("{what} takes more than {limit} bytes")]
    TooLarge {
        /// What grew too large.
        what: &'static str,
        /// The largest size, in bytes.
        limit: u64,
    },
    /// The transducer refused a key.
    #[error("building the {what} transducer failed: {source}")]
    Transducer {
        /// Which transducer was being built.
        what: &'static str,
        /// The cause.
        source: fst::Error,
    },
}

impl SuggestError {
    pub(super) fn transducer(what: &'static str) -> impl FnOnce(fst::Error) -> Self {
        move |source| Self::Transducer { what, source }
    }
}
