//! A needle in one segment: which lists are read, and in what order.

use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::{DocId, SegmentReader};

use super::Needle;
use super::lists::{blocks, keep_common, keep_posted, listed, united};
use crate::error::Result;
use crate::text::TermSource;

/// Of more trigrams that have to be there together so many are looked up, from all over the text.
const LOOKED_UP: usize = 8;
/// What it costs, in nanoseconds, to verify a candidate, to read an entry of a list, and to look a
/// candidate up in one: they only have to stand to each other as they do.
const VERIFY: u64 = 40;
const READ: u64 = 1;
const SEEK: u64 = 15;

/// What is wanted of a segment.
#[derive(Debug)]
enum Wanted {
    /// Every document.
    Everything,
    /// None.
    Nothing,
    /// The documents of a trigram.
    List(TermInfo),
    /// The documents of all of these, the fewest first.
    All(Vec<Self>),
    /// The documents of any of these.
    Any(Vec<Self>),
}

impl Wanted {
    /// At most so many documents.
    fn most(&self) -> u64 {
        match self {
            Self::Everything => u64::MAX,
            Self::Nothing => 0,
            Self::List(info) => info.doc_freq.into(),
            Self::All(parts) => parts.iter().map(Self::most).min().unwrap_or(u64::MAX),
            Self::Any(parts) => parts.iter().map(Self::most).fold(0, u64::saturating_add),
        }
    }
}

/// The trigrams of a path in a segment.
pub(super) struct Lookup<'a> {
    inverted: Arc<InvertedIndexReader>,
    source: &'a TermSource,
    max_doc: DocId,
}

impl<'a> Lookup<'a> {
    pub fn new(reader: &SegmentReader, source: &'a TermSource) -> Result<Self> {
        Ok(Self {
            inverted: reader.inverted_index(source.field)?,
            source,
            max_doc: reader.max_doc(),
        })
    }

    /// The documents that may have what is needed, ascending; `None` for every one.
    pub fn candidates(&self, needle: &Needle) -> Result<Option<Vec<DocId>>> {
        match self.wanted(needle)? {
            Wanted::Everything => Ok(None),
            wanted => self.docs(&wanted).map(Some),
        }
    }

    fn wanted(&self, needle: &Needle) -> Result<Wanted> {
        match needle {
            Needle::Anything => Ok(Wanted::Everything),
            Needle::Trigram(trigram) => {
                let info = self
                    .inverted
                    .get_term_info(&self.source.term(trigram))
                    .map_err(tantivy::TantivyError::from)?;
                Ok(info.map_or(Wanted::Nothing, Wanted::List))
            }
            Needle::All(list) => {
                let mut parts = Vec::new();
                let step = list.len().div_ceil(LOOKED_UP).max(1);
                for part in list.iter().step_by(step) {
                    match self.wanted(part)? {
                        Wanted::Everything => {}
                        Wanted::Nothing => return Ok(Wanted::Nothing),
                        Wanted::All(inner) => parts.extend(inner),
                        other => parts.push(other),
                    }
                }
                parts.sort_by_key(Wanted::most);
                Ok(match parts.len() {
                    0 => Wanted::Everything,
                    1 => parts.pop().unwrap_or(Wanted::Everything),
                    _ => Wanted::All(parts),
                })
            }
            Needle::Any(list) => {
                let mut parts = Vec::new();
                for part in list {
                    match self.wanted(part)? {
                        Wanted::Everything => return Ok(Wanted::Everything),
                        Wanted::Nothing => {}
                        Wanted::Any(inner) => parts.extend(inner),
                        other => parts.push(other),
                    }
                }
                Ok(match parts.len() {
                    0 => Wanted::Nothing,
                    1 => parts.pop().unwrap_or(Wanted::Nothing),
                    _ => Wanted::Any(parts),
                })
            }
        }
    }

    fn docs(&self, wanted: &Wanted) -> Result<Vec<DocId>> {
        match wanted {
            // Only the whole can be everything.
            Wanted::Nothing | Wanted::Everything => Ok(Vec::new()),
            Wanted::List(info) => listed(&self.inverted, info),
            Wanted::Any(parts) => {
                let lists = parts.iter().map(|part| self.docs(part));
                Ok(united(lists.collect::<Result<_>>()?, self.max_doc))
            }
            Wanted::All(parts) => {
                let Some((first, rest)) = parts.split_first() else {
                    return Ok(Vec::new());
                };
                let mut left = self.docs(first)?;
                self.narrow_by_all(&mut left, rest)?;
                Ok(left)
            }
        }
    }

    /// Narrows candidates down by each part as long as that costs less than verifying those that it takes
    /// away. Trigrams of one text come together, so parts take away less than chance would: how much less,
    /// those before tell.
    fn narrow_by_all(&self, left: &mut Vec<DocId>, parts: &[Wanted]) -> Result<()> {
        let all = u64::from(self.max_doc).max(1);
        let mut hope = 2;
        for part in parts {
            let (candidates, most) = (left.len() as u64, part.most());
            let by_chance = candidates * all.saturating_sub(most) / all;
            let cost = most.saturating_mul(READ).min(candidates * SEEK);
            if by_chance / hope * VERIFY <= cost {
                continue;
            }
            self.narrow(left, part)?;
            let taken = candidates - left.len() as u64;
            if taken < by_chance / hope {
                hope *= 4;
            }
        }
        Ok(())
    }

    fn narrow(&self, left: &mut Vec<DocId>, part: &Wanted) -> Result<()> {
        match part {
            Wanted::List(info) => keep_posted(left, blocks(&self.inverted, info)?),
            Wanted::All(parts) => self.narrow_by_all(left, parts)?,
            other => keep_common(left, &self.docs(other)?),
        }
        Ok(())
    }
}
