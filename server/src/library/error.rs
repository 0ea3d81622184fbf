//! What can go wrong with the library.

use analyzers::image::ImageError;
use engine::store::StoreError;
use engine::{EngineError, ErrorClass};

/// An error of the library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The bytes are no picture that the library takes.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The file is too large.
    #[error("the file is over the limit of {limit} bytes")]
    FileTooLarge {
        /// The most that is allowed.
        limit: u64,
    },
    /// A field has a value that it cannot have.
    #[error("[{field}] {reason}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// A field that only the node sets.
    #[error("[{0}] is set by the node and cannot be changed")]
    ReadOnly(String),
    /// The record is another than the request expects.
    #[error("the picture was changed meanwhile: its tag is {0} now")]
    Precondition(String),
    /// No such record.
    #[error("there is no picture {0}")]
    NotFound(u64),
    /// Others changed the record again and again at the same time.
    #[error("picture {0} is being changed by others; try again")]
    Contended(u64),
    /// The pictures were described by another model than the node has now.
    #[error(
        "the library's vectors come from the model {is}, the node is set to {wanted}: run \
         `pictor reembed` with the same --image-model and --text-model, or serve with the old ones"
    )]
    Models {
        /// The model of the vectors.
        is: String,
        /// The node's model.
        wanted: String,
    },
    /// The index failed or refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LibraryError {
    /// A field's fault.
    pub fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Field {
            field: field.into(),
            reason: reason.into(),
        }
    }

    /// Who has to act.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Image(_) | Self::FileTooLarge { .. } | Self::Field { .. } | Self::ReadOnly(_) => {
                ErrorClass::User
            }
            Self::NotFound(_) => ErrorClass::NotFound,
            Self::Contended(_) | Self::Precondition(_) | Self::Models { .. } => {
                ErrorClass::Conflict
            }
            Self::Engine(error) => error.class(),
            Self::Store(error) if error.is_full() => ErrorClass::Unavailable,
            Self::Store(_) => ErrorClass::Internal,
        }
    }
}
