//! Records, pictures' files and vectors: each belongs to the others.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use engine::check::{Finding, Findings, Severity};
use engine::request::{Order, SearchRequest, Sort};
use engine::snapshot::ContentHash;
use engine::store::{Overlay, Store};
use engine::{EngineError, Node, Result};
use serde_json::Value;

use crate::detect;
use crate::library::{Embedding, Library, LibraryError, Models, Record, complete};
use crate::settings::Settings;

/// Records that are looked at together.
const BATCH: usize = 500;

pub(super) fn check(
    store: &Arc<dyn Store>,
    settings: &Settings,
    models: Models,
    findings: &mut Findings<'_>,
) -> Result<()> {
    // With repair on the files themselves, else on top of them.
    let seen: Arc<dyn Store> = if findings.repairs() {
        Arc::clone(store)
    } else {
        Arc::new(Overlay::new(Arc::clone(store)))
    };
    let node = Node::open(
        Arc::clone(&seen),
        settings.node_options(crate::reserved::RESERVED),
    )?;
    let opened = Library::open_with(&node, &settings.limits, |store, index| {
        Embedding::open(store, index, models)
    });
    let library = match opened {
        Ok(library) => library,
        // A small file is damaged, which was said, or the library waits for `pictor reembed`.
        Err(error @ LibraryError::Models { .. }) => {
            let file = store.full_path(Path::new("models.meta"));
            let reason = error.to_string();
            findings.damage(Finding::new(file, Severity::Leftover, reason));
            return Ok(());
        }
        Err(error) => {
            if findings.left == 0 {
                let file = store.full_path(Path::new(""));
                findings.damage(Finding::new(file, Severity::Damage, error.to_string()));
            }
            return Ok(());
        }
    };
    let mut records = records(&library, store, findings)?;
    drawn(&node, store, &mut records, findings)?;
    strays(&library, store, &records, findings)?;
    if records.undescribed > 0 {
        let file = store.full_path(Path::new("indices"));
        let reason = format!("{} pictures have no vectors", records.undescribed);
        let finding = Finding::new(file, Severity::Derived, reason);
        findings.mend(finding, || {
            let threads = std::thread::available_parallelism().map_or(2, usize::from);
            let done = complete(&library, threads, &AtomicBool::new(false), |_| {});
            let done = done.map_err(|error| EngineError::Internal(error.to_string()))?;
            match done.failed {
                0 => Ok(()),
                failed => Err(EngineError::Internal(format!(
                    "{failed} pictures cannot be read"
                ))),
            }
        });
    }
    let closed = library.close();
    node.close()?;
    closed.map_err(|error| EngineError::Internal(error.to_string()))
}

/// What the records say.
#[derive(Default)]
struct Records {
    /// The files that they refer to.
    files: HashSet<PathBuf>,
    /// Pictures without vectors.
    undescribed: u64,
}

/// Compares every record with its file, and the file with its name.
fn records(
    library: &Library,
    store: &Arc<dyn Store>,
    findings: &mut Findings<'_>,
) -> Result<Records> {
    let failed = |error: LibraryError| EngineError::Internal(error.to_string());
    let index = library.index().map_err(failed)?;
    let embedding = library.embedding();
    let mut records = Records::default();
    let mut request = SearchRequest {
        size: BATCH,
        sort: vec![Sort::Doc(Order::Asc)],
        ..SearchRequest::default()
    };
    loop {
        let mut hits = index.search(&request)?.hits;
        let last = hits.last_mut().and_then(|hit| hit.sort.take());
        if hits.is_empty() {
            return Ok(records);
        }
        for hit in &hits {
            let source = hit.source_value()?;
            let record = source.and_then(|source| Record::from_source(&hit.id, &source));
            let Some(path) = record.as_ref().and_then(|record| library.path_of(record)) else {
                continue;
            };
            let sound = file(&format!("picture {}", hit.id), &path, store, findings);
            let described = index.has_vectors(&hit.id, &embedding.fields.picture.field)?;
            if sound && !described && embedding.fields.is_complete() {
                records.undescribed += 1;
            }
            records.files.insert(path);
        }
        request.search_after = last;
    }
}

/// Compares every record of a detection with its drawn picture.
fn drawn(
    node: &Node,
    store: &Arc<dyn Store>,
    records: &mut Records,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let index = match node.own_index(detect::INDEX) {
        Ok(index) => index,
        Err(EngineError::IndexNotFound(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut request = SearchRequest {
        size: BATCH,
        sort: vec![Sort::Doc(Order::Asc)],
        ..SearchRequest::default()
    };
    loop {
        let mut hits = index.search(&request)?.hits;
        request.search_after = hits.last_mut().and_then(|hit| hit.sort.take());
        if hits.is_empty() {
            return Ok(());
        }
        for hit in &hits {
            let source = hit.source_value()?.unwrap_or_default();
            let result = source.get("result");
            let path = result.and_then(Value::as_str).and_then(detect::drawn_path);
            if let Some(path) = path {
                file(&format!("detection {}", hit.id), &path, store, findings);
                records.files.insert(path);
            }
        }
    }
}

/// Whether a file is what its name says.
fn file(whose: &str, path: &Path, store: &Arc<dyn Store>, findings: &mut Findings<'_>) -> bool {
    let full = store.full_path(path);
    let content = match store.open(path) {
        Ok(content) => content,
        Err(error) => {
            let mut finding = Finding::of(&error.into(), full, Severity::Damage);
            finding.reason = format!("{} (the file of {whose})", finding.reason);
            findings.damage(finding);
            return false;
        }
    };
    findings.read(content.len() as u64);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    if ContentHash::parse(&name) == Some(ContentHash::of(&content)) {
        return true;
    }
    let reason = format!("its content is not the one that its name promises ({whose})");
    let mut finding = Finding::new(full, Severity::Damage, reason);
    finding.offset = Some(0);
    findings.damage(finding);
    false
}

/// Files that no record refers to, as a crash between a file and its record leaves them.
fn strays(
    library: &Library,
    store: &Arc<dyn Store>,
    records: &Records,
    findings: &mut Findings<'_>,
) -> Result<()> {
    for path in library.list_files()? {
        if records.files.contains(&path) {
            continue;
        }
        let full = store.full_path(&path);
        let finding = Finding::new(full, Severity::Leftover, "no record has this file");
        findings.mend(finding, || Ok(store.delete(&path)?));
    }
    Ok(())
}
