//! Words of Chinese text, which writes no spaces: short runs as they stand,
//! and their pieces of two to four characters. A wrong character is a
//! substitution, so corrections keep the length.

use std::collections::HashSet;

use fst::raw::{CompiledAddr, Fst};

use super::layers::Layers;
use super::{WordMatch, Words, clamp};

/// Runs up to this many characters count as a word themselves.
const MAX_RUN: usize = 16;

/// The lengths of the pieces of a run that count as words.
const PIECES: std::ops::RangeInclusive<usize> = 2..=4;

/// Pieces of one run that are looked up in search of a wrong character.
const MAX_LOOKUPS: usize = 6;

/// The words of a run: itself, and its pieces.
pub(super) fn words_of(run: &str) -> impl Iterator<Item = &str> {
    let bounds = bounds(run);
    let length = bounds.len() - 1;
    let whole = (1..=MAX_RUN).contains(&length) && !PIECES.contains(&length);
    let pieces = PIECES.flat_map(move |size| {
        let bounds = bounds.clone();
        (size..=length).filter_map(move |end| run.get(bounds[end - size]..bounds[end]))
    });
    whole.then_some(run).into_iter().chain(pieces)
}

/// The byte offsets of the characters, and of the end.
fn bounds(run: &str) -> Vec<usize> {
    run.char_indices()
        .map(|(at, _)| at)
        .chain([run.len()])
        .collect()
}

impl Layers<'_> {
    /// Whether every piece of two characters is known (for a single character,
    /// always: there is nothing to correct it by).
    pub(super) fn knows_run(&self, run: &str) -> bool {
        self.known(run).is_some() || self.unknown_pairs(run).is_empty()
    }

    /// The positions, in characters, of the unknown pieces of two.
    fn unknown_pairs(&self, run: &str) -> Vec<usize> {
        let bounds = bounds(run);
        (0..bounds.len().saturating_sub(2))
            .filter(|&at| {
                let pair = run.get(bounds[at]..bounds[at + 2]);
                pair.is_none_or(|pair| self.known(pair).is_none())
            })
            .collect()
    }

    /// Runs that differ from an unknown one in one character: known as they
    /// stand, or else with a known piece in the place of an unknown one and no
    /// unknown pair left.
    pub(super) fn run_corrections(&self, run: &str, limit: usize) -> Vec<WordMatch> {
        let bounds = bounds(run);
        let length = bounds.len() - 1;
        if !(2..=MAX_RUN).contains(&length) {
            return Vec::new();
        }
        let mut found = self.substitutions(run, true);
        let unknown = self.unknown_pairs(run);
        let mut seen = HashSet::new();
        let mut lookups = 0;
        for size in [4, 3] {
            if !found.is_empty() || size >= length {
                continue;
            }
            for start in 0..=length - size {
                let touched = unknown
                    .iter()
                    .any(|&at| start <= at && at + 2 <= start + size);
                let (from, to) = (bounds[start], bounds[start + size]);
                let Some(piece) = run.get(from..to).filter(|_| touched) else {
                    continue;
                };
                lookups += 1;
                if lookups > MAX_LOOKUPS {
                    break;
                }
                for near in self.substitutions(piece, start == 0) {
                    let mut word = run.to_owned();
                    word.replace_range(from..to, &near.word);
                    if self.unknown_pairs(&word).is_empty() && seen.insert(word.clone()) {
                        found.push(WordMatch { word, ..near });
                    }
                }
            }
        }
        found.sort_by(|a, b| {
            b.frequency
                .cmp(&a.frequency)
                .then_with(|| a.word.cmp(&b.word))
        });
        found.truncate(limit);
        found
    }
}

impl Words {
    /// The words of the same length with one other character, which is the
    /// first only where `first` allows it: every word begins there.
    pub(super) fn substitutions(&self, word: &str, first: bool) -> Vec<WordMatch> {
        let fst = self.han.as_fst();
        let mut found = Vec::new();
        for (at, c) in word.char_indices().skip(usize::from(!first)) {
            let (head, rest) = word.split_at(at);
            let tail = rest.get(c.len_utf8()..).unwrap_or_default();
            let Some(start) = follow(fst, (fst.root().addr(), 0), head.as_bytes()) else {
                break;
            };
            for (other, place) in next_characters(fst, start) {
                if other == c {
                    continue;
                }
                let Some((addr, sum)) = follow(fst, place, tail.as_bytes()) else {
                    continue;
                };
                let node = fst.node(addr);
                if node.is_final() {
                    let frequency = clamp(sum + node.final_output().value());
                    let word = format!("{head}{other}{tail}");
                    found.push(WordMatch {
                        word,
                        distance: 1,
                        frequency,
                    });
                }
            }
        }
        found
    }
}

/// A node of the transducer, and the sum of the outputs on the way there.
type Place = (CompiledAddr, u64);

/// Where `bytes` lead to.
fn follow(fst: &Fst<Vec<u8>>, from: Place, bytes: &[u8]) -> Option<Place> {
    bytes.iter().try_fold(from, |(addr, sum), &byte| {
        let node = fst.node(addr);
        let transition = node.transition(node.find_input(byte)?);
        Some((transition.addr, sum + transition.out.value()))
    })
}

/// Every character that may follow, with where it leads to.
fn next_characters(fst: &Fst<Vec<u8>>, from: Place) -> Vec<(char, Place)> {
    let mut found = Vec::new();
    // The bytes of a character so far, as one number.
    let mut open: Vec<(u32, u32, Place)> = vec![(0, 0, from)];
    while let Some((bytes, count, (addr, sum))) = open.pop() {
        for transition in fst.node(addr).transitions() {
            let place = (transition.addr, sum + transition.out.value());
            let bytes = bytes << 8 | u32::from(transition.inp);
            let count = count + 1;
            let character = bytes.to_be_bytes();
            let character = character.get(4 - count as usize..).unwrap_or_default();
            match std::str::from_utf8(character)
                .ok()
                .and_then(|text| text.chars().next())
            {
                Some(character) => found.push((character, place)),
                None if count < 4 => open.push((bytes, count, place)),
                None => {}
            }
        }
    }
    found
}
