//! Elasticsearch's error bodies.

use engine::pool::PoolError;
use engine::query::ast::ParseError;
use engine::{EngineError, ErrorClass};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::library::LibraryError;

/// An error with its status and type.
#[derive(Debug, Clone, PartialEq)]
pub struct EsError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The error's type.
    pub kind: &'static str,
    /// In words.
    pub reason: String,
    /// More members of the error's object.
    pub more: Box<Map<String, Value>>,
}

impl EsError {
    /// An error.
    pub fn new(status: StatusCode, kind: &'static str, reason: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            reason: reason.into(),
            more: Box::default(),
        }
    }

    /// A wrong argument.
    pub fn illegal(reason: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "illegal_argument_exception",
            reason,
        )
    }

    /// A body that cannot be read.
    pub fn parsing(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parsing_exception", reason)
    }

    /// A feature that is not there.
    pub fn unsupported(feature: &str) -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            "unsupported_operation_exception",
            format!("{feature} is not supported by this node"),
        )
    }

    /// No such index.
    pub fn no_index(name: &str) -> Self {
        let mut error = Self::new(
            StatusCode::NOT_FOUND,
            "index_not_found_exception",
            format!("no such index [{name}]"),
        );
        error.more.extend([
            ("resource.type".to_owned(), json!("index_or_alias")),
            ("resource.id".to_owned(), json!(name)),
            ("index_uuid".to_owned(), json!("_na_")),
            ("index".to_owned(), json!(name)),
        ]);
        error
    }

    fn cause(&self) -> Map<String, Value> {
        let mut cause = Map::new();
        cause.insert("type".to_owned(), json!(self.kind));
        cause.insert("reason".to_owned(), json!(self.reason));
        cause.extend((*self.more).clone());
        cause
    }

    /// The error's object without its envelope, as items of a bulk have it.
    pub fn item(&self) -> Value {
        Value::Object(self.cause())
    }

    /// The whole body.
    pub fn body(&self) -> Value {
        let mut error = Map::new();
        error.insert("root_cause".to_owned(), json!([self.cause()]));
        error.extend(self.cause());
        json!({"error": error, "status": self.status.as_u16()})
    }
}

impl From<EngineError> for EsError {
    fn from(error: EngineError) -> Self {
        let status = match error.class() {
            ErrorClass::User | ErrorClass::Limit => StatusCode::BAD_REQUEST,
            ErrorClass::NotFound => StatusCode::NOT_FOUND,
            ErrorClass::Conflict => StatusCode::CONFLICT,
            ErrorClass::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorClass::Internal => {
                tracing::error!(%error, "a request failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        let kind = error.kind();
        let mut out = match &error {
            EngineError::IndexNotFound(name) => Self::no_index(name),
            EngineError::Store(error) if error.is_full() => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "cluster_block_exception",
                error.to_string(),
            ),
            // A full disk's block may lift by itself; the others are the user's own.
            EngineError::ClusterBlock(reason) if reason.contains("[TOO_MANY_REQUESTS/") => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, kind, error.to_string())
            }
            EngineError::ClusterBlock(_) => {
                Self::new(StatusCode::FORBIDDEN, kind, error.to_string())
            }
            EngineError::Timeout(_) => {
                Self::new(StatusCode::REQUEST_TIMEOUT, kind, error.to_string())
            }
            EngineError::Document { field, reason } => {
                let mut out = Self::new(status, kind, error.to_string());
                let cause = json!({"type": "illegal_argument_exception", "reason": reason});
                out.more.insert("caused_by".to_owned(), cause);
                let _ = field;
                out
            }
            _ => Self::new(status, kind, error.to_string()),
        };
        if let EngineError::IndexExists(name) = &error {
            out.more.insert("index".to_owned(), json!(name));
        }
        out
    }
}

impl From<ParseError> for EsError {
    fn from(error: ParseError) -> Self {
        EngineError::from(error).into()
    }
}

impl From<LibraryError> for EsError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Engine(error) => error.into(),
            LibraryError::Field { .. } | LibraryError::Image(_) | LibraryError::ReadOnly(_) => {
                Self::new(
                    StatusCode::BAD_REQUEST,
                    "mapper_parsing_exception",
                    error.to_string(),
                )
            }
            LibraryError::Contended(_) => Self::new(
                StatusCode::CONFLICT,
                "version_conflict_engine_exception",
                error.to_string(),
            ),
            LibraryError::Store(error) => EngineError::Store(error).into(),
            other => Self::illegal(other.to_string()),
        }
    }
}

impl From<PoolError> for EsError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full { .. } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "es_rejected_execution_exception",
                error.to_string(),
            ),
            PoolError::Closed { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "node_closed_exception",
                "the node is stopping",
            ),
            // The pool has logged it.
            PoolError::Panicked { .. } | PoolError::Spawn { .. } => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "exception",
                "an error inside the node; its log says more",
            ),
        }
    }
}
