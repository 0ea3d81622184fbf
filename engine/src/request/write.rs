//! Writes and their results.

use serde_json::Value;

use crate::query::ast::keyword_enum;

/// A write to one document.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteOp {
    /// Puts a document in place.
    Index {
        /// The document's id; `None` for one of the engine's making.
        id: Option<String>,
        /// The document.
        source: Value,
        /// Whether an existing document is an error (`op_type=create`).
        op_type_create: bool,
        /// Only when the document's last write had this sequence number.
        if_seq_no: Option<u64>,
        /// Only when the document's last write had this primary term.
        if_primary_term: Option<u64>,
        /// The caller's own version number.
        version: Option<u64>,
        /// What `version` means.
        version_type: VersionType,
    },
    /// Changes a document.
    Update {
        /// The document's id.
        id: String,
        /// The change, merged into the source.
        doc: Option<Value>,
        /// The document to put when there is none.
        upsert: Option<Value>,
        /// Whether `doc` is the document to put when there is none.
        doc_as_upsert: bool,
        /// Whether a change that changes nothing writes nothing.
        detect_noop: bool,
        /// Only when the document's last write had this sequence number.
        if_seq_no: Option<u64>,
        /// Only when the document's last write had this primary term.
        if_primary_term: Option<u64>,
    },
    /// Removes a document.
    Delete {
        /// The document's id.
        id: String,
        /// Only when the document's last write had this sequence number.
        if_seq_no: Option<u64>,
        /// Only when the document's last write had this primary term.
        if_primary_term: Option<u64>,
        /// The caller's own version number.
        version: Option<u64>,
        /// What `version` means.
        version_type: VersionType,
    },
}

impl WriteOp {
    /// Puts a document in place, unconditionally.
    pub fn index(id: Option<String>, source: Value) -> Self {
        Self::Index {
            id,
            source,
            op_type_create: false,
            if_seq_no: None,
            if_primary_term: None,
            version: None,
            version_type: VersionType::Internal,
        }
    }

    /// Puts a document in place that must not exist yet.
    pub fn create(id: Option<String>, source: Value) -> Self {
        Self::Index {
            id,
            source,
            op_type_create: true,
            if_seq_no: None,
            if_primary_term: None,
            version: None,
            version_type: VersionType::Internal,
        }
    }

    /// Merges a change into a document.
    pub fn update(id: impl Into<String>, doc: Value) -> Self {
        Self::Update {
            id: id.into(),
            doc: Some(doc),
            upsert: None,
            doc_as_upsert: false,
            detect_noop: true,
            if_seq_no: None,
            if_primary_term: None,
        }
    }

    /// Removes a document, unconditionally.
    pub fn delete(id: impl Into<String>) -> Self {
        Self::Delete {
            id: id.into(),
            if_seq_no: None,
            if_primary_term: None,
            version: None,
            version_type: VersionType::Internal,
        }
    }

    /// The document's id, if the write names one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Index { id, .. } => id.as_deref(),
            Self::Update { id, .. } | Self::Delete { id, .. } => Some(id),
        }
    }

    /// The word that `_bulk` uses: `index`, `create`, `update` or `delete`.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Index {
                op_type_create: true,
                ..
            } => "create",
            Self::Index { .. } => "index",
            Self::Update { .. } => "update",
            Self::Delete { .. } => "delete",
        }
    }
}

/// A write with the index that it goes to.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkOp {
    /// The index or alias.
    pub index: String,
    /// The write.
    pub op: WriteOp,
}

keyword_enum! {
    /// What a write's own version number means.
    pub enum VersionType {
        /// Nothing: versions are the engine's.
        #[default]
        Internal = "internal",
        /// It becomes the version, and has to be larger than the document's.
        External = "external" | "external_gt",
        /// It becomes the version, and has to be no smaller than the document's.
        ExternalGte = "external_gte",
    }
}

keyword_enum! {
    /// What a write did.
    pub enum WriteOutcome {
        /// There was no such document, and now there is.
        #[default]
        Created = "created",
        /// The document is another now.
        Updated = "updated",
        /// The document is gone.
        Deleted = "deleted",
        /// Nothing had to be done.
        Noop = "noop",
        /// There was nothing to delete or update.
        NotFound = "not_found",
    }
}

/// What a write did to which document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteResult {
    /// The index, when the writer knows its name.
    pub index: Option<String>,
    /// The document's id.
    pub id: String,
    /// The document's version after the write.
    pub version: u64,
    /// The write's sequence number.
    pub seq_no: u64,
    /// The primary term.
    pub primary_term: u64,
    /// What it did.
    pub result: WriteOutcome,
}
