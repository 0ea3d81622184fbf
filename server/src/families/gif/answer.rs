//! The envelope of every answer, and the errors of the family.

use engine::pool::PoolError;
use engine::{EngineError, ErrorClass};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use poem_openapi::{ApiResponse, Object};

use super::request::RequestError;
use crate::http::described::{self, JSON};
use crate::library::LibraryError;
use crate::links::LinkError;

/// What every answer is wrapped in.
#[derive(Debug, Clone, Object)]
pub struct Envelope<T: ParseFromJSON + ToJSON> {
    /// 0 for success, else the number of the error.
    pub code: i32,
    /// `SUCCESS`, or the name of the error.
    pub info: String,
    /// What was asked for.
    pub data: T,
}

/// What is told about an error.
#[derive(Debug, Clone, Default, Object)]
#[oai(rename = "GifErrorData")]
pub struct ErrorData {
    /// What is wrong, and where.
    #[oai(skip_serializing_if_is_none)]
    pub error: Option<String>,
}

/// What can go wrong in this family.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GifError {
    /// The page is no positive whole number.
    #[error("the page is not a positive integer")]
    Pages,
    /// A picture that is named in a request is not there.
    #[error("no such picture")]
    UnknownPictures,
    /// What a path or token points at is not there.
    #[error("no such picture or link")]
    NotFound,
    /// The request is wrong.
    #[error("{0}")]
    Format(String),
    /// The file is no picture that the library takes.
    #[error("{0}")]
    Image(String),
    /// No route has this path.
    #[error("{0}")]
    NoRoute(String),
    /// The route does not take this method.
    #[error("{0}")]
    Method(String),
    /// A key is needed.
    #[error("this needs the key of the node")]
    Unauthorized,
    /// Whoever asks is not answered, with or without a key.
    #[error("{0}")]
    Forbidden(String),
    /// The body is of a type that the route does not read.
    #[error("{0}")]
    MediaType(String),
    /// The node is busy.
    #[error("{0}")]
    Busy(String),
    /// The node cannot do it now.
    #[error("{0}")]
    Unavailable(String),
    /// There is no room.
    #[error("{0}")]
    Full(String),
    /// The node's own fault; its log says more.
    #[error("an error inside the node; its log says more")]
    Internal,
}

impl GifError {
    /// The HTTP status, the code and its name.
    pub fn parts(&self) -> (StatusCode, i32, &'static str) {
        match self {
            Self::Pages => (StatusCode::BAD_REQUEST, 6, "INVALID_PAGES"),
            Self::UnknownPictures => (StatusCode::BAD_REQUEST, 9, "GIFS_NOT_FOUND"),
            Self::NotFound => (StatusCode::NOT_FOUND, 9, "GIFS_NOT_FOUND"),
            Self::Image(_) => (StatusCode::BAD_REQUEST, 10, "INVALID_IMAGE"),
            Self::Format(_) => (StatusCode::BAD_REQUEST, 1005, "INVALID_FORMAT"),
            Self::NoRoute(_) => (StatusCode::NOT_FOUND, 1004, "NOT_FOUND"),
            Self::Method(_) => (StatusCode::METHOD_NOT_ALLOWED, 1006, "METHOD_NOT_ALLOWED"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, 1001, "UNAUTHORIZED"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, 1010, "FORBIDDEN"),
            Self::MediaType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, 1005, "INVALID_FORMAT"),
            Self::Busy(_) => (StatusCode::TOO_MANY_REQUESTS, 1007, "TOO_MANY_REQUESTS"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, 1008, "UNAVAILABLE"),
            Self::Full(_) => (StatusCode::INSUFFICIENT_STORAGE, 1008, "UNAVAILABLE"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, 1009, "INTERNAL_ERROR"),
        }
    }

    fn data(&self) -> ErrorData {
        let error = match self {
            // The contract wants their data empty.
            Self::Pages | Self::UnknownPictures | Self::NotFound | Self::Unauthorized => None,
            other => Some(other.to_string()),
        };
        ErrorData { error }
    }
}

impl From<RequestError> for GifError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Pages => Self::Pages,
            RequestError::Format(message) => Self::Format(message),
        }
    }
}

impl From<EngineError> for GifError {
    fn from(error: EngineError) -> Self {
        match (&error, error.class()) {
            // The keyword is the only pattern of a request.
            (EngineError::Pattern { .. } | EngineError::PatternBudget(_), _) => {
                Self::Format(format!("[keyword] {error}"))
            }
            (EngineError::Store(full), _) if full.is_full() => Self::Full(error.to_string()),
            (_, ErrorClass::User | ErrorClass::Limit) => Self::Format(error.to_string()),
            (_, ErrorClass::Unavailable | ErrorClass::NotFound) => {
                Self::Unavailable(error.to_string())
            }
            (_, ErrorClass::Conflict | ErrorClass::Internal) => {
                tracing::error!(%error, "a request failed");
                Self::Internal
            }
        }
    }
}

