//! Correcting a query: the best paths through the readings of its words.

use std::collections::HashSet;

use super::lattice::{Reading, tokens};
use super::layers::Known;
use super::{Layers, Words};
use crate::suggest::fold::fold_prefix;

/// Longer queries, in characters, are left alone.
const MAX_QUERY_CHARS: usize = 256;
/// Words of a query that are corrected; what follows stays as it is.
const MAX_WORDS: usize = 12;
/// Paths kept at each word.
const BEAM: usize = 16;

/// A query with its misspelt words replaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The corrected query, folded.
    pub text: String,
    /// Larger is better; comparable within one query only.
    pub score: f64,
}

#[derive(Debug, Clone)]
struct Path {
    text: String,
    last: Option<Known>,
    score: f64,
    changed: bool,
}

impl Words {
    /// As [`Layers::correct`], where nothing changed since these words were collected.
    pub fn correct(&self, query: &str, limit: usize) -> Vec<Correction> {
        Layers::alone(self).correct(query, limit)
    }
}

impl Layers<'_> {
    /// The query with its misspelt words replaced by words of the library,
    /// best first. A word is misspelt when the library does not have it, or
    /// has a near neighbour many times as often; its replacement is within the
    /// edits that its length forgives, or is two words where it was one, or
    /// one where it was two, or goes on from the last word. Other words stay.
    /// Nothing for a query that needs no correction or that nothing is near to.
    pub fn correct(&self, query: &str, limit: usize) -> Vec<Correction> {
        let Some(folded) = fold_prefix(query) else {
            return Vec::new();
        };
        if limit == 0 || self.is_empty() || folded.chars().nth(MAX_QUERY_CHARS).is_some() {
            return Vec::new();
        }
        let (tokens, end) = tokens(&folded);
        let corrected = tokens.len().min(MAX_WORDS);
        let mut paths: Vec<Vec<Path>> = vec![Vec::new(); corrected + 2];
        let start = Path {
            text: String::new(),
            last: None,
            score: 0.0,
            changed: false,
        };
        if let Some(first) = paths.first_mut() {
            first.push(start);
        }
        for at in 0..corrected {
            let mut here = paths.get_mut(at).map(std::mem::take).unwrap_or_default();
            prune(&mut here);
            let gap = tokens.get(at).map_or("", |token| token.gap.as_str());
            for reading in self.readings(&tokens, at, end.is_empty()) {
                if at + reading.covers > corrected {
                    continue;
                }
                if let Some(next) = paths.get_mut(at + reading.covers) {
                    next.extend(here.iter().map(|path| self.follow(path, gap, &reading)));
                }
            }
        }
        let mut rest: String = tokens
            .iter()
            .skip(corrected)
            .flat_map(|token| [token.gap.as_str(), token.text])
            .collect();
        rest.push_str(end.trim_end());
        let mut seen = HashSet::new();
        let mut found: Vec<Correction> = paths
            .into_iter()
            .nth(corrected)
            .unwrap_or_default()
            .into_iter()
            .filter(|path| path.changed)
            .map(|path| Correction {
                text: path.text + &rest,
                score: path.score,
            })
            .collect();
        found.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.text.cmp(&b.text))
        });
        found.retain(|correction| {
            correction.text != folded.trim_end() && seen.insert(correction.text.clone())
        });
        found.truncate(limit);
        found
    }

    fn follow(&self, path: &Path, gap: &str, reading: &Reading) -> Path {
        Path {
            text: [&path.text, gap, &reading.text].concat(),
            last: reading.last,
            score: path.score + reading.score + self.pair_gain(path.last, reading.first),
            changed: path.changed || reading.changed,
        }
    }
}

fn prune(paths: &mut Vec<Path>) {
    paths.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.text.cmp(&b.text))
    });
    paths.truncate(BEAM);
}
