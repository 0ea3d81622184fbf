//! OData's error body, and answers.

use engine::odata::ODataError;
use engine::pool::PoolError;
use engine::{EngineError, ErrorClass};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use serde_json::{Value, json};

use super::bodies::{ErrorBody, ImageFields};
use crate::http::described::{self, JSON};
use crate::library::LibraryError;

/// An error of the family.
#[derive(Debug, Clone, PartialEq)]
pub struct ImagesError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The error's kind.
    pub code: &'static str,
    /// In words.
    pub message: String,
    /// The parameter or field.
    pub target: Option<String>,
    /// More.
    pub details: Box<Value>,
}

impl ImagesError {
    /// An error of the request.
    pub fn bad(code: &'static str, message: impl Into<String>, target: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
            target: (!target.is_empty()).then(|| target.to_owned()),
            details: Box::new(json!({})),
        }
    }

    /// A body that cannot be read.
    pub fn body(message: impl Into<String>) -> Self {
        Self::bad("InvalidBody", message, "body")
    }

    /// No picture has this hash.
    pub fn not_found(hash: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::bad(
                "NotFound",
                format!("no picture has the hash {hash}"),
                "hash",
            )
        }
    }

    fn internal() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            ..Self::bad(
                "InternalError",
                "an error inside the node; its log says more",
                "",
            )
        }
    }

    fn with(status: StatusCode, code: &'static str, message: String) -> Self {
        Self {
            status,
            ..Self::bad(code, message, "")
        }
    }
}

impl From<ODataError> for ImagesError {
    fn from(error: ODataError) -> Self {
        Self {
            details: Box::new(json!({"expression": error.expression, "position": error.position})),
            ..Self::bad(error.code.as_str(), error.message, &error.target)
        }
    }
}

