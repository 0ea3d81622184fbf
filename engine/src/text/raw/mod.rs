//! The exact texts of a path in a segment, by document, in one flat piece.
//!
//! Regular expressions and inner parts of words are verified against the
//! field's text. tantivy keeps it in a compressed dictionary, which costs a
//! microsecond and more a text; here the dictionary lies unpacked, in the
//! order in which documents have its texts, so that who goes through
//! documents goes through memory. It is derived from an immutable segment, so
//! it can be made again at any time: small ones stay on the heap, large ones
//! go to a file that is mapped. The layout stands in `docs/format.md`, "Raw
//! texts".

mod file;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::{DocId, SegmentReader};

pub use self::file::check_raw_texts;
use self::file::{Layout, build};
use crate::error::{EngineError, Result};
use crate::store::{Blob, Store};

/// Up to this size the texts stay on the heap.
const HEAP_LIMIT: usize = 256 * 1024;

/// The texts of one path in one segment.
pub struct RawTexts {
    layout: Layout,
    bytes: Bytes,
}

enum Bytes {
    Heap(Vec<u8>),
    Mapped(Blob),
}

impl std::fmt::Debug for RawTexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawTexts")
            .field("layout", &self.layout)
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
        let name = folder.join(file_name(reader, path));
        let fits = |layout: &Layout| {
            layout.docs == reader.max_doc() as usize && layout.texts == column.num_terms()
        };
        if let Ok(blob) = store.open(&name)
            && let Some(layout) = Layout::read(&blob).filter(fits)
        {
            return Ok(Some(Self {
                layout,
                bytes: Bytes::Mapped(blob),
            }));
        }
        let file = build(&column, reader.max_doc())?;
        let Some(layout) = Layout::read(&file).filter(fits) else {
            return Err(EngineError::Corrupt {
                file: name.display().to_string(),
                reason: "the dictionary changed while it was read".to_owned(),
            });
        };
        if file.len() > HEAP_LIMIT {
            // A file that cannot be written costs memory, not the search.
            match store
                .write_atomic(&name, &file)
                .and_then(|()| store.open(&name))
            {
                Ok(blob) => {
                    return Ok(Some(Self {
                        layout,
                        bytes: Bytes::Mapped(blob),
                    }));
                }
                Err(error) => tracing::warn!(%error, "raw texts stay in memory"),
            }
        }
        Ok(Some(Self {
            layout,
            bytes: Bytes::Heap(file),
        }))
    }

    /// The file's name for a path of a segment.
    pub fn file_for(reader: &SegmentReader, path: &str) -> PathBuf {
        PathBuf::from(file_name(reader, path))
    }

    /// The document's texts, as the bytes that they are in UTF-8.
    pub fn utf8(&self, doc: DocId) -> impl Iterator<Item = &[u8]> {
        self.layout.texts_of(self.bytes(), doc)
    }

    /// The document's texts.
    pub fn texts(&self, doc: DocId) -> impl Iterator<Item = &str> {
        self.utf8(doc)
            .filter_map(|bytes| std::str::from_utf8(bytes).ok())
    }

    fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Heap(bytes) => bytes,
            Bytes::Mapped(blob) => blob,
        }
    }
}

fn file_name(reader: &SegmentReader, path: &str) -> String {
    format!(
        "{}-{:08x}.raw",
        reader.segment_id().uuid_string(),
        crc32fast::hash(path.as_bytes())
    )
}
