//! Suggestions for a query: completions, then corrections.

mod changes;

#[cfg(test)]
mod tests;

pub use changes::{Changes, Gone};

use std::collections::HashSet;

use super::completion::{Accept, Candidate, Completion, CompletionBuilder, Layered, Place};
use super::error::SuggestError;
use super::fold::fold;
use super::hot::HotPhrases;
use super::words::{Words, WordsBuilder};

/// With fewer completions than this, corrections follow.
pub const FEW_COMPLETIONS: usize = 4;

/// What a doubling of a title's recent searches weighs against one of its
/// likes: a search says more about what is typed than a like does.
const HOT_GAIN: f64 = 2.0;
/// A search for the words that a title begins with counts this much of one
/// for the title.
const BEGINNING_GAIN: f64 = 0.5;
/// Candidates fetched for each one shown, for searches to re-order.
const FETCH: usize = 4;
/// Hot phrases whose titles join the candidates however little they are liked.
const MAX_HOT: usize = 16;
/// Titles that one hot phrase may bring.
const PER_HOT: usize = 3;
/// Words at the beginning of a title that are looked up as hot phrases.
const MAX_BEGINNINGS: usize = 6;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct SuggestRequest<'a> {
    /// What was typed.
    pub query: &'a str,
    /// The most suggestions.
    pub limit: usize,
    /// Whether corrections are wanted.
    pub correct: bool,
    /// The wall clock, in milliseconds.
    pub now_ms: i64,
}

/// The titles of a library at one moment, and their words.
#[derive(Debug)]
pub struct Snapshot {
    /// The titles.
    pub completion: Completion,
    /// Their words.
    pub words: Words,
}

impl Snapshot {
    /// Builds from titles with their likes and ordinals.
    pub fn build<T: AsRef<str>>(
        titles: impl IntoIterator<Item = (T, u32, u64)>,
    ) -> Result<Self, SuggestError> {
        let mut completion = CompletionBuilder::new();
        let mut words = WordsBuilder::new();
        for (title, likes, ordinal) in titles {
            completion.add(title.as_ref(), likes, ordinal)?;
            words.add(title.as_ref());
        }
        Ok(Self {
            completion: completion.build()?,
            words: words.build()?,
        })
    }

    /// Suggestions, none twice up to case: the titles that begin with the
    /// query, then those with a word that does, the more liked and searched
    /// first; then, when these are few, corrections. A blank query gets the
    /// most liked and searched titles. `accept` is asked whether a title is
    /// (still) one of the library's.
    pub fn suggest(
        &self,
        changes: &Changes,
        hot: &HotPhrases,
        request: &SuggestRequest<'_>,
        accept: Accept<'_>,
    ) -> Vec<String> {
        let titles = Layered {
            base: &self.completion,
            overlay: &changes.overlay,
        };
        let ranking = Ranking {
            titles,
            hot,
            now_ms: request.now_ms,
        };
        let query = request.query.trim_start();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for place in [Place::Beginning, Place::Word] {
            if found.len() < request.limit {
                let more = request.limit - found.len();
                ranking.take(query, place, more, &mut seen, &mut found, accept);
            }
        }
        if request.correct && found.len() < FEW_COMPLETIONS.min(request.limit) {
            let more = request.limit - found.len();
            // Some may repeat a completion.
            for correction in self.words(changes).correct(query, more + found.len()) {
                if found.len() < request.limit && seen.insert(fold(&correction.text)) {
                    found.push(correction.text);
                }
            }
        }
        found
    }
}

struct Ranking<'a> {
    titles: Layered<'a>,
    hot: &'a HotPhrases,
    now_ms: i64,
}

impl Ranking<'_> {
    /// Moves the best `limit` titles of one kind to `found`.
    fn take(
        &self,
        query: &str,
        place: Place,
        limit: usize,
        seen: &mut HashSet<String>,
        found: &mut Vec<String>,
        accept: Accept<'_>,
    ) {
        let fetch = limit.saturating_mul(FETCH);
        let mut candidates = self.titles.find(query, place, fetch, seen, accept);
        // A full catch may have left a much searched title behind.
        if candidates.len() >= fetch {
            for (phrase, _) in self.hot.with_prefix(query, MAX_HOT, self.now_ms) {
                candidates.extend(self.titles.find(&phrase, place, PER_HOT, seen, accept));
                if place == Place::Beginning {
                    candidates.extend(self.titles.exact(&phrase, accept));
                }
            }
        }
        let mut scored: Vec<(f64, String, Candidate)> = candidates
            .into_iter()
            .map(|candidate| (self.score(&candidate), fold(&candidate.text), candidate))
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.order(&b.2)));
        let mut taken = 0;
        for (_, folded, candidate) in scored {
            if taken < limit && seen.insert(folded) {
                found.push(candidate.text);
                taken += 1;
            }
        }
    }

    fn score(&self, candidate: &Candidate) -> f64 {
        let mut hot = self.hot.score(&candidate.text, self.now_ms);
        let ends = candidate.text.match_indices(' ').take(MAX_BEGINNINGS);
        for beginning in ends.filter_map(|(end, _)| candidate.text.get(..end)) {
            hot = hot.max(BEGINNING_GAIN * self.hot.score(beginning, self.now_ms));
        }
        f64::from(candidate.weight).ln_1p() / std::f64::consts::LN_2
            + HOT_GAIN * hot.ln_1p() / std::f64::consts::LN_2
    }
}
