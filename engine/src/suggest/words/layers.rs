//! Words as they are now: those that were collected, without those of texts that went since, and
//! with those of texts that came. What is counted is what collecting anew would count.

use std::collections::BTreeMap;

use fst::Streamer;

use super::{WordMatch, Words, clamp, nearest_first, only_han};

/// The largest counts of a library, against which gains are measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tops {
    /// Of texts with a word.
    pub frequency: u32,
    /// Of neighbours.
    pub pair: u32,
}

impl Tops {
    fn raise(&mut self, other: Self) {
        self.frequency = self.frequency.max(other.frequency);
        self.pair = self.pair.max(other.pair);
    }
}

/// The words of texts that went.
#[derive(Debug, Default)]
pub struct Removed {
    words: Words,
    /// Of what is left.
    tops: Tops,
}

impl Removed {
    /// Takes the words of texts away from those of a collection that has them.
    pub fn new(base: &Words, words: Words) -> Self {
        let mut frequencies = base.frequencies.clone();
        // The numbers of words are their places in sorted order.
        let mut numbers = Vec::with_capacity(words.frequencies.len());
        let mut stream = words.words.stream();
        while let Some((word, number)) = stream.next() {
            let in_base = base.words.get(word);
            numbers.push(in_base);
            if let Some(left) =
                in_base.and_then(|at| frequencies.get_mut(usize::try_from(at).ok()?))
            {
                *left = left.saturating_sub(words.frequency_of(number));
            }
        }
        let mut pairs = base.pair_counts.clone();
        for (pair, count) in words.pairs.iter().zip(&words.pair_counts) {
            let number = |half: u64| numbers.get(usize::try_from(half).ok()?).copied().flatten();
            if let (Some(first), Some(second)) = (number(pair >> 32), number(pair & 0xFFFF_FFFF))
                && let Ok(at) = base.pairs.binary_search(&(first << 32 | second))
                && let Some(left) = pairs.get_mut(at)
            {
                *left = left.saturating_sub(*count);
            }
        }
        let frequency = frequencies.into_iter().max().unwrap_or(0);
        let tops = Tops {
            frequency: frequency.max(top_han(base, &words)),
            pair: pairs.into_iter().max().unwrap_or(0),
        };
        Self { words, tops }
    }
}

/// The largest count of a Han word that is left.
fn top_han(base: &Words, gone: &Words) -> u32 {
    let mut stream = gone.han.stream();
    let mut touched = false;
    while let Some((word, _)) = stream.next() {
        touched |= base.han.get(word).map(clamp) == Some(base.top_han);
    }
    if !touched {
        return base.top_han;
    }
    let mut top = 0;
    let mut stream = base.han.stream();
    while let Some((word, count)) = stream.next() {
        let left = count.saturating_sub(gone.han.get(word).unwrap_or(0));
        top = top.max(clamp(left));
    }
    top
}

/// A word of the library: its numbers in the layers. Not of a Han word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    base: Option<u64>,
    gone: Option<u64>,
    more: Option<u64>,
}

/// Collected words with what changed since.
#[derive(Debug, Clone, Copy)]
pub struct Layers<'a> {
    base: &'a Words,
    gone: Option<&'a Words>,
    more: Option<&'a Words>,
    pub(super) tops: Tops,
}

impl<'a> Layers<'a> {
    /// Words that nothing was changed of.
    pub fn alone(base: &'a Words) -> Self {
        Self {
            base,
            gone: None,
            more: None,
            tops: Tops {
                frequency: base.top_frequency,
                pair: base.top_pair,
            },
        }
    }

    /// Words without those that went and with those that came. `tops` are what [`Self::measure`]
    /// said.
    pub fn new(base: &'a Words, gone: Option<&'a Removed>, more: &'a Words, tops: Tops) -> Self {
        Self {
            base,
            gone: gone
                .map(|gone| &gone.words)
                .filter(|words| !words.is_empty()),
            more: Some(more).filter(|words| !words.is_empty()),
            tops,
        }
    }

