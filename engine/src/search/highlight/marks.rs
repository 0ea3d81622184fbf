//! Which tokens of a text a query found.

use std::collections::BTreeSet;

use analyzers::pattern::{Budget, PyPattern};
use analyzers::text::Token;

use crate::query::glob::Glob;
use crate::query::lucene_regexp::LuceneRegexp;

/// What is looked for in a field.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) terms: BTreeSet<String>,
    pub(super) prefixes: Vec<String>,
    pub(super) globs: Vec<Glob>,
    pub(super) regexps: Vec<LuceneRegexp>,
    pub(super) patterns: Vec<(PyPattern, Budget)>,
    pub(super) ranges: Vec<Between>,
    pub(super) phrases: Vec<WantedPhrase>,
}

/// Terms between two.
#[derive(Default)]
pub(super) struct Between {
    /// The least term, and whether it is one of them.
    pub(super) low: Option<(String, bool)>,
    /// The largest term, and whether it is one of them.
    pub(super) high: Option<(String, bool)>,
}

impl Between {
    fn has(&self, token: &str) -> bool {
        let above = self.low.as_ref().is_none_or(|(low, included)| {
            token > low.as_str() || *included && token == low.as_str()
        });
        let below = self.high.as_ref().is_none_or(|(high, included)| {
            token < high.as_str() || *included && token == high.as_str()
        });
        above && below
    }
}

/// Words that count only where they stand together.
pub(super) struct WantedPhrase {
    pub(super) places: Vec<WantedPlace>,
    pub(super) slop: i64,
}

/// A place of a phrase.
pub(super) struct WantedPlace {
    pub(super) offset: i64,
    pub(super) words: BTreeSet<String>,
    /// Whether a beginning of a word is enough.
    pub(super) begins: bool,
}

impl WantedPlace {
    fn has(&self, token: &str) -> bool {
        if self.begins {
            self.words
                .iter()
                .any(|word| token.starts_with(word.as_str()))
        } else {
            self.words.contains(token)
        }
    }
}

impl Wanted {
    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && self.prefixes.is_empty()
            && self.globs.is_empty()
            && self.regexps.is_empty()
            && self.patterns.is_empty()
            && self.ranges.is_empty()
            && self.phrases.is_empty()
    }

    fn has(&self, token: &str) -> bool {
        self.terms.contains(token)
            || self
                .prefixes
                .iter()
                .any(|prefix| token.starts_with(prefix.as_str()))
            || self.globs.iter().any(|glob| glob.matches(token))
            || self
                .regexps
                .iter()
                .any(|regexp| regexp.matches(token).unwrap_or_default())
            || self.ranges.iter().any(|range| range.has(token))
            || self
                .patterns
                .iter()
                .any(|(pattern, budget)| pattern.search(token, budget).unwrap_or_default())
    }

    /// The spans of a text's tokens that were looked for, in bytes, by their beginnings.
    pub(super) fn marks(&self, tokens: &[Token]) -> Vec<(usize, usize)> {
        let mut marked: Vec<bool> = tokens.iter().map(|token| self.has(&token.text)).collect();
        for phrase in &self.phrases {
            phrase.mark(tokens, &mut marked);
        }
        let mut out: Vec<(usize, usize)> = tokens
            .iter()
            .zip(marked)
            .filter(|(_, marked)| *marked)
            .map(|(token, _)| (token.start, token.end))
            .collect();
        out.sort_unstable();
        out
    }
}

impl WantedPhrase {
    /// Marks the tokens that stand where the phrase wants them, all of its places within the slop.
    fn mark(&self, tokens: &[Token], marked: &mut [bool]) {
        // Each occurrence: its position less the offset, its place and its token.
        let mut found: Vec<(i64, usize, usize)> = Vec::new();
        for (number, place) in self.places.iter().enumerate() {
            for (at, token) in tokens.iter().enumerate() {
                if place.has(&token.text) {
                    let position = i64::try_from(token.position).unwrap_or(i64::MAX);
                    found.push((position - place.offset, number, at));
                }
            }
        }
        found.sort_unstable();
        let mut counts = vec![0_usize; self.places.len()];
        let mut missing = self.places.len();
        let (mut from, mut to) = (0, 0);
        while let Some((low, leaving, _)) = found.get(from).copied() {
            while let Some((_, entering, _)) = found
                .get(to)
                .copied()
                .filter(|(at, _, _)| *at - low <= self.slop)
            {
                if let Some(count) = counts.get_mut(entering) {
                    missing -= usize::from(*count == 0);
                    *count += 1;
                }
                to += 1;
            }
            if missing == 0 {
                for (_, _, token) in found.get(from..to).unwrap_or_default() {
                    if let Some(mark) = marked.get_mut(*token) {
                        *mark = true;
                    }
                }
            }
            if let Some(count) = counts.get_mut(leaving) {
                *count -= 1;
                missing += usize::from(*count == 0);
            }
            from += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        let mut start = 0;
        let mut out = Vec::new();
        for (position, word) in text.split(' ').enumerate() {
            out.push(Token::new(word, start, start + word.len(), position));
            start += word.len() + 1;
        }
        out
    }

    fn phrase(words: &[&str], slop: i64, begins: bool) -> WantedPhrase {
        let places = words.iter().enumerate().map(|(offset, word)| WantedPlace {
            offset: i64::try_from(offset).unwrap(),
            words: BTreeSet::from([(*word).to_owned()]),
            begins: begins && offset + 1 == words.len(),
        });
        WantedPhrase {
            places: places.collect(),
            slop,
        }
    }

    fn marked(text: &str, phrase: WantedPhrase) -> Vec<String> {
        let wanted = Wanted {
            phrases: vec![phrase],
            ..Wanted::default()
        };
        let marks = wanted.marks(&tokens(text));
        marks
            .into_iter()
            .map(|(from, to)| text[from..to].to_owned())
            .collect()
    }

    #[test]
    fn words_of_a_phrase_are_marked_where_it_stands() {
        assert_eq!(
            marked("red cat and a cat red", phrase(&["red", "cat"], 0, false)),
            ["red", "cat"]
        );
        assert_eq!(
            marked("cab red cat cab", phrase(&["red", "ca"], 0, true)),
            ["red", "cat"]
        );
        assert_eq!(
            marked("cat red", phrase(&["red", "cat"], 1, false)),
            Vec::<String>::new()
        );
        assert_eq!(
            marked("red x x x cat red", phrase(&["red", "cat"], 2, false)),
            ["cat", "red"]
        );
    }
}
