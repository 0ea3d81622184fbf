//! Counting words and pairs of neighbours.

use std::collections::HashMap;

use fst::MapBuilder;

use super::{MAX_WORD_CHARS, Words, han};
use crate::suggest::error::SuggestError;
use crate::suggest::fold::{Piece, fold, pieces};

/// Words counted of one text.
const MAX_WORDS_PER_TEXT: usize = 128;

/// New words are no longer taken once there are this many.
const MAX_WORDS: usize = 1 << 22;

/// Beyond this many pairs the rarest are forgotten.
const MAX_PAIRS: usize = 1 << 22;

/// The texts with a word, and the last of them.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    texts: u32,
    last: u32,
}

impl Count {
    fn count(&mut self, text: u32) {
        if self.last != text {
            self.last = text;
            self.texts += 1;
        }
    }
}

/// Collects texts for [`Words`].
#[derive(Debug, Default)]
pub struct WordsBuilder {
    numbers: HashMap<Box<str>, u32>,
    /// By number.
    counts: Vec<Count>,
    han: HashMap<Box<str>, Count>,
    pairs: HashMap<(u32, u32), u32>,
    texts: u32,
}

impl WordsBuilder {
    /// A builder without words.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the words of a text. A run of Han characters counts as a word
    /// (when short enough to be one) and as its pieces of two to four.
    pub fn add(&mut self, text: &str) {
        self.texts = self.texts.saturating_add(1);
        let folded = fold(text);
        let mut before = None;
        let mut left = MAX_WORDS_PER_TEXT;
        for piece in pieces(&folded) {
            match piece {
                _ if left == 0 => break,
                Piece::Gap(_) => {}
                Piece::Word(word) => {
                    left -= 1;
                    let number = self.count(word);
                    if let (Some(first), Some(second)) = (before, number) {
                        self.count_pair(first, second);
                    }
                    before = number;
                }
                Piece::Han(run) => {
                    for word in han::words_of(run).take(left) {
                        left -= 1;
                        self.count_han(word);
                    }
                    before = None;
                }
            }
        }
    }

    fn count(&mut self, word: &str) -> Option<u32> {
        if word.chars().nth(MAX_WORD_CHARS).is_some() {
            return None;
        }
        let number = match self.numbers.get(word) {
            Some(&number) => number,
            None if self.numbers.len() >= MAX_WORDS => return None,
            None => {
                let number = u32::try_from(self.counts.len()).ok()?;
                self.numbers.insert(word.into(), number);
                self.counts.push(Count::default());
                number
            }
        };
        self.counts.get_mut(number as usize)?.count(self.texts);
        Some(number)
    }

    fn count_han(&mut self, word: &str) {
        if let Some(count) = self.han.get_mut(word) {
            count.count(self.texts);
        } else if self.han.len() < MAX_WORDS {
            self.han.insert(
                word.into(),
                Count {
                    texts: 1,
                    last: self.texts,
                },
            );
        }
    }

    fn count_pair(&mut self, first: u32, second: u32) {
        let count = self.pairs.entry((first, second)).or_insert(0);
        *count = count.saturating_add(1);
        let mut floor = 1;
        while self.pairs.len() > MAX_PAIRS {
            self.pairs.retain(|_, count| *count > floor);
            floor += 1;
        }
    }

    /// Sorts and indexes the words.
    pub fn build(self) -> Result<Words, SuggestError> {
        let mut sorted: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        sorted.sort_unstable();
        let mut renumbered = vec![0u64; sorted.len()];
        let mut frequencies = Vec::with_capacity(sorted.len());
        let mut words = MapBuilder::memory();
        for (number, (word, old)) in (0u64..).zip(&sorted) {
            words
                .insert(word.as_bytes(), number)
                .map_err(SuggestError::transducer("word"))?;
            if let Some(new) = renumbered.get_mut(*old as usize) {
                *new = number;
            }
            frequencies.push(
                self.counts
                    .get(*old as usize)
                    .map_or(0, |count| count.texts),
            );
        }
        let new = |old: u32| renumbered.get(old as usize).copied().unwrap_or(0);
        let mut pairs: Vec<(u64, u32)> = self
            .pairs
            .into_iter()
            .map(|((first, second), count)| (new(first) << 32 | new(second), count))
            .collect();
        pairs.sort_unstable();
        let mut sorted: Vec<(Box<str>, Count)> = self.han.into_iter().collect();
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut han = MapBuilder::memory();
        for (word, count) in &sorted {
            han.insert(word.as_bytes(), u64::from(count.texts))
                .map_err(SuggestError::transducer("Han word"))?;
        }
        let top_han = sorted
            .iter()
            .map(|(_, count)| count.texts)
            .max()
            .unwrap_or(0);
        Ok(Words {
            han: han.into_map(),
            words: words.into_map(),
            top_frequency: frequencies.iter().copied().max().unwrap_or(0).max(top_han),
            top_han,
            frequencies,
            top_pair: pairs.iter().map(|&(_, count)| count).max().unwrap_or(0),
            pair_counts: pairs.iter().map(|&(_, count)| count).collect(),
            pairs: pairs.into_iter().map(|(pair, _)| pair).collect(),
        })
    }
}
