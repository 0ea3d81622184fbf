//! Whether an index's documents, ids, ordinals and vectors fit each other.

use std::path::PathBuf;

use tantivy::TantivyDocument;
use tantivy::schema::Value as _;

use super::{Index, Vectors};
use crate::error::Result;
use crate::vector::{Allowed, Progress};

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// A document of a segment.
    Document {
        /// The segment's id.
        segment: String,
        /// What is wrong.
        reason: String,
    },
    /// Vectors of documents that are not there.
    Vectors {
        /// Their field.
        path: String,
        /// Its folder in the index's.
        folder: PathBuf,
        /// How many.
        count: u64,
    },
}

impl Index {
    /// Reads every document. `seen` is told each id, and says whether it is new.
    ///
    /// # Errors
    /// When the index cannot be refreshed.
    pub(crate) fn compare(&self, seen: &mut dyn FnMut(&str) -> bool) -> Result<Vec<Mismatch>> {
        self.refresh()?;
        let mut found = Vec::new();
        let mut living = Vec::new();
        let next = self.write.lock().next_ord;
        let snapshot = self.snapshot();
        for (at, segment) in snapshot.searcher.segment_readers().iter().enumerate() {
            let id = segment.segment_id().uuid_string();
            let mut wrong = |reason: String| {
                found.push(Mismatch::Document {
                    segment: id.clone(),
                    reason,
                });
            };
            let ords = snapshot
                .columns(u32::try_from(at).unwrap_or(u32::MAX))
                .map(|columns| columns.ord.clone());
            let store = match segment.get_store_reader(1) {
                Ok(store) => store,
                Err(error) => {
                    wrong(format!("its documents cannot be read: {error}"));
                    continue;
                }
            };
            let mut last = None;
            for doc in segment.doc_ids_alive() {
                let ord = ords.as_ref().and_then(|ords| ords.first(doc));
                match ord {
                    None => wrong(format!("document {doc} has no ordinal")),
                    Some(ord) if ord >= next => {
                        wrong(format!(
                            "document {doc} has ordinal {ord}, the next is {next}"
                        ));
                    }
                    Some(ord) if last >= Some(ord) => {
                        wrong(format!(
                            "document {doc} has ordinal {ord}, which is out of order"
                        ));
                    }
                    Some(ord) => living.push(ord),
                }
                last = last.max(ord);
                match store.get::<TantivyDocument>(doc) {
                    Ok(document) => self.compare_one(doc, &document, seen, &mut wrong),
                    Err(error) => wrong(format!("document {doc} cannot be read: {error}")),
                }
            }
        }
        let living = Allowed::of(living);
        for (path, vectors) in self.shared.vectors.all() {
            let count = vectors.set.count_outside(&living)?;
            if count > 0 {
                let folder = Vectors::folder_of(&path);
                found.push(Mismatch::Vectors {
                    path,
                    folder,
                    count,
                });
            }
        }
        Ok(found)
    }

    fn compare_one(
        &self,
        doc: u32,
        document: &TantivyDocument,
        seen: &mut dyn FnMut(&str) -> bool,
        wrong: &mut dyn FnMut(String),
    ) {
        let schema = &self.shared.schema;
        let id = document.get_first(schema.id);
        match id.as_ref().and_then(|value| value.as_str()) {
            None => wrong(format!("document {doc} has no id")),
            Some(id) if !seen(id) => wrong(format!("document [{id}] is there twice")),
            Some(_) => {}
        }
        let source = document.get_first(schema.source);
        let bytes = source.as_ref().and_then(|value| value.as_bytes());
        let parsed = serde_json::from_slice::<serde::de::IgnoredAny>(bytes.unwrap_or_default());
        if let Err(error) = parsed {
            wrong(format!("the source of document {doc} is not JSON: {error}"));
        }
    }

    /// Takes away the vectors of documents that are not there.
    pub(crate) fn forget_orphans(&self) -> Result<()> {
        self.refresh()?;
        let snapshot = self.snapshot();
        let columns = snapshot.columns.iter();
        let segments = columns.zip(snapshot.searcher.segment_readers());
        let living = Allowed::of(segments.flat_map(|(columns, segment)| {
            segment
                .doc_ids_alive()
                .filter_map(|doc| columns.ord.first(doc))
                .collect::<Vec<_>>()
        }));
        for (_, vectors) in self.shared.vectors.all() {
            vectors.set.retain(&living)?;
            vectors.set.seal(&Progress::default())?;
        }
        self.send(super::indexer::Message::Republish)?;
        self.refresh().map(|_| ())
    }

    /// Writes everything down that is only in the translog, and begins a new one: nothing of what the
    /// old one's files hold is needed any more.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        self.refresh()?;
        for (_, vectors) in self.shared.vectors.all() {
            vectors.set.seal(&Progress::default())?;
        }
        self.send(super::indexer::Message::Republish)?;
        self.ask(super::indexer::Message::Checkpoint).map(|_| ())
    }
}
