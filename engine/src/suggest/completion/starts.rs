//! Where words begin inside texts, sorted by what follows, with range minima
//! over the ranks.
//!
//! A title ends in a common word as often as not, and a transducer has to keep
//! such equal endings apart; in an array they are simply neighbours. It is
//! smaller, quicker to build, and any prefix is one range of it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use unicode_segmentation::UnicodeSegmentation;

use super::Folded;
use super::build::leading;

/// Later words of a text that can be found; a Han character counts as a word.
const MAX_STARTS: usize = 32;

/// Positions that one leaf of the tree of minima covers.
const BLOCK: usize = 16;

/// The word beginnings of all texts.
#[derive(Debug, Default)]
pub(super) struct WordStarts {
    ranks: Vec<u32>,
    offsets: Vec<u16>,
    /// A complete binary tree: node `i` has the children `2i` and `2i + 1`,
    /// the leaves begin at `leaves`; each holds the position of the smallest
    /// rank below it.
    tree: Vec<u32>,
    leaves: usize,
}

impl WordStarts {
    pub fn build(folded: &Folded, heads: &[u32]) -> Self {
        let mut found: Vec<(u64, u32, u16)> = Vec::with_capacity(heads.len() * 4);
        for &rank in heads {
            let text = folded.get(rank);
            found.extend(later_words(text).map(|at| {
                let suffix = text.as_bytes().get(usize::from(at)..).unwrap_or_default();
                (leading(suffix), rank, at)
            }));
        }
        found.sort_unstable_by(|a, b| {
            let heads = a.0.cmp(&b.0);
            heads
                .then_with(|| suffix(folded, a.1, a.2).cmp(suffix(folded, b.1, b.2)))
                .then((a.1, a.2).cmp(&(b.1, b.2)))
        });
        // Positions are held in 32 bits.
        found.truncate(u32::MAX as usize);
        let ranks: Vec<u32> = found.iter().map(|f| f.1).collect();
        let offsets = found.iter().map(|f| f.2).collect();
        let mut starts = Self {
            ranks,
            offsets,
            tree: Vec::new(),
            leaves: 0,
        };
        starts.plant();
        starts
    }

    pub fn heap_bytes(&self) -> usize {
        self.ranks.len() * 6 + self.tree.len() * 4
    }

    fn plant(&mut self) {
        let blocks = self.ranks.len().div_ceil(BLOCK);
        self.leaves = blocks.next_power_of_two();
        let mut tree = vec![u32::MAX; self.leaves * 2];
        for block in 0..blocks {
            let start = block * BLOCK;
            if let Some(best) = self.scan(start, (start + BLOCK).min(self.ranks.len())) {
                tree[self.leaves + block] = u32::try_from(best).unwrap_or(u32::MAX);
            }
        }
        for node in (1..self.leaves).rev() {
            tree[node] = self.smaller(tree[node * 2], tree[node * 2 + 1]);
        }
        self.tree = tree;
    }

    /// Whichever position has the smaller rank.
    fn smaller(&self, a: u32, b: u32) -> u32 {
        let key = |at: u32| {
            self.ranks
                .get(at as usize)
                .map_or((u32::MAX, at), |&r| (r, at))
        };
        if key(b) < key(a) { b } else { a }
    }

    fn scan(&self, start: usize, end: usize) -> Option<usize> {
        let ranks = self.ranks.get(start..end)?;
        ranks
            .iter()
            .enumerate()
            .min_by_key(|&(at, &rank)| (rank, at))
            .map(|(at, _)| start + at)
    }

    /// The position of the smallest rank in `start..end`.
    fn minimum(&self, start: usize, end: usize) -> Option<usize> {
        if start >= end {
            return None;
        }
        let first = start.div_ceil(BLOCK);
        let last = end / BLOCK;
        if first >= last {
            return self.scan(start, end);
        }
        let mut best = u32::MAX;
        let edges = [
            self.scan(start, first * BLOCK),
            self.scan(last * BLOCK, end),
        ];
        for at in edges.into_iter().flatten() {
            best = self.smaller(best, u32::try_from(at).unwrap_or(u32::MAX));
        }
        let (mut low, mut high) = (first + self.leaves, last + self.leaves);
        while low < high {
            if low % 2 == 1 {
                best = self.smaller(best, self.tree[low]);
                low += 1;
            }
            if high % 2 == 1 {
                high -= 1;
                best = self.smaller(best, self.tree[high]);
            }
            low /= 2;
            high /= 2;
        }
        Some(best as usize)
    }

    /// The ranks of the texts with a later word that begins with `prefix`, in
    /// ascending order; a text comes once for each such word.
    pub fn ranks<'a>(&'a self, folded: &'a Folded, prefix: &[u8]) -> Ranks<'a> {
        let mut ranks = Ranks {
            starts: self,
            ranges: BinaryHeap::new(),
        };
        if prefix.is_empty() {
            return ranks;
        }
        let at = |position: usize| match (self.ranks.get(position), self.offsets.get(position)) {
            (Some(&rank), Some(&offset)) => suffix(folded, rank, offset),
            _ => &[],
        };
        let below = |goes_on: &dyn Fn(&[u8]) -> bool| {
            let (mut low, mut high) = (0, self.ranks.len());
            while low < high {
                let middle = low + (high - low) / 2;
                if goes_on(at(middle)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        let start = below(&|suffix| suffix < prefix);
        let end = below(&|suffix| suffix < prefix || suffix.starts_with(prefix));
        ranks.push(start, end);
        ranks
    }
}

fn suffix(folded: &Folded, rank: u32, offset: u16) -> &[u8] {
    folded
        .get(rank)
        .as_bytes()
        .get(usize::from(offset)..)
        .unwrap_or_default()
}

/// The offsets of the words of a folded text, but for one at its beginning.
pub(super) fn later_words(folded: &str) -> impl Iterator<Item = u16> {
    folded
        .unicode_word_indices()
        .filter(|&(at, _)| at > 0)
        .filter_map(|(at, _)| u16::try_from(at).ok())
        .take(MAX_STARTS)
}

/// The ranks of a range, smallest first: take the minimum, split around it.
pub(super) struct Ranks<'a> {
    starts: &'a WordStarts,
    ranges: BinaryHeap<Reverse<(u32, usize, usize, usize)>>,
}

impl Ranks<'_> {
    fn push(&mut self, start: usize, end: usize) {
        if let Some(at) = self.starts.minimum(start, end)
            && let Some(&rank) = self.starts.ranks.get(at)
        {
            self.ranges.push(Reverse((rank, at, start, end)));
        }
    }
}

impl Iterator for Ranks<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let Reverse((rank, at, start, end)) = self.ranges.pop()?;
        self.push(start, at);
        self.push(at + 1, end);
        Some(rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn minima_are_those_of_a_scan(ranks in prop::collection::vec(0u32..50, 1..200)) {
            let mut starts = WordStarts { offsets: vec![0; ranks.len()], ranks, ..WordStarts::default() };
            starts.plant();
            let n = starts.ranks.len();
            for start in 0..n {
                for end in (start + 1..=n).step_by(7) {
                    prop_assert_eq!(starts.minimum(start, end), starts.scan(start, end));
                }
            }
        }
    }

    #[test]
    fn words_begin_at_unicode_boundaries() {
        let at = |text| later_words(text).collect::<Vec<_>>();
        assert_eq!(at("black cat"), [6]);
        assert_eq!(at("...cat"), [3]);
        assert_eq!(at("小猫cat"), [3, 6]);
        assert_eq!(at(&"a ".repeat(100)).len(), MAX_STARTS);
    }
}
