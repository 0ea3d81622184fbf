//! Hot phrases: what is searched for, where recent use outweighs old use.
//!
//! A phrase's score is the sum over its uses of `2^(-age / half-life)`. It is
//! held as the binary logarithm of the sum of `2^(time / half-life)`: that
//! number does not change while time passes, so nothing ever needs to be
//! decayed, and the order of phrases does not depend on when one asks.

mod clock;
mod codec;

#[cfg(test)]
mod tests;

pub use codec::HotError;

use std::collections::BTreeMap;
use std::ops::Bound;

use clock::Clock;
use parking_lot::Mutex;

/// Seven days, in milliseconds.
pub const DEFAULT_HALF_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// The most phrases that are kept by default.
pub const DEFAULT_MAX_PHRASES: usize = 10_000;
/// Longer phrases, in characters, are not counted.
pub const MAX_PHRASE_CHARS: usize = 256;

/// Bounds and pace of [`HotPhrases`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotOptions {
    /// After this long, in milliseconds, a use counts half; at least one.
    pub half_life_ms: i64,
    /// The most phrases that are kept; the coldest make room; at least one.
    pub max_phrases: usize,
}

impl Default for HotOptions {
    fn default() -> Self {
        Self {
            half_life_ms: DEFAULT_HALF_LIFE_MS,
            max_phrases: DEFAULT_MAX_PHRASES,
        }
    }
}

/// Decaying counts of phrases; shared freely among threads.
///
/// Times are milliseconds of a wall clock, given by the caller. A clock that
/// is set back is as one that stood still.
#[derive(Debug)]
pub struct HotPhrases {
    half_life: f64,
    max_phrases: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Logarithms of scores, on the scale of the clock.
    phrases: BTreeMap<String, f64>,
    clock: Clock,
    /// Grows with every use counted.
    generation: u64,
    saved: u64,
}

/// The form under which a phrase is counted: trimmed, in lower case. `None`
/// for a blank one and for one that is too long.
pub fn phrase_key(phrase: &str) -> Option<String> {
    let trimmed = phrase.trim();
    if trimmed.is_empty() || trimmed.chars().nth(MAX_PHRASE_CHARS).is_some() {
        return None;
    }
    let key: String = trimmed.chars().flat_map(char::to_lowercase).collect();
    // A few characters have a longer lower case.
    key.chars().nth(MAX_PHRASE_CHARS).is_none().then_some(key)
}

impl HotPhrases {
    /// Counts of nothing yet.
    pub fn new(options: &HotOptions) -> Self {
        Self::with_state(options, State::default())
    }

    fn with_state(options: &HotOptions, state: State) -> Self {
        let half_life = options.half_life_ms.max(1) as f64;
        Self {
            half_life,
            max_phrases: options.max_phrases.max(1),
            state: Mutex::new(state),
        }
    }

    /// Takes over the counts of another, where there are none of its own; whether it did.
    pub fn adopt(&self, other: Self) -> bool {
        let other = other.state.into_inner();
        let mut state = self.state.lock();
        if !state.phrases.is_empty() {
            return false;
        }
        state.generation += 1;
        state.phrases = other.phrases;
        state.clock = other.clock;
        true
    }

    /// Counts one use of a phrase. Blank and overlong ones are ignored.
    pub fn record(&self, phrase: &str, now_ms: i64) {
        let Some(key) = phrase_key(phrase) else {
            return;
        };
        let mut state = self.state.lock();
        let use_score = state.clock.advance(now_ms) / self.half_life;
        let score = state
            .phrases
            .get(&key)
            .map_or(use_score, |&old| log2_sum(old, use_score));
        let grown = state.phrases.insert(key.clone(), score).is_none();
        if grown && state.phrases.len() > self.max_phrases {
            evict(&mut state.phrases, self.max_phrases, &key);
        }
        state.generation += 1;
    }

    /// The `limit` hottest phrases with their scores at `now_ms`, hottest
    /// first, ties by text.
    pub fn top(&self, limit: usize, now_ms: i64) -> Vec<(String, f64)> {
        let state = self.state.lock();
        let now = state.clock.read(now_ms) / self.half_life;
        hottest(state.phrases.iter(), limit, now)
    }

    /// As [`Self::top`], of the phrases that begin with `prefix`, up to case.
    pub fn with_prefix(&self, prefix: &str, limit: usize, now_ms: i64) -> Vec<(String, f64)> {
        if prefix.chars().nth(MAX_PHRASE_CHARS).is_some() {
            return Vec::new();
        }
        let prefix: String = prefix
            .trim_start()
            .chars()
            .flat_map(char::to_lowercase)
            .collect();
        let state = self.state.lock();
        let now = state.clock.read(now_ms) / self.half_life;
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        let matching = state
            .phrases
            .range::<str, _>(from)
            .take_while(|(p, _)| p.starts_with(&prefix));
        hottest(matching, limit, now)
    }

    /// The score of a phrase at `now_ms`; zero for one that is not kept.
    pub fn score(&self, phrase: &str, now_ms: i64) -> f64 {
        let Some(key) = phrase_key(phrase) else {
            return 0.0;
        };
        let state = self.state.lock();
        let now = state.clock.read(now_ms) / self.half_life;
        state
            .phrases
            .get(&key)
            .map_or(0.0, |score| (score - now).exp2())
    }

    /// The number of phrases kept.
    pub fn len(&self) -> usize {
        self.state.lock().phrases.len()
    }

    /// True when no phrase is kept.
    pub fn is_empty(&self) -> bool {
        self.state.lock().phrases.is_empty()
    }

    /// Whether uses were counted that are not in what was last marked saved.
    pub fn dirty(&self) -> bool {
        let state = self.state.lock();
        state.generation != state.saved
    }

    /// Says that the bytes given out with `generation` are now stored.
    pub fn mark_saved(&self, generation: u64) {
        let mut state = self.state.lock();
        state.saved = state.saved.max(generation.min(state.generation));
    }
}

/// `log2(2^a + 2^b)` without computing either power.
fn log2_sum(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    high + (low - high).exp2().ln_1p() / std::f64::consts::LN_2
}

fn hottest<'a>(
    phrases: impl Iterator<Item = (&'a String, &'a f64)>,
    limit: usize,
    now: f64,
) -> Vec<(String, f64)> {
    let order = |a: &(&String, &f64), b: &(&String, &f64)| b.1.total_cmp(a.1).then(a.0.cmp(b.0));
    let mut all: Vec<_> = phrases.collect();
    if limit == 0 {
        return Vec::new();
    }
    if all.len() > limit {
        all.select_nth_unstable_by(limit - 1, order);
        all.truncate(limit);
    }
    all.sort_unstable_by(order);
    all.into_iter()
        .map(|(phrase, score)| (phrase.clone(), (score - now).exp2()))
        .collect()
}

/// Drops the coldest tenth at once, so that it is seldom done; `newest` stays,
/// or no new phrase would ever get beyond its first use.
fn evict(phrases: &mut BTreeMap<String, f64>, max_phrases: usize, newest: &str) {
    let keep = (max_phrases - max_phrases / 10).max(1);
    let mut all: Vec<(f64, String)> = phrases
        .iter()
        .filter(|(phrase, _)| phrase.as_str() != newest)
        .map(|(phrase, score)| (*score, phrase.clone()))
        .collect();
    all.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    for (_, phrase) in all.into_iter().skip(keep - 1) {
        phrases.remove(&phrase);
    }
}
