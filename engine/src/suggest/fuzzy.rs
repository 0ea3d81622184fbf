//! Edit distances: Levenshtein automata over transducers, and the rules on
//! how many edits a word of some length forgives.

use std::sync::OnceLock;

use fst::Automaton;
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};

/// No automaton is made for a larger distance: its size, and what it matches,
/// grow beyond use.
pub const MAX_DISTANCE: u8 = 2;

/// The edits that a word of this length forgives: none for one or two
/// characters, one for three to five, two for more.
pub fn forgiven(word: &str) -> u8 {
    match word.chars().take(6).count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// The parametric tables take milliseconds to make, so each is made once.
pub(crate) fn levenshtein(
    max_distance: u8,
    transpositions: bool,
) -> &'static LevenshteinAutomatonBuilder {
    static PLAIN: [OnceLock<LevenshteinAutomatonBuilder>; 3] = [const { OnceLock::new() }; 3];
    static SWAPS: [OnceLock<LevenshteinAutomatonBuilder>; 3] = [const { OnceLock::new() }; 3];
    let max_distance = max_distance.min(MAX_DISTANCE);
    let tables = if transpositions { &SWAPS } else { &PLAIN };
    tables[usize::from(max_distance)]
        .get_or_init(|| LevenshteinAutomatonBuilder::new(max_distance, transpositions))
}

/// Accepts what lies within an edit distance of a text; insertion, deletion,
/// substitution and (unless switched off) the swap of two neighbours cost one.
pub(super) struct Near {
    dfa: DFA,
}

impl Near {
    /// Accepts whole texts near to `text`.
    pub fn whole(text: &str, max_distance: u8) -> Self {
        Self {
            dfa: levenshtein(max_distance, true).build_dfa(text),
        }
    }

    /// Accepts texts that have a beginning near to `text`.
    pub fn beginning(text: &str, max_distance: u8, transpositions: bool) -> Self {
        Self {
            dfa: levenshtein(max_distance, transpositions).build_prefix_dfa(text),
        }
    }

    /// The distance that `state` stands for, if it is an accepted one.
    pub fn distance(&self, state: u32) -> Option<u8> {
        match self.dfa.distance(state) {
            Distance::Exact(distance) => Some(distance),
            Distance::AtLeast(_) => None,
        }
    }
}

impl Automaton for Near {
    type State = u32;

    fn start(&self) -> u32 {
        self.dfa.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        self.distance(*state).is_some()
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.dfa.transition(*state, byte)
    }
}

/// The distance between two words when no digit may be edited: what stands
/// between the digits is compared piece by piece. `plain` is the distance that
/// an automaton found, right as it is where there are no digits; `None` when
/// the digits differ or the pieces are further apart than `max_distance`.
pub(crate) fn keeping_digits(a: &str, b: &str, plain: u8, max_distance: u8) -> Option<u8> {
    let has_digits = |word: &str| word.chars().any(char::is_numeric);
    if !has_digits(a) && !has_digits(b) {
        return Some(plain);
    }
    if !a
        .chars()
        .filter(|c| c.is_numeric())
        .eq(b.chars().filter(|c| c.is_numeric()))
    {
        return None;
    }
    let mut distance = 0;
    for (a, b) in a.split(char::is_numeric).zip(b.split(char::is_numeric)) {
        distance += aligned(a, b);
        if distance > usize::from(max_distance) {
            return None;
        }
    }
    u8::try_from(distance).ok()
}

/// Optimal string alignment distance: Levenshtein's with swaps of neighbours.
fn aligned(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, x) in a.chars().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != y))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if j > 0 && last == Some(y) && b[j - 1] == x && i > 0 {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
        last = Some(x);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgiveness_grows_with_length() {
        let edits: Vec<u8> = ["a", "ab", "abc", "abcde", "abcdef", "小猫", "小猫咪"]
            .map(forgiven)
            .into();
        assert_eq!(edits, [0, 0, 1, 1, 2, 0, 1]);
    }

    #[test]
    fn alignment_distances() {
        for (a, b, distance) in [
            ("", "", 0),
            ("abc", "", 3),
            ("", "ab", 2),
            ("ab", "ba", 1),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
            ("小猫", "小狗", 1),
        ] {
            assert_eq!(aligned(a, b), distance, "{a} {b}");
        }
    }

    #[test]
    fn digits_are_never_typos() {
        assert_eq!(keeping_digits("cat2", "cat1", 1, 2), None);
        assert_eq!(keeping_digits("cat", "cat1", 1, 2), None);
        assert_eq!(keeping_digits("cta2", "cat2", 1, 2), Some(1));
        assert_eq!(keeping_digits("a1", "1a", 1, 1), None);
        assert_eq!(keeping_digits("a1", "1a", 1, 2), Some(2));
        assert_eq!(keeping_digits("cta", "cat", 1, 2), Some(1));
    }
}
