//! Writes: checks, versions, the translog, the live map.

use std::sync::Arc;

use serde_json::{Map, Value};
use tantivy::TantivyDocument;

use super::indexer::Message;
use super::live::Live;
use super::read::Current;
use super::vectors::{DocumentVectors, Vectors, extract};
use super::{Index, Shared};
use crate::error::{EngineError, Result};
use crate::mapping::Mapping;
use crate::request::{VersionType, WriteOp, WriteOutcome, WriteResult};
use crate::store::check_room;
use crate::text::Converter;
use crate::translog::{Location, Op};

/// The longest id, in bytes, as Elasticsearch has it.
pub const MAX_ID_BYTES: usize = 512;
/// There is one primary, ever.
pub const PRIMARY_TERM: u64 = 1;

/// The counters that the write lock guards.
#[derive(Debug)]
pub(crate) struct WriteState {
    pub(crate) next_seq: u64,
    pub(crate) next_ord: u64,
}

/// A document as its parts take it.
struct Written {
    document: TantivyDocument,
    /// The source without vectors.
    source: Arc<[u8]>,
    vectors: DocumentVectors,
}

/// What a document replaces.
#[derive(Clone, Copy)]
struct How {
    /// Nothing: its id is new.
    fresh: bool,
    /// Not the vectors of fields that it does not name.
    keep: bool,
}

/// What a write comes to, before it is logged.
enum Effect {
    Put {
        id: String,
        source: Value,
        version: u64,
        ord: u64,
        fresh: bool,
        /// Vectors of fields that the source does not name stay.
        keep: bool,
        outcome: WriteOutcome,
    },
    Remove {
        id: String,
        version: u64,
        ord: u64,
    },
    Nothing(WriteResult),
}

