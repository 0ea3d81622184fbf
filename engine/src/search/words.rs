//! The words of a text field by document, for fields that are mapped with `fielddata`.
//!
//! Nothing is kept between searches: a segment's dictionary and postings are read once for each
//! search that sorts or aggregates by the words.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType};
use crate::text::{TermSource, for_each_term};

/// The most words of all documents of a segment, each as often as documents have it.
const MAX_PLACES: usize = 200_000_000;
/// Words between two looks at the clock.
const CHECK_EVERY: usize = 256;

/// Whether a text field's words can be sorted and aggregated by.
pub(crate) fn has_fielddata(field: &Field) -> bool {
    matches!(field.kind, FieldType::Text { .. })
        && field
            .inert
            .get("fielddata")
            .is_some_and(|wanted| wanted.as_bool() == Some(true) || wanted == "true")
}

/// The words of one field in one segment.
pub(crate) struct FieldWords {
    /// In order.
    terms: Vec<Box<str>>,
    /// Where the words of each document begin, and the end.
    starts: Vec<u32>,
    /// Places in `terms`, ascending in each document.
    words: Vec<u32>,
}

impl FieldWords {
    /// Reads a segment; `check` is asked now and then whether to go on.
    ///
    /// # Errors
    /// When the segment cannot be read, has too many words, or `check` fails.
    pub(crate) fn read(
        reader: &SegmentReader,
        source: &TermSource,
        mut check: impl FnMut() -> Result<()>,
    ) -> Result<Self> {
        let inverted = reader.inverted_index(source.field)?;
        let mut terms: Vec<Box<str>> = Vec::new();
        let mut pairs: Vec<(DocId, u32)> = Vec::new();
        for_each_term(reader, source, "", |text, info| {
            if terms.len().is_multiple_of(CHECK_EVERY) {
                check()?;
            }
            let number = u32::try_from(terms.len()).unwrap_or(u32::MAX);
            terms.push(text.into());
            let mut postings = inverted
                .read_postings_from_terminfo(info, IndexRecordOption::Basic)
                .map_err(tantivy::TantivyError::from)?;
            let mut doc = postings.doc();
            while doc != TERMINATED {
                pairs.push((doc, number));
                doc = postings.advance();
            }
            if pairs.len() > MAX_PLACES {
                return Err(EngineError::Limit(format!(
                    "fielddata of a segment has more than {MAX_PLACES} words"
                )));
            }
            Ok(())
        })?;
        pairs.sort_unstable();
        let mut starts = vec![0; reader.max_doc() as usize + 1];
        for (doc, _) in &pairs {
            if let Some(end) = starts.get_mut(*doc as usize + 1) {
                *end += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Ok(Self {
            terms,
            starts,
            words: pairs.into_iter().map(|(_, word)| word).collect(),
        })
    }

    /// The words of a document, ascending.
    pub(crate) fn of(&self, doc: DocId) -> &[u32] {
        let at = |doc: usize| self.starts.get(doc).map(|start| *start as usize);
        match (at(doc as usize), at(doc as usize + 1)) {
            (Some(start), Some(end)) => self.words.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// All words, in order.
    pub(crate) fn terms(&self) -> &[Box<str>] {
        &self.terms
    }

    /// Where a text stands among the words: odd when it is one of them, even between two.
    pub(crate) fn place_of(&self, text: &str) -> u64 {
        match self.terms.binary_search_by(|term| term.as_ref().cmp(text)) {
            Ok(at) => 2 * at as u64 + 1,
            Err(at) => 2 * at as u64,
        }
    }
}
