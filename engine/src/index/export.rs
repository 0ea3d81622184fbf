//! The files of an index at one generation, for a copy of it.
//!
//! They are collected by the indexer's thread right after a commit, so that no
//! other commit comes between them. All are opened at once: what is deleted
//! later stays readable through the views.

use std::path::Path;
use std::sync::Arc;

use tantivy::directory::{Directory as _, META_LOCK};

use super::indexer::{Committed, Message};
use super::open::{TEXT_FOLDER, TRANSLOG_FOLDER, scoped};
use super::vectors::Vectors;
use super::{Index, Shared};
use crate::error::{EngineError, Result};
use crate::store::{Blob, MemStore, Store, StoreError};
use crate::text::directory::sealed;
use crate::translog::{Durability, Translog};
use crate::vector::Progress;

/// The metadata's file, which every copy has.
pub(crate) const META_FILE: &str = "index.meta";
/// How often the text index may change its list of segments while it is read.
const ATTEMPTS: usize = 100;

/// A file of an export.
pub(crate) struct ExportFile {
    /// The path in the index's folder, with `/`.
    pub(crate) path: String,
    /// The bytes.
    pub(crate) content: Blob,
    /// Whether a file of that name and length never has other bytes in this index.
    pub(crate) immutable: bool,
}

/// An index at one generation.
pub(crate) struct IndexExport {
    /// The generation, counted by commits.
    pub(crate) generation: u64,
    /// The living documents.
    pub(crate) documents: u64,
    /// The files.
    pub(crate) files: Vec<ExportFile>,
}

impl Index {
    /// All acknowledged writes as files. Seals the vectors first, so that little
    /// of the translog is needed; writes and searches go on meanwhile.
    pub(crate) fn export(&self, progress: &Progress) -> Result<IndexExport> {
        let _entered = self.shared.enter()?;
        self.refresh()?;
        let mut sealed = false;
        for (_, vectors) in self.shared.vectors.all() {
            sealed |= vectors.set.seal(progress)?;
        }
        if sealed {
            self.send(Message::Republish)?;
        }
        self.ask(Message::Export)
    }
}

/// Opens the files of a commit. Only the indexer's thread calls it.
pub(super) fn collect(shared: &Shared, committed: &Committed) -> Result<IndexExport> {
    let mut files = vec![ExportFile {
        path: META_FILE.to_owned(),
        content: copied(shared.folder.open(Path::new(META_FILE))?),
        immutable: false,
    }];
    let documents = text_files(shared, &mut files)?;
    if let Some(from) = committed.log_from {
        files.push(log_tail(shared, from, committed.seq)?);
    }
    // After the log: what is sealed meanwhile is then in both, which does no harm.
    for (path, vectors) in shared.vectors.all() {
        let folder = Vectors::folder_of(&path);
        let durable = vectors.set.durable_files()?;
        for file in &durable.files {
            let path = folder.join(file);
            files.push(ExportFile {
                content: shared.folder.open(&path)?,
                path: slashed(&path),
                immutable: true,
            });
        }
        let (name, bytes) = durable.manifest.clone();
        files.push(ExportFile {
            path: slashed(&folder.join(name)),
            content: Blob::from(bytes),
            immutable: false,
        });
    }
    Ok(IndexExport {
        generation: committed.generation,
        documents,
        files,
    })
}

/// The text index's segments with the list of them; the number of documents.
fn text_files(shared: &Shared, files: &mut Vec<ExportFile>) -> Result<u64> {
    let text = scoped(&shared.folder, TEXT_FOLDER)?;
    let list = Path::new("meta.json");
    // Nothing is deleted while this is held.
    let _held = shared
        .tantivy
        .directory()
        .acquire_lock(&META_LOCK)
        .map_err(tantivy::TantivyError::from)?;
    for _ in 0..ATTEMPTS {
        let before = text.open(list)?.to_vec();
        let metas = shared.tantivy.load_metas()?;
        if text.open(list)?.as_ref() != before.as_slice() {
            // A merge in the background replaced the list.
            continue;
        }
        let names = text.list(Path::new(""))?;
        let mut managed = vec!["meta.json".to_owned()];
        for segment in &metas.segments {
            let id = segment.id().uuid_string();
            let deleted = segment
                .delete_opstamp()
                .map(|stamp| format!("{id}.{stamp}.del"));
            for name in &names {
                let Some(kind) = name.strip_prefix(&id).and_then(|r| r.strip_prefix('.')) else {
                    continue;
                };
                if kind == "store.temp" || (kind.ends_with("del") && deleted.as_ref() != Some(name))
                {
                    continue;
                }
                files.push(ExportFile {
                    path: format!("{TEXT_FOLDER}/{name}"),
                    content: text.open(Path::new(name))?,
                    immutable: true,
                });
                managed.push(name.clone());
            }
        }
        managed.sort();
        let managed = serde_json::to_vec(&managed)
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        for (name, bytes) in [("meta.json", before), (".managed.json", sealed(&managed))] {
            files.push(ExportFile {
                path: format!("{TEXT_FOLDER}/{name}"),
                content: Blob::from(bytes),
                immutable: false,
            });
        }
        let living = metas.segments.iter().map(|s| u64::from(s.num_docs())).sum();
        return Ok(living);
    }
    Err(EngineError::Unavailable(format!(
        "the segments of [{}] change too fast for a copy",
        shared.name
    )))
}

