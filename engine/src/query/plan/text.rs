//! The clauses that analyze a text: `match` and its relatives.

use std::collections::BTreeMap;

use analyzers::text::{Analyzer, Token, phrase_tokens};
use tantivy::query::{BooleanQuery, DisjunctionMaxQuery, Occur, PhraseQuery};

use super::fuzzy::{Looseness, term_query};
use super::leaf::scalar_text;
use super::{Planned, Planner, all, boosted, none};
use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType};
use crate::query::ast::{
    FieldBoost, Match, MatchBoolPrefix, MatchPhrase, MatchPhrasePrefix, MultiMatch, MultiMatchType,
    Operator, Scalar, Term, ZeroTermsQuery,
};
use crate::text::TermSource;

/// The most words of one text query, as a bound on clauses.
const MAX_WORDS: usize = 1_024;

impl Planner<'_> {
    fn analyzer(&self, path: &str, field: &Field, named: Option<&str>) -> Result<Analyzer> {
        let name = match (&field.kind, named) {
            (_, Some(name)) => name,
            (
                FieldType::Text {
                    analyzer,
                    search_analyzer,
                },
                None,
            ) => search_analyzer.as_deref().unwrap_or(analyzer),
            _ => "keyword",
        };
        self.context.registry.analyzer(name).ok_or_else(|| {
            EngineError::IllegalArgument(format!(
                "[match] analyzer [{name}] not found, field [{path}]"
            ))
        })
    }

    pub(crate) fn words(
        &self,
        path: &str,
        field: &Field,
        named: Option<&str>,
        text: &str,
    ) -> Result<Vec<Token>> {
        let tokens = self.analyzer(path, field, named)?.analyze(text);
        if tokens.len() > MAX_WORDS {
            return Err(EngineError::Limit(format!(
                "the query on [{path}] has {} words; at most {MAX_WORDS} are allowed",
                tokens.len()
            )));
        }
        Ok(tokens)
    }

    pub(super) fn plan_match(&self, clause: &Match) -> Result<Planned> {
        let Some(field) = self.field(&clause.field) else {
            return Ok(none());
        };
        let FieldType::Text { .. } = field.kind else {
            return self.match_exact(clause, &field);
        };
        let Some(source) = self.term_source(&clause.field, &field) else {
            return Ok(none());
        };
        let text = scalar_text(&clause.query);
        let tokens = self.words(&clause.field, &field, clause.analyzer.as_deref(), &text)?;
        if tokens.is_empty() {
            return Ok(zero(clause.zero_terms_query));
        }
        let loose = clause.fuzziness.map(|fuzziness| Looseness {
            fuzziness,
            prefix: clause.prefix_length,
            expansions: clause.max_expansions,
            transpositions: clause.fuzzy_transpositions,
            digits_exact: clause.digits_exact,
        });
        let mut groups: Vec<Planned> = Vec::new();
        for alternatives in by_position(tokens).into_values() {
            let mut queries = Vec::with_capacity(alternatives.len());
            for token in alternatives {
                queries.push(match loose {
                    Some(loose) => {
                        self.near_word(&clause.field, &source, &token.text, loose, true)?
                    }
                    None => term_query(&source, &token.text, true),
                });
            }
            groups.push(any_of(queries));
        }
        Ok(combine(
            groups,
            clause.operator,
            clause.minimum_should_match.as_ref(),
        ))
    }

    /// `match` on a field without words is `term`.
    fn match_exact(&self, clause: &Match, field: &Field) -> Result<Planned> {
        if clause.fuzziness.is_some()
            && let Some(source) = self.term_source(&clause.field, field)
            && let Some(fuzziness) = clause.fuzziness
        {
            let loose = Looseness {
                fuzziness,
                prefix: clause.prefix_length,
                expansions: clause.max_expansions,
                transpositions: clause.fuzzy_transpositions,
                digits_exact: clause.digits_exact,
            };
            return self.near_word(
                &clause.field,
                &source,
                &scalar_text(&clause.query),
                loose,
                true,
            );
        }
        let term = Term::new(clause.field.clone(), clause.query.clone());
        match self.plan_term(&term) {
            Err(EngineError::Query { .. } | EngineError::Date { .. }) if clause.lenient => {
                Ok(none())
            }
            other => other,
        }
    }

    pub(super) fn plan_phrase(&self, clause: &MatchPhrase) -> Result<Planned> {
        self.phrase(
            &clause.field,
            &clause.query,
            clause.analyzer.as_deref(),
            clause.slop,
            clause.zero_terms_query,
        )
    }

    fn phrase(
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

    pub(super) fn plan_phrase_prefix(&self, clause: &MatchPhrasePrefix) -> Result<Planned> {
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

    pub(super) fn plan_bool_prefix(&self, clause: &MatchBoolPrefix) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let Some(source) = self.term_source(path, &field) else {
            return Ok(none());
        };
        let text = scalar_text(&clause.query);
        let mut tokens = self.words(path, &field, clause.analyzer.as_deref(), &text)?;
        let Some(last) = tokens.pop() else {
            return Ok(none());
        };
        let mut groups: Vec<Planned> = by_position(tokens)
            .into_values()
            .map(|group| {
                any_of(
                    group
                        .iter()
                        .map(|token| term_query(&source, &token.text, true))
                        .collect(),
                )
            })
            .collect();
        groups.push(self.terms_beginning(&source, &last.text, false));
        Ok(combine(
            groups,
            clause.operator,
            clause.minimum_should_match.as_ref(),
        ))
    }

    pub(super) fn plan_multi_match(&self, clause: &MultiMatch) -> Result<Planned> {
        let fields = self.fields_of(&clause.fields)?;
        if clause.kind == MultiMatchType::CrossFields {
            return self.cross_fields(clause, &fields);
        }
        let mut queries = Vec::with_capacity(fields.len());
        for FieldBoost { field, boost } in &fields {
            let planned = match clause.kind {
                MultiMatchType::Phrase => {
                    let analyzer = clause.analyzer.as_deref();
                    self.phrase(
                        field,
                        &clause.query,
                        analyzer,
                        clause.slop,
                        clause.zero_terms_query,
                    )?
                }
                MultiMatchType::PhrasePrefix => {
                    let mut one = MatchPhrasePrefix::new(field.clone(), clause.query.clone());
                    one.slop = clause.slop;
                    one.max_expansions = clause.max_expansions;
                    one.analyzer.clone_from(&clause.analyzer);
                    self.plan_phrase_prefix(&one)?
                }
                MultiMatchType::BoolPrefix => {
                    let mut one = MatchBoolPrefix::new(field.clone(), clause.query.clone());
                    one.operator = clause.operator;
                    one.minimum_should_match
                        .clone_from(&clause.minimum_should_match);
                    one.analyzer.clone_from(&clause.analyzer);
                    self.plan_bool_prefix(&one)?
                }
                _ => {
                    let mut one = Match::new(field.clone(), clause.query.clone());
                    one.operator = clause.operator;
                    one.fuzziness = clause.fuzziness;
                    one.prefix_length = clause.prefix_length;
                    one.max_expansions = clause.max_expansions;
                    one.fuzzy_transpositions = clause.fuzzy_transpositions;
                    one.minimum_should_match
                        .clone_from(&clause.minimum_should_match);
                    one.analyzer.clone_from(&clause.analyzer);
                    one.zero_terms_query = clause.zero_terms_query;
                    // A text that is no number matches no number: several fields differ in type.
                    one.lenient = clause.lenient;
                    one.digits_exact = clause.digits_exact;
                    self.plan_match(&one)?
                }
            };
            queries.push(boosted(self.among(field, planned)?, *boost));
        }
        Ok(match clause.kind {
            MultiMatchType::MostFields | MultiMatchType::BoolPrefix => any_of(queries),
            _ => best_of(queries, clause.tie_breaker.unwrap_or(0.0)),
        })
    }

    /// Every word in any of the fields.
    fn cross_fields(&self, clause: &MultiMatch, fields: &[FieldBoost]) -> Result<Planned> {
        let text = scalar_text(&clause.query);
        let mut groups: BTreeMap<usize, Vec<Planned>> = BTreeMap::new();
        for FieldBoost { field: path, boost } in fields {
            let Some(field) = self.field(path) else {
                continue;
            };
            let Some(source) = self.term_source(path, &field) else {
                continue;
            };
            let tokens = self.words(path, &field, clause.analyzer.as_deref(), &text)?;
            for token in tokens {
                let word = self.among(path, term_query(&source, &token.text, true))?;
                let query = boosted(word, *boost);
                groups.entry(token.position).or_default().push(query);
            }
        }
        if groups.is_empty() {
            return Ok(zero(clause.zero_terms_query));
        }
        let tie = clause.tie_breaker.unwrap_or(0.0);
        let groups = groups
            .into_values()
            .map(|queries| best_of(queries, tie))
            .collect();
        Ok(combine(
            groups,
            clause.operator,
            clause.minimum_should_match.as_ref(),
        ))
    }

    /// Fields with their wildcards resolved; all text and keyword fields when there are none.
    fn fields_of(&self, fields: &[FieldBoost]) -> Result<Vec<FieldBoost>> {
        let mapping = &self.definition.mapping;
        let everything = [FieldBoost::new("*", 1.0)];
        let wanted = if fields.is_empty() {
            &everything
        } else {
            fields
        };
        let mut out = Vec::new();
        for wanted in wanted {
            if !wanted.field.contains('*') {
                out.push(wanted.clone());
                continue;
            }
            for path in mapping.matching(&wanted.field) {
                let searchable = mapping.field(&path).is_some_and(|field| {
                    matches!(
                        field.kind,
                        FieldType::Text { .. } | FieldType::Keyword { .. }
                    )
                });
                if searchable {
                    out.push(FieldBoost::new(path, wanted.boost));
                }
            }
        }
        if out.len() > MAX_WORDS {
            return Err(EngineError::Limit(format!(
                "field expansion matches too many fields, limit: {MAX_WORDS}, got: {}",
                out.len()
            )));
        }
        Ok(out)
    }
}

