//! The operations of the log.

use rkyv::util::AlignedVec;
use rkyv::{Archive, Deserialize, Serialize, rancor};

/// One operation on an index, as it is logged.
#[derive(Debug, Clone, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Op {
    /// A document was added or replaced.
    Index {
        /// The sequence number.
        seq: u64,
        /// The document's version after it.
        version: u64,
        /// The document's ordinal.
        ord: u64,
        /// The document's id.
        id: String,
        /// The document as JSON.
        source: Vec<u8>,
    },
    /// A document was deleted.
    Delete {
        /// The sequence number.
        seq: u64,
        /// The document's version after it.
        version: u64,
        /// The ordinal that the document had.
        ord: u64,
        /// The document's id.
        id: String,
    },
    /// Nothing happened; the sequence number is used up.
    NoOp {
        /// The sequence number.
        seq: u64,
    },
    /// A document was changed in part: as [`Op::Index`], but its vectors stay in the fields that
    /// the source does not name.
    Change {
        /// The sequence number.
        seq: u64,
        /// The document's version after it.
        version: u64,
        /// The document's ordinal.
        ord: u64,
        /// The document's id.
        id: String,
        /// The document as JSON.
        source: Vec<u8>,
    },
}

impl Op {
    /// The sequence number.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Index { seq, .. }
            | Self::Change { seq, .. }
            | Self::Delete { seq, .. }
            | Self::NoOp { seq } => *seq,
        }
    }

    pub(super) fn encode(&self) -> Result<AlignedVec, rancor::Error> {
        rkyv::to_bytes(self)
    }

    /// Reads an operation back; every pointer and tag is checked.
    pub(super) fn decode(payload: &[u8]) -> Result<Self, rancor::Error> {
        rkyv::from_bytes(&aligned(payload))
    }

    /// As [`Op::decode`], but only the checks and the sequence number.
    pub(super) fn check(payload: &[u8]) -> Result<u64, rancor::Error> {
        let payload = aligned(payload);
        let op: &ArchivedOp = rkyv::access::<ArchivedOp, rancor::Error>(&payload)?;
        Ok(match op {
            ArchivedOp::Index { seq, .. }
            | ArchivedOp::Change { seq, .. }
            | ArchivedOp::Delete { seq, .. }
            | ArchivedOp::NoOp { seq } => seq.to_native(),
        })
    }
}

/// The least size of an encoded operation: its root.
pub(super) const MIN_ENCODED: usize = size_of::<ArchivedOp>();

/// Records lie anywhere in a file; the archive wants its alignment.
fn aligned(payload: &[u8]) -> AlignedVec {
    let mut bytes = AlignedVec::with_capacity(payload.len());
    bytes.extend_from_slice(payload);
    bytes
}
