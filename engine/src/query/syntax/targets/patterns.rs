//! Terms that begin so, match a pattern or are near to a word.

use super::Targets;
use crate::query::ast::{Fuzziness, Fuzzy, ParseError, Prefix, Query, Regexp, Wildcard};

impl Targets<'_> {
    /// Terms that begin so.
    pub(in crate::query::syntax) fn prefix(
        &self,
        field: Option<&str>,
        text: &str,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, self.tie(), |path, _| {
            let text = self.fields.normalized(path, text);
            Some(Query::Prefix(Prefix::new(path, text)))
        })
    }

    /// Terms that match a pattern, in which `\` stands before what is plain.
    pub(in crate::query::syntax) fn wildcard(
        &self,
        field: Option<&str>,
        pattern: &str,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, self.tie(), |path, _| {
            let pieces = pieces(pattern);
            let normalized = |text: &str| self.fields.normalized(path, text);
            if !self.fields.wildcards_are_whole(path) {
                let glob = pieces.iter().map(|piece| match piece {
                    Piece::Any => "*".to_owned(),
                    Piece::One => "?".to_owned(),
                    Piece::Text(text) => escaped(&normalized(text), |l| "*?\\".contains(l)),
                });
                return Some(Query::Wildcard(Wildcard::new(
                    path,
                    glob.collect::<String>(),
                )));
            }
            // The same about words: a regular expression is always about a term.
            let regexp = pieces.iter().map(|piece| match piece {
                Piece::Any => ".*".to_owned(),
                Piece::One => ".".to_owned(),
                Piece::Text(text) => escaped(&normalized(text), |l| l.is_ascii_punctuation()),
            });
            Some(Query::Regexp(Regexp::new(path, regexp.collect::<String>())))
        })
    }

    /// Terms that a regular expression matches.
    pub(in crate::query::syntax) fn regexp(
        &self,
        field: Option<&str>,
        expression: &str,
        states: u32,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, self.tie(), |path, _| {
            Some(Query::Regexp(Regexp {
                max_determinized_states: states,
                ..Regexp::new(path, expression)
            }))
        })
    }

    /// Terms near to a word.
    pub(in crate::query::syntax) fn fuzzy(
        &self,
        field: Option<&str>,
        word: &str,
        fuzziness: Fuzziness,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, self.tie(), |path, _| {
            Some(Query::Fuzzy(Fuzzy {
                fuzziness,
                prefix_length: self.inexact.prefix_length,
                max_expansions: self.inexact.max_expansions,
                transpositions: self.inexact.transpositions,
                ..Fuzzy::new(path, self.fields.normalized(path, word))
            }))
        })
    }
}

enum Piece {
    Any,
    One,
    Text(String),
}

/// A wildcard pattern in pieces.
fn pieces(pattern: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        let wild = match letter {
            '*' => Piece::Any,
            '?' => Piece::One,
            '\\' => {
                text.push(letters.next().unwrap_or('\\'));
                continue;
            }
            plain => {
                text.push(plain);
                continue;
            }
        };
        if !text.is_empty() {
            out.push(Piece::Text(std::mem::take(&mut text)));
        }
        out.push(wild);
    }
    if !text.is_empty() {
        out.push(Piece::Text(text));
    }
    out
}

fn escaped(text: &str, special: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if special(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
