//! Elasticsearch's error bodies.

use engine::pool::PoolError;
use engine::query::ast::{ParseError, ParseErrorKind};
use engine::{EngineError, ErrorClass};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::http::{BodyError, JsonError};
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
    /// Whether it came up while a search ran: then all shards failed with it.
    pub in_search: bool,
}

impl EsError {
    /// An error.
    pub fn new(status: StatusCode, kind: &'static str, reason: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            reason: reason.into(),
            more: Box::default(),
            in_search: false,
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

    /// A body that is none.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parse_exception", reason)
    }

    /// A body with a member that it cannot have.
    pub fn content(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "x_content_parse_exception", reason)
    }

    /// A request whose parts do not go together.
    pub fn invalid(reason: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "action_request_validation_exception",
            format!("Validation Failed: 1: {reason};"),
        )
    }

    /// The error, which came up while a search ran, as Elasticsearch tells of its shards.
    #[must_use]
    pub fn while_searching(mut self, error_of_request: bool) -> Self {
        self.in_search = !error_of_request;
        self
    }

    /// The error as one about a document of an index.
    #[must_use]
    pub fn of_index(mut self, index: &str) -> Self {
        if matches!(
            self.kind,
            "version_conflict_engine_exception" | "document_missing_exception"
        ) {
            self.more.entry("index").or_insert_with(|| json!(index));
            self.more.entry("shard").or_insert_with(|| json!("0"));
        }
        self
    }

    /// Returns whether it is about the whole answer, and not about what was asked for last.
    pub fn is_of_answer(&self) -> bool {
        matches!(
            self.kind,
            "content_too_long_exception" | "circuit_breaking_exception"
        )
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
        let mut root = self.cause();
        root.shift_remove("caused_by");
        let mut error = Map::new();
        error.insert("root_cause".to_owned(), json!([root]));
        if self.in_search {
            error.insert("type".to_owned(), json!("search_phase_execution_exception"));
            error.insert("reason".to_owned(), json!("all shards failed"));
            error.insert("phase".to_owned(), json!("query"));
            error.insert("grouped".to_owned(), json!(true));
            let failed = json!([{"shard": 0, "index": self.more.get("index"),
                "node": super::node::NODE_ID, "reason": self.item()}]);
            error.insert("failed_shards".to_owned(), failed);
        } else {
            error.extend(self.cause());
        }
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
            EngineError::AnswerTooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, kind, error.to_string())
            }
            EngineError::Exhausted(_) => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, kind, error.to_string())
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
        match &error {
            EngineError::IndexExists(name)
            | EngineError::IndexClosed(name)
            | EngineError::IndexName { name, .. } => {
                out.more.insert("index".to_owned(), json!(name));
            }
            EngineError::AliasesNotFound(names) => {
                out.more
                    .insert("resource.type".to_owned(), json!("aliases"));
                out.more.insert("resource.id".to_owned(), json!(names));
            }
            _ => {}
        }
        out
    }
}

/// An error of a search that ran: what the request itself is wrong about is told without shards.
pub(super) fn searching(error: EngineError) -> EsError {
    let shards = match &error {
        EngineError::SearchContextMissing(_) => true,
        EngineError::Parse(error) => error.kind == ParseErrorKind::Syntax,
        EngineError::IndexNotFound(_)
        | EngineError::IndexClosed(_)
        | EngineError::AnswerTooLarge { .. } => false,
        other => matches!(other.class(), ErrorClass::User | ErrorClass::Limit),
    };
    EsError::from(error).while_searching(!shards)
}

impl From<JsonError> for EsError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Syntax(error) => {
                Self::unreadable(format!("Failed to parse content to map: {error}"))
            }
            JsonError::TooLarge(_) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "content_too_long_exception",
                format!("the body is too large: {error}"),
            ),
            JsonError::Busy(error) => EngineError::from(error).into(),
        }
    }
}

impl From<BodyError> for EsError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge(_) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "content_too_long_exception",
                error.to_string(),
            ),
            BodyError::Late(_) => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "timeout_exception",
                "the body did not arrive in time",
            ),
            BodyError::Busy(error) => EngineError::from(error).into(),
            BodyError::Broken(_) => Self::illegal(error.to_string()),
        }
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
