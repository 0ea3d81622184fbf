//! What the indexer is told, and what its commits say of themselves.

use crossbeam::channel::Sender;
use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;

use crate::error::{EngineError, Result};
use crate::index::export::IndexExport;
use crate::index::vectors::DocumentVectors;

/// What the indexer is told.
pub(crate) enum Message {
    Put {
        document: Box<TantivyDocument>,
        replaces: Option<String>,
        seq: u64,
        ord: u64,
        vectors: DocumentVectors,
        keep: bool,
    },
    Remove {
        id: String,
        seq: u64,
        ord: u64,
    },
    /// Segments of vectors changed: what is visible is the same.
    Republish,
    Refresh(Sender<Result<u64>>),
    Merge(Sender<Result<u64>>),
    /// Everything into the commit, and the log begun anew.
    Checkpoint(Sender<Result<u64>>),
    /// The files of all that was written.
    Export(Sender<Result<IndexExport>>),
    Close(Sender<Result<u64>>),
    Abandon,
}

/// What the last commit says of itself: the payload of tantivy's commit.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Committed {
    /// The last sequence number that it holds.
    pub(crate) seq: Option<u64>,
    /// The ordinal that the next new document gets.
    pub(crate) next_ord: u64,
    /// The number of commits so far.
    pub(crate) generation: u64,
    /// The first operation that the log still has to have, when it is one that the commit holds:
    /// vectors reach the disk later than the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log_from: Option<u64>,
}

impl Committed {
    /// The last operation that the log need not have any more.
    pub(crate) fn replay_after(&self) -> Option<u64> {
        match self.log_from {
            Some(from) => from.checked_sub(1),
            None => self.seq,
        }
    }

    pub(crate) fn of(index: &tantivy::Index) -> Result<Self> {
        match index.load_metas()?.payload {
            None => Ok(Self::default()),
            Some(payload) => serde_json::from_str(&payload).map_err(|error| EngineError::Corrupt {
                file: "text/meta.json".to_owned(),
                reason: format!("payload: {error}"),
            }),
        }
    }
}
