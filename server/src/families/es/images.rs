//! Writes to the library's own index keep what the library promises: numbers as ids, automatic ones
//! from its sequence, titles with their vectors, files that go with their records.

use engine::index::Index;
use engine::request::{WriteOp, WriteOutcome, WriteResult};
use poem::http::StatusCode;
use serde_json::{Value, json};

use super::error::EsError;
use crate::app::App;
use crate::library::{INDEX, MAX_ID, VECTORS, now};

/// Applies writes; each has its own outcome.
pub fn write(app: &App, index: &Index, ops: Vec<WriteOp>) -> Vec<Result<WriteResult, EsError>> {
    if index.name() != INDEX {
        let results = index.write(ops).into_iter();
        let of_index = |error| EsError::from(error).of_index(index.name());
        return results.map(|result| result.map_err(of_index)).collect();
    }
    let mut results = Vec::with_capacity(ops.len());
    // Numbers that the records bring along are claimed first: what is uploaded meanwhile, or has no
    // number here, gets one after them.
    let mut claim = match app.library.claim(largest(&ops)) {
        Ok(claim) => claim,
        Err(error) => {
            let error = EsError::from(error);
            return ops.iter().map(|_| Err(error.clone())).collect();
        }
    };
    // Records that are written after one another are synced together.
    let mut together = Vec::new();
    for op in ops {
        match kept(app, op) {
            Ok(Kept::Write(op)) => together.push(op),
            Ok(Kept::Delete(id, seq)) => {
                flush(index, &mut together, &mut results);
                results.push(delete(app, index, id, seq));
            }
            Err(error) => {
                flush(index, &mut together, &mut results);
                results.push(Err(error));
            }
        }
    }
    flush(index, &mut together, &mut results);
    for written in results.iter().flatten() {
        if let Ok(id) = written.id.parse() {
            claim.keep(id);
        }
    }
    results
}

/// The largest number that a record may be made under.
fn largest(ops: &[WriteOp]) -> u64 {
    let ids = ops.iter().filter_map(|op| match op {
        WriteOp::Index { id, .. } => id.as_ref(),
        WriteOp::Update { id, .. } => Some(id),
        WriteOp::Delete { .. } => None,
    });
    let numbers = ids.filter_map(|id| new_number(id).ok());
    numbers.max().unwrap_or(0)
}

fn flush(
    index: &Index,
    together: &mut Vec<WriteOp>,
    results: &mut Vec<Result<WriteResult, EsError>>,
) {
    if together.is_empty() {
        return;
    }
    let written = index.write(std::mem::take(together)).into_iter();
    let of_index = |error| EsError::from(error).of_index(index.name());
    results.extend(written.map(|result| result.map_err(of_index)));
}

enum Kept {
    Write(WriteOp),
    /// The record, where it still has that sequence number.
    Delete(u64, Option<u64>),
}

fn kept(app: &App, op: WriteOp) -> Result<Kept, EsError> {
    Ok(match op {
        WriteOp::Index {
            id,
            mut source,
            op_type_create,
            if_seq_no,
            if_primary_term,
            version,
            version_type,
        } => {
            let id = match id {
                Some(id) => new_number(&id)?,
                None => app.library.reserve(1)?.start,
            };
            let created = now();
            if let Some(object) = source.as_object_mut() {
                object.shift_remove(VECTORS);
                object.insert("id".to_owned(), json!(id));
                object.entry("created_at").or_insert_with(|| json!(created));
            }
            with_vectors(app, &mut source)?;
            Kept::Write(WriteOp::Index {
                id: Some(id.to_string()),
                source,
                op_type_create,
                if_seq_no,
                if_primary_term,
                version,
                version_type,
            })
        }
        WriteOp::Update {
            id,
            mut doc,
            mut upsert,
            doc_as_upsert,
            detect_noop,
            if_seq_no,
            if_primary_term,
        } => {
            let id = if upsert.is_some() || doc_as_upsert {
                new_number(&id)?
            } else {
                number(&id)?
            };
            // A record that is made from a partial document is a record like others.
            if doc_as_upsert {
                upsert.clone_from(&doc);
            }
            for part in [&mut doc, &mut upsert].into_iter().flatten() {
                if let Some(object) = part.as_object_mut() {
                    object.shift_remove(VECTORS);
                    if object.get("id").is_some_and(|given| *given != json!(id)) {
                        return Err(not_a_number("the id of a picture cannot change"));
                    }
                }
                with_vectors(app, part)?;
            }
            if let Some(Value::Object(upsert)) = &mut upsert {
                upsert.insert("id".to_owned(), json!(id));
                let created = upsert.entry("created_at");
                created.or_insert_with(|| json!(now()));
            }
            Kept::Write(WriteOp::Update {
                id: id.to_string(),
                doc,
                upsert,
                doc_as_upsert: false,
                detect_noop,
                if_seq_no,
                if_primary_term,
            })
        }
        WriteOp::Delete {
            version: Some(_), ..
        } => {
            return Err(EsError::illegal(
                "a picture is deleted by [if_seq_no], not by [version]",
            ));
        }
        WriteOp::Delete { id, if_seq_no, .. } => Kept::Delete(number(&id)?, if_seq_no),
    })
}

/// The vector of a title goes with it.
fn with_vectors(app: &App, source: &mut Value) -> Result<(), EsError> {
    let Some(object) = source.as_object_mut() else {
        return Ok(());
    };
    if let Some(title) = object.get("title").and_then(Value::as_str) {
        let vectors = app.library.embedding().source(None, Some(title))?;
        object.insert(VECTORS.to_owned(), vectors);
    }
    Ok(())
}

/// Deleting a record deletes its file once no record refers to it.
fn delete(app: &App, index: &Index, id: u64, seq: Option<u64>) -> Result<WriteResult, EsError> {
    let before = index.get(&id.to_string())?;
    let deleted = app.library.delete_as_of(id, seq)?;
    Ok(WriteResult {
        index: Some(index.name().to_owned()),
        id: id.to_string(),
        version: before.as_ref().map_or(1, |before| before.version + 1),
        seq_no: before.as_ref().map_or(0, |before| before.seq),
        primary_term: engine::index::PRIMARY_TERM,
        result: if deleted {
            WriteOutcome::Deleted
        } else {
            WriteOutcome::NotFound
        },
    })
}

fn number(id: &str) -> Result<u64, EsError> {
    let number = id.parse::<u64>().ok().filter(|number| *number > 0);
    number
        .filter(|number| number.to_string() == id)
        .ok_or_else(|| {
            not_a_number(&format!(
                "the id of a picture is a positive integer, not [{id}]"
            ))
        })
}

/// The number of a record that is to be made.
fn new_number(id: &str) -> Result<u64, EsError> {
    let number = number(id)?;
    if number > MAX_ID {
        return Err(not_a_number(&format!(
            "the id of a picture is an integer from 1 to {MAX_ID}, not [{id}]"
        )));
    }
    Ok(number)
}

fn not_a_number(reason: &str) -> EsError {
    EsError::new(StatusCode::BAD_REQUEST, "mapper_parsing_exception", reason)
}
