//! Numbers, dates and booleans of a path in a segment.

use tantivy::columnar::{Column, DynamicColumn};
use tantivy::{DateTime, DocId, SegmentReader};

use crate::error::Result;

/// One column of a path; a path has one for each kind of number that its segment met.
pub enum Numbers {
    /// Whole numbers.
    I64(Column<i64>),
    /// Whole numbers past the signed.
    U64(Column<u64>),
    /// Numbers with a fraction.
    F64(Column<f64>),
    /// Booleans.
    Bool(Column<bool>),
    /// Instants, in nanoseconds.
    Date(Column<DateTime>),
}

/// The columns of a path.
///
/// # Errors
/// When the segment cannot be read.
pub fn numbers(reader: &SegmentReader, path: &str) -> Result<Vec<Numbers>> {
    let handles = reader
        .fast_fields()
        .dynamic_column_handles(&format!("num.{path}"))?;
    let mut out = Vec::with_capacity(handles.len());
    for handle in handles {
        match handle.open().map_err(tantivy::TantivyError::from)? {
            DynamicColumn::I64(column) => out.push(Numbers::I64(column)),
            DynamicColumn::U64(column) => out.push(Numbers::U64(column)),
            DynamicColumn::F64(column) => out.push(Numbers::F64(column)),
            DynamicColumn::Bool(column) => out.push(Numbers::Bool(column)),
            DynamicColumn::DateTime(column) => out.push(Numbers::Date(column)),
            _ => {}
        }
    }
    Ok(out)
}

impl Numbers {
    /// The document's first value as a float; dates in milliseconds since 1970.
    #[expect(clippy::cast_precision_loss, reason = "scores and weights are floats")]
    pub fn first(&self, doc: DocId) -> Option<f64> {
        match self {
            Self::I64(column) => column.first(doc).map(|value| value as f64),
            Self::U64(column) => column.first(doc).map(|value| value as f64),
            Self::F64(column) => column.first(doc),
            Self::Bool(column) => column.first(doc).map(|value| if value { 1.0 } else { 0.0 }),
            Self::Date(column) => column
                .first(doc)
                .map(|value| value.into_timestamp_nanos() as f64 / 1e6),
        }
    }
}

impl Numbers {
    /// All of the document's values, as [`Numbers::first`] gives one.
    #[expect(clippy::cast_precision_loss, reason = "scores and weights are floats")]
    fn all(&self, doc: DocId) -> Vec<f64> {
        match self {
            Self::I64(column) => column
                .values_for_doc(doc)
                .map(|value| value as f64)
                .collect(),
            Self::U64(column) => column
                .values_for_doc(doc)
                .map(|value| value as f64)
                .collect(),
            Self::F64(column) => column.values_for_doc(doc).collect(),
            Self::Bool(column) => {
                let values = column.values_for_doc(doc);
                values.map(|value| if value { 1.0 } else { 0.0 }).collect()
            }
            Self::Date(column) => {
                let values = column.values_for_doc(doc);
                values
                    .map(|value| value.into_timestamp_nanos() as f64 / 1e6)
                    .collect()
            }
        }
    }
}

/// All values of a document in a path's columns.
pub(super) fn all_numbers(columns: &[Numbers], doc: DocId) -> Vec<f64> {
    columns.iter().flat_map(|column| column.all(doc)).collect()
}

/// The least value of a document in any of a path's columns.
pub(super) fn least_number(columns: &[Numbers], doc: DocId) -> Option<f64> {
    all_numbers(columns, doc).into_iter().min_by(f64::total_cmp)
}

/// The first value of a document in any of a path's columns.
pub fn first_number(columns: &[Numbers], doc: DocId) -> Option<f64> {
    columns.iter().find_map(|column| column.first(doc))
}
