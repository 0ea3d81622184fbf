//! Completion: the heaviest texts that begin with a prefix, or that have a
//! word which does.
//!
//! Entries are ranked once, while building: heaviest first, then by text, then
//! by key. A transducer maps each folded text to its rank and is walked
//! best-first, so the first texts found are the heaviest. Later words are
//! found in a sorted array of the positions where they begin, with a tree of
//! range minima over the ranks. Texts that fold alike form a chain in order of
//! rank, of which only the first acceptable one is shown.

mod build;
mod collect;
mod layered;
mod overlay;
mod starts;
mod walk;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::HashSet;

pub use build::{CompletionBuilder, clamp_weight};
pub use layered::{Layered, merge};
pub use overlay::Overlay;
pub use walk::FuzzyOptions;

use super::fold::{fold, fold_prefix};
use super::fuzzy::Near;
use fst::{IntoStreamer, Map, Streamer};
use starts::WordStarts;

/// One text that completes a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The text as it was given.
    pub text: String,
    /// Its weight.
    pub weight: u32,
    /// Its key, an ordinal of the caller's.
    pub key: u64,
}

impl Candidate {
    /// The order of results: heaviest first, then by text, then by key.
    pub fn order(&self, other: &Self) -> Ordering {
        let weights = other.weight.cmp(&self.weight);
        weights
            .then_with(|| self.text.cmp(&other.text))
            .then(self.key.cmp(&other.key))
    }
}

/// Asked for each candidate before it is taken: false skips it.
pub type Accept<'a> = &'a mut dyn FnMut(&Candidate) -> bool;

/// Which texts a completion looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Those that begin with the prefix.
    Beginning,
    /// Those with a word, other than one at the very beginning, that does.
    Word,
}

/// The end of a chain of texts that fold alike.
const END: u32 = u32::MAX;

/// One ranked text.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    len: u32,
    weight: u32,
    /// The rank of the next text that folds alike.
    next: u32,
    key: u64,
}

/// Folded texts by rank, one after the other.
#[derive(Debug, Default)]
struct Folded {
    text: String,
    ends: Vec<u32>,
}

impl Folded {
    fn get(&self, rank: u32) -> &str {
        let rank = rank as usize;
        let start = rank
            .checked_sub(1)
            .and_then(|i| self.ends.get(i))
            .map_or(0, |&e| e as usize);
        let end = self.ends.get(rank).map_or(start, |&e| e as usize);
        self.text.get(start..end).unwrap_or_default()
    }
}

/// An immutable set of weighted texts, answering completions.
#[derive(Debug, Default)]
pub struct Completion {
    titles: Map<Vec<u8>>,
    entries: Vec<Entry>,
    originals: String,
    folded: Folded,
    starts: WordStarts,
}

impl Completion {
    /// The number of texts, those that fold alike counted each.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when there are no texts.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of heap in use, roughly.
    pub fn heap_bytes(&self) -> usize {
        self.titles.as_fst().size()
            + self.entries.len() * size_of::<Entry>()
            + self.originals.len()
            + self.folded.text.len()
            + self.folded.ends.len() * 4
            + self.starts.heap_bytes()
    }

    /// The heaviest texts that begin with `prefix`, then the heaviest with a
    /// word that does: at most `limit`, none twice up to case.
    pub fn complete(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        let mut found = self.begins(prefix, limit, accept);
        if found.len() < limit {
            let seen = found.iter().map(|c| fold(&c.text)).collect();
            found.extend(self.find(prefix, Place::Word, limit - found.len(), &seen, accept));
        }
        found
    }

    /// The heaviest texts that begin with `prefix`; all for an empty one.
    pub fn begins(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        self.find(prefix, Place::Beginning, limit, &HashSet::new(), accept)
    }

    /// The heaviest texts with a word that begins with `prefix`, other than
    /// one at the very beginning; none for an empty prefix.
    pub fn within(&self, prefix: &str, limit: usize, accept: Accept<'_>) -> Vec<Candidate> {
        self.find(prefix, Place::Word, limit, &HashSet::new(), accept)
    }

    /// The heaviest acceptable text that equals `text` up to case.
    pub fn exact(&self, text: &str, accept: Accept<'_>) -> Option<Candidate> {
        let head = self.titles.get(fold(text))?;
        let head = u32::try_from(head).ok()?;
        self.collect(std::iter::once(head), 1, &HashSet::new(), accept)
            .pop()
    }

    /// The heaviest texts with a beginning near to `prefix`, by edit distance.
    pub fn fuzzy(
        &self,
        prefix: &str,
        options: &FuzzyOptions,
        limit: usize,
        accept: Accept<'_>,
    ) -> Vec<Candidate> {
        let Some(prefix) = fold_prefix(prefix) else {
            return Vec::new();
        };
        let ranks = walk::fuzzy(&self.titles, &prefix, options);
        self.collect(ranks, limit, &HashSet::new(), accept)
    }

    /// [`Self::begins`] or [`Self::within`], leaving out the texts whose
    /// folded form is in `except`.
    pub(super) fn find(
        &self,
        prefix: &str,
        place: Place,
        limit: usize,
        except: &HashSet<String>,
        accept: Accept<'_>,
    ) -> Vec<Candidate> {
        let Some(prefix) = fold_prefix(prefix) else {
            return Vec::new();
        };
        match place {
            Place::Beginning => {
                let ranks = walk::beginning(&self.titles, prefix.as_bytes());
                self.collect(ranks, limit, except, accept)
            }
            Place::Word => {
                let ranks = self.starts.ranks(&self.folded, prefix.as_bytes());
                self.collect(ranks, limit, except, accept)
            }
        }
    }

    /// The whole texts within an edit distance of a folded one, each as its
    /// rank and distance, in no particular order.
    pub(super) fn near(&self, folded: &str, max_distance: u8) -> Vec<(u32, u8)> {
        let near = Near::whole(folded, max_distance);
        let mut stream = self.titles.search_with_state(&near).into_stream();
        let mut found = Vec::new();
        while let Some((_, rank, state)) = stream.next() {
            if let (Ok(rank), Some(distance)) = (u32::try_from(rank), near.distance(state)) {
                found.push((rank, distance));
            }
        }
        found
    }

    /// Every folded text once, with the rank of the heaviest that folds so.
    pub(super) fn heads(&self) -> impl Iterator<Item = (u32, &str)> {
        let mut tails = HashSet::new();
        (0u32..)
            .zip(&self.entries)
            .filter_map(move |(rank, entry)| {
                if entry.next != END {
                    tails.insert(entry.next);
                }
                (!tails.remove(&rank)).then(|| (rank, self.folded.get(rank)))
            })
    }

    /// Every text with its key.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.entries.iter().map(|entry| {
            let start = entry.start as usize;
            let text = self.originals.get(start..start + entry.len as usize);
            (text.unwrap_or_default(), entry.key)
        })
    }

    /// The folded form of the text at `rank`.
    pub(super) fn folded(&self, rank: u32) -> &str {
        self.folded.get(rank)
    }

    fn candidate(&self, rank: u32) -> Option<Candidate> {
        let entry = self.entries.get(rank as usize)?;
        let start = entry.start as usize;
        let text = self.originals.get(start..start + entry.len as usize)?;
        Some(Candidate {
            text: text.to_owned(),
            weight: entry.weight,
            key: entry.key,
        })
    }
}
