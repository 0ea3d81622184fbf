//! Operations that the translog already has, put in place again.

use serde_json::Value;

use super::super::Index;
use super::super::vectors::{Vectors, extract};
use super::How;
use crate::error::{EngineError, Result};
use crate::mapping::Mapping;
use crate::numerals;
use crate::translog::Op;

impl Index {
    /// Applies an operation that the translog already has. Its document need not be looked up: it replaces what
    /// has its id.
    pub(in crate::index) fn apply_replayed(&self, op: Op) -> Result<()> {
        let mut state = self.write.lock();
        let keep = matches!(op, Op::Change { .. });
        match op {
            Op::Index {
                seq,
                version,
                ord,
                id,
                source,
            }
            | Op::Change {
                seq,
                version,
                ord,
                id,
                source,
            } => {
                let bytes = source.len();
                let written = self.document(logged(seq, &source)?)?;
                drop(source);
                state.next_seq = state.next_seq.max(seq + 1);
                state.next_ord = state.next_ord.max(ord.saturating_add(1));
                let how = How {
                    fresh: false,
                    keep,
                    location: None,
                    bytes,
                };
                self.put(written, &id, seq, version, ord, how)?;
                self.bound_memory()
            }
            Op::Delete {
                seq,
                version,
                ord,
                id,
            } => {
                state.next_seq = state.next_seq.max(seq + 1);
                state.next_ord = state.next_ord.max(ord.saturating_add(1));
                self.remove(&id, seq, version, ord, None)?;
                self.bound_memory()
            }
            Op::NoOp { seq } => {
                state.next_seq = state.next_seq.max(seq + 1);
                Ok(())
            }
        }
    }
}

/// A source as the log has it.
fn logged(seq: u64, source: &[u8]) -> Result<Value> {
    numerals::read(source).map_err(|error| EngineError::Corrupt {
        file: "translog".to_owned(),
        reason: format!("operation {seq}: {error}"),
    })
}

/// Puts vectors again that the text index's commit holds and their own files do not.
pub(in crate::index) fn replay_vector(vectors: &Vectors, mapping: &Mapping, op: Op) -> Result<()> {
    let keep = matches!(op, Op::Change { .. });
    match op {
        Op::Index {
            seq, ord, source, ..
        }
        | Op::Change {
            seq, ord, source, ..
        } => {
            let extracted = extract(mapping, &numerals::plain(logged(seq, &source)?))?;
            vectors.put(mapping, seq, ord, &extracted.vectors, keep, false)
        }
        Op::Delete { seq, ord, .. } => vectors.delete(seq, ord),
        Op::NoOp { .. } => Ok(()),
    }
}
