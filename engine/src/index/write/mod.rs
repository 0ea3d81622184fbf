//! Writes: checks, versions, the translog, the live map.

mod document;
mod effect;
mod replay;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::indexer::Message;
use super::live::Live;
use super::{Index, MAX_LIVE_BYTES, Shared};
use crate::error::{EngineError, Result};
use crate::request::{WriteOp, WriteOutcome, WriteResult};
use crate::store::check_room;
use crate::translog::{Location, Op};

use document::{Written, bytes_of};
use effect::Effect;
pub(super) use replay::replay_vector;

/// The largest version and sequence number: they are signed for clients.
pub(crate) const MAX_NUMBER: u64 = i64::MAX as u64;

/// There is one primary, ever.
pub const PRIMARY_TERM: u64 = 1;

/// The counters that the write lock guards.
#[derive(Debug)]
pub(crate) struct WriteState {
    pub(crate) next_seq: u64,
    pub(crate) next_ord: u64,
}

/// What a document replaces, and what the log has of it.
#[derive(Clone, Copy)]
struct How {
    /// Nothing: its id is new.
    fresh: bool,
    /// Not the vectors of fields that it does not name.
    keep: bool,
    /// Where the log has it, if it is not known to be durable.
    location: Option<Location>,
    /// How long its logged source is.
    bytes: usize,
}

impl Index {
    /// Applies writes in order, each by itself, and answers when all that succeeded are durable, and the writes
    /// of others too that an answer rests on. They are searchable from the next [`Index::refresh`].
    pub fn write(&self, ops: Vec<WriteOp>) -> Vec<Result<WriteResult>> {
        let Ok(_entered) = self.shared.enter() else {
            return ops.iter().map(|_| Err(self.shared.gone())).collect();
        };
        let mut results = Vec::with_capacity(ops.len());
        // The last record that an answer rests on.
        let mut rests_on: Option<Location> = None;
        {
            let mut state = self.write.lock();
            for op in ops {
                let since = Instant::now();
                let deletes = matches!(op, WriteOp::Delete { .. });
                let result = self.guarded(&mut state, op, &mut rests_on);
                self.shared.work.wrote(deletes, since, &result);
                results.push(result);
            }
        }
        if let Some(location) = rests_on
            && let Err(error) = self.shared.translog.sync(location)
        {
            let reason = error.to_string();
            self.shared
                .failure
                .lock()
                .get_or_insert_with(|| reason.clone());
            // Nothing of this batch is known to be on disk: none of it is acknowledged, and no answer says
            // what others wrote.
            for result in results.iter_mut().filter(|result| tells_of_state(result)) {
                *result = Err(EngineError::Unavailable(format!(
                    "the write is not durable: {reason}"
                )));
            }
        }
        results
    }

    /// Applies one write. A panic may have left the counters behind the log, so it fails the index.
    fn guarded(
        &self,
        state: &mut WriteState,
        op: WriteOp,
        rests_on: &mut Option<Location>,
    ) -> Result<WriteResult> {
        let write = AssertUnwindSafe(|| self.write_one(state, op, rests_on));
        catch_unwind(write).unwrap_or_else(|_| {
            self.shared.fail("a write panicked");
            Err(EngineError::Internal(format!(
                "a write to [{}] panicked",
                self.shared.name
            )))
        })
    }

    /// Waits for a commit where too much lies in memory, since writers are faster than the indexer.
    fn bound_memory(&self) -> Result<()> {
        if self.shared.live.bytes() < 2 * MAX_LIVE_BYTES {
            return Ok(());
        }
        self.ask(Message::Flush).map(|_| ())
    }

    /// Refuses writes that the device has no room for. What is in the translog and not yet committed
    /// is still to be written a second time, and may be merged once more.
    fn check_room(&self) -> Result<()> {
        let waiting = self.shared.translog.stats().current_bytes;
        let (folder, reserve) = (&self.shared.folder, self.shared.options.reserve);
        Ok(check_room(
            folder.as_ref(),
            reserve,
            waiting.saturating_mul(2),
        )?)
    }

