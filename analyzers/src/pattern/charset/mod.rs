//! Sets of characters, fully worked out: ranges of code points.

mod fold;
mod tables;
pub(crate) mod unicode;

pub(crate) use self::fold::{any, literal, set};

/// The last code point.
const LAST: u32 = 0x10_ffff;

/// A set of code points.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CharSet {
    /// One bit for each ASCII character, for speed.
    ascii: u128,
    /// Sorted, apart from each other, both ends included.
    ranges: Vec<(u32, u32)>,
}

impl CharSet {
    /// The set of all that some range holds.
    pub(crate) fn new(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.retain(|(first, last)| first <= last);
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (first, last) in ranges {
            match merged.last_mut() {
                Some(open) if first <= open.1.saturating_add(1) => open.1 = open.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        let mut ascii = 0;
        for (first, last) in &merged {
            for code in *first..=(*last).min(127) {
                ascii |= 1 << code;
            }
        }
        Self {
            ascii,
            ranges: merged,
        }
    }

    /// The set of one character.
    pub(crate) fn one(code: u32) -> Self {
        Self::new(vec![(code, code)])
    }

    /// All other code points.
    pub(crate) fn complement(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for (first, last) in &self.ranges {
            if next < *first {
                ranges.push((next, first - 1));
            }
            next = last + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self::new(ranges)
    }

    /// Whether the set holds a code point.
    pub(crate) fn contains(&self, code: u32) -> bool {
        if code < 128 {
            return self.ascii >> code & 1 == 1;
        }
        let at = self.ranges.partition_point(|(_, last)| *last < code);
        self.ranges.get(at).is_some_and(|(first, _)| *first <= code)
    }

    /// The ranges in order.
    pub(crate) fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    /// The only member, if there is just one.
    pub(crate) fn single(&self) -> Option<u32> {
        match self.ranges.as_slice() {
            [(first, last)] if first == last => Some(*first),
            _ => None,
        }
    }

    /// The members, unless there are more than `limit`.
    pub(crate) fn members(&self, limit: usize) -> Option<Vec<u32>> {
        let count: usize = self.ranges.iter().map(|(a, b)| (b - a) as usize + 1).sum();
        (count <= limit).then(|| self.ranges.iter().flat_map(|(a, b)| *a..=*b).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_and_complements() {
        let set = CharSet::new(vec![(100, 200), (10, 20), (21, 30), (150, 300), (9, 2)]);
        assert_eq!(set.ranges(), [(10, 30), (100, 300)]);
        assert_eq!(set.complement().ranges(), [(0, 9), (31, 99), (301, LAST)]);
        assert_eq!(set.complement().complement(), set);
        for (code, held) in [(9, false), (10, true), (30, true), (31, false), (127, true)] {
            assert_eq!(set.contains(code), held, "{code}");
        }
        assert!(set.contains(300) && !set.contains(301));
        assert_eq!(set.members(221), None);
        assert_eq!(set.members(222).map(|members| members.len()), Some(222));
        assert_eq!(CharSet::new(Vec::new()).complement().ranges(), [(0, LAST)]);
    }

    #[test]
    fn reads_integers_as_python_does() {
        for (text, value) in [
            ("12", Some(12)),
            (" +1_0\t", Some(10)),
            ("٣", Some(3)),
            ("-0", Some(0)),
            ("-1", None),
            ("1__0", None),
            ("_1", None),
            ("1_", None),
            ("", None),
            ("+ 1", None),
            ("99999999999999999999999", Some(u64::MAX)),
        ] {
            assert_eq!(unicode::parse_integer(text), value, "{text:?}");
        }
    }
}
