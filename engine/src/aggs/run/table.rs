//! Strings of a field by number, across segments.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::StrColumn;

use crate::error::{EngineError, Result};

/// The most different strings of a field that one search looks at.
const MAX_TERMS: usize = 8_000_000;
/// An ordinal that was not looked up yet.
const UNKNOWN: u32 = u32::MAX;
/// An ordinal that is about to be looked up.
const AWAITED: u32 = u32::MAX - 1;

/// Strings by number: every segment numbers its own, buckets need one number for all.
#[derive(Debug, Default)]
pub(super) struct Table {
    terms: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, u32>,
    /// By segment and the segment's own ordinal.
    known: Vec<Vec<u32>>,
}

impl Table {
    /// The number of a string.
    pub(super) fn intern(&mut self, text: &str) -> Result<u32> {
        if let Some(id) = self.ids.get(text) {
            return Ok(*id);
        }
        if self.terms.len() >= MAX_TERMS {
            return Err(EngineError::Limit(format!(
                "an aggregation looks at no more than {MAX_TERMS} different strings of a field"
            )));
        }
        let id = u32::try_from(self.terms.len()).unwrap_or(UNKNOWN);
        let text: Arc<str> = text.into();
        self.terms.push(Arc::clone(&text));
        self.ids.insert(text, id);
        Ok(id)
    }

    /// The string of a number.
    pub(super) fn text(&self, id: u64) -> Option<&Arc<str>> {
        self.terms.get(usize::try_from(id).ok()?)
    }

    /// The number of a segment's ordinal, once it was looked up.
    pub(super) fn id(&self, segment: usize, ord: u64) -> Option<u32> {
        let known = self.known.get(segment)?;
        known
            .get(usize::try_from(ord).ok()?)
            .copied()
            .filter(|id| *id < AWAITED)
    }

    /// Adds an ordinal to a list, unless it is known or was added before.
    pub(super) fn await_ord(
        &mut self,
        segment: usize,
        column: &StrColumn,
        ord: u64,
        into: &mut Vec<u64>,
    ) {
        self.make_room(segment, column);
        let known = self.known.get_mut(segment);
        let slot = usize::try_from(ord).ok();
        if let (Some(known), Some(slot)) = (known, slot)
            && let Some(slot) = known.get_mut(slot)
            && *slot == UNKNOWN
        {
            *slot = AWAITED;
            into.push(ord);
        }
    }

    fn make_room(&mut self, segment: usize, column: &StrColumn) {
        if self.known.len() <= segment {
            self.known.resize_with(segment + 1, Vec::new);
        }
        let slots = column.dictionary().num_terms();
        if let Some(known) = self.known.get_mut(segment)
            && known.len() < slots
        {
            known.resize(slots, UNKNOWN);
        }
    }

    /// Looks up ordinals, sorted and each once.
    pub(super) fn learn(&mut self, segment: usize, column: &StrColumn, ords: &[u64]) -> Result<()> {
        self.make_room(segment, column);
        let unknown: Vec<u64> = ords
            .iter()
            .copied()
            .filter(|ord| self.id(segment, *ord).is_none())
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let mut failed = None;
        let mut next = unknown.iter();
        column
            .dictionary()
            .sorted_ords_to_term_cb(&unknown, |bytes| {
                let Some(ord) = next.next() else { return };
                match self.intern(&String::from_utf8_lossy(bytes)) {
                    Ok(id) => {
                        let known = self.known.get_mut(segment);
                        let slot = usize::try_from(*ord).ok();
                        if let (Some(known), Some(slot)) = (known, slot)
                            && let Some(slot) = known.get_mut(slot)
                        {
                            *slot = id;
                        }
                    }
                    Err(error) => failed = Some(error),
                }
            })
            .map_err(tantivy::TantivyError::from)?;
        failed.map_or(Ok(()), Err)
    }
}
