//! What a write comes to: its condition, its version, its ordinal.

use serde_json::{Map, Value};

use super::super::Index;
use super::super::read::Current;
use super::{PRIMARY_TERM, WriteState};
use crate::error::{EngineError, Result};
use crate::request::{VersionType, WriteOp, WriteOutcome, WriteResult};

/// The longest id, in bytes, as Elasticsearch has it.
const MAX_ID_BYTES: usize = 512;

/// What a write comes to, before it is logged.
pub(super) enum Effect {
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
    /// Reads what is there, and decides.
    pub(super) fn effect(&self, state: &WriteState, op: WriteOp) -> Result<Effect> {
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
                // What is not there and is not to be made is missing, whatever it was to be.
                if there.is_none() && upsert.is_none() && !(doc_as_upsert && doc.is_some()) {
                    return Err(EngineError::DocumentMissing { id });
                }
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
                let before = self.shared.verbatim(current)?;
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
