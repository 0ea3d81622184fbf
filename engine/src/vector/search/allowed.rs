//! Which documents a search may find.

use std::ops::RangeInclusive;

use roaring::RoaringTreemap;

/// A set of ordinals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed(Set);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Set {
    All,
    /// A bit for each ordinal.
    Dense {
        words: Vec<u64>,
        count: u64,
    },
    /// Few, or far apart: sorted.
    Sparse(Vec<u64>),
}

/// A bit for each ordinal is taken where there are at most so many to a document.
const BITS_EACH: u64 = 256;

impl Default for Allowed {
    fn default() -> Self {
        Self::all()
    }
}

impl Allowed {
    /// Every document.
    pub const fn all() -> Self {
        Self(Set::All)
    }

    /// The documents of these ordinals, in any order, repeated or not.
    pub fn of(ordinals: impl IntoIterator<Item = u64>) -> Self {
        let mut sorted: Vec<u64> = ordinals.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self::of_sorted(sorted)
    }

    fn of_sorted(sorted: Vec<u64>) -> Self {
        let count = sorted.len() as u64;
        match sorted.last() {
            Some(&last) if last / BITS_EACH < count => {
                let mut words = vec![0u64; (last / 64) as usize + 1];
                for ordinal in sorted {
                    if let Some(word) = words.get_mut((ordinal / 64) as usize) {
                        *word |= 1 << (ordinal % 64);
                    }
                }
                Self(Set::Dense { words, count })
            }
            _ => Self(Set::Sparse(sorted)),
        }
    }

    /// The documents whose bits are set: of the ordinal `o`, bit `o % 64` of
    /// word `o / 64`.
    pub fn of_words(words: Vec<u64>) -> Self {
        let count = words.iter().map(|word| u64::from(word.count_ones())).sum();
        Self(Set::Dense { words, count })
    }

    /// Whether every document is allowed, without a look.
    pub fn is_all(&self) -> bool {
        matches!(self.0, Set::All)
    }

    /// Whether a document is allowed.
    #[inline]
    pub fn contains(&self, ordinal: u64) -> bool {
        match &self.0 {
            Set::All => true,
            Set::Dense { words, .. } => usize::try_from(ordinal / 64)
                .ok()
                .and_then(|at| words.get(at))
                .is_some_and(|word| word >> (ordinal % 64) & 1 == 1),
            Set::Sparse(sorted) => sorted.binary_search(&ordinal).is_ok(),
        }
    }

    /// How many documents are allowed; `None` for all.
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Set::All => None,
            Set::Dense { count, .. } => Some(*count),
            Set::Sparse(sorted) => Some(sorted.len() as u64),
        }
    }

    /// Whether no document is allowed.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// How many documents of a range are allowed.
    pub(in crate::vector) fn count(&self, range: RangeInclusive<u64>) -> u64 {
        let (begin, end) = (*range.start(), *range.end());
        match &self.0 {
            Set::All => (end - begin).saturating_add(1),
            Set::Dense { words, .. } => {
                let last = (words.len() as u64 * 64).saturating_sub(1);
                let (begin, end) = (begin, end.min(last));
                if words.is_empty() || begin > end {
                    return 0;
                }
                let (first, final_word) = ((begin / 64) as usize, (end / 64) as usize);
                let whole = words.get(first..=final_word).unwrap_or_default();
                let count: u64 = whole.iter().map(|word| u64::from(word.count_ones())).sum();
                let word = |at: usize| words.get(at).copied().unwrap_or(0);
                let before = word(first) & !(u64::MAX << (begin % 64));
                let after = word(final_word) & !(u64::MAX >> (63 - end % 64));
                count - u64::from(before.count_ones()) - u64::from(after.count_ones())
            }
            Set::Sparse(sorted) => {
                let begin = sorted.partition_point(|&o| o < begin);
                let end = sorted.partition_point(|&o| o <= end);
                end.saturating_sub(begin) as u64
            }
        }
    }

    /// Calls with each allowed ordinal of a range, in order, until it says stop.
    pub(in crate::vector) fn each(
        &self,
        range: RangeInclusive<u64>,
        mut visit: impl FnMut(u64) -> bool,
    ) {
        let (begin, end) = (*range.start(), *range.end());
        match &self.0 {
            Set::All => {
                let _ = range.into_iter().all(visit);
            }
            Set::Dense { words, .. } => {
                let Ok(first) = usize::try_from(begin / 64) else {
                    return;
                };
                for (at, &word) in words.iter().enumerate().skip(first) {
                    let base = at as u64 * 64;
                    if base > end {
                        return;
                    }
                    let mut bits = word;
                    while bits != 0 {
                        let ordinal = base + u64::from(bits.trailing_zeros());
                        bits &= bits - 1;
                        if ordinal > end || (ordinal >= begin && !visit(ordinal)) {
                            return;
                        }
                    }
                }
            }
            Set::Sparse(sorted) => {
                let from = sorted.partition_point(|&o| o < begin);
                let rest = sorted.get(from..).unwrap_or_default();
                let _ = rest.iter().take_while(|&&o| o <= end).all(|&o| visit(o));
            }
        }
    }
}

impl From<&RoaringTreemap> for Allowed {
    fn from(map: &RoaringTreemap) -> Self {
        Self::of_sorted(map.iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn behaves_as_a_set(
            ordinals in prop::collection::vec(0u64..700, 0..60),
            far in prop::option::of(1u64 << 40..1 << 41),
            begin in 0u64..800,
            span in 0u64..800,
        ) {
            let model: BTreeSet<u64> = ordinals.iter().copied().chain(far).collect();
            let allowed = Allowed::of(model.iter().rev().copied());
            let mut sets = vec![allowed];
            let map: RoaringTreemap = model.iter().copied().collect();
            sets.push(Allowed::from(&map));
            if far.is_none() {
                let mut words = vec![0u64; 11];
                model.iter().for_each(|o| words[(o / 64) as usize] |= 1 << (o % 64));
                sets.push(Allowed::of_words(words));
            }
            for set in sets {
                prop_assert_eq!(set.len(), Some(model.len() as u64));
                prop_assert_eq!(set.is_empty(), model.is_empty());
                for range in [begin..=begin + span, 0..=u64::MAX] {
                    let expected: Vec<u64> = model.range(range.clone()).copied().collect();
                    prop_assert_eq!(set.count(range.clone()), expected.len() as u64);
                    let mut found = Vec::new();
                    set.each(range, |o| { found.push(o); true });
                    prop_assert_eq!(found, expected);
                }
                prop_assert!((0..800).all(|o| set.contains(o) == model.contains(&o)));
            }
        }
    }

    #[test]
    fn all_is_all() {
        assert!(Allowed::all().is_all() && Allowed::all().contains(u64::MAX));
        assert_eq!(Allowed::all().count(3..=5), 3);
        assert!(!Allowed::all().is_empty() && Allowed::of([]).is_empty());
        assert!(!Allowed::of_words(Vec::new()).contains(0));
    }
}
