//! How long the texts of a field are, by segment: what scores compare a text's length with.

use std::collections::{HashMap, HashSet};

use parking_lot::Mutex;
use tantivy::SegmentReader;
use tantivy::index::SegmentId;
use tantivy::schema::{Field, IndexRecordOption};

use crate::error::Result;

/// The longest text whose length is kept exactly beside each document, in tokens.
const EXACT_NORMS: u8 = 40;

/// The texts of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lengths {
    /// The documents with at least one token, deleted ones included until their segment is merged.
    pub documents: u64,
    /// The tokens of these documents.
    pub tokens: u64,
}

/// Lengths by segment and field, counted when they are first asked for.
#[derive(Debug, Default)]
pub struct LengthTable {
    known: Mutex<HashMap<(SegmentId, Field), Lengths>>,
}

impl LengthTable {
    /// The lengths of a field in a segment; `None` for a field that keeps none.
    ///
    /// # Errors
    /// When the segment cannot be read.
    pub fn of(&self, reader: &SegmentReader, field: Field) -> Result<Option<Lengths>> {
        let key = (reader.segment_id(), field);
        if let Some(known) = self.known.lock().get(&key) {
            return Ok(Some(*known));
        }
        let Some(counted) = counted(reader, field)? else {
            return Ok(None);
        };
        self.known.lock().insert(key, counted);
        Ok(Some(counted))
    }

    /// Forgets the segments that are gone.
    pub(super) fn keep(&self, segments: &HashSet<SegmentId>) {
        self.known
            .lock()
            .retain(|(segment, _), _| segments.contains(segment));
    }
}

fn counted(reader: &SegmentReader, field: Field) -> Result<Option<Lengths>> {
    let Some(norms) = reader.fieldnorms_readers().get_field(field)? else {
        return Ok(None);
    };
    let mut lengths = Lengths::default();
    let mut exact = true;
    for doc in 0..reader.max_doc() {
        let id = norms.fieldnorm_id(doc);
        lengths.documents += u64::from(id > 0);
        exact &= id <= EXACT_NORMS;
        lengths.tokens += u64::from(norms.fieldnorm(doc));
    }
    // A segment's own count of tokens is an estimate after a merge that left documents out.
    if !exact {
        lengths.tokens = occurrences(reader, field)?;
    }
    Ok(Some(lengths))
}

/// The occurrences of all terms of a field.
fn occurrences(reader: &SegmentReader, field: Field) -> Result<u64> {
    let inverted = reader.inverted_index(field)?;
    let mut terms = inverted
        .terms()
        .stream()
        .map_err(tantivy::TantivyError::from)?;
    let mut sum = 0;
    while terms.advance() {
        let mut blocks = inverted
            .read_block_postings_from_terminfo(terms.value(), IndexRecordOption::WithFreqs)
            .map_err(tantivy::TantivyError::from)?;
        while !blocks.docs().is_empty() {
            sum += blocks
                .freqs()
                .iter()
                .map(|count| u64::from(*count))
                .sum::<u64>();
            blocks.advance();
        }
    }
    Ok(sum)
}
