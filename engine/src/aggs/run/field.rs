//! The values of a field in one index.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tantivy::columnar::StrColumn;
use tantivy::{DateTime, DocId};

use super::table::Table;
use super::{Doc, Run, place_of, runs, segment_of};
use crate::aggs::value::{Key, Real, ValueKind};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::plan::{Numbers, numbers};
use crate::search::{FieldWords, has_fielddata, held, is_narrow};

/// Nanoseconds of a millisecond.
const MILLI: i64 = 1_000_000;

/// The values of a field. In a run a value is a plain `u64`: numbers and dates in an encoding that
/// keeps their order, strings by their number in a table.
pub(crate) struct Field {
    kind: ValueKind,
    /// The type in the mapping: narrow floats are held so.
    mapped: Option<FieldType>,
    date_format: Option<String>,
    columns: Vec<Column>,
    table: RefCell<Table>,
}

enum Column {
    None,
    /// The words of a text field, with the number of each in the table.
    Words(FieldWords, Vec<u32>),
    Numbers(Vec<Numbers>),
    Text(StrColumn),
}

impl Run<'_> {
    /// The field at a path.
    pub(crate) fn field(&self, path: &str, aggregation: &str) -> Result<Rc<Field>> {
        if let Some(field) = self.fields.borrow().get(path) {
            return Ok(Rc::clone(field));
        }
        let field = Rc::new(Field::open(self, path, aggregation)?);
        let mut fields = self.fields.borrow_mut();
        fields.insert(path.to_owned(), Rc::clone(&field));
        Ok(field)
    }
}

impl Field {
    fn open(run: &Run<'_>, path: &str, aggregation: &str) -> Result<Self> {
        if path == "_id" {
            return Err(EngineError::IllegalArgument(
                "Fielddata access on the _id field is disallowed, you can re-enable it by updating \
                 the dynamic cluster setting: indices.id_field_data.enabled"
                    .to_owned(),
            ));
        }
        if path.starts_with('_') {
            return Err(EngineError::IllegalArgument(format!(
                "Field [{path}] is not supported for aggregation [{aggregation}]"
            )));
        }
        let path = run.context.definition.mapping.concrete(path);
        let mapped = run.context.definition.mapping.field(path);
        let kind = match mapped {
            None => ValueKind::Unmapped,
            Some(field) => match (&field.kind, ValueKind::of(&field.kind)) {
                (_, Some(kind)) => kind,
                (FieldType::Text { .. }, None) if has_fielddata(field) => ValueKind::Text,
                (FieldType::Text { .. }, None) => return Err(no_fielddata(path)),
                (other, None) => {
                    return Err(EngineError::IllegalArgument(format!(
                        "Field [{path}] of type [{}] is not supported for aggregation \
                         [{aggregation}]",
                        other.name()
                    )));
                }
            },
        };
        let date_format = mapped.and_then(|field| match &field.kind {
            FieldType::Date { format } => format.clone(),
            _ => None,
        });
        let words = mapped.filter(|field| has_fielddata(field));
        let words = words.and_then(|field| run.planner().0.term_source(path, field));
        let mut table = Table::default();
        let readers = run.context.snapshot.searcher.segment_readers();
        let mut columns = Vec::with_capacity(readers.len());
        for reader in readers {
            columns.push(match (kind, &words) {
                (_, Some(source)) => {
                    let words = FieldWords::read(reader, source, || run.check())?;
                    let numbers = words.terms().iter().map(|text| table.intern(text));
                    let numbers = numbers.collect::<Result<_>>()?;
                    Column::Words(words, numbers)
                }
                (ValueKind::Unmapped, None) => Column::None,
                (ValueKind::Text, None) => reader
                    .fast_fields()
                    .str(&format!("kw.{path}"))?
                    .map_or(Column::None, Column::Text),
                (_, None) => Column::Numbers(numbers(reader, path)?),
            });
        }
        Ok(Self {
            kind,
            mapped: mapped.map(|field| field.kind.clone()).filter(is_narrow),
            date_format,
            columns,
            table: RefCell::new(table),
        })
    }

    /// What its values are.
    pub(crate) fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The format of its dates, where the mapping has one.
    pub(crate) fn date_format(&self) -> Option<&str> {
        self.date_format.as_deref()
    }

    /// Looks up the strings of some documents at once.
    pub(crate) fn prepare(&self, run: &Run<'_>, docs: &[Doc]) -> Result<()> {
        if self.kind != ValueKind::Text {
            return Ok(());
        }
        for segment in docs.chunk_by(|a, b| segment_of(*a) == segment_of(*b)) {
            let Some(number) = segment.first().map(|doc| segment_of(*doc)) else {
                continue;
            };
            let Some(Column::Text(column)) = self.columns.get(number) else {
                continue;
            };
            let mut table = self.table.borrow_mut();
            let mut ords: Vec<u64> = Vec::new();
            for (_, part) in runs(segment) {
                run.check()?;
                for doc in part {
                    for ord in column.ords().values_for_doc(place_of(*doc)) {
                        table.await_ord(number, column, ord, &mut ords);
                    }
                }
            }
            ords.sort_unstable();
            table.learn(number, column, &ords)?;
        }
        Ok(())
    }

