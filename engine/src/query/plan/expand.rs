//! The terms of the index near to a word.

use std::collections::BTreeMap;

use levenshtein_automata::{DFA, Distance, SINK_STATE};
use tantivy::Searcher;
use tantivy_fst::Automaton;

use crate::error::Result;
use crate::suggest::{MAX_DISTANCE, keeping_digits, levenshtein};
use crate::text::TermSource;

/// A term near to a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The term.
    pub text: String,
    /// The edits between them.
    pub distance: u8,
    /// How many documents have it, in all segments.
    pub documents: u64,
}

/// How near counts as near.
#[derive(Debug, Clone, Copy)]
pub struct Nearness {
    /// The largest edit distance, at most 2.
    pub distance: u8,
    /// The characters at the beginning that have to be the same.
    pub prefix: usize,
    /// Whether two swapped neighbours are one edit.
    pub transpositions: bool,
    /// Whether digits have to stay as they are.
    pub digits_exact: bool,
}

/// Accepts the bytes of a path, then what a Levenshtein automaton accepts.
struct PathThen {
    path: Vec<u8>,
    dfa: DFA,
}

#[derive(Clone, Copy)]
enum State {
    Path(usize),
    Text(u32),
    Dead,
}

impl Automaton for PathThen {
    type State = State;

    fn start(&self) -> State {
        if self.path.is_empty() {
            State::Text(self.dfa.initial_state())
        } else {
            State::Path(0)
        }
    }

    fn is_match(&self, state: &State) -> bool {
        matches!(state, State::Text(state) if matches!(self.dfa.distance(*state), Distance::Exact(_)))
    }

    fn can_match(&self, state: &State) -> bool {
        !matches!(state, State::Dead)
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        match *state {
            State::Path(at) if self.path.get(at) == Some(&byte) => {
                if at + 1 == self.path.len() {
                    State::Text(self.dfa.initial_state())
                } else {
                    State::Path(at + 1)
                }
            }
            State::Text(state) => match self.dfa.transition(state, byte) {
                SINK_STATE => State::Dead,
                next => State::Text(next),
            },
            _ => State::Dead,
        }
    }
}

/// The terms of a source near to a word: nearest first, then the most frequent.
///
/// # Errors
/// When a dictionary cannot be read.
pub fn within_distance(
    searcher: &Searcher,
    source: &TermSource,
    word: &str,
    near: Nearness,
) -> Result<Vec<Expansion>> {
    let prefix: String = word.chars().take(near.prefix).collect();
    let mut found: BTreeMap<String, (u8, u64)> = BTreeMap::new();
    for reader in searcher.segment_readers() {
        let inverted = reader.inverted_index(source.field)?;
        let dfa = levenshtein(near.distance.min(MAX_DISTANCE), near.transpositions).build_dfa(word);
        let automaton = PathThen {
            path: source.prefix(),
            dfa,
        };
        let skip = automaton.path.len();
        let mut stream = inverted
            .terms()
            .search(&automaton)
            .into_stream()
            .map_err(tantivy::TantivyError::from)?;
        while stream.advance() {
            let Some(text) = stream
                .key()
                .get(skip..)
                .and_then(|key| std::str::from_utf8(key).ok())
            else {
                continue;
            };
            if !text.starts_with(&prefix) {
                continue;
            }
            let Distance::Exact(plain) = automaton.dfa.eval(text) else {
                continue;
            };
            let distance = if near.digits_exact {
                keeping_digits(word, text, plain, near.distance)
            } else {
                Some(plain)
            };
            if let Some(distance) = distance.filter(|distance| *distance <= near.distance) {
                let documents = u64::from(stream.value().doc_freq);
                found.entry(text.to_owned()).or_insert((distance, 0)).1 += documents;
            }
        }
    }
    let mut expansions: Vec<Expansion> = found
        .into_iter()
        .map(|(text, (distance, documents))| Expansion {
            text,
            distance,
            documents,
        })
        .collect();
    expansions.sort_by(|a, b| {
        (a.distance, std::cmp::Reverse(a.documents), &a.text).cmp(&(
            b.distance,
            std::cmp::Reverse(b.documents),
            &b.text,
        ))
    });
    Ok(expansions)
}

/// Returns whether inexact forms of a word are looked for: an empty or very long one has none.
pub fn has_automaton(word: &str) -> bool {
    const LONGEST: usize = 255;
    !word.is_empty() && word.chars().nth(LONGEST).is_none()
}
