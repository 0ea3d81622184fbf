//! The exact texts of a path in a segment, by document, in one flat piece.
//!
//! Regular expressions and inner parts of words are verified against the
//! field's text. tantivy keeps it in a compressed dictionary, which costs a
//! microsecond and more a text; here the dictionary lies unpacked. It is
//! derived from an immutable segment, so it can be made again at any time:
//! small ones stay on the heap, large ones go to a file that is mapped.
//! The layout stands in `docs/format.md`, "Raw texts".

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

use crate::error::{EngineError, Result};
use crate::store::{Blob, Store};

const MAGIC: &[u8; 4] = b"PRAW";
const VERSION: u32 = 1;
/// magic, version, number of texts, checksum of all that follows.
const HEADER: usize = 24;
/// Up to this size the texts stay on the heap.
const HEAP_LIMIT: usize = 256 * 1024;

/// The texts of one path in one segment.
pub struct RawTexts {
    ords: Column<u64>,
    count: usize,
    blob: Bytes,
}

enum Bytes {
    Heap(Vec<u8>),
    Mapped(Blob),
}

impl std::fmt::Debug for RawTexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawTexts")
            .field("texts", &self.count)
            .finish()
    }
}

impl RawTexts {
    /// Reads or makes the texts of the keyword path `path`; `None` when the segment has none.
    ///
    /// # Errors
    /// When the segment cannot be read. A damaged file is made again, not an error.
    pub fn open(
        store: &Arc<dyn Store>,
        folder: &Path,
        reader: &SegmentReader,
        path: &str,
    ) -> Result<Option<Self>> {
        let Some(column) = reader.fast_fields().str(&format!("kw.{path}"))? else {
            return Ok(None);
        };
        let (dictionary, ords) = column.into_parts();
        let count = dictionary.num_terms();
        let name = folder.join(file_name(reader, path));
        if let Ok(blob) = store.open(&name)
            && check(&blob, count)
        {
            return Ok(Some(Self {
                ords,
                count,
                blob: Bytes::Mapped(blob),
            }));
        }
        let mut offsets: Vec<u8> = Vec::with_capacity(8 * (count + 1));
        let mut texts: Vec<u8> = Vec::new();
        offsets.extend_from_slice(&0u64.to_le_bytes());
        let mut stream = dictionary.stream().map_err(tantivy::TantivyError::from)?;
        while stream.advance() {
            texts.extend_from_slice(stream.key());
            offsets.extend_from_slice(&(texts.len() as u64).to_le_bytes());
        }
        let mut file = Vec::with_capacity(HEADER + offsets.len() + texts.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&VERSION.to_le_bytes());
        file.extend_from_slice(&(count as u64).to_le_bytes());
        let mut crc = crc32fast::Hasher::new();
        crc.update(&offsets);
        crc.update(&texts);
        file.extend_from_slice(&u64::from(crc.finalize()).to_le_bytes());
        file.extend_from_slice(&offsets);
        file.extend_from_slice(&texts);
        if file.len() > HEAP_LIMIT {
            // A file that cannot be written costs memory, not the search.
            match store
                .write_atomic(&name, &file)
                .and_then(|()| store.open(&name))
            {
                Ok(blob) => {
                    return Ok(Some(Self {
                        ords,
                        count,
                        blob: Bytes::Mapped(blob),
                    }));
                }
                Err(error) => tracing::warn!(%error, "raw texts stay in memory"),
            }
        }
        if !check(&file, count) {
            return Err(EngineError::Corrupt {
                file: name.display().to_string(),
                reason: "the dictionary changed while it was read".to_owned(),
            });
        }
        Ok(Some(Self {
            ords,
            count,
            blob: Bytes::Heap(file),
        }))
    }

    /// The file's name for a path of a segment.
    pub fn file_for(reader: &SegmentReader, path: &str) -> PathBuf {
        PathBuf::from(file_name(reader, path))
    }

    /// Calls `visit` with the document's texts until it says true; whether it did.
    pub fn any(&self, doc: DocId, mut visit: impl FnMut(&str) -> bool) -> bool {
        self.ords
            .values_for_doc(doc)
            .any(|ord| self.text(ord).is_some_and(&mut visit))
    }

    /// The document's texts.
    pub fn texts(&self, doc: DocId) -> impl Iterator<Item = &str> {
        self.ords
            .values_for_doc(doc)
            .filter_map(|ord| self.text(ord))
    }

    fn text(&self, ord: u64) -> Option<&str> {
        let bytes: &[u8] = match &self.blob {
            Bytes::Heap(bytes) => bytes,
            Bytes::Mapped(blob) => blob,
        };
        let at = HEADER + usize::try_from(ord).ok()? * 8;
        let start = usize::try_from(u64_at(bytes, at)?).ok()?;
        let end = usize::try_from(u64_at(bytes, at + 8)?).ok()?;
        let base = HEADER + 8 * (self.count + 1);
        std::str::from_utf8(bytes.get(base + start..base + end)?).ok()
    }
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn check(bytes: &[u8], count: usize) -> bool {
    bytes.get(..4) == Some(MAGIC)
        && bytes.get(4..8) == Some(&VERSION.to_le_bytes())
        && u64_at(bytes, 8) == Some(count as u64)
        && bytes
            .get(HEADER..)
            .is_some_and(|rest| u64_at(bytes, 16) == Some(u64::from(crc32fast::hash(rest))))
}

fn file_name(reader: &SegmentReader, path: &str) -> String {
    format!(
        "{}-{:08x}.raw",
        reader.segment_id().uuid_string(),
        crc32fast::hash(path.as_bytes())
    )
}