    /// The values of a document: numbers as often as they are there, strings once each.
    pub(crate) fn values(&self, doc: Doc, out: &mut Vec<u64>) -> Result<()> {
        out.clear();
        let (segment, place) = (segment_of(doc), place_of(doc));
        match self.columns.get(segment) {
            None | Some(Column::None) => {}
            Some(Column::Words(words, numbers)) => {
                let number = |word: &u32| numbers.get(*word as usize).copied().map(u64::from);
                out.extend(words.of(place).iter().filter_map(number));
                out.sort_unstable();
            }
            Some(Column::Numbers(columns)) => {
                for column in columns {
                    encoded(column, self.kind, place, out);
                }
                if let Some(mapped) = &self.mapped {
                    for value in out.iter_mut() {
                        *value = encode_float(held(mapped, tantivy::u64_to_f64(*value)));
                    }
                }
            }
            Some(Column::Text(column)) => {
                out.extend(column.ords().values_for_doc(place));
                for value in out.iter_mut() {
                    let ord = *value;
                    let known = self.table.borrow().id(segment, ord);
                    let id = match known {
                        Some(id) => id,
                        None => {
                            self.table.borrow_mut().learn(segment, column, &[ord])?;
                            self.table.borrow().id(segment, ord).ok_or_else(|| {
                                EngineError::Internal("a string has no number".to_owned())
                            })?
                        }
                    };
                    *value = id.into();
                }
                out.sort_unstable();
                out.dedup();
            }
        }
        Ok(())
    }

    /// How many values a document has: strings count once each.
    pub(crate) fn count(&self, doc: Doc, scratch: &mut Vec<u64>) -> Result<u64> {
        if let Some(Column::Text(column)) = self.columns.get(segment_of(doc)) {
            scratch.clear();
            scratch.extend(column.ords().values_for_doc(place_of(doc)));
            scratch.sort_unstable();
            scratch.dedup();
        } else {
            self.values(doc, scratch)?;
        }
        Ok(scratch.len() as u64)
    }

    /// Whether a document has a value.
    pub(crate) fn has_value(&self, doc: Doc) -> bool {
        let place = place_of(doc);
        match self.columns.get(segment_of(doc)) {
            None | Some(Column::None) => false,
            Some(Column::Words(words, _)) => !words.of(place).is_empty(),
            Some(Column::Text(column)) => column.ords().first(place).is_some(),
            Some(Column::Numbers(columns)) => {
                columns.iter().any(|column| column.first(place).is_some())
            }
        }
    }

    /// The number of a string that stands in for missing ones.
    pub(crate) fn intern(&self, text: &str) -> Result<u64> {
        self.table.borrow_mut().intern(text).map(u64::from)
    }

    /// The string of a number.
    pub(crate) fn text(&self, value: u64) -> Arc<str> {
        let table = self.table.borrow();
        table.text(value).cloned().unwrap_or_else(|| "".into())
    }
}

/// The values of one column, encoded as the field's kind is.
fn encoded(column: &Numbers, kind: ValueKind, doc: DocId, out: &mut Vec<u64>) {
    let whole = |value: i64| encode_whole(value, kind);
    match column {
        Numbers::I64(column) => out.extend(column.values_for_doc(doc).map(whole)),
        Numbers::U64(column) => out.extend(column.values_for_doc(doc).map(|value| match kind {
            ValueKind::Float => encode_float(value as f64),
            _ => whole(i64::try_from(value).unwrap_or(i64::MAX)),
        })),
        Numbers::F64(column) => out.extend(column.values_for_doc(doc).map(|value| match kind {
            ValueKind::Float => encode_float(value),
            _ => whole(value as i64),
        })),
        Numbers::Bool(column) => {
            out.extend(column.values_for_doc(doc).map(|value| whole(value.into())));
        }
        Numbers::Date(column) => out.extend(
            column
                .values_for_doc(doc)
                .map(DateTime::into_timestamp_nanos)
                .map(|nanos| whole(nanos.div_euclid(MILLI))),
        ),
    }
}

fn encode_whole(value: i64, kind: ValueKind) -> u64 {
    match kind {
        ValueKind::Float => encode_float(value as f64),
        _ => tantivy::i64_to_u64(value),
    }
}

fn encode_float(value: f64) -> u64 {
    tantivy::f64_to_u64(if value == 0.0 { 0.0 } else { value })
}

/// A whole number, boolean or date in the encoding of a kind.
pub(super) fn encode(value: f64, whole: i64, kind: ValueKind) -> u64 {
    match kind {
        ValueKind::Float => encode_float(value),
        _ => tantivy::i64_to_u64(whole),
    }
}

/// The number that an encoded value is.
pub(super) fn decode(value: u64, kind: ValueKind) -> f64 {
    match kind {
        ValueKind::Float => tantivy::u64_to_f64(value),
        _ => tantivy::u64_to_i64(value) as f64,
    }
}

/// The key that an encoded number is.
pub(super) fn number_key(value: u64, kind: ValueKind) -> Key {
    match kind {
        ValueKind::Float => Key::Float(Real::new(tantivy::u64_to_f64(value))),
        _ => Key::Whole(tantivy::u64_to_i64(value)),
    }
}

fn no_fielddata(path: &str) -> EngineError {
    EngineError::IllegalArgument(format!(
        "Text fields are not optimised for operations that require per-document field data like \
         aggregations and sorting, so these operations are disabled by default. Please use a \
         keyword field instead. Alternatively, set fielddata=true on [{path}] in order to load \
         field data by uninverting the inverted index. Note that this can use significant memory."
    ))
}
