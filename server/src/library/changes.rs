//! Changes of records that are there: keys, deletions.

use engine::EngineError;
use engine::index::{Document, PRIMARY_TERM};
use engine::query::ast::{ConstantScore, Query, Term};
use engine::request::{Order, SearchRequest, Sort, SourceFilter, VersionType, WriteOp};
use serde_json::{Value, json};

use super::{Key, Library, LibraryError, Record, Result, TRIES};

/// The most labels of a picture.
const MAX_KEYS: usize = 10_000;
/// Records that are looked at together.
const BATCH: usize = 1_000;

/// What is to become of a record.
pub(super) enum Change {
    /// It stays.
    Nothing,
    /// These fields are another value now.
    Merge(Value),
    /// It goes.
    Delete,
}

impl Library {
    /// Changes a record as it is at that moment; whether it was there and is another now.
    ///
    /// # Errors
    /// What `decide` reports; when others change the record again and again; when storage fails.
    pub(super) fn change(
        &self,
        id: u64,
        mut decide: impl FnMut(&Document) -> Result<Change>,
    ) -> Result<bool> {
        let index = self.index()?;
        for _ in 0..TRIES {
            let Some(document) = index.get(&id.to_string())? else {
                return Ok(false);
            };
            let (seq, term) = (Some(document.seq), Some(PRIMARY_TERM));
            let op = match decide(&document)? {
                Change::Nothing => return Ok(false),
                Change::Merge(doc) => WriteOp::Update {
                    id: id.to_string(),
                    doc: Some(doc),
                    upsert: None,
                    doc_as_upsert: false,
                    detect_noop: true,
                    if_seq_no: seq,
                    if_primary_term: term,
                },
                Change::Delete => WriteOp::Delete {
                    id: id.to_string(),
                    if_seq_no: seq,
                    if_primary_term: term,
                    version: None,
                    version_type: VersionType::Internal,
                },
            };
            let delete = matches!(op, WriteOp::Delete { .. });
            match index.write(vec![op]).into_iter().next() {
                Some(Ok(_)) => {
                    if delete {
                        self.forget(&document.source, id)?;
                    }
                    return Ok(true);
                }
                Some(Err(EngineError::VersionConflict { .. })) => {}
                Some(Err(error)) => return Err(error.into()),
                None => break,
            }
        }
        Err(LibraryError::Contended(id))
    }

    /// Deletes the file of a record that is gone, where no other record refers to it. The caller
    /// holds the lock of its hash.
    fn forget(&self, source: &Value, id: u64) -> Result<()> {
        let Some(record) = Record::from_source(&id.to_string(), source) else {
            return Ok(());
        };
        if let Some(hash) = &record.hash {
            self.fresh.lock().remove(hash);
            self.refresh()?;
            if self.find(hash)?.is_none() {
                self.remove_file(hash, &record.measures.format)?;
            }
        }
        Ok(())
    }

    /// Changes a record under the lock of its file.
    pub(super) fn change_locked(
        &self,
        id: u64,
        decide: impl FnMut(&Document) -> Result<Change>,
    ) -> Result<bool> {
        let Some(record) = self.record(id)? else {
            return Ok(false);
        };
        let _one_at_a_time = record.hash.as_ref().map(|hash| self.lock(hash));
        self.change(id, decide)
    }

    /// Deletes a record, and its file when no other record refers to it: whether it was there.
    ///
    /// # Errors
    /// When the index or the file cannot be changed.
    pub fn delete(&self, id: u64) -> Result<bool> {
        let deleted = self.delete_as_of(id, None)?;
        self.refresh()?;
        Ok(deleted)
    }

    /// Deletes a record as [`Library::delete`] does, where it still has a sequence number; searches see it
    /// go with the next refresh.
    ///
    /// # Errors
    /// When it has another, or the index or the file cannot be changed.
    pub fn delete_as_of(&self, id: u64, seq: Option<u64>) -> Result<bool> {
        self.change_locked(id, |document| match seq {
            Some(seq) if seq != document.seq => Err(EngineError::VersionConflict {
                id: id.to_string(),
                reason: format!(
                    "required seqNo [{seq}], primary term [{PRIMARY_TERM}]. current document has seqNo [{}] and primary term [{PRIMARY_TERM}]",
                    document.seq
                ),
            }
            .into()),
            _ => Ok(Change::Delete),
        })
    }

    /// Adds a label, unless the record has it. The caller holds the lock of the file.
    pub(super) fn add_key(&self, id: u64, key: &Key) -> Result<()> {
        self.change(id, |document| {
            let mut keys = keys_of(&document.source);
            if keys.iter().any(|other| is_key(other, &key.key)) {
                return Ok(Change::Nothing);
            }
            if keys.len() >= MAX_KEYS {
                return Err(LibraryError::field(
                    "key",
                    format!("picture {id} has {MAX_KEYS} keys already"),
                ));
            }
            keys.push(json!({"key": key.key, "filepath": key.filepath}));
            Ok(Change::Merge(json!({"keys": keys})))
        })
        .map(|_| ())
    }

    /// Takes a label away wherever it is; a picture goes with its last one. How many pictures had
    /// it.
    ///
    /// # Errors
    /// When the index or a file cannot be changed.
    pub fn remove_key(&self, key: &str) -> Result<u64> {
        let mut removed = 0;
        loop {
            let request = SearchRequest {
                query: Some(Query::ConstantScore(ConstantScore::new(Query::Term(
                    Term::new("keys.key", key),
                )))),
                size: BATCH,
                sort: vec![Sort::field("id", Order::Asc)],
                source: SourceFilter::None,
                ..SearchRequest::default()
            };
            let hits = self.index()?.search(&request)?.hits;
            let mut changed = 0;
            for id in hits.iter().filter_map(|hit| hit.id.parse().ok()) {
                let gone = self.change_locked(id, |document| {
                    let before = keys_of(&document.source);
                    let mut keys = before.clone();
                    keys.retain(|other| !is_key(other, key));
                    Ok(if keys.len() == before.len() {
                        Change::Nothing
                    } else if keys.is_empty() {
                        Change::Delete
                    } else {
                        Change::Merge(json!({"keys": keys}))
                    })
                })?;
                changed += u64::from(gone);
            }
            self.refresh()?;
            removed += changed;
            if changed == 0 || hits.len() < BATCH {
                return Ok(removed);
            }
        }
    }
}

fn keys_of(source: &Value) -> Vec<Value> {
    match source.get("keys") {
        Some(Value::Array(keys)) => keys.clone(),
        Some(one @ Value::Object(_)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

fn is_key(value: &Value, key: &str) -> bool {
    value.get("key").and_then(Value::as_str) == Some(key)
}