    fn write_one(
        &self,
        state: &mut WriteState,
        op: WriteOp,
        rests_on: &mut Option<Location>,
    ) -> Result<WriteResult> {
        if self.shared.failure.lock().is_some() {
            return Err(self.shared.gone());
        }
        self.check_write_block()?;
        if !matches!(op, WriteOp::Delete { .. }) {
            self.check_room()?;
        }
        match self.effect(state, op, rests_on)? {
            Effect::Nothing(result) => Ok(result),
            Effect::Put {
                id,
                source,
                version,
                ord,
                fresh,
                keep,
                outcome,
            } => {
                let logged = bytes_of(&source);
                let written = self.document(source)?;
                let bytes = logged.len();
                let seq = next_seq(state)?;
                let (log_id, source) = (id.clone(), logged);
                let op = if keep {
                    Op::Change {
                        seq,
                        version,
                        ord,
                        id: log_id,
                        source,
                    }
                } else {
                    Op::Index {
                        seq,
                        version,
                        ord,
                        id: log_id,
                        source,
                    }
                };
                let location = self.log(&op)?;
                drop(op);
                *rests_on = (*rests_on).max(Some(location));
                state.next_seq = seq + 1;
                state.next_ord = state.next_ord.max(ord + 1);
                let how = How {
                    fresh,
                    keep,
                    location: Some(location),
                    bytes,
                };
                self.put(written, &id, seq, version, ord, how)?;
                self.bound_memory()?;
                Ok(self.result(id, version, seq, outcome))
            }
            Effect::Remove {
                id,
                version,
                ord,
                outcome,
            } => {
                let seq = next_seq(state)?;
                let location = self.log(&Op::Delete {
                    seq,
                    version,
                    ord,
                    id: id.clone(),
                })?;
                *rests_on = (*rests_on).max(Some(location));
                state.next_seq = seq + 1;
                self.remove(&id, seq, version, ord, Some(location))?;
                self.bound_memory()?;
                Ok(self.result(id, version, seq, outcome))
            }
        }
    }

    fn log(&self, op: &Op) -> Result<Location> {
        self.shared.translog.append(op).map_err(|error| {
            self.shared
                .failure
                .lock()
                .get_or_insert_with(|| error.to_string());
            error.into()
        })
    }

    fn put(
        &self,
        written: Written,
        id: &str,
        seq: u64,
        version: u64,
        ord: u64,
        how: How,
    ) -> Result<()> {
        let Written {
            mut document,
            source,
            vectors,
        } = written;
        let schema = &self.shared.schema;
        document.add_text(schema.id, id);
        document.add_u64(schema.ord, ord);
        document.add_u64(schema.seq, seq);
        document.add_u64(schema.version, version);
        document.add_bytes(schema.source, &source);
        self.shared.live.insert(
            id,
            Live {
                seq,
                version,
                ord,
                source: Some(source),
                location: how.location,
            },
        );
        let replaces = (!how.fresh).then(|| id.to_owned());
        self.send(Message::Put {
            document: Box::new(document),
            replaces,
            seq,
            ord,
            vectors,
            keep: how.keep,
            bytes: how.bytes,
        })
    }

    fn remove(
        &self,
        id: &str,
        seq: u64,
        version: u64,
        ord: u64,
        location: Option<Location>,
    ) -> Result<()> {
        self.shared.live.insert(
            id,
            Live {
                seq,
                version,
                ord,
                source: None,
                location,
            },
        );
        self.send(Message::Remove {
            id: id.to_owned(),
            seq,
            ord,
        })
    }

    fn result(&self, id: String, version: u64, seq: u64, result: WriteOutcome) -> WriteResult {
        WriteResult {
            index: Some(self.shared.name.to_string()),
            id,
            version,
            seq_no: seq,
            primary_term: PRIMARY_TERM,
            result,
        }
    }
}

/// Whether an answer shows what was written, by this batch or by others.
fn tells_of_state(result: &Result<WriteResult>) -> bool {
    matches!(
        result,
        Ok(_) | Err(EngineError::VersionConflict { .. } | EngineError::DocumentMissing { .. })
    )
}

/// The sequence number of the next write: one that clients can read as a signed number.
fn next_seq(state: &WriteState) -> Result<u64> {
    if state.next_seq > MAX_NUMBER {
        return Err(EngineError::IllegalState(format!(
            "the index has no sequence number after [{MAX_NUMBER}]"
        )));
    }
    Ok(state.next_seq)
}

impl Shared {
    /// Whether a write failed in a way that stops the index.
    pub(crate) fn fail(&self, reason: &str) {
        let cause = self.directory.failed_write();
        let reason = match cause.filter(|cause| !reason.contains(cause)) {
            Some(cause) => &format!("{reason} ({cause})"),
            None => reason,
        };
        tracing::error!(index = %self.name, reason, "the index stopped taking writes");
        self.failure.lock().get_or_insert_with(|| reason.to_owned());
    }
}