impl From<LibraryError> for GifError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Image(_) | LibraryError::FileTooLarge { .. } => {
                Self::Image(error.to_string())
            }
            LibraryError::Field { .. } | LibraryError::ReadOnly(_) => {
                Self::Format(error.to_string())
            }
            LibraryError::NotFound(_) => Self::NotFound,
            LibraryError::Contended(_)
            | LibraryError::Precondition(_)
            | LibraryError::Models { .. } => Self::Busy(error.to_string()),
            LibraryError::Engine(error) => error.into(),
            LibraryError::Store(error) if error.is_full() => Self::Full(error.to_string()),
            LibraryError::Store(_) => {
                tracing::error!(%error, "a request failed");
                Self::Internal
            }
        }
    }
}

impl From<PoolError> for GifError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full { .. } => Self::Busy(error.to_string()),
            PoolError::Closed { .. } => Self::Unavailable("the node is stopping".to_owned()),
            // The pool has logged it.
            PoolError::Panicked { .. } | PoolError::Spawn { .. } => Self::Internal,
        }
    }
}

impl From<LinkError> for GifError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Engine(error) => error.into(),
            LinkError::TooMany | LinkError::Full | LinkError::TooFast(_) => {
                Self::Busy(error.to_string())
            }
            LinkError::Random(_) => {
                tracing::error!(%error, "no link could be made");
                Self::Internal
            }
        }
    }
}

impl IntoResponse for GifError {
    fn into_response(self) -> Response {
        let (status, code, info) = self.parts();
        json(status, code, info, self.data())
    }
}

fn json<T: ParseFromJSON + ToJSON>(status: StatusCode, code: i32, info: &str, data: T) -> Response {
    let envelope = Envelope {
        code,
        info: info.to_owned(),
        data,
    };
    Response::builder()
        .status(status)
        .content_type(JSON)
        .body(envelope.to_json_string())
}

/// An answer in the envelope: data or an error.
#[derive(Debug)]
pub struct Answer<T>(pub Result<T, GifError>);

impl<T> From<Result<T, GifError>> for Answer<T> {
    fn from(result: Result<T, GifError>) -> Self {
        Self(result)
    }
}

impl<T: ParseFromJSON + ToJSON> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match self.0 {
            Ok(data) => json(StatusCode::OK, 0, "SUCCESS", data),
            Err(error) => error.into_response(),
        }
    }
}

/// The schema of error answers.
pub(super) type ErrorEnvelope = Envelope<ErrorData>;

impl<T: ParseFromJSON + ToJSON> ApiResponse for Answer<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![
                described::json::<Envelope<T>>(200, "Code 0, `SUCCESS`."),
                described::json::<ErrorEnvelope>(
                    400,
                    "Code 6 `INVALID_PAGES`, 9 `GIFS_NOT_FOUND`, 10 `INVALID_IMAGE` or 1005 `INVALID_FORMAT`, whose \
                     `data.error` says what is wrong and where.",
                ),
                described::json::<ErrorEnvelope>(
                    401,
                    "Code 1001, `UNAUTHORIZED`: a key is needed.",
                ),
                described::json::<ErrorEnvelope>(
                    429,
                    "Code 1007, `TOO_MANY_REQUESTS`: try again later.",
                ),
                described::json::<ErrorEnvelope>(500, "Code 1009, `INTERNAL_ERROR`."),
                described::json::<ErrorEnvelope>(503, "Code 1008, `UNAVAILABLE`."),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        Envelope::<T>::register(registry);
        ErrorEnvelope::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_their_codes() {
        let pattern = EngineError::Pattern {
            message: "nothing to repeat".to_owned(),
            position: 0,
        };
        let table = [
            (GifError::from(RequestError::Pages), 400, 6, None),
            (GifError::UnknownPictures, 400, 9, None),
            (GifError::NotFound, 404, 9, None),
            (GifError::Unauthorized, 401, 1001, None),
            (
                pattern.into(),
                400,
                1005,
                Some("[keyword] invalid regular expression at position 0: nothing to repeat"),
            ),
            (
                EngineError::PatternBudget("2 s".to_owned()).into(),
                400,
                1005,
                Some("[keyword] the regular expression took too long and was cut off; 2 s"),
            ),
            (
                PoolError::Full {
                    pool: "search".to_owned(),
                    queued: 3,
                }
                .into(),
                429,
                1007,
                Some("the search pool is busy: 3 jobs are waiting"),
            ),
            (
                EngineError::Internal("x".to_owned()).into(),
                500,
                1009,
                Some("an error inside the node; its log says more"),
            ),
            (
                EngineError::Unavailable("closing".to_owned()).into(),
                503,
                1008,
                Some("closing"),
            ),
        ];
        for (error, status, code, message) in table {
            let parts = error.parts();
            assert_eq!((parts.0.as_u16(), parts.1), (status, code), "{error}");
            assert_eq!(error.data().error.as_deref(), message);
        }
        assert_eq!(ErrorData::default().to_json_string(), "{}");
    }
}
