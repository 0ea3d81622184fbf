//! One word, phrase or pattern in all of the fields that it is looked for in.

use std::borrow::Cow;
use std::cell::Cell;

use super::{FieldKind, Fields, MAX_CLAUSES};
use crate::query::ast::{
    Bool, DisMax, Exists, FieldBoost, Fuzziness, Fuzzy, Match, MatchBoolPrefix, MatchNone,
    MatchPhrase, MatchPhrasePrefix, MinimumShouldMatch, MultiMatch, MultiMatchType, Operator,
    ParseError, ParseErrorKind, Prefix, Query, Range, Regexp, Wildcard,
};

/// How inexact words are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inexact {
    pub(super) prefix_length: u32,
    pub(super) max_expansions: u32,
    pub(super) transpositions: bool,
}

/// The fields of a text, and how clauses on them are made.
pub(super) struct Targets<'a> {
    fields: &'a dyn Fields,
    defaults: Vec<FieldBoost>,
    /// No field was named: every one is searched.
    pub(super) everywhere: bool,
    lenient: bool,
    pub(super) kind: MultiMatchType,
    pub(super) tie_breaker: f32,
    pub(super) operator: Operator,
    pub(super) analyzer: Option<&'a str>,
    pub(super) quote_analyzer: Option<&'a str>,
    pub(super) quote_suffix: Option<&'a str>,
    pub(super) phrase_slop: u32,
    pub(super) inexact: Inexact,
    pub(super) minimum: Option<&'a MinimumShouldMatch>,
    pub(super) synonym_phrases: bool,
    clauses: Cell<usize>,
}

impl<'a> Targets<'a> {
    pub(super) fn new(fields: &'a dyn Fields, named: &[FieldBoost], lenient: Option<bool>) -> Self {
        let everywhere = named.iter().all(|field| field.field == "*");
        let everything = [FieldBoost::new("*", 1.0)];
        let named = if named.is_empty() { &everything } else { named };
        Self {
            defaults: expanded(fields, named),
            fields,
            everywhere,
            // Over every field most types differ from the text's.
            lenient: lenient.unwrap_or(everywhere),
            kind: MultiMatchType::BestFields,
            tie_breaker: 0.0,
            operator: Operator::Or,
            analyzer: None,
            quote_analyzer: None,
            quote_suffix: None,
            phrase_slop: 0,
            inexact: Inexact {
                prefix_length: 0,
                max_expansions: 50,
                transpositions: true,
            },
            minimum: None,
            synonym_phrases: true,
            clauses: Cell::new(0),
        }
    }

