//! The envelope of the family: `{msg, code, data}`, HTTP 200 whatever happened.

use analyzers::embed::ModelError;
use engine::EngineError;
use engine::pool::PoolError;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::{ParseFromJSON, ToJSON, Type};
use poem_openapi::{ApiResponse, Object};
use serde_json::json;

use crate::http::FormError;
use crate::http::described::{self, JSON};
use crate::library::LibraryError;

/// What a route does, with the texts that clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// A picture comes in.
    Add,
    /// Pictures are found.
    Search,
    /// Pictures go.
    Delete,
}

impl Verb {
    fn success(self) -> &'static str {
        match self {
            Self::Add => "存储图片成功！",
            Self::Search => "检索图片成功！",
            Self::Delete => "删除图片成功！",
        }
    }

    fn failure(self) -> &'static str {
        match self {
            Self::Add => "存储图片失败！",
            Self::Search => "检索图片失败！",
            Self::Delete => "删除图片失败！",
        }
    }
}

/// Why a request failed, in words for its sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SimError(pub String);

impl From<FormError> for SimError {
    fn from(error: FormError) -> Self {
        Self(error.to_string())
    }
}

impl From<PoolError> for SimError {
    fn from(error: PoolError) -> Self {
        Self(match error {
            PoolError::Full { .. } => format!("{error}; try again later"),
            PoolError::Closed { .. } => "the node is stopping".to_owned(),
            // The pool has logged it.
            PoolError::Panicked { .. } | PoolError::Spawn { .. } => internal(),
        })
    }
}

impl From<LibraryError> for SimError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Engine(error) => error.into(),
            LibraryError::Store(_) => {
                tracing::error!(%error, "a request failed");
                Self(internal())
            }
            other => Self(other.to_string()),
        }
    }
}

impl From<EngineError> for SimError {
    fn from(error: EngineError) -> Self {
        use engine::ErrorClass::{Conflict, Internal};
        if matches!(error.class(), Internal | Conflict) {
            tracing::error!(%error, "a request failed");
            return Self(internal());
        }
        Self(error.to_string())
    }
}

impl From<ModelError> for SimError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Image(error) => Self(error.to_string()),
            error => {
                tracing::error!(%error, "a picture could not be described");
                Self(internal())
            }
        }
    }
}

fn internal() -> String {
    "an error inside the node; its log says more".to_owned()
}

/// The envelope.
#[derive(Debug, Clone, Object)]
pub struct SimEnvelope<T: ParseFromJSON + ToJSON> {
    /// What became of the request; after a failure's text, `：` and the reason.
    pub msg: String,
    /// 200 for success, 500 for failure. The HTTP status is 200 for both.
    pub code: u16,
    /// What was asked for; null after a failure.
    pub data: Option<T>,
}

/// An answer of the family.
#[derive(Debug)]
pub struct SimAnswer<T> {
    verb: Verb,
    result: Result<T, SimError>,
}

impl<T> SimAnswer<T> {
    /// The answer of a route.
    pub fn of(verb: Verb, result: Result<T, SimError>) -> Self {
        Self { verb, result }
    }
}

impl<T: ParseFromJSON + ToJSON> IntoResponse for SimAnswer<T> {
    fn into_response(self) -> Response {
        let envelope = match self.result {
            Ok(data) => SimEnvelope {
                msg: self.verb.success().to_owned(),
                code: 200,
                data: Some(data),
            },
            Err(error) => SimEnvelope {
                msg: format!("{}：{error}", self.verb.failure()),
                code: 500,
                data: None,
            },
        };
        Response::builder()
            .content_type(JSON)
            .body(envelope.to_json_string())
    }
}

impl<T: ParseFromJSON + ToJSON> ApiResponse for SimAnswer<T> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![described::json::<SimEnvelope<T>>(
                200,
                "Success with `code` 200, or failure with 500.",
            )],
        }
    }

    fn register(registry: &mut Registry) {
        SimEnvelope::<T>::register(registry);
    }
}

/// A request without the right token or key.
pub fn unauthorized() -> Response {
    envelope(StatusCode::OK, "请求非法")
}

/// A request that no route takes, or that broke the node.
pub fn refused(status: StatusCode, reason: &str) -> Response {
    envelope(status, &format!("请求失败！：{reason}"))
}

fn envelope(status: StatusCode, msg: &str) -> Response {
    Response::builder()
        .status(status)
        .content_type(JSON)
        .body(json!({"msg": msg, "code": 500, "data": null}).to_string())
}
