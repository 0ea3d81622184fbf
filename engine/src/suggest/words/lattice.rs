//! What each word of a query may stand for.

use super::WordMatch;
use super::layers::{Known, Layers};
use crate::suggest::fold::{Piece, pieces};
use crate::suggest::fuzzy::forgiven;

/// Readings of one word that are looked into.
const MAX_READINGS: usize = 8;
/// Words that the last one, still being typed, may go on to.
const MAX_CONTINUATIONS: usize = 3;
/// A known word is doubted when a neighbour is so many times as frequent.
const RARER: u32 = 50;
/// A joined word is preferred to its parts when so many times as frequent as
/// the parts side by side.
const JOINED: u32 = 10;

// Costs are in units of the gain of the most frequent word over an unheard of
// one, so that an edit outweighs any difference in frequency.
const EDIT: f64 = 1.5;
const DOUBT: f64 = 0.8;
const CONTINUE: f64 = 0.5;
const SPLIT: f64 = 1.0;
const SPLIT_UNSEEN: f64 = 2.5;
const JOIN: f64 = 1.0;
const UNKNOWN: f64 = 4.0;
/// The gain of the most frequent pair over an unseen one.
const PAIR: f64 = 1.5;

/// One word of a query.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// What stands before it.
    pub gap: String,
    pub text: &'a str,
    pub han: bool,
}

/// A folded query as its words; what follows the last is given apart.
pub(super) fn tokens(folded: &str) -> (Vec<Token<'_>>, String) {
    let mut found = Vec::new();
    let mut gap = String::new();
    for piece in pieces(folded) {
        let (text, han) = match piece {
            Piece::Gap(text) => {
                gap.push_str(text);
                continue;
            }
            Piece::Word(text) => (text, false),
            Piece::Han(text) => (text, true),
        };
        found.push(Token {
            gap: std::mem::take(&mut gap),
            text,
            han,
        });
    }
    (found, gap)
}

/// One way to read one token, or two that belong together.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub text: String,
    /// How many tokens it covers.
    pub covers: usize,
    /// Its first and last words, where known.
    pub first: Option<Known>,
    pub last: Option<Known>,
    pub score: f64,
    pub changed: bool,
}

