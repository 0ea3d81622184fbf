//! A document's columns as a record.

use std::cell::Cell;

use tantivy::{DocId, SegmentReader};

use super::field::Field;
use super::segment::{Records, Sources};
use super::texts::Texts;
use crate::error::Result;
use crate::odata::eval::{Record, Value};

/// Documents that are looked at together: their texts are unpacked in one go.
pub(super) const BATCH: usize = 1 << 17;

struct ColumnRecord<'a> {
    fields: &'a [(Field, Texts)],
    doc: DocId,
    doubt: Cell<bool>,
}

impl Record for ColumnRecord<'_> {
    fn field(&self, name: &str) -> Value<'_> {
        let field = self.fields.iter().find(|(field, _)| field.name == name);
        let value = field.and_then(|(field, texts)| field.value(self.doc, texts));
        value.unwrap_or_else(|| {
            self.doubt.set(true);
            Value::Null
        })
    }

    fn doubt(&self) {
        self.doubt.set(true);
    }
}

/// The documents of a segment, of which batches are looked at one after the other.
pub(super) struct Segment<'a> {
    reader: &'a SegmentReader,
    sources: &'a Sources,
    fields: Vec<(Field, Texts)>,
    /// Opened when a document is in doubt.
    records: Option<Records>,
}

impl<'a> Segment<'a> {
    pub fn open(reader: &'a SegmentReader, sources: &'a Sources) -> Result<Self> {
        let fields = sources.open(reader)?;
        Ok(Self {
            reader,
            sources,
            fields: fields
                .into_iter()
                .map(|field| (field, Texts::default()))
                .collect(),
            records: None,
        })
    }

    /// Goes to other documents.
    pub fn batch(&mut self, docs: &[DocId]) -> Result<()> {
        for (field, texts) in &mut self.fields {
            *texts = field.unpack(docs)?;
        }
        Ok(())
    }

    /// What `work` finds out about a document of the batch, from its columns if they tell.
    pub fn look<T, E>(
        &mut self,
        doc: DocId,
        work: impl Fn(&dyn Record) -> Result<T, E>,
    ) -> Result<T>
    where
        crate::EngineError: From<E>,
    {
        let record = ColumnRecord {
            fields: &self.fields,
            doc,
            doubt: Cell::new(false),
        };
        let found = work(&record);
        if !record.doubt.get() {
            return Ok(found?);
        }
        drop(found);
        let records = match &mut self.records {
            Some(records) => records,
            none => none.insert(Records::open(self.reader, &self.sources.schema)?),
        };
        Ok(work(&records.get(doc)?)?)
    }
}
