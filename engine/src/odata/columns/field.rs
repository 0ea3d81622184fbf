//! The values of one field in one segment.

use std::borrow::Cow;
use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{BitSet, DocId};

use super::texts::Texts;
use crate::error::Result;
use crate::odata::eval::Value;
use crate::odata::temporal::DateTime;
use crate::text::RawTexts;

/// Doubles from here on do not hold every whole number.
const EXACT_DOUBLES: f64 = 9_007_199_254_740_992.0;

/// Where the values of a field are.
pub(super) enum Values {
    /// No document of the segment has the field.
    None,
    /// In a column of whole numbers.
    Whole(Column<i64>),
    /// In a column of whole numbers that are not negative.
    Unsigned(Column<u64>),
    /// In a column of doubles.
    Double(Column<f64>),
    /// In a column of booleans.
    Flag(Column<bool>),
    /// In a column of instants; the documents that write theirs as it is printed, in UTC.
    Instant(Column<tantivy::DateTime>, BitSet),
    /// In texts that lie unpacked.
    Unpacked(Arc<RawTexts>),
    /// In a column of places in a dictionary.
    Terms(StrColumn),
    /// In the stored records.
    Stored,
}

/// A field in a segment.
pub(super) struct Field {
    pub name: String,
    pub values: Values,
    /// The documents with a value that the column does not hold as it is.
    pub odd: Option<BitSet>,
    /// The documents with a list.
    pub lists: Option<BitSet>,
}

impl Field {
    /// What has to be unpacked of it for some documents.
    pub fn unpack(&self, docs: &[DocId]) -> Result<Texts> {
        match &self.values {
            Values::Terms(column) => Texts::of(column, docs),
            _ => Ok(Texts::default()),
        }
    }

    /// A document's value; `None` where only its stored record tells.
    pub fn value<'a>(&'a self, doc: DocId, texts: &'a Texts) -> Option<Value<'a>> {
        if has(self.odd.as_ref(), doc) {
            return None;
        }
        let list = has(self.lists.as_ref(), doc);
        match &self.values {
            Values::None => Some(Value::Null),
            Values::Stored => None,
            Values::Whole(column) => collected(
                list,
                column.values_for_doc(doc).map(|n| Some(Value::Int(n))),
            ),
            Values::Unsigned(column) => {
                let whole = |number| i64::try_from(number).ok().map(Value::Int);
                collected(list, column.values_for_doc(doc).map(whole))
            }
            Values::Double(column) => collected(
                list,
                column
                    .values_for_doc(doc)
                    .map(|n| (n.abs() < EXACT_DOUBLES).then_some(Value::Double(n))),
            ),
            Values::Flag(column) => {
                let values = column.values_for_doc(doc);
                collected(list, values.map(|flag| Some(Value::Bool(flag))))
            }
            Values::Instant(column, written) => {
                let as_written = written.contains(doc) && !list;
                let text = |at: tantivy::DateTime| {
                    let at = DateTime::utc(at.into_timestamp_nanos().into())?;
                    as_written.then(|| Value::from(at.to_string()))
                };
                collected(list, column.values_for_doc(doc).map(text))
            }
            Values::Unpacked(raw) => collected(list, raw.texts(doc).map(|t| Some(text(t)))),
            Values::Terms(column) => {
                let ords = column.ords().values_for_doc(doc);
                collected(list, ords.map(|ord| texts.get(ord).map(text)))
            }
        }
    }
}

fn has(docs: Option<&BitSet>, doc: DocId) -> bool {
    docs.is_some_and(|docs| docs.contains(doc))
}

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

/// The values of a document as one. Without a list there is at most one.
fn collected<'a>(
    list: bool,
    mut values: impl Iterator<Item = Option<Value<'a>>>,
) -> Option<Value<'a>> {
    if list {
        let items: Option<Vec<Value<'a>>> = values.collect();
        return items.map(|items| Value::list(items.into_iter()));
    }
    match (values.next(), values.next()) {
        (None, _) => Some(Value::Null),
        (Some(value), None) => value,
        (Some(_), Some(_)) => None,
    }
}
