//! Filling the fields of models: vectors for every record that has none of them yet.
//!
//! It runs beside uploads and searches, or alone (`pictor reembed`). What is there stays, so one that
//! was interrupted goes on where it stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use engine::EngineError;
use engine::index::{Index, PRIMARY_TERM};
use engine::mapping::FieldType;
use engine::request::{Order, SearchRequest, Sort, SourceFilter, WriteOp};
use engine::vector::Progress;
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::{Embedding, Library, LibraryError, Record, VECTORS};

/// Records that are looked at together.
const BATCH: usize = 200;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Completed {
    /// Records that were looked at.
    pub records: u64,
    /// Pictures whose file could not be read.
    pub failed: u64,
    /// Whether it ended before the last record, since it was asked to.
    pub stopped: bool,
}

/// Gives every record vectors in the library's fields, on so many threads; then no others count, and
/// those of other models go. `told` learns how many records were looked at.
///
/// # Errors
/// When the index cannot be read or written.
pub fn complete(
    library: &Library,
    threads: usize,
    stop: &AtomicBool,
    mut told: impl FnMut(u64),
) -> Result<Completed, LibraryError> {
    let (index, embedding) = (library.index()?, library.embedding());
    let mut done = Completed::default();
    let mut request = SearchRequest {
        size: BATCH,
        sort: vec![Sort::Doc(Order::Asc)],
        source: SourceFilter::None,
        ..SearchRequest::default()
    };
    loop {
        let mut hits = index.search(&request)?.hits;
        let last = hits.last_mut().and_then(|hit| hit.sort.take());
        if hits.is_empty() {
            break;
        }
        if stop.load(Ordering::Relaxed) {
            done.stopped = true;
            return Ok(done);
        }
        let ids: Vec<String> = hits.into_iter().map(|hit| hit.id).collect();
        done.records += ids.len() as u64;
        done.failed += batch(library, &embedding, &index, &ids, threads)?;
        told(done.records);
        request.search_after = last;
    }
    index.refresh()?;
    index.compact_vectors(&Progress::default())?;
    let mut steady = library.steady();
    if steady.fields != embedding.fields {
        // Another snapshot came meanwhile.
        done.stopped = true;
        return Ok(done);
    }
    let fields = embedding.fields.completed();
    fields.save(library.store().as_ref())?;
    *steady = Arc::new(Embedding {
        models: embedding.models.clone(),
        fields,
    });
    drop(steady);
    clear_others(&embedding, &index)?;
    Ok(done)
}

/// Takes the vectors of other models away, with their files.
fn clear_others(embedding: &Embedding, index: &Index) -> Result<(), LibraryError> {
    let own = [
        &embedding.fields.picture.field,
        &embedding.fields.title.field,
    ];
    let mapping = index.mapping();
    let others = mapping.fields().filter(|(path, field)| {
        let path = path.to_string();
        matches!(field.kind, FieldType::Vector(_))
            && path.starts_with(&format!("{VECTORS}."))
            && !own.contains(&&path)
    });
    for (path, _) in others {
        index.clear_vectors(path)?;
    }
    Ok(())
}

/// The pictures of a batch that could not be read.
fn batch(
    library: &Library,
    embedding: &Embedding,
    index: &Index,
    ids: &[String],
    threads: usize,
) -> Result<u64, LibraryError> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some(id) = ids.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let made = vectors(library, embedding, index, id);
                    results.lock().push((id, made));
                }
            });
        }
    });
    let (mut ops, mut failed) = (Vec::new(), 0);
    for (id, made) in results.into_inner() {
        match made {
            Ok(op) => ops.extend(op),
            Err(LibraryError::Image(error)) => {
                failed += 1;
                tracing::warn!(id, %error, "a picture cannot be read");
            }
            Err(error) => return Err(error),
        }
    }
    for result in index.write(ops) {
        match result {
            // Whoever wrote it meanwhile gave it its vectors, or it is gone; else the next run does.
            Ok(_)
            | Err(EngineError::DocumentMissing { .. } | EngineError::VersionConflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(failed)
}

/// The write that gives a record what it lacks; `None` where it lacks nothing.
fn vectors(
    library: &Library,
    embedding: &Embedding,
    index: &Index,
    id: &str,
) -> Result<Option<WriteOp>, LibraryError> {
    let fields = &embedding.fields;
    let Some(document) = index.get(id)? else {
        return Ok(None);
    };
    let Some(record) = Record::from_source(id, &document.source) else {
        return Ok(None);
    };
    let scenes = if index.has_vectors(id, &fields.picture.field)? {
        None
    } else {
        let file = library.file(&record)?;
        let limits = library.limits().pictures();
        file.map(|file| embedding.scenes(&file, &limits))
            .transpose()?
    };
    let title = (!index.has_vectors(id, &fields.title.field)?).then_some(record.title.as_str());
    if scenes.is_none() && title.is_none() {
        return Ok(None);
    }
    let made = embedding.source(scenes.as_deref(), title)?;
    if made
        .as_object()
        .is_some_and(|made| made.values().all(Value::is_null))
    {
        return Ok(None);
    }
    Ok(Some(WriteOp::Update {
        id: id.to_owned(),
        doc: Some(json!({VECTORS: made})),
        upsert: None,
        doc_as_upsert: false,
        detect_noop: false,
        if_seq_no: Some(document.seq),
        if_primary_term: Some(PRIMARY_TERM),
    }))
}
