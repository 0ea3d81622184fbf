//! A source as the parts of an index take it.

use std::sync::Arc;

use serde_json::Value;
use tantivy::TantivyDocument;

use super::super::Index;
use super::super::vectors::{DocumentVectors, extract};
use crate::error::{EngineError, Result};
use crate::mapping::Mapping;
use crate::numerals;
use crate::text::Converter;

/// A document as its parts take it.
pub(super) struct Written {
    pub(super) document: TantivyDocument,
    /// The source, without vectors where the index's settings want it so.
    pub(super) source: Arc<[u8]>,
    pub(super) vectors: DocumentVectors,
}

impl Index {
    /// Converts a document; the mapping learns its new fields first, durably.
    pub(super) fn document(&self, source: Value) -> Result<Written> {
        // What is kept has its numbers as they were written.
        let verbatim = numerals::is_marked(&source).then(|| source.clone());
        let source = match verbatim {
            Some(_) => numerals::plain(source),
            None => source,
        };
        // Objects inside lists may bring fields in several rounds; every round adds at least one.
        for _ in 0..crate::mapping::MAX_FIELDS {
            let definition = Arc::clone(&self.shared.definition.read());
            let extracted = extract(&definition.mapping, &source)?;
            if !extracted.learned.is_empty() {
                let mut mapping: Mapping = definition.mapping.clone();
                for (path, dims) in &extracted.learned {
                    mapping = mapping.with_dims(path, *dims)?;
                }
                self.shared.redefine(&definition, mapping)?;
                continue;
            }
            let rest = extracted.rest.as_ref().unwrap_or(&source);
            let converted = Converter {
                mapping: &definition.mapping,
                slots: &definition.slots,
                schema: &self.shared.schema,
                registry: &self.shared.registry,
                substring: &self.shared.settings.substring,
                ignore_malformed: self.shared.settings.ignore_malformed,
            }
            .convert(rest)?;
            if converted.new_fields.is_empty() {
                let mut document = converted.document;
                for (path, vectors) in &extracted.vectors {
                    if !vectors.is_empty() {
                        document.add_text(self.shared.schema.names, path);
                    }
                }
                let bare = self.shared.settings.exclude_source_vectors;
                let kept = if bare { rest } else { &source };
                let bytes = match &verbatim {
                    Some(verbatim) if bare => bytes_of(&numerals::without(verbatim, rest)),
                    Some(verbatim) => bytes_of(verbatim),
                    None => bytes_of(kept),
                };
                return Ok(Written {
                    document,
                    source: bytes.into(),
                    vectors: extracted.vectors,
                });
            }
            let mut mapping: Mapping = definition.mapping.clone();
            for new in converted.new_fields {
                mapping = mapping.with_field(&new.path, new.field)?;
            }
            self.shared.redefine(&definition, mapping)?;
        }
        Err(EngineError::Internal(
            "the mapping does not settle".to_owned(),
        ))
    }
}

/// A source as it is kept, with its numbers as they were written.
pub(super) fn bytes_of(source: &Value) -> Vec<u8> {
    numerals::text(source).into_bytes()
}
