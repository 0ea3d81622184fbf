//! What can go wrong in the engine, by class.

use std::fmt;

use crate::budget::Exhausted;
use crate::odata::ODataError;
use crate::query::ast::{ParseError, ParseErrorKind};
use crate::store::StoreError;
use crate::translog::TranslogError;
use crate::vector::VectorError;

/// The engine's result.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

/// Who has to act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The request is wrong.
    User,
    /// Something that the request names is not there.
    NotFound,
    /// The request does not fit the state of what it names.
    Conflict,
    /// A bound was reached: time, memory, results.
    Limit,
    /// The node cannot do it now: closing, disk full, storage failing.
    Unavailable,
    /// The node's own fault.
    Internal,
}

/// An error of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A query or request that cannot be understood.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// A value of a request that is not allowed.
    #[error("{0}")]
    IllegalArgument(String),
    /// A query that does not fit the mapping, such as a date that is none.
    #[error("failed to create query: {reason}{}", on_field(.field))]
    Query {
        /// The field, empty when there is none.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// A date in a query that is none.
    #[error("{reason} on field [{field}]")]
    Date {
        /// The field.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// A document that does not fit the mapping.
    #[error("failed to parse field [{field}]: {reason}")]
    Document {
        /// The field's path.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// A document with a field that a strict mapping does not know.
    #[error("mapping set to strict, dynamic introduction of [{0}] is not allowed")]
    StrictMapping(String),
    /// A mapping that cannot be.
    #[error("{0}")]
    Mapping(String),
    /// Settings that cannot be.
    #[error("{0}")]
    Settings(String),
    /// A name that an index cannot have.
    #[error("Invalid index name [{name}], {reason}")]
    IndexName {
        /// The name.
        name: String,
        /// The rule that it breaks.
        reason: String,
    },
    /// An alias that cannot be.
    #[error("{0}")]
    Alias(String),
    /// No such index or alias.
    #[error("no such index [{0}]")]
    IndexNotFound(String),
    /// An index of that name is there already.
    #[error("index [{0}] already exists")]
    IndexExists(String),
    /// An index that is closed.
    #[error("closed")]
    IndexClosed(String),
    /// A block forbids it.
    #[error("{0}")]
    ClusterBlock(String),
    /// A change after which what there is would contradict itself.
    #[error("{0}")]
    IllegalState(String),
    /// No such aliases.
    #[error("{several} [{names}] missing", several = several(.0), names = .0)]
    AliasesNotFound(String),
    /// No such index template.
    #[error("index_template [{0}] missing")]
    TemplateMissing(String),
    /// No such thing as a request names.
    #[error("{0}")]
    ResourceNotFound(String),
    /// No such document.
    #[error("[{id}]: document missing")]
    DocumentMissing {
        /// The document's id.
        id: String,
    },
    /// A scroll or point in time that is not there, or no more.
    #[error("No search context found for id [{0}]")]
    SearchContextMissing(String),
    /// The document is not in the state that the write expects.
    #[error("[{id}]: version conflict, {reason}")]
    VersionConflict {
        /// The document's id.
        id: String,
        /// The expected and the current state.
        reason: String,
    },
    /// A bound on work or results was reached.
    #[error("{0}")]
    Limit(String),
    /// More buckets than an answer may have.
    #[error(
        "Trying to create too many buckets. Must be less than or equal to: [{limit}] but was \
         [{found}]. This limit can be set by changing the [search.max_buckets] cluster level \
         setting."
    )]
    TooManyBuckets {
        /// The most that are allowed.
        limit: usize,
        /// How many there were when it was noticed.
        found: usize,
    },
    /// An answer that is longer than an answer may be.
    #[error(
        "the answer is longer than {limit} bytes: ask for fewer documents, or for less of each"
    )]
    AnswerTooLarge {
        /// The most bytes that an answer may have.
        limit: u64,
    },
    /// The requests under way fill the memory that they share.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    /// A regular expression that is none.
    #[error("invalid regular expression at position {position}: {message}")]
    Pattern {
        /// What is wrong.
        message: String,
        /// Characters from the pattern's beginning.
        position: usize,
    },
    /// A regular expression that ran out of its budget of steps or time.
    #[error("the regular expression took too long and was cut off; {0}")]
    PatternBudget(String),
    /// A condition or an order that cannot be evaluated within its bounds.
    #[error(transparent)]
    Evaluation(Box<ODataError>),
    /// The time for a query is over.
    #[error("the query took longer than {0} ms")]
    Timeout(u128),
    /// The index or node is closing, or its storage failed.
    #[error("{0}")]
    Unavailable(String),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The translog failed.
    #[error(transparent)]
    Translog(#[from] TranslogError),
    /// The text index failed.
    #[error("text index: {0}")]
    Text(#[from] tantivy::TantivyError),
    /// Vectors failed.
    #[error(transparent)]
    Vector(#[from] VectorError),
    /// A file of ours that does not hold what it should.
    #[error("{file}: {reason}")]
    Corrupt {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A thread of ours died.
    #[error("{0}")]
    Internal(String),
}

/// What names in a comma list are.
fn several(names: &str) -> &'static str {
    if names.contains(',') {
        "aliases"
    } else {
        "alias"
    }
}

/// ` on field [x]`, or nothing.
fn on_field(field: &str) -> String {
    if field.is_empty() {
        String::new()
    } else {
        format!(" on field [{field}]")
    }
}

impl EngineError {
    /// Who has to act.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Parse(error) => match error.kind {
                ParseErrorKind::TooManyClauses | ParseErrorKind::TooDeep => ErrorClass::Limit,
                _ => ErrorClass::User,
            },
            Self::IllegalArgument(_)
            | Self::Query { .. }
            | Self::Date { .. }
            | Self::Document { .. }
            | Self::StrictMapping(_)
            | Self::Mapping(_)
            | Self::Settings(_)
            | Self::IndexName { .. }
            | Self::Alias(_)
            | Self::IndexExists(_)
            | Self::IndexClosed(_)
            | Self::IllegalState(_)
            | Self::Pattern { .. } => ErrorClass::User,
            Self::IndexNotFound(_)
            | Self::AliasesNotFound(_)
            | Self::TemplateMissing(_)
            | Self::ResourceNotFound(_)
            | Self::DocumentMissing { .. }
            | Self::SearchContextMissing(_) => ErrorClass::NotFound,
            Self::ClusterBlock(_) => ErrorClass::Conflict,
            Self::VersionConflict { .. } => ErrorClass::Conflict,
            Self::Limit(_)
            | Self::AnswerTooLarge { .. }
            | Self::TooManyBuckets { .. }
            | Self::PatternBudget(_)
            | Self::Evaluation(_)
            | Self::Timeout(_) => ErrorClass::Limit,
            Self::Unavailable(_) | Self::Exhausted(_) => ErrorClass::Unavailable,
            Self::Store(StoreError::NoSpace { .. } | StoreError::Reserved { .. })
            | Self::Vector(
                VectorError::Store(StoreError::NoSpace { .. }) | VectorError::Cancelled,
            ) => ErrorClass::Unavailable,
            Self::Vector(VectorError::Deadline { .. }) => ErrorClass::Limit,
            Self::Vector(error) if error.is_users() => ErrorClass::User,
            Self::Store(_)
            | Self::Translog(_)
            | Self::Text(_)
            | Self::Vector(_)
            | Self::Corrupt { .. }
            | Self::Internal(_) => ErrorClass::Internal,
        }
    }

    /// The error's `type` in Elasticsearch's envelope.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Parse(error) => error.es_type(),
            Self::IllegalArgument(_)
            | Self::Limit(_)
            | Self::Settings(_)
            | Self::Pattern { .. } => "illegal_argument_exception",
            Self::TooManyBuckets { .. } => "too_many_buckets_exception",
            Self::AnswerTooLarge { .. } => "content_too_long_exception",
            Self::Query { .. } => "query_shard_exception",
            Self::Date { .. } => "parse_exception",
            Self::Document { .. } | Self::Mapping(_) => "mapper_parsing_exception",
            Self::StrictMapping(_) => "strict_dynamic_mapping_exception",
            Self::IndexName { .. } => "invalid_index_name_exception",
            Self::Alias(_) => "invalid_alias_name_exception",
            Self::IndexNotFound(_) => "index_not_found_exception",
            Self::IndexExists(_) => "resource_already_exists_exception",
            Self::IndexClosed(_) => "index_closed_exception",
            Self::ClusterBlock(_) => "cluster_block_exception",
            Self::IllegalState(_) => "illegal_state_exception",
            Self::AliasesNotFound(_) => "aliases_not_found_exception",
            Self::TemplateMissing(_) => "index_template_missing_exception",
            Self::ResourceNotFound(_) => "resource_not_found_exception",
            Self::DocumentMissing { .. } => "document_missing_exception",
            Self::SearchContextMissing(_) => "search_context_missing_exception",
            Self::VersionConflict { .. } => "version_conflict_engine_exception",
            Self::PatternBudget(_) | Self::Timeout(_) => "timeout_exception",
            Self::Evaluation(_) => "illegal_argument_exception",
            Self::Unavailable(_) => "unavailable_exception",
            Self::Exhausted(_) => "circuit_breaking_exception",
            Self::Store(error) if error.is_full() => "disk_full_exception",
            Self::Vector(error) if error.is_users() => "illegal_argument_exception",
            Self::Store(_) | Self::Translog(_) | Self::Text(_) | Self::Vector(_) => {
                "engine_exception"
            }
            Self::Corrupt { .. } => "corrupt_index_exception",
            Self::Internal(_) => "exception",
        }
    }

    /// A query that does not fit a field.
    pub fn query(field: &str, reason: impl fmt::Display) -> Self {
        Self::Query {
            field: field.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// A document's value that does not fit its field.
    pub fn document(field: &str, reason: impl fmt::Display) -> Self {
        Self::Document {
            field: field.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl From<ODataError> for EngineError {
    fn from(error: ODataError) -> Self {
        Self::Evaluation(Box::new(error))
    }
}
