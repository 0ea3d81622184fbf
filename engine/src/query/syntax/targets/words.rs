//! Words and phrases.

use super::Targets;
use crate::query::ast::{
    FieldBoost, Match, MatchBoolPrefix, MatchPhrase, MatchPhrasePrefix, MultiMatch, MultiMatchType,
    ParseError, Query,
};
use crate::query::syntax::FieldKind;

impl Targets<'_> {
    /// Words without operators.
    pub(in crate::query::syntax) fn words(
        &self,
        field: Option<&str>,
        text: &str,
    ) -> Result<Option<Query>, ParseError> {
        if self.kind == MultiMatchType::CrossFields
            && let Some(query) = self.across(field, text)
        {
            return Ok(query);
        }
        self.each(field, self.tie(), |path, kind| {
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
            tie_breaker: self.tie_breaker,
            operator: self.operator,
            minimum_should_match: self.minimum.cloned(),
            analyzer: self.analyzer.map(str::to_owned),
            lenient: true,
            ..MultiMatch::new(text, strings)
        })))
    }

    /// Words in order.
    pub(in crate::query::syntax) fn phrase(
        &self,
        field: Option<&str>,
        text: &str,
        slop: Option<u32>,
    ) -> Result<Option<Query>, ParseError> {
        let analyzer = self.quote_analyzer.or(self.analyzer);
        // A phrase is one whatever the type of the words: its best field scores.
        let tie = self
            .tie_breaker
            .unwrap_or(MultiMatchType::Phrase.tie_breaker());
        self.each(field, tie, |path, kind| {
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
}