impl Layers<'_> {
    /// The readings of the token at `at`. `open`: the last word may be going
    /// on, since nothing follows it yet.
    pub(super) fn readings(&self, tokens: &[Token<'_>], at: usize, open: bool) -> Vec<Reading> {
        let Some(token) = tokens.get(at) else {
            return Vec::new();
        };
        let mut found = if token.han {
            self.han_readings(token.text)
        } else {
            self.word_readings(token.text, open && at + 1 == tokens.len())
        };
        if let Some(next) = tokens.get(at + 1)
            && next.gap == " "
            && !token.han
            && !next.han
        {
            found.extend(self.joined(token.text, next.text));
        }
        found
    }

    fn word_readings(&self, word: &str, open: bool) -> Vec<Reading> {
        let known = self.number(word);
        let frequency = known.map_or(0, |number| self.frequency_of(number));
        let mut found = Vec::new();
        if known.is_some() {
            found.push(self.kept(word));
            let enough = frequency.max(1).saturating_mul(RARER);
            if enough <= self.tops.frequency && word.chars().count() > 3 {
                let mut near = self.near(word, 1);
                near.retain(|m| m.frequency >= enough);
                near.truncate(MAX_READINGS / 2);
                found.extend(near.into_iter().map(|m| self.replaced(m, DOUBT)));
            }
            return found;
        }
        // The second edit is looked for only where one does not do: it costs
        // the most, and what it brings would come last.
        let mut near = self.near(word, forgiven(word).min(1));
        if near.is_empty() {
            near = self.near(word, forgiven(word));
        }
        near.truncate(MAX_READINGS);
        for m in near {
            let cost = EDIT * f64::from(m.distance);
            found.push(self.replaced(m, cost));
        }
        if open && word.chars().count() > 1 {
            let going_on = self.continuations(word, MAX_CONTINUATIONS);
            found.extend(going_on.into_iter().map(|m| self.replaced(m, CONTINUE)));
        }
        found.extend(self.split(word));
        if found.is_empty() {
            found.push(self.kept(word));
        }
        found
    }

    fn han_readings(&self, run: &str) -> Vec<Reading> {
        let mut found: Vec<Reading> = Vec::new();
        if !self.knows_run(run) {
            let near = self.run_corrections(run, MAX_READINGS);
            found.extend(near.into_iter().map(|m| self.replaced(m, EDIT)));
        }
        if found.is_empty() {
            // A run is read as a whole: none of its pieces is in doubt.
            found.push(Reading {
                score: 0.0,
                ..self.kept(run)
            });
        }
        found
    }

    fn kept(&self, word: &str) -> Reading {
        let number = self.number(word);
        let score = number.map_or(-UNKNOWN, |number| self.gain(self.frequency_of(number)));
        Reading {
            text: word.to_owned(),
            covers: 1,
            first: number,
            last: number,
            score,
            changed: false,
        }
    }

    fn replaced(&self, by: WordMatch, cost: f64) -> Reading {
        let number = self.number(&by.word);
        Reading {
            text: by.word,
            covers: 1,
            first: number,
            last: number,
            score: self.gain(by.frequency) - cost,
            changed: true,
        }
    }

    /// An unknown word as two known ones. A single letter counts as one only
    /// where the library has the two side by side.
    fn split(&self, word: &str) -> Vec<Reading> {
        let mut found = Vec::new();
        if word.chars().nth(super::MAX_WORD_CHARS).is_some() {
            return found;
        }
        for (at, _) in word.char_indices().skip(1) {
            let Some((a, b)) = word.split_at_checked(at) else {
                continue;
            };
            let (Some(first), Some(last)) = (self.number(a), self.number(b)) else {
                continue;
            };
            let pair = self.pair(first, last);
            let short = a.chars().count() < 2 || b.chars().count() < 2;
            // A digit is never a typo, and neither is what it stands beside.
            let digits = word.chars().any(char::is_numeric);
            if pair == 0 && (short || digits) {
                continue;
            }
            let rarer = self.frequency_of(first).min(self.frequency_of(last));
            let cost = if pair > 0 { SPLIT } else { SPLIT_UNSEEN };
            found.push(Reading {
                text: format!("{a} {b}"),
                covers: 1,
                first: Some(first),
                last: Some(last),
                score: self.gain(rarer) - cost + self.pair_gain(Some(first), Some(last)),
                changed: true,
            });
        }
        found.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.text.cmp(&b.text))
        });
        found.truncate(MAX_READINGS / 2);
        found
    }

    /// Two neighbours as one known word, unless the library writes them apart.
    fn joined(&self, first: &str, second: &str) -> Option<Reading> {
        let word = format!("{first}{second}");
        let number = self.number(&word)?;
        let frequency = self.frequency_of(number);
        if let (Some(first), Some(second)) = (self.number(first), self.number(second)) {
            let apart = self.pair(first, second);
            if apart > 0 && frequency < apart.saturating_mul(JOINED) {
                return None;
            }
        }
        Some(Reading {
            text: word,
            covers: 2,
            first: Some(number),
            last: Some(number),
            score: self.gain(frequency) - JOIN,
            changed: true,
        })
    }

    fn gain(&self, frequency: u32) -> f64 {
        share(frequency, self.tops.frequency)
    }

    /// What two neighbouring words gain by being neighbours in the library.
    pub(super) fn pair_gain(&self, first: Option<Known>, second: Option<Known>) -> f64 {
        match (first, second) {
            (Some(first), Some(second)) => PAIR * share(self.pair(first, second), self.tops.pair),
            _ => 0.0,
        }
    }
}

/// A count against the largest, on a logarithmic scale, from zero to one.
fn share(count: u32, top: u32) -> f64 {
    if top == 0 {
        0.0
    } else {
        f64::from(count).ln_1p() / f64::from(top).ln_1p()
    }
}
