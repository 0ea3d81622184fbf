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
        /// What the log takes for it.
        bytes: usize,
    },
    Remove {
        id: String,
        seq: u64,
        ord: u64,
    },
    /// Segments of vectors changed: what is visible is the same.
    Republish,
    /// Settings changed: what was to be done at some time may be due at another.
    Settings,
    /// Everything into the commit, and visible.
    Refresh(Sender<Result<u64>>),
    /// Everything into the commit; what searches see is the same.
    Flush(Sender<Result<u64>>),
    Merge(Sender<Result<u64>>),
    /// Everything into the commit, and the log begun anew.
    Checkpoint(Sender<Result<u64>>),
    /// The files of all that was written.
    Export(Sender<Result<IndexExport>>),
    /// What nobody foresaw.
    #[cfg(test)]
    Panic,
}

/// What a message without a document takes, roughly.
const SMALL: usize = 256;

impl Message {
    /// Roughly how many bytes of memory it takes while it waits: the document is there as it is stored, and in
    /// its parts.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Put { bytes, .. } => SMALL + 2 * bytes,
            Self::Remove { id, .. } => SMALL + id.len(),
            Self::Republish
            | Self::Settings
            | Self::Refresh(_)
            | Self::Flush(_)
            | Self::Merge(_)
            | Self::Checkpoint(_)
            | Self::Export(_) => SMALL,
            #[cfg(test)]
            Self::Panic => SMALL,
        }
    }
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
