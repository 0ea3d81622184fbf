//! What searches see: one commit, with what is derived from its segments.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::{DocAddress, DocId, DocSet, IndexReader, Searcher, TERMINATED};

use super::vectors::VectorTable;
use super::{IndexSettings, LengthTable, RAW_FOLDER};
use crate::error::Result;
use crate::store::Store;
use crate::text::{RawTexts, TextSchema};

/// The columns of a segment that every search may need.
#[derive(Clone)]
pub struct SegmentColumns {
    /// Ordinals.
    pub ord: Column<u64>,
    /// Sequence numbers.
    pub seq: Column<u64>,
    /// Versions.
    pub version: Column<u64>,
}

/// A segment of the text index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Its own id.
    pub id: String,
    /// Documents that can be searched.
    pub documents: u32,
    /// Documents that were deleted or replaced.
    pub deleted: u32,
}

/// The raw texts of a snapshot, by segment and path.
pub type RawTable = HashMap<(SegmentId, String), Option<Arc<RawTexts>>>;

/// One generation of an index.
pub struct Snapshot {
    /// The generation, counted by commits.
    pub generation: u64,
    /// The text index's reader.
    pub searcher: Searcher,
    /// Columns by segment, in the searcher's order.
    pub columns: Vec<SegmentColumns>,
    /// Raw texts.
    pub raw: Arc<RawTable>,
    /// Vectors by path, as they were at the same moment.
    pub vectors: VectorTable,
    /// How long the texts of fields are, shared with the snapshots before.
    pub lengths: Arc<LengthTable>,
}

impl Snapshot {
    /// What the reader has now.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn open(
        folder: &Arc<dyn Store>,
        reader: &IndexReader,
        settings: &IndexSettings,
        vectors: VectorTable,
        generation: u64,
    ) -> Result<Self> {
        Self::build(folder, reader, settings, vectors, generation, None)
    }

    /// What the reader has now, with the derived parts of segments that were there before.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn build(
        folder: &Arc<dyn Store>,
        reader: &IndexReader,
        settings: &IndexSettings,
        vectors: VectorTable,
        generation: u64,
        before: Option<&Self>,
    ) -> Result<Self> {
        let searcher = reader.searcher();
        let mut columns = Vec::with_capacity(searcher.segment_readers().len());
        let mut raw = RawTable::new();
        let mut files = BTreeSet::new();
        for segment in searcher.segment_readers() {
            let fast = segment.fast_fields();
            columns.push(SegmentColumns {
                ord: fast.u64("_ord")?,
                seq: fast.u64("_seq")?,
                version: fast.u64("_version")?,
            });
            for path in &settings.substring {
                let key = (segment.segment_id(), path.clone());
                files.insert(RawTexts::file_for(segment, path));
                let known = before.and_then(|before| before.raw.get(&key).cloned());
                let texts = match known {
                    Some(texts) => texts,
                    None => {
                        RawTexts::open(folder, Path::new(RAW_FOLDER), segment, path)?.map(Arc::new)
                    }
                };
                raw.insert(key, texts);
            }
        }
        if let Ok(names) = folder.list(Path::new(RAW_FOLDER)) {
            for name in names {
                if !files.contains(Path::new(&name)) {
                    // Derived and unused: a file that stays costs space, nothing else.
                    let _ = folder.delete(&Path::new(RAW_FOLDER).join(name));
                }
            }
        }
        let lengths = before.map_or_else(Arc::default, |before| Arc::clone(&before.lengths));
        let segments = searcher.segment_readers().iter();
        lengths.keep(&segments.map(tantivy::SegmentReader::segment_id).collect());
        Ok(Self {
            lengths,
            generation,
            searcher,
            columns,
            raw: Arc::new(raw),
            vectors,
        })
    }

    /// The columns of a segment.
    pub fn columns(&self, segment: u32) -> Option<&SegmentColumns> {
        self.columns.get(usize::try_from(segment).ok()?)
    }

    /// The living document with an id.
    ///
    /// # Errors
    /// When a segment cannot be read.
    pub fn find(&self, schema: &TextSchema, id: &str) -> Result<Option<DocAddress>> {
        let term = tantivy::Term::from_field_text(schema.id, id);
        for (number, segment) in self.searcher.segment_readers().iter().enumerate() {
            let inverted = segment.inverted_index(schema.id)?;
            let Some(mut postings) = inverted
                .read_postings(&term, tantivy::schema::IndexRecordOption::Basic)
                .map_err(tantivy::TantivyError::from)?
            else {
                continue;
            };
            let mut doc: DocId = postings.doc();
            while doc != TERMINATED {
                if !segment.is_deleted(doc) {
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    return Ok(Some(DocAddress::new(number, doc)));
                }
                doc = postings.advance();
            }
        }
        Ok(None)
    }
}