    /// The largest counts of words that changed.
    pub fn measure(base: &Words, gone: Option<&Removed>, more: &Words) -> Tops {
        let mut tops = gone.map_or_else(|| Layers::alone(base).tops, |gone| gone.tops);
        let layers = Layers::new(base, gone, more, tops);
        let mut known = Vec::with_capacity(more.frequencies.len());
        let mut stream = more.words.stream();
        while let Some((word, number)) = stream.next() {
            let word = Known {
                base: base.words.get(word),
                gone: layers.gone.and_then(|gone| gone.words.get(word)),
                more: Some(number),
            };
            tops.frequency = tops.frequency.max(layers.frequency_of(word));
            known.push(word);
        }
        for pair in &more.pairs {
            let word = |half: u64| known.get(usize::try_from(half).ok()?).copied();
            if let (Some(first), Some(second)) = (word(pair >> 32), word(pair & 0xFFFF_FFFF)) {
                tops.raise(Tops {
                    frequency: 0,
                    pair: layers.pair(first, second),
                });
            }
        }
        let mut stream = more.han.stream();
        while let Some((word, _)) = stream.next() {
            if let Ok(word) = std::str::from_utf8(word) {
                tops.frequency = tops.frequency.max(layers.han(word));
            }
        }
        tops
    }

    /// Whether there are no words.
    pub(super) fn is_empty(&self) -> bool {
        self.tops.frequency == 0
    }

    /// A folded word that is no Han word, where a text has it.
    pub(super) fn number(&self, folded: &str) -> Option<Known> {
        let in_layer = |layer: Option<&Words>| layer.and_then(|words| words.number(folded));
        let word = Known {
            base: self.base.number(folded),
            gone: in_layer(self.gone),
            more: in_layer(self.more),
        };
        (self.frequency_of(word) > 0).then_some(word)
    }

    /// How many texts have a word.
    pub(super) fn frequency_of(&self, word: Known) -> u32 {
        let of = |layer: Option<&Words>, number: Option<u64>| match (layer, number) {
            (Some(words), Some(number)) => words.frequency_of(number),
            _ => 0,
        };
        of(Some(self.base), word.base)
            .saturating_sub(of(self.gone, word.gone))
            .saturating_add(of(self.more, word.more))
    }

    /// How often a word follows another.
    pub(super) fn pair(&self, first: Known, second: Known) -> u32 {
        let of = |layer: Option<&Words>, first: Option<u64>, second: Option<u64>| match (
            layer, first, second,
        ) {
            (Some(words), Some(first), Some(second)) => words.pair(first, second),
            _ => 0,
        };
        of(Some(self.base), first.base, second.base)
            .saturating_sub(of(self.gone, first.gone, second.gone))
            .saturating_add(of(self.more, first.more, second.more))
    }

    /// How many texts have a Han word.
    fn han(&self, folded: &str) -> u32 {
        let of = |words: &Words| words.han.get(folded).map_or(0, clamp);
        of(self.base)
            .saturating_sub(self.gone.map_or(0, of))
            .saturating_add(self.more.map_or(0, of))
    }

    /// How many texts have a folded word, where one does.
    pub(super) fn known(&self, folded: &str) -> Option<u32> {
        if only_han(folded) {
            Some(self.han(folded)).filter(|count| *count > 0)
        } else {
            self.number(folded).map(|word| self.frequency_of(word))
        }
    }

    /// As [`Words::corrections`], of a folded word.
    pub(super) fn near(&self, folded: &str, max_distance: u8) -> Vec<WordMatch> {
        let mut found = self.gather(|words| words.near(folded, max_distance));
        nearest_first(&mut found);
        found
    }

    /// The most frequent words that go on from a folded prefix.
    pub(super) fn continuations(&self, prefix: &str, limit: usize) -> Vec<WordMatch> {
        let mut found = self.gather(|words| words.continuations(prefix));
        nearest_first(&mut found);
        found.truncate(limit);
        found
    }

    /// As [`Words::substitutions`].
    pub(super) fn substitutions(&self, word: &str, first: bool) -> Vec<WordMatch> {
        self.gather(|words| words.substitutions(word, first))
    }

    /// What is found in the words that were collected and in those that came, each once and as
    /// often as texts have it now.
    fn gather(&self, find: impl Fn(&Words) -> Vec<WordMatch>) -> Vec<WordMatch> {
        let mut found = find(self.base);
        if self.gone.is_none() && self.more.is_none() {
            return found;
        }
        if let Some(more) = self.more {
            found.extend(find(more));
        }
        let mut once: BTreeMap<String, WordMatch> = BTreeMap::new();
        for one in found {
            if let Some(frequency) = self.known(&one.word) {
                once.entry(one.word.clone())
                    .or_insert(WordMatch { frequency, ..one });
            }
        }
        once.into_values().collect()
    }
}
