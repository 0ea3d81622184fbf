//! The clauses that analyze a text: `match` and its relatives.

mod cross;
mod multi;
mod phrase;

use std::collections::BTreeMap;

use analyzers::text::{Analyzer, Token};
use tantivy::query::{BooleanQuery, DisjunctionMaxQuery, Occur};

use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType};
use crate::query::ast::{Match, MatchBoolPrefix, Operator, Scalar, Term, ZeroTermsQuery};
use crate::query::plan::fuzzy::{Looseness, term_query};
use crate::query::plan::leaf::scalar_text;
use crate::query::plan::{Planned, Planner, all, none};
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
        let loose = looseness(clause);
        let groups = self.word_groups(&source, tokens, loose)?;
        Ok(combine(
            groups,
            clause.operator,
            clause.minimum_should_match.as_ref(),
        ))
    }

    /// A query for each position: any of the words that stand there.
    fn word_groups(
        &self,
        source: &TermSource,
        tokens: Vec<Token>,
        loose: Option<Looseness>,
    ) -> Result<Vec<Planned>> {
        let mut groups = Vec::new();
        for alternatives in by_position(tokens).into_values() {
            let mut queries = Vec::with_capacity(alternatives.len());
            for token in alternatives {
                queries.push(match loose {
                    Some(loose) => self.near_word(source, &token.text, loose, true)?,
                    None => term_query(source, &token.text, true),
                });
            }
            groups.push(any_of(queries));
        }
        Ok(groups)
    }

    /// `match` on a field without words is `term`, or the words of an analyzer that is asked for.
    fn match_exact(&self, clause: &Match, field: &Field) -> Result<Planned> {
        let planned = match clause.analyzer.as_deref() {
            None | Some("keyword") => self.match_value(clause, field, &clause.query),
            Some(name) => self.match_values(clause, field, name),
        };
        match planned {
            Err(EngineError::Query { .. } | EngineError::Date { .. }) if clause.lenient => {
                Ok(none())
            }
            other => other,
        }
    }

    fn match_values(&self, clause: &Match, field: &Field, analyzer: &str) -> Result<Planned> {
        let text = scalar_text(&clause.query);
        let words = by_position(self.words(&clause.field, field, Some(analyzer), &text)?);
        if words.is_empty() {
            return Ok(zero(clause.zero_terms_query));
        }
        let mut groups = Vec::with_capacity(words.len());
        for alternatives in words.into_values() {
            let values = alternatives.iter().map(|token| {
                let value = Scalar::from(token.text.as_str());
                self.match_value(clause, field, &value)
            });
            groups.push(any_of(values.collect::<Result<_>>()?));
        }
        Ok(combine(
            groups,
            clause.operator,
            clause.minimum_should_match.as_ref(),
        ))
    }

    fn match_value(&self, clause: &Match, field: &Field, value: &Scalar) -> Result<Planned> {
        let Some(loose) = looseness(clause) else {
            return self.plan_term(&Term::new(clause.field.clone(), value.clone()));
        };
        let Some(source) = self.fuzzy_source(&clause.field, field)? else {
            return Ok(none());
        };
        self.near_word(&source, &self.exact_text(field, value), loose, true)
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
        // The last word is a beginning, and as it was written.
        let loose = clause.fuzziness.map(|fuzziness| Looseness {
            fuzziness,
            prefix: clause.prefix_length,
            expansions: clause.max_expansions,
            transpositions: clause.fuzzy_transpositions,
            digits_exact: false,
        });
        let mut groups = self.word_groups(&source, tokens, loose)?;
        let begin = self.written(&field, &last.text);
        groups.push(self.terms_beginning(&source, &begin, false));
        Ok(combine(
            groups,
            clause.operator,
            clause.minimum_should_match.as_ref(),
        ))
    }
}

/// How the words of a `match` may differ.
fn looseness(clause: &Match) -> Option<Looseness> {
    clause.fuzziness.map(|fuzziness| Looseness {
        fuzziness,
        prefix: clause.prefix_length,
        expansions: clause.max_expansions,
        transpositions: clause.fuzzy_transpositions,
        digits_exact: clause.digits_exact,
    })
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
        // Required clauses are not optional ones: there are none that a minimum could count.
        (Operator::And, Some(minimum)) if minimum.resolve(0) > 0 => none(),
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
