//! Candidates by character trigrams.
//!
//! The trigram field holds the trigrams of a text after each character was
//! lower-cased by itself, so it answers case-sensitive and case-insensitive
//! questions alike; what it returns has to be verified.

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED};

use crate::error::Result;
use crate::text::TermSource;

/// Trigrams past this many say nothing new: the rarest are looked up.
const ENOUGH: usize = 16;

/// What a text has to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needle {
    /// Nothing in particular.
    Anything,
    /// A trigram.
    Trigram(String),
    /// All of these.
    All(Vec<Self>),
    /// Any of these.
    Any(Vec<Self>),
}

impl Needle {
    /// The trigrams of pieces of text, each of which has to be there; case does not matter.
    pub fn all_of<'a>(pieces: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Vec::new();
        for piece in pieces {
            let letters: Vec<char> = piece.chars().map(lower_char).collect();
            for window in letters.windows(3) {
                let trigram = Self::Trigram(window.iter().collect());
                if !all.contains(&trigram) {
                    all.push(trigram);
                }
            }
        }
        if all.is_empty() {
            Self::Anything
        } else {
            Self::All(all)
        }
    }
}

/// A character in lower case, as the trigram field has it: those whose lower case is not one
/// character stay as they are.
pub fn lower_char(letter: char) -> char {
    let mut lower = letter.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

/// The documents that may have what is needed, ascending; `None` for every one.
///
/// # Errors
/// When the segment cannot be read.
pub fn candidates(
    reader: &SegmentReader,
    field: Field,
    path: &str,
    needle: &Needle,
) -> Result<Option<Vec<DocId>>> {
    let source = TermSource::json(field, path);
    Lookup { reader, source }.docs(needle)
}

struct Lookup<'a> {
    reader: &'a SegmentReader,
    source: TermSource,
}

impl Lookup<'_> {
    fn docs(&self, needle: &Needle) -> Result<Option<Vec<DocId>>> {
        match needle {
            Needle::Anything => Ok(None),
            Needle::Trigram(trigram) => self.postings(trigram).map(Some),
            Needle::Any(list) => {
                let mut union: Vec<DocId> = Vec::new();
                for part in list {
                    match self.docs(part)? {
                        None => return Ok(None),
                        Some(docs) => union.extend(docs),
                    }
                }
                union.sort_unstable();
                union.dedup();
                Ok(Some(union))
            }
            Needle::All(list) => self.all(list),
        }
    }

    /// The rarest first, each next one only among what is left.
    fn all(&self, list: &[Needle]) -> Result<Option<Vec<DocId>>> {
        let inverted = self.reader.inverted_index(self.source.field)?;
        let mut trigrams = Vec::new();
        let mut others = Vec::new();
        for part in list {
            match part {
                Needle::Trigram(trigram) => {
                    let info = inverted
                        .get_term_info(&self.source.term(trigram))
                        .map_err(tantivy::TantivyError::from)?;
                    let Some(info) = info else {
                        return Ok(Some(Vec::new()));
                    };
                    trigrams.push(info);
                }
                other => others.push(other),
            }
        }
        trigrams.sort_by_key(|info| info.doc_freq);
        trigrams.truncate(ENOUGH);
        let mut left: Option<Vec<DocId>> = None;
        for info in trigrams {
            let mut postings = inverted
                .read_postings_from_terminfo(&info, IndexRecordOption::Basic)
                .map_err(tantivy::TantivyError::from)?;
            left = Some(match left {
                None => {
                    let mut docs = Vec::with_capacity(usize::try_from(info.doc_freq).unwrap_or(0));
                    let mut doc = postings.doc();
                    while doc != TERMINATED {
                        docs.push(doc);
                        doc = postings.advance();
                    }
                    docs
                }
                Some(mut docs) => {
                    docs.retain(|doc| postings.doc() <= *doc && postings.seek(*doc) == *doc);
                    docs
                }
            });
            if left.as_ref().is_some_and(Vec::is_empty) {
                return Ok(left);
            }
        }
        for other in others {
            let Some(docs) = self.docs(other)? else {
                continue;
            };
            left = Some(match left {
                None => docs,
                Some(mut left) => {
                    left.retain(|doc| docs.binary_search(doc).is_ok());
                    left
                }
            });
        }
        Ok(left)
    }

    fn postings(&self, trigram: &str) -> Result<Vec<DocId>> {
        let all = self.all(&[Needle::Trigram(trigram.to_owned())])?;
        Ok(all.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_lower_case_trigrams() {
        assert_eq!(
            Needle::all_of(["CAT", "at", "cats"].into_iter()),
            Needle::All(vec![
                Needle::Trigram("cat".into()),
                Needle::Trigram("ats".into())
            ])
        );
        assert_eq!(Needle::all_of(["ab"].into_iter()), Needle::Anything);
        assert_eq!(lower_char('İ'), 'İ');
    }
}