impl From<EngineError> for ImagesError {
    fn from(error: EngineError) -> Self {
        if let EngineError::Store(full) = &error
            && full.is_full()
        {
            return LibraryError::Engine(error).into();
        }
        let error = match error {
            EngineError::Evaluation(error) => return (*error).into(),
            error => error,
        };
        match error.class() {
            ErrorClass::User => Self::bad("InvalidFilter", error.to_string(), ""),
            ErrorClass::Limit => Self::bad("FilterTooComplex", error.to_string(), ""),
            ErrorClass::NotFound | ErrorClass::Unavailable => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Self::with(status, "ServiceUnavailable", error.to_string())
            }
            ErrorClass::Conflict | ErrorClass::Internal => {
                tracing::error!(%error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl From<LibraryError> for ImagesError {
    fn from(error: LibraryError) -> Self {
        let message = error.to_string();
        match error {
            LibraryError::ReadOnly(field) => Self::bad("ReadOnlyField", message, &field),
            LibraryError::Field { field, .. } => Self::bad("InvalidValue", message, &field),
            LibraryError::Precondition(_) => Self::with(
                StatusCode::PRECONDITION_FAILED,
                "PreconditionFailed",
                message,
            ),
            LibraryError::Contended(_) | LibraryError::Models { .. } => {
                Self::with(StatusCode::CONFLICT, "Conflict", message)
            }
            LibraryError::NotFound(_) => Self::with(StatusCode::NOT_FOUND, "NotFound", message),
            LibraryError::Image(_) | LibraryError::FileTooLarge { .. } => {
                Self::bad("InvalidImage", message, "")
            }
            LibraryError::Engine(error) if error.class() == ErrorClass::User => {
                Self::bad("InvalidValue", error.to_string(), "")
            }
            LibraryError::Engine(EngineError::Store(error)) | LibraryError::Store(error)
                if error.is_full() =>
            {
                Self::with(
                    StatusCode::INSUFFICIENT_STORAGE,
                    "InsufficientStorage",
                    message,
                )
            }
            LibraryError::Engine(error) => error.into(),
            LibraryError::Store(error) => {
                tracing::error!(%error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl From<PoolError> for ImagesError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full { .. } => Self::with(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequests",
                error.to_string(),
            ),
            PoolError::Closed { .. } => Self::with(
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                "the node is stopping".to_owned(),
            ),
            // The pool has logged it.
            PoolError::Panicked { .. } | PoolError::Spawn { .. } => Self::internal(),
        }
    }
}

impl IntoResponse for ImagesError {
    fn into_response(self) -> Response {
        let mut error = json!({"code": self.code, "message": self.message});
        if let (Some(object), Some(target)) = (error.as_object_mut(), self.target) {
            object.insert("target".to_owned(), json!(target));
        }
        if let Some(object) = error.as_object_mut() {
            object.insert("details".to_owned(), *self.details);
        }
        Response::builder()
            .status(self.status)
            .content_type(JSON)
            .body(json!({"error": error}).to_string())
    }
}

/// An error that no handler shaped.
pub fn failure(status: StatusCode, reason: &str) -> Response {
    let code = match status {
        StatusCode::UNAUTHORIZED => "Unauthorized",
        StatusCode::NOT_FOUND => "NotFound",
        StatusCode::METHOD_NOT_ALLOWED => "MethodNotAllowed",
        StatusCode::FORBIDDEN => "Forbidden",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "UnsupportedMediaType",
        status if status.is_client_error() => "BadRequest",
        _ => "InternalError",
    };
    ImagesError::with(status, code, reason.to_owned()).into_response()
}

/// An answer of JSON, or an error.
#[derive(Debug)]
pub enum ImagesAnswer<T> {
    /// Data.
    Data(T),
    /// A response that is shaped already.
    Raw(Response),
    /// An error.
    Error(ImagesError),
}

impl<T> ImagesAnswer<T> {
    /// The answer of a route.
    pub fn of(result: Result<T, ImagesError>) -> Self {
        result.map_or_else(Self::Error, Self::Data)
    }

    /// The answer of a route that shapes it by itself.
    pub fn raw(result: Result<Response, ImagesError>) -> Self {
        result.map_or_else(Self::Error, Self::Raw)
    }
}

impl<T: ToJSON> IntoResponse for ImagesAnswer<T>
where
    T: Send,
{
    fn into_response(self) -> Response {
        match self {
            Self::Data(data) => Response::builder()
                .content_type(JSON)
                .body(data.to_json_string()),
            Self::Raw(response) => response,
            Self::Error(error) => error.into_response(),
        }
    }
}

/// The errors of the family.
const ERRORS: &[(u16, &str)] = &[
    (
        400,
        "`InvalidFilter`, `UnsupportedFunction`, `InvalidLambdaExpression`, `InvalidOrderBy`, `InvalidSelect`, \
         `InvalidPagination`, `FilterTooComplex`, `InvalidHash`, `InvalidValue`, `InvalidBody` or `ReadOnlyField`.",
    ),
    (401, "`Unauthorized`: a key is needed."),
    (404, "`NotFound`: no picture has this hash."),
    (412, "`PreconditionFailed`: `If-Match` names another state."),
];

impl<T: ParseFromJSON + ToJSON + Send> ApiResponse for ImagesAnswer<T> {
    fn meta() -> MetaResponses {
        let mut responses = vec![described::json::<T>(200, "What was asked for.")];
        responses.extend(described::errors::<ErrorBody>(ERRORS));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        ErrorBody::register(registry);
    }
}

/// A record, that it is unchanged, or an error.
#[derive(Debug)]
pub struct RecordAnswer(ImagesAnswer<ImageFields>);

impl RecordAnswer {
    /// The answer of a route.
    pub fn of(result: Result<Response, ImagesError>) -> Self {
        Self(ImagesAnswer::raw(result))
    }
}

impl IntoResponse for RecordAnswer {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl ApiResponse for RecordAnswer {
    fn meta() -> MetaResponses {
        let mut meta = ImagesAnswer::<ImageFields>::meta();
        let unchanged = described::bare(304, "The record still has the tag of `If-None-Match`.");
        meta.responses.insert(1, unchanged);
        meta
    }

    fn register(registry: &mut Registry) {
        ImagesAnswer::<ImageFields>::register(registry);
    }
}

/// A file, or an error.
#[derive(Debug)]
pub struct FileAnswer(Result<Response, ImagesError>);

impl FileAnswer {
    /// The answer of a route.
    pub fn of(result: Result<Response, ImagesError>) -> Self {
        Self(result)
    }
}

impl IntoResponse for FileAnswer {
    fn into_response(self) -> Response {
        self.0.unwrap_or_else(IntoResponse::into_response)
    }
}

impl ApiResponse for FileAnswer {
    fn meta() -> MetaResponses {
        let mut responses = vec![
            described::binary(200, "The file, with its own content type."),
            described::binary(206, "The part of the file that `Range` asked for."),
            described::bare(304, "The file still has the tag of `If-None-Match`."),
            described::bare(416, "`Range` asks for a part that the file does not have."),
        ];
        responses.extend(described::errors::<ErrorBody>(ERRORS));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        ErrorBody::register(registry);
    }
}
