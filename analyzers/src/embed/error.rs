//! Why a model can't be used.

use std::io;
use std::path::PathBuf;

use crate::image::ImageError;

/// Why a model can't be used. The message is meant for people.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file of the model can't be read.
    #[error("{} can't be read: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the model holds something else than it should.
    #[error("{what}: {reason}")]
    Invalid {
        /// The file, or the part of it.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The model failed while it computed.
    #[error("the model failed: {0}")]
    Compute(String),
    /// The picture to be encoded can't be read.
    #[error(transparent)]
    Image(#[from] ImageError),
}

impl ModelError {
    /// Something wrong in `what`.
    pub(crate) fn invalid(what: impl Into<String>, reason: impl ToString) -> Self {
        Self::Invalid {
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}

impl From<candle_core::Error> for ModelError {
    fn from(error: candle_core::Error) -> Self {
        Self::Compute(error.to_string())
    }
}
