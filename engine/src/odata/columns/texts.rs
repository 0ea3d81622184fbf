//! Texts of a dictionary, unpacked for the documents at hand.

use tantivy::DocId;
use tantivy::columnar::StrColumn;

use crate::error::{EngineError, Result};

/// The most that is unpacked at once, in bytes; what does not fit is read from the stored records.
const MAX_BYTES: usize = 64 << 20;

/// Some texts of a dictionary.
#[derive(Default)]
pub(super) struct Texts {
    /// The places in the dictionary, ascending.
    ords: Vec<u64>,
    /// Where each text ends.
    ends: Vec<usize>,
    text: String,
}

impl Texts {
    /// The texts of some documents, unpacked in one go through the dictionary.
    pub fn of(column: &StrColumn, docs: &[DocId]) -> Result<Self> {
        let mut ords: Vec<u64> = docs
            .iter()
            .flat_map(|doc| column.ords().values_for_doc(*doc))
            .collect();
        ords.sort_unstable();
        ords.dedup();
        let mut ends = Vec::with_capacity(ords.len());
        let mut text = String::new();
        let (mut damaged, mut full) = (false, false);
        column
            .dictionary()
            .sorted_ords_to_term_cb(&ords, |bytes| {
                full |= text.len() + bytes.len() > MAX_BYTES;
                if full {
                    return;
                }
                match std::str::from_utf8(bytes) {
                    Ok(part) => text.push_str(part),
                    Err(_) => damaged = true,
                }
                ends.push(text.len());
            })
            .map_err(tantivy::TantivyError::from)?;
        if damaged {
            return Err(EngineError::Corrupt {
                file: "a column of texts".to_owned(),
                reason: "a text is not UTF-8".to_owned(),
            });
        }
        // The first text that does not fit ends the list.
        ords.truncate(ends.len());
        Ok(Self { ords, ends, text })
    }

    /// A text by its place in the dictionary; `None` where it was not unpacked.
    pub fn get(&self, ord: u64) -> Option<&str> {
        let at = self.ords.binary_search(&ord).ok()?;
        let start = match at.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.text.get(start..*self.ends.get(at)?)
    }
}