impl Index {
    /// Applies writes in order, each by itself, and answers when all that succeeded are durable.
    /// They are searchable from the next [`Index::refresh`].
    pub fn write(&self, ops: Vec<WriteOp>) -> Vec<Result<WriteResult>> {
        let mut results = Vec::with_capacity(ops.len());
        let mut last: Option<Location> = None;
        {
            let mut state = self.write.lock();
            for op in ops {
                results.push(self.write_one(&mut state, op, &mut last));
            }
        }
        if let Some(location) = last
            && let Err(error) = self.shared.translog.sync(location)
        {
            let reason = error.to_string();
            self.shared
                .failure
                .lock()
                .get_or_insert_with(|| reason.clone());
            // Nothing of this batch is known to be on disk: none of it is acknowledged.
            for result in results.iter_mut().filter(|result| result.is_ok()) {
                *result = Err(EngineError::Unavailable(format!(
                    "the write is not durable: {reason}"
                )));
            }
        }
        results
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
        last: &mut Option<Location>,
    ) -> Result<WriteResult> {
        if self
            .shared
            .closing
            .load(std::sync::atomic::Ordering::SeqCst)
            || self.shared.failure.lock().is_some()
        {
            return Err(self.shared.gone());
        }
        self.check_write_block()?;
        if !matches!(op, WriteOp::Delete { .. }) {
            self.check_room()?;
        }
        match self.effect(state, op)? {
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
                let logged = bytes_of(&source)?;
                let written = self.document(source)?;
                let seq = state.next_seq;
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
                *last = Some(self.log(&op)?);
                state.next_seq = seq + 1;
                state.next_ord = state.next_ord.max(ord + 1);
                let how = How { fresh, keep };
                self.put(written, &id, seq, version, ord, how)?;
                Ok(self.result(id, version, seq, outcome))
            }
            Effect::Remove { id, version, ord } => {
                let seq = state.next_seq;
                *last = Some(self.log(&Op::Delete {
                    seq,
                    version,
                    ord,
                    id: id.clone(),
                })?);
                state.next_seq = seq + 1;
                self.remove(&id, seq, version, ord)?;
                Ok(self.result(id, version, seq, WriteOutcome::Deleted))
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

    /// Applies an operation that the translog already has.
    pub(super) fn apply_replayed(&self, op: Op) -> Result<()> {
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
                let written = self.document(logged(seq, &source)?)?;
                state.next_seq = state.next_seq.max(seq + 1);
                state.next_ord = state.next_ord.max(ord + 1);
                let how = How { fresh: false, keep };
                self.put(written, &id, seq, version, ord, how)
            }
            Op::Delete {
                seq,
                version,
                ord,
                id,
            } => {
                state.next_seq = state.next_seq.max(seq + 1);
                state.next_ord = state.next_ord.max(ord + 1);
                self.remove(&id, seq, version, ord)
            }
            Op::NoOp { seq } => {
                state.next_seq = state.next_seq.max(seq + 1);
                Ok(())
            }
        }
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
        })
    }

    fn remove(&self, id: &str, seq: u64, version: u64, ord: u64) -> Result<()> {
        self.shared.live.insert(
            id,
            Live {
                seq,
                version,
                ord,
                source: None,
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

    /// Converts a document; the mapping learns its new fields first, durably.
    fn document(&self, source: Value) -> Result<Written> {
        // Objects inside lists may bring fields in several rounds; every round adds at least one.
        for _ in 0..crate::mapping::MAX_FIELDS {
            let definition = Arc::clone(&self.shared.definition.read());
            let extracted = extract(&definition.mapping, &source)?;
            if !extracted.learned.is_empty() {
                let mut mapping: Mapping = definition.mapping.clone();
                for (path, dims) in &extracted.learned {
                    mapping = mapping.with_dims(path, *dims)?;
                }
                self.shared.redefine(&definition, mapping)?;
                continue;
            }
            let rest = extracted.rest.as_ref().unwrap_or(&source);
            let converted = Converter {
                mapping: &definition.mapping,
                slots: &definition.slots,
                schema: &self.shared.schema,
                registry: &self.shared.registry,
                substring: &self.shared.settings.substring,
                ignore_malformed: self.shared.settings.ignore_malformed,
            }
            .convert(rest)?;
            if converted.new_fields.is_empty() {
                let mut document = converted.document;
                for (path, vectors) in &extracted.vectors {
                    if !vectors.is_empty() {
                        document.add_text(self.shared.schema.names, path);
                    }
                }
                return Ok(Written {
                    document,
                    source: bytes_of(rest)?.into(),
                    vectors: extracted.vectors,
                });
            }
            let mut mapping: Mapping = definition.mapping.clone();
            for new in converted.new_fields {
                mapping = mapping.with_field(&new.path, new.field)?;
            }
            self.shared.redefine(&definition, mapping)?;
        }
        Err(EngineError::Internal(
            "the mapping does not settle".to_owned(),
        ))
    }

    fn effect(&self, state: &WriteState, op: WriteOp) -> Result<Effect> {
        match op {
            WriteOp::Index {
                id,
                source,
                op_type_create,
                if_seq_no,
                if_primary_term,
                version,
                version_type,
            } => {
                let Some(id) = id else {
                    return Ok(Effect::Put {
                        id: auto_id(&self.shared.uuid, state.next_seq),
                        source,
                        version: 1,
                        ord: state.next_ord,
                        fresh: true,
                        keep: false,
                        outcome: WriteOutcome::Created,
                    });
                };
                check_id(&id)?;
                let known = self.shared.current(&id)?;
                let there = known.as_ref().filter(|current| !current.deleted);
                if op_type_create && let Some(current) = there {
                    return Err(conflict(
                        &id,
                        format!(
                            "document already exists (current version [{}])",
                            current.version
                        ),
                    ));
                }
                check_seq(&id, there, if_seq_no, if_primary_term)?;
                let next = next_version(&id, there.or(known.as_ref()), version, version_type)?;
                let (ord, outcome) = match there {
                    Some(current) => (current.ord, WriteOutcome::Updated),
                    None => (state.next_ord, WriteOutcome::Created),
                };
                let fresh = known.is_none();
                Ok(Effect::Put {
                    id,
                    source,
                    version: next,
                    ord,
                    fresh,
                    keep: false,
                    outcome,
                })
            }
            WriteOp::Delete {
                id,
                if_seq_no,
                if_primary_term,
                version,
                version_type,
            } => {
                check_id(&id)?;
                let known = self.shared.current(&id)?;
                let there = known.as_ref().filter(|current| !current.deleted);
                check_seq(&id, there, if_seq_no, if_primary_term)?;
                match there {
                    Some(current) => {
                        let next = next_version(&id, Some(current), version, version_type)?;
                        Ok(Effect::Remove {
                            id,
                            version: next,
                            ord: current.ord,
                        })
                    }
                    None => Ok(Effect::Nothing(self.result(
                        id,
                        known.map_or(1, |current| current.version),
                        state.next_seq,
                        WriteOutcome::NotFound,
                    ))),
                }
            }
            WriteOp::Update {
                id,
                doc,
                upsert,
                doc_as_upsert,
                detect_noop,
                if_seq_no,
                if_primary_term,
            } => {
                check_id(&id)?;
                let known = self.shared.current(&id)?;
                let there = known.as_ref().filter(|current| !current.deleted);
                check_seq(&id, there, if_seq_no, if_primary_term)?;
                let Some(current) = there else {
                    let source = match (upsert, doc) {
                        (_, Some(doc)) if doc_as_upsert => doc,
                        (Some(upsert), _) => upsert,
                        _ => return Err(EngineError::DocumentMissing { id }),
                    };
                    return Ok(Effect::Put {
                        id,
                        source,
                        version: known.as_ref().map_or(1, |current| current.version + 1),
                        ord: state.next_ord,
                        fresh: known.is_none(),
                        keep: false,
                        outcome: WriteOutcome::Created,
                    });
                };
                let before = self.shared.source(current)?;
                let mut after = before.clone();
                match doc {
                    Some(Value::Object(doc)) => merge(&mut after, doc),
                    Some(_) => {
                        return Err(EngineError::document(
                            "doc",
                            "a partial document is an object",
                        ));
                    }
                    None => {}
                }
                if detect_noop && after == before {
                    let (version, seq) = (current.version, current.seq);
                    return Ok(Effect::Nothing(self.result(
                        id,
                        version,
                        seq,
                        WriteOutcome::Noop,
                    )));
                }
                Ok(Effect::Put {
                    id,
                    source: after,
                    version: current.version + 1,
                    ord: current.ord,
                    fresh: false,
                    keep: true,
                    outcome: WriteOutcome::Updated,
                })
            }
        }
    }
}

impl Shared {
    /// Whether a write failed in a way that stops the index.
    pub(crate) fn fail(&self, reason: &str) {
        tracing::error!(index = %self.name, reason, "the index stopped taking writes");
        self.failure.lock().get_or_insert_with(|| reason.to_owned());
    }
}

fn bytes_of(source: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec(source).map_err(|error| EngineError::Internal(error.to_string()))
}

/// A source as the log has it.
fn logged(seq: u64, source: &[u8]) -> Result<Value> {
    serde_json::from_slice(source).map_err(|error| EngineError::Corrupt {
        file: "translog".to_owned(),
        reason: format!("operation {seq}: {error}"),
    })
}

/// Puts vectors again that the text index's commit holds and their own files do not.
pub(super) fn replay_vectors(vectors: &Vectors, mapping: &Mapping, ops: Vec<Op>) -> Result<()> {
    for op in ops {
        let keep = matches!(op, Op::Change { .. });
        match op {
            Op::Index {
                seq, ord, source, ..
            }
            | Op::Change {
                seq, ord, source, ..
            } => {
                let extracted = extract(mapping, &logged(seq, &source)?)?;
                vectors.put(mapping, seq, ord, &extracted.vectors, keep, false)?;
            }
            Op::Delete { seq, ord, .. } => vectors.delete(seq, ord)?,
            Op::NoOp { .. } => {}
        }
    }
    Ok(())
}

/// Unique for an index, without a look-up: its own id, and a sequence number that no other write has.
fn auto_id(uuid: &str, seq: u64) -> String {
    format!("{}{seq:012x}", uuid.get(..8).unwrap_or(uuid))
}

fn check_id(id: &str) -> Result<()> {
    if id.is_empty() {
        return Err(EngineError::IllegalArgument(
            "if _id is specified it must not be empty".to_owned(),
        ));
    }
    if id.len() > MAX_ID_BYTES {
        return Err(EngineError::IllegalArgument(format!(
            "id is too long, must be no longer than {MAX_ID_BYTES} bytes but was: {}",
            id.len()
        )));
    }
    Ok(())
}

fn conflict(id: &str, reason: String) -> EngineError {
    EngineError::VersionConflict {
        id: id.to_owned(),
        reason,
    }
}

fn check_seq(
    id: &str,
    current: Option<&Current>,
    if_seq_no: Option<u64>,
    if_primary_term: Option<u64>,
) -> Result<()> {
    let (Some(seq), Some(term)) = (if_seq_no, if_primary_term) else {
        if if_seq_no.is_some() != if_primary_term.is_some() {
            return Err(EngineError::IllegalArgument(
                "if_seq_no and if_primary_term must be given together".to_owned(),
            ));
        }
        return Ok(());
    };
    match current {
        Some(current) if current.seq == seq && term == PRIMARY_TERM => Ok(()),
        Some(current) => Err(conflict(
            id,
            format!(
                "required seqNo [{seq}], primary term [{term}]. current document has seqNo [{}] \
                 and primary term [{PRIMARY_TERM}]",
                current.seq
            ),
        )),
        None => Err(conflict(
            id,
            format!("required seqNo [{seq}], primary term [{term}]. but no document was found"),
        )),
    }
}

fn next_version(
    id: &str,
    current: Option<&Current>,
    version: Option<u64>,
    kind: VersionType,
) -> Result<u64> {
    let before = current.map(|current| current.version);
    match (version, kind) {
        (None, _) => Ok(before.map_or(1, |before| before + 1)),
        (Some(_), VersionType::Internal) => Err(EngineError::IllegalArgument(
            "internal versioning can not be used for optimistic concurrency control. Please use \
             `if_seq_no` and `if_primary_term` instead"
                .to_owned(),
        )),
        (Some(version), kind) => {
            let ok = match (before, kind) {
                (None, _) => true,
                (Some(before), VersionType::ExternalGte) => version >= before,
                (Some(before), _) => version > before,
            };
            if ok {
                Ok(version)
            } else {
                Err(conflict(
                    id,
                    format!(
                        "current version [{}] is higher or equal to the one provided [{version}]",
                        before.unwrap_or_default()
                    ),
                ))
            }
        }
    }
}

/// Elasticsearch's partial update: objects are merged, everything else is replaced.
fn merge(into: &mut Value, doc: Map<String, Value>) {
    let Some(object) = into.as_object_mut() else {
        *into = Value::Object(doc);
        return;
    };
    for (key, value) in doc {
        match (object.get_mut(&key), value) {
            (Some(old @ Value::Object(_)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                object.insert(key, value);
            }
        }
    }
}
