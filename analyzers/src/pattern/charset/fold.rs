//! From the members of a set and the flags to the characters that match.
//!
//! Where case is ignored, Python folds the members of a set and then asks
//! whether the lower case of a character is among them. A set of all the
//! characters for which that holds gives the same answers without any folding
//! while searching.

use super::unicode::{self, CASE};
use super::{CharSet, LAST};
use crate::pattern::parser::ast::{Category, Flags, SetItem};

/// The end of the plane in which Python folds sets character by character.
const BASIC_END: u32 = 0xffff;

/// How case is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fold {
    Exact,
    Ascii,
    Unicode,
}

impl Fold {
    fn new(flags: Flags) -> Self {
        match (flags.has(Flags::IGNORECASE), flags.has(Flags::UNICODE)) {
            (false, _) => Self::Exact,
            (true, false) => Self::Ascii,
            (true, true) => Self::Unicode,
        }
    }
}

/// What `.` matches.
pub(crate) fn any(flags: Flags) -> CharSet {
    if flags.has(Flags::DOTALL) {
        CharSet::new(vec![(0, LAST)])
    } else {
        CharSet::one(u32::from('\n')).complement()
    }
}

/// What a literal character matches.
pub(crate) fn literal(code: u32, flags: Flags) -> CharSet {
    match Fold::new(flags) {
        Fold::Exact => CharSet::one(code),
        Fold::Ascii => match char::from_u32(code).filter(char::is_ascii_alphabetic) {
            Some(ch) => CharSet::new(
                [ch.to_ascii_lowercase(), ch.to_ascii_uppercase()]
                    .map(|ch| (u32::from(ch), u32::from(ch)))
                    .into(),
            ),
            None => CharSet::one(code),
        },
        Fold::Unicode => {
            if !unicode::is_cased(code) {
                return CharSet::one(code);
            }
            let low = unicode::lower(code);
            let mut folded = vec![(low, low)];
            folded.extend(CASE.extra(low).iter().map(|code| (*code, *code)));
            lowers_into(&CharSet::new(folded), Fold::Unicode)
        }
    }
}

/// What a set matches.
pub(crate) fn set(items: &[SetItem], negated: bool, flags: Flags) -> CharSet {
    let fold = Fold::new(flags);
    let mut plain = Vec::new();
    let mut categories = Vec::new();
    for item in items {
        match *item {
            SetItem::Char(code) => plain.push((code, code)),
            SetItem::Range(first, last) => plain.push((first, last)),
            SetItem::Category { category, negated } => {
                let members = self::category(category, flags);
                let members = if negated {
                    members.complement()
                } else {
                    members
                };
                categories.extend_from_slice(members.ranges());
            }
        }
    }
    let has_case = has_case(&plain, fold);
    let mut ranges = if has_case {
        fold_members(&plain, fold)
    } else {
        plain
    };
    ranges.extend(categories);
    let mut result = CharSet::new(ranges);
    if has_case {
        result = lowers_into(&result, fold);
    }
    if negated { result.complement() } else { result }
}

fn category(category: Category, flags: Flags) -> CharSet {
    if flags.has(Flags::UNICODE) {
        let pairs = unicode::table(category).chunks_exact(2);
        return CharSet::new(
            pairs
                .filter_map(|pair| Some((*pair.first()?, pair.get(1)? - 1)))
                .collect(),
        );
    }
    let ranges: &[(char, char)] = match category {
        Category::Digit => &[('0', '9')],
        Category::Space => &[('\t', '\r'), (' ', ' ')],
        Category::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
    };
    CharSet::new(
        ranges
            .iter()
            .map(|(a, b)| (u32::from(*a), u32::from(*b)))
            .collect(),
    )
}

/// Whether case matters at all for these members. Beyond the basic plane
/// Python assumes so.
fn has_case(members: &[(u32, u32)], fold: Fold) -> bool {
    members.iter().any(|(first, last)| match fold {
        Fold::Exact => false,
        Fold::Unicode => *last > BASIC_END || CASE.any_cased(*first, *last),
        Fold::Ascii => *last > BASIC_END || overlaps_letters(*first, *last),
    })
}

fn overlaps_letters(first: u32, last: u32) -> bool {
    let overlaps = |a: char, b: char| first <= u32::from(b) && u32::from(a) <= last;
    overlaps('A', 'Z') || overlaps('a', 'z')
}

/// The lower-case characters that the members stand for.
fn fold_members(members: &[(u32, u32)], fold: Fold) -> Vec<(u32, u32)> {
    // Members that are not in lower case do no harm below: no character has
    // them as its lower case.
    let mut folded = members.to_vec();
    for (first, last) in CharSet::new(members.to_vec()).ranges() {
        let last = (*last).min(BASIC_END);
        match fold {
            Fold::Exact => {}
            Fold::Ascii => {
                let first = (*first).max(u32::from('A'));
                let last = last.min(u32::from('Z'));
                if first <= last {
                    folded.push((first + 32, last + 32));
                }
            }
            Fold::Unicode => {
                let from = CASE.lowered.partition_point(|(code, _)| code < first);
                for (code, low) in CASE.lowered.iter().skip(from) {
                    if *code > last {
                        break;
                    }
                    folded.push((*low, *low));
                }
            }
        }
    }
    if fold == Fold::Unicode {
        let basic: Vec<_> = folded
            .iter()
            .map(|(first, last)| (*first, (*last).min(BASIC_END)))
            .collect();
        for (first, last) in CharSet::new(basic).ranges() {
            for (code, others) in CASE.extras() {
                // Only lower-case members have been folded into being here.
                if (*first..=*last).contains(code) {
                    folded.extend(others.iter().map(|other| (*other, *other)));
                }
            }
        }
    }
    // Ranges that leave the basic plane also match by their upper case; single
    // characters beyond it do not.
    for (first, last) in members.iter().filter(|(a, b)| *b > BASIC_END && a != b) {
        folded.extend(
            CASE.raised
                .iter()
                .filter(|(_, high)| (*first..=*last).contains(high))
                .map(|(code, _)| (*code, *code)),
        );
    }
    folded
}

/// All characters whose lower case is in the set.
fn lowers_into(set: &CharSet, fold: Fold) -> CharSet {
    let ascii: Vec<(u32, u32)>;
    let changed: &[(u32, u32)] = match fold {
        Fold::Exact => return set.clone(),
        Fold::Ascii => {
            ascii = (u32::from('A')..=u32::from('Z'))
                .map(|code| (code, code + 32))
                .collect();
            &ascii
        }
        Fold::Unicode => &CASE.lowered,
    };
    let mut ranges = Vec::with_capacity(set.ranges().len());
    let mut changed_at = 0;
    for (first, last) in set.ranges() {
        let mut next = *first;
        while let Some((code, _)) = changed.get(changed_at).filter(|(code, _)| code <= last) {
            if *code >= next {
                if *code > next {
                    ranges.push((next, code - 1));
                }
                next = code + 1;
            }
            changed_at += 1;
        }
        if next <= *last {
            ranges.push((next, *last));
        }
    }
    ranges.extend(
        changed
            .iter()
            .filter(|(_, low)| set.contains(*low))
            .map(|(code, _)| (*code, *code)),
    );
    CharSet::new(ranges)
}
