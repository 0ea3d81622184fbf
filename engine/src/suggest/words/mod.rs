//! The words of the library, and the correction of misspelt ones.

mod build;
mod correct;
mod han;
mod lattice;
mod layers;

#[cfg(test)]
mod tests;

pub use build::WordsBuilder;
pub use correct::Correction;
pub use layers::{Layers, Removed, Tops};

use fst::{IntoStreamer, Map, Streamer};

use super::fold::{fold, is_han};
use super::fuzzy::{MAX_DISTANCE, Near, keeping_digits};

/// Longer words, in characters, are neither kept nor corrected.
pub(super) const MAX_WORD_CHARS: usize = 40;

/// Words looked at for those that begin with a prefix.
const MAX_SCANNED: usize = 4096;

/// A word near to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordMatch {
    /// The word, folded.
    pub word: String,
    /// Its edit distance.
    pub distance: u8,
    /// The number of texts that hold it.
    pub frequency: u32,
}

/// The words of a library with the number of texts that hold each, and how
/// often one follows another.
#[derive(Debug, Default)]
pub struct Words {
    /// From word to its number, in sorted order.
    words: Map<Vec<u8>>,
    /// From Han word to the number of texts with it. They lie apart since
    /// they are many, branch widely, and correct no other word.
    han: Map<Vec<u8>>,
    frequencies: Vec<u32>,
    /// Pairs of numbers, first in the high half; sorted.
    pairs: Vec<u64>,
    pair_counts: Vec<u32>,
    /// Of all words, and of Han words alone.
    top_frequency: u32,
    top_han: u32,
    top_pair: u32,
}

impl Words {
    /// The number of different words.
    pub fn len(&self) -> usize {
        self.frequencies.len() + self.han.len()
    }

    /// True when there are no words.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of heap in use, roughly.
    pub fn heap_bytes(&self) -> usize {
        self.words.as_fst().size()
            + self.han.as_fst().size()
            + self.frequencies.len() * 4
            + self.pairs.len() * 12
    }

    /// The number of texts that hold `word`, up to case.
    pub fn frequency(&self, word: &str) -> u32 {
        self.known(&fold(word)).unwrap_or(0)
    }

    /// How many times `second` follows `first`, up to case.
    pub fn pair_frequency(&self, first: &str, second: &str) -> u32 {
        match (self.number(&fold(first)), self.number(&fold(second))) {
            (Some(first), Some(second)) => self.pair(first, second),
            _ => 0,
        }
    }

    /// The words other than `word` within `max_distance` edits (at most two)
    /// of it, Han words for a Han word and others for another: the nearest first, then the most frequent, then by text. No edit
    /// touches a digit.
    pub fn corrections(&self, word: &str, max_distance: u8, limit: usize) -> Vec<WordMatch> {
        let mut found = self.near(&fold(word), max_distance);
        found.truncate(limit);
        found
    }

    fn near(&self, folded: &str, max_distance: u8) -> Vec<WordMatch> {
        let max_distance = max_distance.min(MAX_DISTANCE);
        let length = folded.chars().take(MAX_WORD_CHARS + 1).count();
        if max_distance == 0 || length == 0 || length > MAX_WORD_CHARS {
            return Vec::new();
        }
        let near = Near::whole(folded, max_distance);
        let han = only_han(folded);
        let map = if han { &self.han } else { &self.words };
        let mut stream = map.search_with_state(&near).into_stream();
        let mut found = Vec::new();
        while let Some((word, value, state)) = stream.next() {
            let (Some(plain), Ok(word)) = (near.distance(state), std::str::from_utf8(word)) else {
                continue;
            };
            if plain == 0 {
                continue;
            }
            if let Some(distance) = keeping_digits(folded, word, plain, max_distance) {
                let frequency = if han {
                    clamp(value)
                } else {
                    self.frequency_of(value)
                };
                found.push(WordMatch {
                    word: word.to_owned(),
                    distance,
                    frequency,
                });
            }
        }
        nearest_first(&mut found);
        found
    }

    /// Words that go on from a folded prefix, in no particular order.
    fn continuations(&self, prefix: &str) -> Vec<WordMatch> {
        let mut stream = self.words.range().ge(prefix).into_stream();
        let mut found = Vec::new();
        let mut scanned = 0;
        while let Some((word, number)) = stream.next() {
            scanned += 1;
            if scanned > MAX_SCANNED || !word.starts_with(prefix.as_bytes()) {
                break;
            }
            if word.len() > prefix.len()
                && let Ok(word) = std::str::from_utf8(word)
            {
                let frequency = self.frequency_of(number);
                found.push(WordMatch {
                    word: word.to_owned(),
                    distance: 0,
                    frequency,
                });
            }
        }
        found
    }

    /// The number of texts with a folded word, where there are any.
    fn known(&self, folded: &str) -> Option<u32> {
        if only_han(folded) {
            self.han.get(folded).map(clamp)
        } else {
            self.number(folded).map(|number| self.frequency_of(number))
        }
    }

    /// The number of a folded word that is not a Han word.
    fn number(&self, folded: &str) -> Option<u64> {
        self.words.get(folded)
    }

    fn frequency_of(&self, number: u64) -> u32 {
        let number = usize::try_from(number).ok();
        number
            .and_then(|number| self.frequencies.get(number))
            .copied()
            .unwrap_or(0)
    }

    fn pair(&self, first: u64, second: u64) -> u32 {
        let found = self.pairs.binary_search(&(first << 32 | second));
        found
            .ok()
            .and_then(|at| self.pair_counts.get(at))
            .copied()
            .unwrap_or(0)
    }
}

fn nearest_first(found: &mut [WordMatch]) {
    found.sort_unstable_by(|a, b| {
        let near = a.distance.cmp(&b.distance);
        near.then(b.frequency.cmp(&a.frequency))
            .then_with(|| a.word.cmp(&b.word))
    });
}

fn only_han(folded: &str) -> bool {
    folded.chars().all(is_han)
}

fn clamp(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
