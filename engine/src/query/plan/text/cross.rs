//! `multi_match` over several fields as if they were one: `cross_fields`.
//!
//! Fields with one analyzer are a group, within which a word may stand in any field. Its rarity is
//! blended over them, so that a word does not score by the field in which it is unusual.

use std::collections::BTreeMap;

use tantivy::query::Bm25StatisticsProvider as _;

use super::{best_of, by_position, combine, zero};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::{FieldBoost, Match, MultiMatch, Term};
use crate::query::plan::fuzzy::one_term;
use crate::query::plan::leaf::scalar_text;
use crate::query::plan::statistics::rarity;
use crate::query::plan::{Planned, Planner, boosted, constant, none};

/// A word in one of the fields.
struct Leg {
    path: String,
    boost: f32,
    term: tantivy::Term,
    /// Whether the field keeps lengths and frequencies.
    scored: bool,
    /// The documents that have the word, as they count.
    found: u64,
    /// The documents that have the field.
    documents: u64,
    tokens: u64,
}

impl Planner<'_> {
    /// Every word in any of the fields of a group.
    pub(super) fn cross_fields(
        &self,
        clause: &MultiMatch,
        fields: &[FieldBoost],
    ) -> Result<Planned> {
        let mut groups: BTreeMap<String, Vec<&FieldBoost>> = BTreeMap::new();
        for wanted in fields {
            if let Some(field) = self.field(&wanted.field) {
                let analyzer = match (&clause.analyzer, &field.kind) {
                    (Some(name), _) => name.clone(),
                    (
                        None,
                        FieldType::Text {
                            analyzer,
                            search_analyzer,
                        },
                    ) => search_analyzer.as_ref().unwrap_or(analyzer).clone(),
                    (
                        None,
                        FieldType::Keyword {
                            normalizer: Some(name),
                        },
                    ) => format!("\0{name}"),
                    _ => "keyword".to_owned(),
                };
                groups.entry(analyzer).or_default().push(wanted);
            }
        }
        let mut queries = Vec::with_capacity(groups.len());
        for (_, group) in groups {
            queries.push(match group.as_slice() {
                [only] => {
                    let query = self.in_one_field(clause, &only.field)?;
                    boosted(query, only.boost)
                }
                several => self.in_group(clause, several)?,
            });
        }
        Ok(best_of(queries, clause.tie_breaker.unwrap_or(0.0)))
    }

    fn in_one_field(&self, clause: &MultiMatch, path: &str) -> Result<Planned> {
        let mut one = Match::new(path, clause.query.clone());
        one.operator = clause.operator;
        one.minimum_should_match
            .clone_from(&clause.minimum_should_match);
        one.analyzer.clone_from(&clause.analyzer);
        one.zero_terms_query = clause.zero_terms_query;
        one.lenient = clause.lenient;
        self.among(path, self.plan_match(&one)?)
    }

    fn in_group(&self, clause: &MultiMatch, group: &[&FieldBoost]) -> Result<Planned> {
        let first = group.first().map_or("", |field| field.field.as_str());
        let Some(field) = self.field(first) else {
            return Ok(none());
        };
        let text = scalar_text(&clause.query);
        let analyzer = clause.analyzer.as_deref();
        let words = by_position(self.words(first, &field, analyzer, &text)?);
        if words.is_empty() {
            return Ok(zero(clause.zero_terms_query));
        }
        let tie = clause.tie_breaker.unwrap_or(0.0);
        let mut queries = Vec::with_capacity(words.len());
        for alternatives in words.into_values() {
            let mut legs = Vec::new();
            let mut others = Vec::new();
            for FieldBoost { field: path, boost } in group {
                for token in &alternatives {
                    match self.leg(path, *boost, &token.text)? {
                        Some(leg) => legs.push(leg),
                        None => {
                            others.push(boosted(self.valued(clause, path, &token.text)?, *boost))
                        }
                    }
                }
            }
            self.blend(&mut legs);
            for leg in legs {
                others.push(self.blended(leg)?);
            }
            queries.push(best_of(others, tie));
        }
        Ok(combine(
            queries,
            clause.operator,
            clause.minimum_should_match.as_ref(),
        ))
    }

    /// A word in a field of words or exact strings; `None` for other fields.
    fn leg(&self, path: &str, boost: f32, word: &str) -> Result<Option<Leg>> {
        let Some(field) = self.field(path) else {
            return Ok(None);
        };
        let scored = matches!(field.kind, FieldType::Text { .. });
        if !scored && !matches!(field.kind, FieldType::Keyword { .. }) {
            return Ok(None);
        }
        let Some(source) = self.term_source(path, &field) else {
            return Ok(None);
        };
        let term = source.term(&self.written(&field, word));
        let found = self.searcher().doc_freq(&term)?;
        let lengths = self.lengths(path, Some(&source))?;
        let documents = lengths.documents.max(found);
        Ok(Some(Leg {
            path: path.to_owned(),
            boost,
            term,
            scored,
            found,
            documents,
            tokens: lengths.tokens.max(documents),
        }))
    }

    /// A word in a field of numbers and the like.
    fn valued(&self, clause: &MultiMatch, path: &str, word: &str) -> Result<Planned> {
        match self.plan_term(&Term::new(path, word)) {
            Err(EngineError::Query { .. } | EngineError::Date { .. }) if clause.lenient => {
                Ok(none())
            }
            other => other,
        }
    }

    /// Lets all legs count as found as often as the most frequent one, each rarer one a little more.
    fn blend(&self, legs: &mut [Leg]) {
        if legs.len() < 2 {
            return;
        }
        let all = self.searcher().total_num_docs().unwrap_or_default();
        let living = legs.iter().filter(|leg| leg.found > 0);
        let most_tokens = living.map(|leg| leg.tokens).min().unwrap_or(u64::MAX);
        let bound = all.min(most_tokens);
        legs.sort_by_key(|leg| std::cmp::Reverse(leg.found));
        let mut before = legs.first().map_or(0, |leg| leg.found);
        let mut counted = bound.min(before);
        for leg in legs.iter_mut().take_while(|leg| leg.found > 0) {
            if before > leg.found {
                counted += 1;
            }
            before = leg.found;
            leg.found = counted.min(bound).min(leg.documents);
        }
    }

    fn blended(&self, leg: Leg) -> Result<Planned> {
        let query = if leg.scored {
            let inner = one_term(leg.term, true);
            self.counted(&leg.path, inner, Some(leg.found))?
        } else {
            constant(one_term(leg.term, false), rarity(leg.found, leg.documents))
        };
        Ok(boosted(query, leg.boost))
    }
}
