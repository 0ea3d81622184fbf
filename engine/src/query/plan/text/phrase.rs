//! Words in order: `match_phrase` and `match_phrase_prefix`.

use analyzers::text::{Token, phrase_tokens};
use tantivy::query::PhraseQuery;

use super::{any_of, zero};
use crate::error::Result;
use crate::mapping::FieldType;
use crate::query::ast::{MatchPhrase, MatchPhrasePrefix, Scalar, Term, ZeroTermsQuery};
use crate::query::plan::fuzzy::term_query;
use crate::query::plan::leaf::scalar_text;
use crate::query::plan::{Planned, Planner, none};
use crate::text::TermSource;

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
        let FieldType::Text { .. } = field.kind else {
            return self.plan_term(&Term::new(path, query.clone()));
        };
        let Some(source) = self.term_source(path, &field) else {
            return Ok(none());
        };
        let tokens = phrase_tokens(&self.words(path, &field, analyzer, &scalar_text(query))?);
        let terms = one_by_position(tokens);
        Ok(match terms.as_slice() {
            [] => zero(zero_terms),
            [(_, only)] => term_query(&source, only, true),
            several => phrase_of(&source, several, slop),
        })
    }

    pub(in crate::query::plan) fn plan_phrase_prefix(
        &self,
        clause: &MatchPhrasePrefix,
    ) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let Some(source) = self.term_source(path, &field) else {
            return Ok(none());
        };
        let text = scalar_text(&clause.query);
        let tokens = phrase_tokens(&self.words(path, &field, clause.analyzer.as_deref(), &text)?);
        let mut terms = one_by_position(tokens);
        let Some((position, last)) = terms.pop() else {
            return Ok(zero(clause.zero_terms_query));
        };
        let limit = usize::try_from(clause.max_expansions).unwrap_or(usize::MAX);
        let mut ends = std::collections::BTreeSet::new();
        for reader in self.searcher().segment_readers() {
            let mut count = 0;
            crate::text::for_each_term(reader, &source, &last, |term, _| {
                if count < limit {
                    ends.insert(term.to_owned());
                }
                count += 1;
                Ok(())
            })?;
        }
        let queries = ends
            .into_iter()
            .take(limit)
            .map(|end| {
                if terms.is_empty() {
                    return term_query(&source, &end, true);
                }
                let mut whole = terms.clone();
                whole.push((position, end));
                phrase_of(&source, &whole, clause.slop)
            })
            .collect();
        Ok(any_of(queries))
    }
}

/// The first token of each position.
fn one_by_position(tokens: Vec<Token>) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if out
            .last()
            .is_none_or(|(position, _)| *position != token.position)
        {
            out.push((token.position, token.text));
        }
    }
    out
}

fn phrase_of(source: &TermSource, terms: &[(usize, String)], slop: u32) -> Planned {
    let terms = terms
        .iter()
        .map(|(position, text)| (*position, source.term(text)))
        .collect();
    Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop))
}
