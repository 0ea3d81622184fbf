//! Corrections among whole names, such as those of uploaders.

mod changed;

#[cfg(test)]
mod tests;

pub use changed::ChangedNames;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use fst::{IntoStreamer, Map, MapBuilder, Streamer};
use unicode_segmentation::UnicodeSegmentation;

use super::completion::{Completion, CompletionBuilder};
use super::error::SuggestError;
use super::fold::fold;
use super::fuzzy::{MAX_DISTANCE, Near, forgiven, keeping_digits};

/// Longer queries, in characters, are near to no name.
const MAX_NAME_CHARS: usize = 64;
/// Names remembered for one word, the heaviest.
const MAX_NAMES_PER_WORD: usize = 1024;
/// Words of a query that are looked for.
const MAX_QUERY_WORDS: usize = 8;

/// How a name answers a query; the better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameTier {
    /// The whole name, within the edits that a name of its length forgives.
    Whole,
    /// For each word of the query a word of the name, within the edits that
    /// a word of its length forgives.
    Words,
    /// The name begins with the query.
    Beginning,
    /// A later word of the name begins with the query.
    Word,
}

/// A name that answers a query. The order is that of the results.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameMatch {
    /// How it answers.
    pub tier: NameTier,
    /// The edit distance; none for a beginning.
    pub distance: u8,
    /// Its weight, the heaviest first.
    pub weight: Reverse<u32>,
    /// The name as it was given.
    pub name: String,
}

/// Collects names for [`Names`].
#[derive(Debug, Default)]
pub struct NamesBuilder {
    /// The number of each name, and its weight.
    weights: HashMap<String, (u32, u32)>,
    of: Vec<(u64, u32)>,
}

impl NamesBuilder {
    /// A builder without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds to the weight of a name, for a document with this key: once for each picture, say.
    pub fn add(&mut self, name: &str, weight: u32, key: u64) {
        let number = if let Some((number, sum)) = self.weights.get_mut(name) {
            *sum = sum.saturating_add(weight);
            *number
        } else {
            let number = u32::try_from(self.weights.len()).unwrap_or(u32::MAX);
            self.weights.insert(name.to_owned(), (number, weight));
            number
        };
        self.of.push((key, number));
    }

    /// Indexes the names.
    pub fn build(self) -> Result<Names, SuggestError> {
        let mut builder = CompletionBuilder::new();
        for (name, (_, weight)) in &self.weights {
            builder.add(name, *weight, 0)?;
        }
        let names = builder.build()?;
        let mut by_word: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (rank, folded) in names.heads() {
            let words: HashSet<&str> = folded.unicode_words().collect();
            for word in words {
                let ranks = by_word.entry(word).or_default();
                // Ranks come in ascending order: the heaviest names first.
                if ranks.len() < MAX_NAMES_PER_WORD {
                    ranks.push(rank);
                }
            }
        }
        let mut words = MapBuilder::memory();
        let mut ends = Vec::with_capacity(by_word.len());
        let mut ranks = Vec::new();
        for (number, (word, of_word)) in (0u64..).zip(&by_word) {
            words
                .insert(word, number)
                .map_err(SuggestError::transducer("name"))?;
            ranks.extend_from_slice(of_word);
            ends.push(ranks.len());
        }
        drop(by_word);
        Ok(Names {
            words: words.into_map(),
            ends,
            ranks,
            names,
            weights: self.weights,
            of: self.of,
        })
    }
}

/// An immutable set of weighted names, answering misspelt ones.
#[derive(Debug, Default)]
pub struct Names {
    names: Completion,
    /// From word to its number; its ranks end at `ends[number]`.
    words: Map<Vec<u8>>,
    ends: Vec<usize>,
    ranks: Vec<u32>,
    /// The number and weight of each name, and the numbers of the names of each document.
    weights: HashMap<String, (u32, u32)>,
    of: Vec<(u64, u32)>,
}

