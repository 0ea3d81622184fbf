//! What a document turned into so far.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::TantivyDocument;
use tantivy::schema::OwnedValue;

use super::NewField;
use crate::error::{EngineError, Result};

/// The most values that one document may hold.
const MAX_VALUES: usize = 100_000;

/// The values of one field of words.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The positions between the values.
    pub(super) gap: u32,
    pub(super) values: Vec<String>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str, gap: u32) {
        self.gap = gap;
        self.values.push(text.to_owned());
    }
}

pub(in crate::text) struct Sink {
    pub(super) document: TantivyDocument,
    pub(in crate::text) names: BTreeSet<String>,
    pub(in crate::text) keywords: BTreeMap<String, Vec<OwnedValue>>,
    pub(super) numbers: BTreeMap<String, Vec<OwnedValue>>,
    pub(super) trigrams: BTreeMap<String, Vec<OwnedValue>>,
    /// The texts of each slot, and the gap between them.
    pub(super) slots: BTreeMap<tantivy::schema::Field, Texts>,
    /// The texts of each analyzer and path without a slot.
    pub(super) overflow: BTreeMap<(String, String), Texts>,
    pub(super) new_fields: Vec<NewField>,
    pub(super) values: usize,
}

impl Sink {
    /// Counts one more value.
    pub(in crate::text) fn count(&mut self, path: &str) -> Result<()> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(EngineError::document(
                path,
                format!("the document has more than {MAX_VALUES} values"),
            ));
        }
        Ok(())
    }
}

pub(in crate::text) fn push(
    into: &mut BTreeMap<String, Vec<OwnedValue>>,
    path: &str,
    value: OwnedValue,
) {
    match into.get_mut(path) {
        Some(values) => values.push(value),
        None => {
            into.insert(path.to_owned(), vec![value]);
        }
    }
}
