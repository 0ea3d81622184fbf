//! The error body, and answers.

use engine::pool::PoolError;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::Type;
use serde_json::json;

use super::bodies::FlagsErrorBody;
use crate::flags::{FlagsError, Refusal, WordsError};
use crate::http::described::{self, JSON};
use crate::http::{Answer, Failure};

/// An error of the family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagsFailure {
    /// The HTTP status.
    pub status: StatusCode,
    /// In words.
    pub message: String,
}

impl FlagsFailure {
    /// An error of the request.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::with(StatusCode::BAD_REQUEST, message)
    }

    /// No flag has this number.
    pub fn not_found(id: i64) -> Self {
        Self::with(StatusCode::NOT_FOUND, format!("no flag has the id {id}"))
    }

    /// Too much at once.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::with(StatusCode::TOO_MANY_REQUESTS, message)
    }

    fn internal() -> Self {
        Self::with(
            StatusCode::INTERNAL_SERVER_ERROR,
            "an error inside the node; its log says more",
        )
    }

    fn with(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }
}

impl From<Refusal> for FlagsFailure {
    fn from(error: Refusal) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<WordsError> for FlagsFailure {
    fn from(error: WordsError) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<FlagsError> for FlagsFailure {
    fn from(error: FlagsError) -> Self {
        match error {
            FlagsError::Busy | FlagsError::Slow => {
                Self::with(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
            }
            FlagsError::NoRoom => Self::with(StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
            // These name files of the node, which is nobody else's business.
            error => {
                tracing::error!(%error, "a request failed");
                Self::internal()
            }
        }
    }
}

impl From<PoolError> for FlagsFailure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full { .. } => Self::busy(format!("{error}; try again later")),
            PoolError::Closed { .. } => {
                Self::with(StatusCode::SERVICE_UNAVAILABLE, "the node is stopping")
            }
            // The pool has logged it.
            PoolError::Panicked { .. } | PoolError::Spawn { .. } => Self::internal(),
        }
    }
}

impl IntoResponse for FlagsFailure {
    fn into_response(self) -> Response {
        Response::builder()
            .status(self.status)
            .content_type(JSON)
            .body(json!({"error": self.message}).to_string())
    }
}

/// An error that no handler shaped.
pub fn failure(status: StatusCode, reason: &str) -> Response {
    FlagsFailure::with(status, reason).into_response()
}

/// An answer of JSON, documented as a `T`, or an error.
pub type FlagsAnswer<T, const STATUS: u16 = 200> = Answer<T, FlagsFailure, STATUS>;

impl Failure for FlagsFailure {
    type Body = FlagsErrorBody;

    const MEANINGS: &'static [(u16, &'static str)] = &[
        (400, "The body or a parameter is wrong; `error` says which."),
        (
            401,
            "The key is needed, or the node has none and is open to other machines.",
        ),
        (404, "No flag has this id."),
        (
            503,
            "Another program holds the database, or the query took too long.",
        ),
    ];
}

/// All flags in a file, or an error.
#[derive(Debug)]
pub struct ExportAnswer(Result<Response, FlagsFailure>);

impl ExportAnswer {
    /// The answer of the route.
    pub fn of(result: Result<Response, FlagsFailure>) -> Self {
        Self(result)
    }
}

impl IntoResponse for ExportAnswer {
    fn into_response(self) -> Response {
        self.0.unwrap_or_else(IntoResponse::into_response)
    }
}

impl ApiResponse for ExportAnswer {
    fn meta() -> MetaResponses {
        let types = [
            "application/vnd.sqlite3",
            "text/csv",
            "application/x-ndjson",
        ];
        let files = types.map(described::file).into();
        let mut responses = vec![described::response(200, "The file.", files)];
        responses.extend(described::errors::<FlagsErrorBody>(FlagsFailure::MEANINGS));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        FlagsErrorBody::register(registry);
    }
}
