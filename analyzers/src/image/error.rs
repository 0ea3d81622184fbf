//! Why a picture was refused.

use super::format::Format;

/// Why a picture can't be used. The message is meant for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The content is none of the supported formats.
    #[error("the file is not a GIF, PNG, JPEG or WebP picture")]
    UnsupportedFormat,
    /// The file declares more than a limit allows.
    #[error("the picture is over the limit of {limit} {what}: it has {actual}")]
    TooLarge {
        /// What was counted, in the plural.
        what: &'static str,
        /// The most that is allowed.
        limit: u64,
        /// What the file has, or the count at which reading stopped.
        actual: u64,
    },
    /// The file is damaged, cut short or uses something no decoder here reads.
    #[error("the {} file can't be decoded: {reason}", .format.label())]
    Corrupt {
        /// The format the file begins like.
        format: Format,
        /// What is wrong, and where that is known.
        reason: String,
    },
}

impl ImageError {
    /// A damaged file of `format`.
    pub(super) fn corrupt(format: Format, reason: impl Into<String>) -> Self {
        Self::Corrupt {
            format,
            reason: reason.into(),
        }
    }
}