/// Tokens by position: those at one position stand for each other.
fn by_position(tokens: Vec<Token>) -> BTreeMap<usize, Vec<Token>> {
    let mut groups: BTreeMap<usize, Vec<Token>> = BTreeMap::new();
    for token in tokens {
        let group = groups.entry(token.position).or_default();
        if !group.iter().any(|other| other.text == token.text) {
            group.push(token);
        }
    }
    groups
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

fn zero(choice: ZeroTermsQuery) -> Planned {
    match choice {
        ZeroTermsQuery::None => none(),
        ZeroTermsQuery::All => all(),
    }
}

pub(super) fn any_of(mut queries: Vec<Planned>) -> Planned {
    match queries.len() {
        0 => none(),
        1 => queries.pop().unwrap_or_else(none),
        _ => Box::new(BooleanQuery::new(
            queries
                .into_iter()
                .map(|query| (Occur::Should, query))
                .collect(),
        )),
    }
}

pub(super) fn best_of(mut queries: Vec<Planned>, tie_breaker: f32) -> Planned {
    match queries.len() {
        0 => none(),
        1 => queries.pop().unwrap_or_else(none),
        _ => Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, tie_breaker)),
    }
}

/// Clauses as an operator or a minimum combines them.
fn combine(
    mut queries: Vec<Planned>,
    operator: Operator,
    minimum: Option<&crate::query::ast::MinimumShouldMatch>,
) -> Planned {
    if queries.len() <= 1 {
        return queries.pop().unwrap_or_else(none);
    }
    match (operator, minimum) {
        (Operator::And, _) => Box::new(BooleanQuery::new(
            queries
                .into_iter()
                .map(|query| (Occur::Must, query))
                .collect(),
        )),
        (Operator::Or, None) => any_of(queries),
        (Operator::Or, Some(minimum)) => {
            let needed = minimum.resolve(queries.len());
            if needed > queries.len() {
                return none();
            }
            Box::new(BooleanQuery::with_minimum_required_clauses(
                queries
                    .into_iter()
                    .map(|query| (Occur::Should, query))
                    .collect(),
                needed.max(1),
            ))
        }
    }
}
