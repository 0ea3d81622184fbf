//! The error body, and answers.

use analyzers::embed::ModelError;
use engine::pool::PoolError;
use engine::{EngineError, ErrorClass};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::Type;
use serde_json::json;

use super::bodies::DetectErrorBody;
use crate::detect::DetectError;
use crate::http::described::{self, JSON};
use crate::http::{Answer, Failure, FormError};

/// An error of the family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectFailure {
    status: StatusCode,
    message: String,
    details: Option<String>,
}

impl DetectFailure {
    /// An error of the request.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::with(StatusCode::BAD_REQUEST, message)
    }

    /// A request for detection without a picture.
    pub fn no_images() -> Self {
        Self::bad("No images provided")
    }

    /// A part that is no picture.
    pub fn invalid_image(name: &str, reason: impl std::fmt::Display) -> Self {
        Self {
            details: Some(reason.to_string()),
            ..Self::bad(format!("Invalid image data for {name}"))
        }
    }

    /// No record has this number.
    pub fn not_found(fig_id: u64) -> Self {
        let message = format!("no record has the figId {fig_id}");
        Self::with(StatusCode::NOT_FOUND, message)
    }

    /// Too much at once.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::with(StatusCode::TOO_MANY_REQUESTS, message)
    }

    /// The disk is full.
    pub fn full() -> Self {
        let message = "there is no room on the disk for what was found";
        Self::with(StatusCode::INSUFFICIENT_STORAGE, message)
    }

    /// Something inside the node, which nobody else is told.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::with(
            StatusCode::INTERNAL_SERVER_ERROR,
            "an error inside the node; its log says more",
        )
    }

    fn with(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            details: None,
        }
    }

    /// What a picture's examination failed with.
    pub fn of_picture(name: &str, error: &ModelError) -> Self {
        match error {
            ModelError::Image(error) => Self::invalid_image(name, error),
            error => Self::internal(error),
        }
    }
}

impl From<FormError> for DetectFailure {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Busy(_) => Self::busy(error.to_string()),
            FormError::Broken(_) | FormError::TooLarge(_) => Self::bad(error.to_string()),
        }
    }
}

impl From<DetectError> for DetectFailure {
    fn from(error: DetectError) -> Self {
        match error {
            DetectError::Engine(error) => error.into(),
            DetectError::Store(error) if error.is_full() => {
                Self::with(StatusCode::INSUFFICIENT_STORAGE, error.to_string())
            }
            error => Self::internal(&error),
        }
    }
}

impl From<EngineError> for DetectFailure {
    fn from(error: EngineError) -> Self {
        if let EngineError::Store(store) = &error
            && store.is_full()
        {
            return Self::with(StatusCode::INSUFFICIENT_STORAGE, error.to_string());
        }
        match error.class() {
            ErrorClass::User => Self::bad(error.to_string()),
            ErrorClass::Unavailable => {
                Self::with(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
            }
            _ => Self::internal(&error),
        }
    }
}

impl From<PoolError> for DetectFailure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full { .. } => Self::busy(format!("{error}; try again later")),
            PoolError::Closed { .. } => {
                Self::with(StatusCode::SERVICE_UNAVAILABLE, "the node is stopping")
            }
            PoolError::Panicked { .. } | PoolError::Spawn { .. } => Self::internal(&error),
        }
    }
}

impl IntoResponse for DetectFailure {
    fn into_response(self) -> Response {
        let mut body = json!({"error": self.message});
        if let Some(details) = self.details {
            body["details"] = details.into();
        }
        Response::builder()
            .status(self.status)
            .content_type(JSON)
            .body(body.to_string())
    }
}

/// An error that no handler shaped.
pub fn failure(status: StatusCode, reason: &str) -> Response {
    DetectFailure::with(status, reason).into_response()
}

impl Failure for DetectFailure {
    type Body = DetectErrorBody;

    const MEANINGS: &'static [(u16, &'static str)] = &[
        (400, "A parameter or a part is wrong; `error` says which."),
        (401, "The key is needed."),
        (404, "No record has this number."),
        (429, "Too many requests at once."),
    ];
}

/// An answer of JSON, documented as a `T`, or an error.
pub type DetectAnswer<T> = Answer<T, DetectFailure>;

/// A drawn picture, or an error.
#[derive(Debug)]
pub struct PictureAnswer(Result<Response, DetectFailure>);

impl PictureAnswer {
    /// The answer of the route.
    pub fn of(result: Result<Response, DetectFailure>) -> Self {
        Self(result)
    }
}

impl IntoResponse for PictureAnswer {
    fn into_response(self) -> Response {
        self.0.unwrap_or_else(IntoResponse::into_response)
    }
}

impl ApiResponse for PictureAnswer {
    fn meta() -> MetaResponses {
        // What generators of clients take for a file.
        let mut responses = vec![described::binary(200, "What was asked for.")];
        responses.extend(described::errors::<DetectErrorBody>(
            DetectFailure::MEANINGS,
        ));
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        DetectErrorBody::register(registry);
    }
}