impl Names {
    /// The number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True when there are no names.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names that a query may have meant, best first, none twice up to
    /// case. A name that equals the query up to case comes first, at distance
    /// zero: whoever spells a name right is to find it confirmed, and its
    /// absence would read as "no such name". Then names within the edits that
    /// their length forgives, then those with such words, and last those that
    /// the query is only the beginning of. Nothing for a blank query.
    /// `accept` is asked for each name; false skips it.
    pub fn suggest(
        &self,
        query: &str,
        limit: usize,
        accept: &mut dyn FnMut(&str) -> bool,
    ) -> Vec<NameMatch> {
        let folded = fold(query);
        if folded.is_empty() || folded.chars().nth(MAX_NAME_CHARS).is_some() {
            return Vec::new();
        }
        let mut ranked = self.whole(&folded);
        ranked.extend(self.by_words(&folded));
        ranked.sort_unstable();
        let mut seen = HashSet::new();
        let mut taken = HashSet::new();
        let mut found = Vec::new();
        for (tier, distance, rank) in ranked {
            if !seen.insert(rank) {
                continue;
            }
            let head = std::iter::once(rank);
            let named = self
                .names
                .collect(head, 1, &HashSet::new(), &mut |c| accept(&c.text))
                .pop();
            if let Some(c) = named {
                taken.insert(self.names.folded(rank).to_owned());
                found.push(NameMatch {
                    tier,
                    distance,
                    weight: Reverse(c.weight),
                    name: c.text,
                });
            }
        }
        // Of names that fold alike the heaviest may not be accepted: then the next counts by its own
        // weight.
        found.sort_unstable();
        found.truncate(limit);
        for tier in [NameTier::Beginning, NameTier::Word] {
            let more = limit.saturating_sub(found.len());
            let live = &mut |c: &super::Candidate| accept(&c.text);
            let place = if tier == NameTier::Beginning {
                super::completion::Place::Beginning
            } else {
                super::completion::Place::Word
            };
            for c in self.names.find(&folded, place, more, &taken, live) {
                taken.insert(fold(&c.text));
                found.push(NameMatch {
                    tier,
                    distance: 0,
                    weight: Reverse(c.weight),
                    name: c.text,
                });
            }
        }
        found
    }

    fn whole(&self, folded: &str) -> Vec<(NameTier, u8, u32)> {
        let mut found = Vec::new();
        for (rank, plain) in self.names.near(folded, MAX_DISTANCE) {
            let name = self.names.folded(rank);
            let edits = forgiven(name);
            let distance = keeping_digits(folded, name, plain, edits);
            if let Some(distance) = distance.filter(|&distance| distance <= edits) {
                found.push((NameTier::Whole, distance, rank));
            }
        }
        found
    }

    /// The names with a near word for each word of the query.
    fn by_words(&self, folded: &str) -> Vec<(NameTier, u8, u32)> {
        let mut common: Option<HashMap<u32, u8>> = None;
        for word in folded.unicode_words().take(MAX_QUERY_WORDS) {
            let mut with_word: HashMap<u32, u8> = HashMap::new();
            let near = Near::whole(word, MAX_DISTANCE);
            let mut stream = self.words.search_with_state(&near).into_stream();
            while let Some((other, number, state)) = stream.next() {
                let (Some(plain), Ok(other)) = (near.distance(state), std::str::from_utf8(other))
                else {
                    continue;
                };
                let edits = forgiven(other);
                let distance = keeping_digits(word, other, plain, edits).filter(|&d| d <= edits);
                let Some(distance) = distance else { continue };
                for &rank in self.ranks_of(number) {
                    let best = with_word.entry(rank).or_insert(distance);
                    *best = distance.min(*best);
                }
            }
            common = Some(match common {
                None => with_word,
                Some(before) => before
                    .into_iter()
                    .filter_map(|(rank, d)| Some((rank, d.saturating_add(*with_word.get(&rank)?))))
                    .collect(),
            });
        }
        let common = common.unwrap_or_default();
        common
            .into_iter()
            .map(|(rank, distance)| (NameTier::Words, distance, rank))
            .collect()
    }

    fn ranks_of(&self, number: u64) -> &[u32] {
        let Ok(number) = usize::try_from(number) else {
            return &[];
        };
        let start = number
            .checked_sub(1)
            .and_then(|i| self.ends.get(i))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(number).copied().unwrap_or(start);
        self.ranks.get(start..end).unwrap_or_default()
    }
}
