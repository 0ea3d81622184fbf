//! What a write comes to: its condition, its version, its ordinal.

use serde_json::{Map, Value};

use super::super::Index;
use super::super::read::Current;
use super::{MAX_NUMBER, PRIMARY_TERM, WriteState};
use crate::error::{EngineError, Result};
use crate::request::{VersionType, WriteOp, WriteOutcome, WriteResult};
use crate::translog::Location;

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
        outcome: WriteOutcome,
    },
    Nothing(WriteResult),
}

impl Index {
    /// Reads what is there, and decides. Where that is not known to be durable, `rests_on` moves up to it: what is
    /// answered, a refusal too, shows it.
    pub(super) fn effect(
        &self,
        state: &WriteState,
        op: WriteOp,
        rests_on: &mut Option<Location>,
    ) -> Result<Effect> {
        let mut known = |id: &str| -> Result<Option<Current>> {
            let known = self.shared.current(id)?;
            let location = known.as_ref().and_then(|current| current.location);
            *rests_on = (*rests_on).max(location);
            Ok(known)
        };
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
                        id: crate::random::id()?,
                        source,
                        version: 1,
                        ord: state.next_ord,
                        fresh: true,
                        keep: false,
                        outcome: WriteOutcome::Created,
                    });
                };
                check_id(&id)?;
                let known = known(&id)?;
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
                let next = next_version(&id, known.as_ref(), version, version_type)?;
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
                let known = known(&id)?;
                let there = known.as_ref().filter(|current| !current.deleted);
                check_seq(&id, there, if_seq_no, if_primary_term)?;
                // What is not there is deleted all the same: its version is remembered. No document has or had the
                // ordinal that the next new one gets.
                let next = next_version(&id, known.as_ref(), version, version_type)?;
                let (ord, outcome) = match there {
                    Some(current) => (current.ord, WriteOutcome::Deleted),
                    None => (state.next_ord, WriteOutcome::NotFound),
                };
                Ok(Effect::Remove {
                    id,
                    version: next,
                    ord,
                    outcome,
                })
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
                let known = known(&id)?;
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
                    let version = following(&id, known.as_ref().map(|current| current.version))?;
                    return Ok(Effect::Put {
                        id,
                        source,
                        version,
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
                let version = following(&id, Some(current.version))?;
                Ok(Effect::Put {
                    id,
                    source: after,
                    version,
                    ord: current.ord,
                    fresh: false,
                    keep: true,
                    outcome: WriteOutcome::Updated,
                })
            }
        }
    }
}

/// The version after another, or the first.
fn following(id: &str, before: Option<u64>) -> Result<u64> {
    match before {
        None => Ok(1),
        Some(before) if before < MAX_NUMBER => Ok(before + 1),
        Some(before) => Err(EngineError::IllegalArgument(format!(
            "[{id}]: there is no version after the current version [{before}]"
        ))),
    }
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
        (None, _) => following(id, before),
        (Some(_), VersionType::Internal) => Err(EngineError::IllegalArgument(
            "internal versioning can not be used for optimistic concurrency control. Please use \
             `if_seq_no` and `if_primary_term` instead"
                .to_owned(),
        )),
        (Some(version), kind) if version > MAX_NUMBER => {
            Err(EngineError::IllegalArgument(format!(
                "illegal version value [{version}] for version type [{}]: it must not be above \
                 [{MAX_NUMBER}]",
                kind.as_str().to_uppercase()
            )))
        }
        (Some(version), VersionType::ExternalGte) => match before {
            Some(before) if version < before => Err(conflict(
                id,
                format!("current version [{before}] is higher than the one provided [{version}]"),
            )),
            Some(_) | None => Ok(version),
        },
        (Some(version), VersionType::External) => match before {
            Some(before) if version <= before => Err(conflict(
                id,
                format!(
                    "current version [{before}] is higher or equal to the one provided [{version}]"
                ),
            )),
            Some(_) | None => Ok(version),
        },
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
