//! Putting synonyms beside or in place of tokens.

use std::sync::Arc;

use super::map::{Entry, SynonymMap};
use crate::text::filter::TokenFilter;
use crate::text::phrase::covered_flags;
use crate::text::token::{MAX_TOKENS, Token};

/// Steps of matching at one position; rules and stacked tokens that need more
/// are no text that anyone writes.
const MAX_STEPS: usize = 1_024;

/// How synonyms are laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SynonymOptions {
    /// Give multi-word synonyms positions of their own, so that each is a path
    /// of its own through the graph of tokens. Without it they run alongside
    /// the original positions, which an index can store.
    pub graph: bool,
}

/// Adds synonyms where rules match.
#[derive(Debug, Clone)]
pub struct Synonyms {
    map: Arc<SynonymMap>,
    options: SynonymOptions,
}

impl Synonyms {
    /// A filter for the rules of a map.
    pub fn new(map: Arc<SynonymMap>, options: SynonymOptions) -> Self {
        Self { map, options }
    }
}

/// A phrase of a rule found in the text.
struct Match<'a> {
    entry: &'a Entry,
    /// The positions that it covers.
    from: usize,
    to: usize,
    /// The text that it covers.
    start: usize,
    end: usize,
}

/// A place in the search for the longest match.
struct State {
    node: usize,
    index: usize,
    start: usize,
    end: usize,
    position: usize,
}

impl TokenFilter for Synonyms {
    fn apply(&self, tokens: &mut Vec<Token>) {
        let matches = self.matches(tokens);
        if !matches.is_empty() {
            let originals = std::mem::take(tokens);
            *tokens = if self.options.graph {
                graph(originals, &matches)
            } else {
                flat(originals, &matches)
            };
            tokens.sort_by_key(|token| token.position);
        }
    }
}

impl Synonyms {
    /// Matches from left to right, the longest at each place, none overlapping
    /// another.
    fn matches(&self, tokens: &[Token]) -> Vec<Match<'_>> {
        // A character within a word is no word: an owl (猫头鹰) is no cat (猫).
        let covered = covered_flags(tokens);
        let mut matches = Vec::new();
        let (mut index, mut free_from) = (0, 0);
        while let Some(token) = tokens.get(index) {
            let position = token.position;
            if position >= free_from
                && let Some(found) = self.longest(tokens, &covered, index)
            {
                free_from = found.to;
                matches.push(found);
            }
            while tokens
                .get(index)
                .is_some_and(|token| token.position == position)
            {
                index += 1;
            }
        }
        matches
    }

    /// The longest match that begins at the position of the token at `first`.
    fn longest(&self, tokens: &[Token], covered: &[bool], first: usize) -> Option<Match<'_>> {
        let from = tokens.get(first)?.position;
        let mut best: Option<Match<'_>> = None;
        let mut states = vec![State {
            node: 0,
            index: first,
            start: usize::MAX,
            end: 0,
            position: from,
        }];
        let mut steps = 0;
        while let Some(state) = states.pop() {
            let here = tokens
                .iter()
                .enumerate()
                .skip(state.index)
                .skip_while(|(_, token)| token.position < state.position)
                .take_while(|(_, token)| token.position == state.position);
            for (index, token) in here {
                steps += 1;
                if steps > MAX_STEPS {
                    return best;
                }
                if covered.get(index).copied().unwrap_or_default() {
                    continue;
                }
                let Some(node) = self.map.child(state.node, &token.text) else {
                    continue;
                };
                let (start, end) = (state.start.min(token.start), state.end.max(token.end));
                let to = token.position_end();
                if let Some(entry) = self.map.entry(node)
                    && best.as_ref().is_none_or(|best| best.to < to)
                {
                    best = Some(Match {
                        entry,
                        from,
                        to,
                        start,
                        end,
                    });
                }
                states.push(State {
                    node,
                    index: index + 1,
                    start,
                    end,
                    position: to,
                });
            }
        }
        best
    }
}

/// The originals that stay: those outside matches, and those of matches that
/// keep them.
fn staying<'a>(
    tokens: Vec<Token>,
    matches: &'a [Match<'a>],
) -> impl Iterator<Item = Token> + use<'a> {
    tokens.into_iter().filter(move |token| {
        let after = matches.partition_point(|found| found.from <= token.position);
        !after
            .checked_sub(1)
            .and_then(|index| matches.get(index))
            .is_some_and(|found| {
                !found.entry.keep_original
                    && token.position < found.to
                    && token.position_end() <= found.to
            })
    })
}

/// Synonyms alongside the positions of the originals.
fn flat(tokens: Vec<Token>, matches: &[Match<'_>]) -> Vec<Token> {
    let mut out: Vec<Token> = staying(tokens, matches).collect();
    for found in matches {
        for output in &found.entry.outputs {
            if out.len() + output.len() > MAX_TOKENS {
                return out;
            }
            for (index, word) in output.iter().enumerate() {
                let position = found.from + index;
                let last = index + 1 == output.len();
                let position_length = if last {
                    found.to.saturating_sub(position).max(1)
                } else {
                    1
                };
                let (start, end) = (found.start, found.end);
                out.push(Token {
                    text: word.clone(),
                    start,
                    end,
                    position,
                    position_length,
                });
            }
        }
    }
    out
}

/// Synonyms on paths of their own. Every match makes room for the inner nodes
/// of its multi-word synonyms, directly after the node where it begins; all
/// that lies behind moves.
fn graph(tokens: Vec<Token>, matches: &[Match<'_>]) -> Vec<Token> {
    let mut budget = MAX_TOKENS.saturating_sub(tokens.len());
    // Where each match begins, and by how much the nodes behind it have moved.
    let mut shifts: Vec<(usize, usize)> = Vec::with_capacity(matches.len());
    let mut total = 0;
    let mut counts: Vec<usize> = Vec::with_capacity(matches.len());
    for found in matches {
        let mut count = 0;
        for output in &found.entry.outputs {
            let Some(left) = budget.checked_sub(output.len()) else {
                break;
            };
            budget = left;
            count += 1;
            total += output.len() - 1;
        }
        counts.push(count);
        shifts.push((found.from, total));
    }
    let moved = |node: usize| {
        let before = shifts.partition_point(|(from, _)| *from < node);
        node + before
            .checked_sub(1)
            .and_then(|index| shifts.get(index))
            .map_or(0, |(_, by)| *by)
    };
    let mut out: Vec<Token> = staying(tokens, matches)
        .map(|token| {
            let (from, to) = (moved(token.position), moved(token.position_end()));
            Token {
                position: from,
                position_length: to - from,
                ..token
            }
        })
        .collect();
    for (found, count) in matches.iter().zip(counts) {
        let (from, to) = (moved(found.from), moved(found.to));
        let mut room = from + 1;
        for output in found.entry.outputs.iter().take(count) {
            let mut at = from;
            for (index, word) in output.iter().enumerate() {
                let next = if index + 1 == output.len() {
                    to
                } else {
                    room + index
                };
                let (start, end) = (found.start, found.end);
                let position_length = next - at;
                out.push(Token {
                    text: word.clone(),
                    start,
                    end,
                    position: at,
                    position_length,
                });
                at = next;
            }
            room += output.len() - 1;
        }
    }
    out
}
