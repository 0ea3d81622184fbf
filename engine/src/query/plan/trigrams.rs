//! Candidates by character trigrams.
//!
//! The trigram field holds the trigrams of a text after each character was
//! lower-cased by itself, so it answers case-sensitive and case-insensitive
//! questions alike; what it returns has to be verified.

use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader};

use crate::error::Result;
use crate::text::TermSource;

/// Trigrams past this many say little new: the rarest are looked up.
const ENOUGH: usize = 4;
/// So few candidates are verified faster than they are narrowed down further.
const FEW: usize = 64;

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
            left = Some(match left {
                None => listed(&inverted, &info)?,
                Some(docs) if docs.len() <= FEW => return self.narrowed(docs, &others),
                Some(mut docs) => {
                    let mut postings = inverted
                        .read_postings_from_terminfo(&info, IndexRecordOption::Basic)
                        .map_err(tantivy::TantivyError::from)?;
                    docs.retain(|doc| postings.doc() <= *doc && postings.seek(*doc) == *doc);
                    docs
                }
            });
            if left.as_ref().is_some_and(Vec::is_empty) {
                return Ok(left);
            }
        }
        match left {
            Some(docs) => self.narrowed(docs, &others),
            None => {
                let mut rest = others.into_iter();
                for other in rest.by_ref() {
                    if let Some(docs) = self.docs(other)? {
                        let rest: Vec<&Needle> = rest.collect();
                        return self.narrowed(docs, &rest);
                    }
                }
                Ok(None)
            }
        }
    }

    /// What is left of candidates after further conditions.
    fn narrowed(&self, mut left: Vec<DocId>, others: &[&Needle]) -> Result<Option<Vec<DocId>>> {
        for other in others {
            if left.len() <= FEW {
                break;
            }
            if let Some(docs) = self.docs(other)? {
                left.retain(|doc| docs.binary_search(doc).is_ok());
            }
        }
        Ok(Some(left))
    }

    fn postings(&self, trigram: &str) -> Result<Vec<DocId>> {
        let all = self.all(&[Needle::Trigram(trigram.to_owned())])?;
        Ok(all.unwrap_or_default())
    }
}

/// All documents of a term, ascending.
fn listed(inverted: &InvertedIndexReader, info: &TermInfo) -> Result<Vec<DocId>> {
    let mut docs = Vec::with_capacity(usize::try_from(info.doc_freq).unwrap_or(0));
    let mut blocks = inverted
        .read_block_postings_from_terminfo(info, IndexRecordOption::Basic)
        .map_err(tantivy::TantivyError::from)?;
    while !blocks.docs().is_empty() {
        docs.extend_from_slice(blocks.docs());
        blocks.advance();
    }
    Ok(docs)
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
