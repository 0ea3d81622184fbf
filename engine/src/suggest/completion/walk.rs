//! Best-first walks of the transducer of titles.
//!
//! Its values are ranks, and a transducer shares them out along its paths so
//! that what has been gathered on the way to a node is the smallest rank below
//! it. A queue ordered by that sum therefore reaches texts in order of rank.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use fst::raw::{CompiledAddr, Fst};
use fst::{Automaton, Map};

use crate::suggest::fuzzy::{MAX_DISTANCE, Near};

/// A walk gives up after this many nodes. An exact one takes a few hundred;
/// a fuzzy one with few matches in a large library may not find the last.
const MAX_STEPS: usize = 1 << 18;

/// How a fuzzy completion forgives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuzzyOptions {
    /// The largest edit distance, at most two.
    pub max_distance: u8,
    /// Whether swapping two neighbours is one edit, not two.
    pub transpositions: bool,
    /// Prefixes with fewer characters are taken literally.
    pub min_length: usize,
    /// The first characters, which are taken literally.
    pub prefix_length: usize,
}

impl Default for FuzzyOptions {
    fn default() -> Self {
        Self {
            max_distance: 1,
            transpositions: true,
            min_length: 3,
            prefix_length: 1,
        }
    }
}

/// The ranks of the texts that begin with `prefix`, ascending.
pub(super) fn beginning<'a>(titles: &'a Map<Vec<u8>>, prefix: &[u8]) -> Walk<'a> {
    Walk::new(titles.as_fst(), prefix, None)
}

/// The ranks of the texts with a beginning near to `prefix`, ascending.
pub(super) fn fuzzy<'a>(
    titles: &'a Map<Vec<u8>>,
    prefix: &str,
    options: &FuzzyOptions,
) -> Walk<'a> {
    let literal = prefix
        .char_indices()
        .nth(options.prefix_length)
        .map(|(at, _)| at);
    let distance = options.max_distance.min(MAX_DISTANCE);
    match literal.and_then(|at| prefix.split_at_checked(at)) {
        Some((head, tail)) if distance > 0 && prefix.chars().count() >= options.min_length => {
            let near = Near::beginning(tail, distance, options.transpositions);
            Walk::new(titles.as_fst(), head.as_bytes(), Some(near))
        }
        _ => beginning(titles, prefix.as_bytes()),
    }
}

/// What waits to be walked: the smallest rank to be had, whether it is the
/// end of a text, the node, and the state of the automaton there.
type Step = (u64, bool, CompiledAddr, u32);

/// A walk under way.
pub(super) struct Walk<'a> {
    fst: &'a Fst<Vec<u8>>,
    near: Option<Near>,
    queue: BinaryHeap<Reverse<Step>>,
    steps: usize,
}

impl<'a> Walk<'a> {
    fn new(fst: &'a Fst<Vec<u8>>, prefix: &[u8], near: Option<Near>) -> Self {
        let mut walk = Self {
            fst,
            near,
            queue: BinaryHeap::new(),
            steps: 0,
        };
        let mut node = fst.root();
        let mut rank = 0;
        for &byte in prefix {
            let Some(input) = node.find_input(byte) else {
                return walk;
            };
            let transition = node.transition(input);
            rank += transition.out.value();
            node = fst.node(transition.addr);
        }
        let state = walk.near.as_ref().map_or(0, Automaton::start);
        walk.queue.push(Reverse((rank, false, node.addr(), state)));
        walk
    }
}

impl Iterator for Walk<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while let Some(Reverse((rank, end, addr, state))) = self.queue.pop() {
            if end {
                return u32::try_from(rank).ok();
            }
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            let node = self.fst.node(addr);
            let fits = self.near.as_ref().is_none_or(|near| near.is_match(&state));
            if node.is_final() && fits {
                self.queue
                    .push(Reverse((rank + node.final_output().value(), true, 0, 0)));
            }
            for transition in node.transitions() {
                let state = match &self.near {
                    Some(near) => {
                        let state = near.accept(&state, transition.inp);
                        if !near.can_match(&state) {
                            continue;
                        }
                        state
                    }
                    None => 0,
                };
                let rank = rank + transition.out.value();
                self.queue
                    .push(Reverse((rank, false, transition.addr, state)));
            }
        }
        None
    }
}
