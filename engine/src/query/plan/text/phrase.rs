//! Words in order: `match_phrase` and `match_phrase_prefix`.

use std::collections::BTreeSet;

use analyzers::text::{Token, phrase_tokens};
use tantivy::Term as TextTerm;

use super::{any_of, zero};
use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType};
use crate::query::ast::{MatchPhrase, MatchPhrasePrefix, Scalar, Term, ZeroTermsQuery};
use crate::query::plan::fuzzy::{one_term, term_query};
use crate::query::plan::leaf::scalar_text;
use crate::query::plan::phrase::{Phrase, PhraseClause};
use crate::query::plan::{Planned, Planner, none};
use crate::text::TermSource;

/// A place of a phrase: its position and the words that may stand there.
type Place = (usize, Vec<String>);

impl Planner<'_> {
    pub(in crate::query::plan) fn plan_phrase(&self, clause: &MatchPhrase) -> Result<Planned> {
        self.phrase(
            &clause.field,
            &clause.query,
            clause.analyzer.as_deref(),
            clause.slop,
            clause.zero_terms_query,
        )
    }

    pub(super) fn phrase(
        &self,
        path: &str,
        query: &Scalar,
        analyzer: Option<&str>,
        slop: u32,
        zero_terms: ZeroTermsQuery,
    ) -> Result<Planned> {
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let text = scalar_text(query);
        let FieldType::Text { .. } = field.kind else {
            return self.exact_phrase(path, &field, query, analyzer);
        };
        let Some(source) = self.term_source(path, &field) else {
            return Ok(none());
        };
        let places = self.places(path, &field, analyzer, &text)?;
        Ok(match places.as_slice() {
            [] => zero(zero_terms),
            [(_, words)] => any_term(&source, words),
            several => self.phrase_of(&source, several, slop),
        })
    }

    /// A phrase on a field without words: one value, or one word of an analyzer that is asked for.
    fn exact_phrase(
        &self,
        path: &str,
        field: &Field,
        query: &Scalar,
        analyzer: Option<&str>,
    ) -> Result<Planned> {
        let Some(name) = analyzer.filter(|name| *name != "keyword") else {
            return self.plan_term(&Term::new(path, query.clone()));
        };
        let places = self.places(path, field, Some(name), &scalar_text(query))?;
        match places.as_slice() {
            [] => Ok(none()),
            [(_, words)] => {
                let terms = words.iter().map(|word| Term::new(path, word.as_str()));
                let queries = terms.map(|term| self.plan_term(&term));
                Ok(any_of(queries.collect::<Result<_>>()?))
            }
            _ => Err(not_on(path, field, "phrase")),
        }
    }

    /// The places of a text as a phrase: long words that characters cover are left out.
    fn places(
        &self,
        path: &str,
        field: &Field,
        analyzer: Option<&str>,
        text: &str,
    ) -> Result<Vec<Place>> {
        let quoted = field.quote_analyzer();
        let tokens = self.words(path, field, analyzer.or(quoted), text)?;
        Ok(by_place(phrase_tokens(&tokens)))
    }

    pub(in crate::query::plan) fn plan_phrase_prefix(
        &self,
        clause: &MatchPhrasePrefix,
    ) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let FieldType::Text { .. } = field.kind else {
            return Err(not_on(path, &field, "phrase prefix"));
        };
        let Some(source) = self.term_source(path, &field) else {
            return Ok(none());
        };
        let text = scalar_text(&clause.query);
        let mut places = self.places(path, &field, clause.analyzer.as_deref(), &text)?;
        let Some((position, last)) = places.pop() else {
            return Ok(zero(clause.zero_terms_query));
        };
        let ends = self.beginning(&source, &last, clause.max_expansions)?;
        if ends.is_empty() {
            return Ok(none());
        }
        if places.is_empty() {
            return Ok(any_term(&source, &ends));
        }
        places.push((position, ends));
        Ok(self.phrase_of(&source, &places, clause.slop))
    }

    /// The first terms, in their order, that begin with any of several words.
    pub(crate) fn beginning(
        &self,
        source: &TermSource,
        begins: &[String],
        most: u32,
    ) -> Result<Vec<String>> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut ends = BTreeSet::new();
        for begin in begins {
            for reader in self.searcher().segment_readers() {
                let mut count = 0;
                crate::text::for_each_term(reader, source, begin, |term, _| {
                    if count < most {
                        ends.insert(term.to_owned());
                    }
                    count += 1;
                    Ok(())
                })?;
            }
        }
        Ok(ends.into_iter().take(most).collect())
    }

    fn phrase_of(&self, source: &TermSource, places: &[Place], slop: u32) -> Planned {
        let places = places.iter().map(|(position, words)| {
            let position = u32::try_from(*position).unwrap_or(u32::MAX);
            let terms: Vec<TextTerm> = words.iter().map(|word| source.term(word)).collect();
            (position, terms)
        });
        Box::new(PhraseClause::new(
            Phrase::new(places.collect(), slop),
            self.deadline,
            self.context.limits.query_timeout,
            self.errors.clone(),
        ))
    }
}

/// The words by position.
fn by_place(tokens: Vec<Token>) -> Vec<Place> {
    let mut out: Vec<Place> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match out.last_mut() {
            Some((position, words)) if *position == token.position => {
                if !words.contains(&token.text) {
                    words.push(token.text);
                }
            }
            _ => out.push((token.position, vec![token.text])),
        }
    }
    out
}

/// The documents with any of several terms, all of which score.
fn any_term(source: &TermSource, words: &[String]) -> Planned {
    match words {
        [only] => term_query(source, only, true),
        several => any_of(
            several
                .iter()
                .map(|word| one_term(source.term(word), true))
                .collect(),
        ),
    }
}

/// A clause about words on a field that has none.
fn not_on(path: &str, field: &Field, clause: &str) -> EngineError {
    EngineError::query(
        path,
        format!(
            "Can only use {clause} queries on text fields - not on [{path}] which is of type [{}]",
            field.type_name()
        ),
    )
}