/// A log of the operations that the commit holds and the vectors' files may lack.
fn log_tail(shared: &Shared, from: u64, upto: Option<u64>) -> Result<ExportFile> {
    let log = scoped(&shared.folder, TRANSLOG_FOLDER)?;
    // Read from a copy: opening a log cuts off its end where it is being written.
    let copy = MemStore::new();
    for name in log.list(Path::new(""))? {
        let path = Path::new(&name);
        copy.write_atomic(path, &log.open(path)?)?;
    }
    let after = from.checked_sub(1);
    let (_, replay) = Translog::open(Arc::new(copy), Durability::Request, after)?;
    let tail = MemStore::new();
    let (writer, _) = Translog::open(Arc::new(tail.clone()), Durability::Request, after)?;
    let mut last = None;
    for op in replay {
        let op = op?;
        if upto.is_some_and(|upto| op.seq() <= upto) {
            last = last.max(Some(op.seq()));
            writer.append(&op)?;
        }
    }
    if last != upto {
        return Err(EngineError::Internal(format!(
            "the log of [{}] ends at {last:?} where the commit ends at {upto:?}",
            shared.name
        )));
    }
    writer.close()?;
    let name = tail
        .list(Path::new(""))?
        .into_iter()
        .next()
        .ok_or_else(|| StoreError::NotFound {
            path: Path::new(TRANSLOG_FOLDER).to_path_buf(),
        })?;
    Ok(ExportFile {
        content: tail.open(Path::new(&name))?,
        path: format!("{TRANSLOG_FOLDER}/{name}"),
        immutable: false,
    })
}

/// A small file's bytes on the heap: it may be replaced while they are used.
fn copied(blob: Blob) -> Blob {
    Blob::from(blob.to_vec())
}

fn slashed(path: &Path) -> String {
    let parts = path.iter().map(|part| part.to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::index::IndexOptions;
    use crate::query::ast::Knn;
    use crate::request::{SearchRequest, WriteOp};

    #[test]
    fn vectors_that_are_not_sealed_travel_in_the_log() {
        let folder: Arc<dyn Store> = Arc::new(MemStore::new());
        let mappings = json!({"properties": {"v": {"type": "dense_vector", "dims": 2}}});
        Index::create(&folder, "u", 0, &json!({}), &mappings).unwrap();
        let index = Index::open("x", folder, IndexOptions::default()).unwrap();
        let put = |at: u32| WriteOp::index(Some(at.to_string()), json!({"v": [1, at]}));
        index.write((0..10).map(put).collect());
        index.export(&Progress::default()).unwrap();
        index.write((10..20).map(put).collect());
        index.write(vec![
            WriteOp::delete("3"),
            WriteOp::update("4", json!({"a": 1})),
        ]);
        let export = index.ask(Message::Export).unwrap();
        assert_eq!(export.documents, 19);
        let logs = export
            .files
            .iter()
            .filter(|file| file.path.starts_with("translog/"));
        assert_eq!(logs.count(), 1);
        // What comes later is not in it.
        index.write((20..30).map(put).collect());
        let copy: Arc<dyn Store> = Arc::new(MemStore::new());
        for file in &export.files {
            copy.write_atomic(Path::new(&file.path), &file.content)
                .unwrap();
        }
        let other = Index::open("y", copy, IndexOptions::default()).unwrap();
        assert_eq!(other.document_count(), 19);
        assert_eq!(other.vector_stats()[0].1.vectors, 19);
        let mut knn = Knn::new("v", vec![1.0, 19.0]);
        knn.k = Some(3);
        let request = SearchRequest {
            knn: vec![knn],
            ..SearchRequest::default()
        };
        let hits = other.search(&request).unwrap().hits;
        let ids: Vec<&str> = hits.iter().map(|hit| hit.id.as_str()).collect();
        assert_eq!(ids, ["19", "18", "17"]);
        assert!(other.get("25").unwrap().is_none());
        let seq = other.write(vec![put(99)]).remove(0).unwrap().seq_no;
        assert_eq!(seq, 22);
    }
}