    fn of(&self, field: Option<&str>) -> Cow<'_, [FieldBoost]> {
        match field {
            None => Cow::Borrowed(&self.defaults),
            Some(field) => Cow::Owned(expanded(self.fields, &[FieldBoost::new(field, 1.0)])),
        }
    }

    /// Whether neighbouring words are clauses of their own: in one field they may be.
    pub(super) fn splits_words(&self, field: Option<&str>) -> bool {
        let plain = matches!(
            self.kind,
            MultiMatchType::BestFields | MultiMatchType::MostFields | MultiMatchType::CrossFields
        );
        plain && self.of(field).len() <= 1
    }

    /// One clause for each field; `None` when no field is left because `make` gave nothing.
    fn each(
        &self,
        field: Option<&str>,
        make: impl Fn(&str, FieldKind) -> Option<Query>,
    ) -> Result<Option<Query>, ParseError> {
        let targets = self.of(field);
        let clauses = self.clauses.get() + targets.len().max(1);
        self.clauses.set(clauses);
        if clauses > MAX_CLAUSES {
            return Err(ParseError::new(
                ParseErrorKind::TooManyClauses,
                format!("maxClauseCount is set to {MAX_CLAUSES}"),
            ));
        }
        let lenient = self.lenient || field.is_some_and(|field| field.contains('*'));
        let mut dropped = false;
        let mut queries = Vec::with_capacity(targets.len());
        for target in targets.iter() {
            let kind = self.fields.kind(&target.field);
            if kind == FieldKind::Unknown {
                continue;
            }
            let Some(query) = make(&target.field, kind) else {
                dropped = true;
                continue;
            };
            if lenient && kind != FieldKind::Words && !self.fields.fits(&query) {
                continue;
            }
            queries.push(query.scaled(target.boost));
        }
        Ok(match queries.len() {
            0 if dropped => None,
            0 => Some(nothing()),
            1 => queries.pop(),
            _ if matches!(
                self.kind,
                MultiMatchType::MostFields | MultiMatchType::BoolPrefix
            ) =>
            {
                Some(Query::Bool(Bool {
                    should: queries,
                    ..Bool::default()
                }))
            }
            _ => Some(Query::DisMax(DisMax {
                tie_breaker: self.tie_breaker,
                ..DisMax::new(queries)
            })),
        })
    }

    /// Words without operators.
    pub(super) fn words(
        &self,
        field: Option<&str>,
        text: &str,
    ) -> Result<Option<Query>, ParseError> {
        if self.kind == MultiMatchType::CrossFields
            && let Some(query) = self.across(field, text)
        {
            return Ok(query);
        }
        self.each(field, |path, kind| {
            let plain = || {
                Query::Match(Match {
                    operator: self.operator,
                    analyzer: self.analyzer.map(str::to_owned),
                    lenient: self.lenient,
                    auto_generate_synonyms_phrase_query: self.synonym_phrases,
                    ..Match::new(path, text)
                })
            };
            if kind != FieldKind::Words {
                return Some(plain());
            }
            if self.fields.is_wordless(path, self.analyzer, text) {
                return None;
            }
            let analyzer = self.analyzer.map(str::to_owned);
            Some(match self.kind {
                MultiMatchType::Phrase => Query::MatchPhrase(MatchPhrase {
                    slop: self.phrase_slop,
                    analyzer,
                    ..MatchPhrase::new(path, text)
                }),
                MultiMatchType::PhrasePrefix => Query::MatchPhrasePrefix(MatchPhrasePrefix {
                    slop: self.phrase_slop,
                    max_expansions: self.inexact.max_expansions,
                    analyzer,
                    ..MatchPhrasePrefix::new(path, text)
                }),
                MultiMatchType::BoolPrefix => Query::MatchBoolPrefix(MatchBoolPrefix {
                    operator: self.operator,
                    analyzer,
                    ..MatchBoolPrefix::new(path, text)
                }),
                _ => plain(),
            })
        })
    }

    /// Words in any of several fields as if they were one; `None` where there is no choice of them.
    fn across(&self, field: Option<&str>, text: &str) -> Option<Option<Query>> {
        let targets = self.of(field);
        let strings: Vec<FieldBoost> = targets
            .iter()
            .filter(|target| {
                matches!(
                    self.fields.kind(&target.field),
                    FieldKind::Words | FieldKind::Exact
                )
            })
            .cloned()
            .collect();
        if strings.len() < 2 {
            return None;
        }
        let wordless =
            |target: &FieldBoost| self.fields.is_wordless(&target.field, self.analyzer, text);
        if strings.iter().all(wordless) {
            return Some(None);
        }
        Some(Some(Query::MultiMatch(MultiMatch {
            kind: MultiMatchType::CrossFields,
            tie_breaker: Some(self.tie_breaker),
            operator: self.operator,
            minimum_should_match: self.minimum.cloned(),
            analyzer: self.analyzer.map(str::to_owned),
            lenient: true,
            ..MultiMatch::new(text, strings)
        })))
    }

    /// Words in order.
    pub(super) fn phrase(
        &self,
        field: Option<&str>,
        text: &str,
        slop: Option<u32>,
    ) -> Result<Option<Query>, ParseError> {
        let analyzer = self.quote_analyzer.or(self.analyzer);
        self.each(field, |path, kind| {
            let quoted = self.quote_suffix.map(|suffix| format!("{path}{suffix}"));
            let quoted = quoted.filter(|path| self.fields.kind(path) != FieldKind::Unknown);
            let (path, kind) = match &quoted {
                Some(path) => (path.as_str(), self.fields.kind(path)),
                None => (path, kind),
            };
            if kind != FieldKind::Words {
                return Some(Query::Match(Match {
                    lenient: self.lenient,
                    ..Match::new(path, text)
                }));
            }
            if self.fields.is_wordless(path, analyzer, text) {
                return None;
            }
            Some(Query::MatchPhrase(MatchPhrase {
                slop: slop.unwrap_or(self.phrase_slop),
                analyzer: analyzer.map(str::to_owned),
                ..MatchPhrase::new(path, text)
            }))
        })
    }

    /// Terms that begin so.
    pub(super) fn prefix(
        &self,
        field: Option<&str>,
        text: &str,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, |path, _| {
            let text = self.fields.normalized(path, text);
            Some(Query::Prefix(Prefix::new(path, text)))
        })
    }

    /// Terms that match a pattern, in which `\` stands before what is plain.
    pub(super) fn wildcard(
        &self,
        field: Option<&str>,
        pattern: &str,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, |path, _| {
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
    pub(super) fn regexp(
        &self,
        field: Option<&str>,
        expression: &str,
        states: u32,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, |path, _| {
            Some(Query::Regexp(Regexp {
                max_determinized_states: states,
                ..Regexp::new(path, expression)
            }))
        })
    }

    /// Terms near to a word.
    pub(super) fn fuzzy(
        &self,
        field: Option<&str>,
        word: &str,
        fuzziness: Fuzziness,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, |path, kind| {
            if kind == FieldKind::Value {
                return Some(Query::Match(Match {
                    lenient: self.lenient,
                    ..Match::new(path, word)
                }));
            }
            Some(Query::Fuzzy(Fuzzy {
                fuzziness,
                prefix_length: self.inexact.prefix_length,
                max_expansions: self.inexact.max_expansions,
                transpositions: self.inexact.transpositions,
                ..Fuzzy::new(path, self.fields.normalized(path, word))
            }))
        })
    }

    /// Values between bounds; the range comes without its field.
    pub(super) fn range(
        &self,
        field: Option<&str>,
        range: &Range,
    ) -> Result<Option<Query>, ParseError> {
        self.each(field, |path, kind| {
            let mut range = range.clone();
            path.clone_into(&mut range.field);
            if kind != FieldKind::Value {
                let bounds = [&mut range.gte, &mut range.gt, &mut range.lte, &mut range.lt];
                for bound in bounds.into_iter().flatten() {
                    let text = crate::query::plan::scalar_text(bound);
                    *bound = self.fields.normalized(path, &text).into();
                }
            }
            Some(Query::Range(range))
        })
    }

    /// Documents that have a value.
    pub(super) fn exists(&self, field: Option<&str>) -> Result<Option<Query>, ParseError> {
        match field {
            Some(field) => Ok(Some(Query::Exists(Exists::new(field)))),
            None => self.each(None, |path, _| Some(Query::Exists(Exists::new(path)))),
        }
    }
}

/// A query that matches nothing.
pub(super) fn nothing() -> Query {
    Query::MatchNone(MatchNone::default())
}

/// Fields with their patterns resolved; a field that is there twice counts with each boost.
fn expanded(fields: &dyn Fields, named: &[FieldBoost]) -> Vec<FieldBoost> {
    let mut out = Vec::new();
    for field in named {
        if field.field.contains('*') {
            let paths = fields.matching(&field.field);
            out.extend(
                paths
                    .into_iter()
                    .map(|path| FieldBoost::new(path, field.boost)),
            );
        } else {
            out.push(field.clone());
        }
    }
    out
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
