//! How many documents have a term now: deleted ones do not count, whether they were merged away or not.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use crate::error::Result;

/// The number of living documents with a term.
///
/// # Errors
/// When a dictionary or a posting list cannot be read.
pub(super) fn living(searcher: &Searcher, term: &Term) -> Result<u64> {
    let mut count = 0;
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(term.field())?;
        if !reader.has_deletes() {
            let frequency = inverted.doc_freq(term);
            count += u64::from(frequency.map_err(tantivy::TantivyError::from)?);
            continue;
        }
        let postings = inverted
            .read_postings(term, IndexRecordOption::Basic)
            .map_err(tantivy::TantivyError::from)?;
        let Some(mut postings) = postings else {
            continue;
        };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            count += u64::from(!reader.is_deleted(doc));
            doc = postings.advance();
        }
    }
    Ok(count)
}
