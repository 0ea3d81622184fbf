//! The fields of an expression in one segment.

use std::sync::Arc;

use tantivy::columnar::StrColumn;
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::store::StoreReader;
use tantivy::{BitSet, DocId, SegmentReader, TantivyDocument, Term};

use serde_json::Value as Json;

use super::field::{Field, Values};
use super::plan::{Planned, Source};
use crate::error::{EngineError, Result};
use crate::index::RawTable;
use crate::query::plan::{Numbers, numbers};
use crate::text::{TextSchema, list_mark, odd_mark, utc_mark};

/// The stored blocks that are kept unpacked: documents are read in order.
const BLOCKS: usize = 2;

/// What columns are opened with.
#[derive(Clone)]
pub(super) struct Sources {
    pub planned: Arc<Vec<Planned>>,
    pub schema: Arc<TextSchema>,
    pub raw: Arc<RawTable>,
}

impl Sources {
    /// The fields in a segment.
    pub fn open(&self, reader: &SegmentReader) -> Result<Vec<Field>> {
        let open = |planned: &Planned| self.field(reader, planned);
        self.planned.iter().map(open).collect()
    }

    fn field(&self, reader: &SegmentReader, planned: &Planned) -> Result<Field> {
        let name = planned.name.as_str();
        let values = match &planned.source {
            Source::Absent => Values::None,
            Source::Stored => Values::Stored,
            Source::Wholes(path) => one(numbers(reader, path)?, |numbers| match numbers {
                Numbers::I64(column) => Values::Whole(column),
                Numbers::U64(column) => Values::Unsigned(column),
                _ => Values::Stored,
            }),
            Source::Doubles(path) => one(numbers(reader, path)?, |numbers| match numbers {
                Numbers::F64(column) => Values::Double(column),
                _ => Values::Stored,
            }),
            Source::Flags(path) => one(numbers(reader, path)?, |numbers| match numbers {
                Numbers::Bool(column) => Values::Flag(column),
                _ => Values::Stored,
            }),
            Source::Instants(path) => {
                let written = self.marked(reader, &utc_mark(name))?;
                one(numbers(reader, path)?, |numbers| match (numbers, written) {
                    (Numbers::Date(column), Some(written)) => Values::Instant(column, written),
                    _ => Values::Stored,
                })
            }
            Source::Unpacked(path) => match self.raw.get(&(reader.segment_id(), path.clone())) {
                Some(Some(texts)) => Values::Unpacked(Arc::clone(texts)),
                Some(None) => Values::None,
                None => Values::Stored,
            },
            Source::Terms(path) => match terms(reader, path)? {
                Some(column) => Values::Terms(column),
                None => Values::None,
            },
        };
        let marked = |wanted: bool, mark: String| match wanted {
            true => self.marked(reader, &mark),
            false => Ok(None),
        };
        Ok(Field {
            values,
            odd: marked(planned.odd, odd_mark(name))?,
            lists: marked(planned.lists, list_mark(name))?,
            name: planned.name.clone(),
        })
    }

    /// The documents with a mark; `None` where there are none.
    fn marked(&self, reader: &SegmentReader, mark: &str) -> Result<Option<BitSet>> {
        let inverted = reader.inverted_index(self.schema.names)?;
        let term = Term::from_field_text(self.schema.names, mark);
        let found = inverted
            .read_block_postings(&term, IndexRecordOption::Basic)
            .map_err(tantivy::TantivyError::from)?;
        let Some(mut blocks) = found else {
            return Ok(None);
        };
        let mut bits = BitSet::with_max_value(reader.max_doc());
        while !blocks.docs().is_empty() {
            for doc in blocks.docs() {
                bits.insert(*doc);
            }
            blocks.advance();
        }
        Ok(Some(bits))
    }
}

/// The values of a path that should have at most one column.
fn one(mut columns: Vec<Numbers>, values: impl FnOnce(Numbers) -> Values) -> Values {
    match (columns.pop(), columns.is_empty()) {
        (None, _) => Values::None,
        (Some(column), true) => values(column),
        (Some(_), false) => Values::Stored,
    }
}

fn terms(reader: &SegmentReader, path: &str) -> Result<Option<StrColumn>> {
    Ok(reader.fast_fields().str(&format!("kw.{path}"))?)
}

/// The stored records of a segment.
pub(super) struct Records {
    store: StoreReader,
    source: tantivy::schema::Field,
}

impl Records {
    pub fn open(reader: &SegmentReader, schema: &TextSchema) -> Result<Self> {
        let store = reader
            .get_store_reader(BLOCKS)
            .map_err(tantivy::TantivyError::from)?;
        Ok(Self {
            store,
            source: schema.source,
        })
    }

    pub fn get(&self, doc: DocId) -> Result<Json> {
        let document: TantivyDocument = self.store.get(doc)?;
        let bytes = document.get_first(self.source);
        let bytes = bytes.as_ref().and_then(|value| value.as_bytes());
        serde_json::from_slice(bytes.unwrap_or(b"null")).map_err(|error| EngineError::Corrupt {
            file: "_source".to_owned(),
            reason: error.to_string(),
        })
    }
}
