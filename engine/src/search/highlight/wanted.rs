//! What a query looks for in a field.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::mapping::wildcard_match;
use crate::query::ast::{Fuzziness, Query, Scalar};
use crate::query::glob::Glob;
use crate::query::plan::{Nearness, Planner, edits, within_distance};

/// What is looked for in a field.
#[derive(Default)]
pub(super) struct Wanted {
    terms: BTreeSet<String>,
    prefixes: Vec<String>,
    globs: Vec<Glob>,
}

impl Wanted {
    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.prefixes.is_empty() && self.globs.is_empty()
    }

    pub(super) fn has(&self, token: &str) -> bool {
        self.terms.contains(token)
            || self
                .prefixes
                .iter()
                .any(|prefix| token.starts_with(prefix.as_str()))
            || self.globs.iter().any(|glob| glob.matches(token))
    }
}

/// Collects what a query looks for in a field; `scope` is the field when only clauses on it count.
pub(super) fn collect(
    planner: &Planner<'_>,
    query: &Query,
    scope: Option<&str>,
    path: &str,
    wanted: &mut Wanted,
) -> Result<()> {
    let concerns =
        |field: &str| scope.is_none_or(|scope| scope == field || wildcard_match(field, scope));
    match query {
        Query::Match(clause) if concerns(&clause.field) => {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                clause.fuzziness,
                clause.digits_exact,
                wanted,
            )
        }
        Query::MatchPhrase(clause) if concerns(&clause.field) => words(
            planner,
            path,
            clause.analyzer.as_deref(),
            &text_of(&clause.query),
            None,
            false,
            wanted,
        ),
        Query::MatchPhrasePrefix(clause) if concerns(&clause.field) => {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                None,
                false,
                wanted,
            )?;
            if let Some(last) = text.split_whitespace().last() {
                wanted.prefixes.push(last.to_lowercase());
            }
            Ok(())
        }
        Query::MatchBoolPrefix(clause) if concerns(&clause.field) => {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                None,
                false,
                wanted,
            )?;
            if let Some(last) = text.split_whitespace().last() {
                wanted.prefixes.push(last.to_lowercase());
            }
            Ok(())
        }
        Query::MultiMatch(clause)
            if clause.fields.is_empty()
                || clause.fields.iter().any(|field| concerns(&field.field)) =>
        {
            let text = text_of(&clause.query);
            words(
                planner,
                path,
                clause.analyzer.as_deref(),
                &text,
                clause.fuzziness,
                clause.digits_exact,
                wanted,
            )
        }
        Query::Term(clause) if concerns(&clause.field) => {
            wanted.terms.insert(text_of(&clause.value));
            Ok(())
        }
        Query::Terms(clause) if concerns(&clause.field) => {
            wanted.terms.extend(clause.values.iter().map(text_of));
            Ok(())
        }
        Query::Prefix(clause) if concerns(&clause.field) => {
            wanted.prefixes.push(clause.value.clone());
            Ok(())
        }
        Query::Wildcard(clause) if concerns(&clause.field) => {
            wanted
                .globs
                .push(Glob::new(&clause.value, clause.case_insensitive));
            Ok(())
        }
        Query::Fuzzy(clause) if concerns(&clause.field) => {
            let word = text_of(&clause.value);
            near(
                planner,
                path,
                &word,
                clause.fuzziness,
                clause.digits_exact,
                wanted,
            )
        }
        Query::Bool(clause) => clause
            .must
            .iter()
            .chain(&clause.should)
            .chain(&clause.filter)
            .try_for_each(|query| collect(planner, query, scope, path, wanted)),
        Query::DisMax(clause) => clause
            .queries
            .iter()
            .try_for_each(|query| collect(planner, query, scope, path, wanted)),
        Query::ConstantScore(clause) => collect(planner, &clause.filter, scope, path, wanted),
        Query::FunctionScore(clause) => collect(planner, &clause.query, scope, path, wanted),
        Query::Boosting(clause) => collect(planner, &clause.positive, scope, path, wanted),
        Query::QueryString(_) | Query::SimpleQueryString(_) | Query::MoreLikeThis(_) => {
            collect(planner, &planner.simplified(query)?, scope, path, wanted)
        }
        Query::Hybrid(clause) => {
            let words = Query::Match(clause.text.clone());
            collect(planner, &words, scope, path, wanted)
        }
        _ => Ok(()),
    }
}

fn words(
    planner: &Planner<'_>,
    path: &str,
    named: Option<&str>,
    text: &str,
    fuzziness: Option<Fuzziness>,
    digits_exact: bool,
    wanted: &mut Wanted,
) -> Result<()> {
    let Some(field) = planner.field(path) else {
        return Ok(());
    };
    for token in planner.words(path, &field, named, text)? {
        match fuzziness {
            Some(fuzziness) => near(planner, path, &token.text, fuzziness, digits_exact, wanted)?,
            None => {
                wanted.terms.insert(token.text);
            }
        }
    }
    Ok(())
}

fn near(
    planner: &Planner<'_>,
    path: &str,
    word: &str,
    fuzziness: Fuzziness,
    digits_exact: bool,
    wanted: &mut Wanted,
) -> Result<()> {
    planner.bounds.check_time()?;
    wanted.terms.insert(word.to_owned());
    let distance = edits(fuzziness, word.chars().count());
    let Some(field) = planner.field(path) else {
        return Ok(());
    };
    let Some(source) = planner.term_source(path, &field) else {
        return Ok(());
    };
    if distance > 0 {
        let nearness = Nearness {
            distance,
            prefix: 0,
            transpositions: true,
            digits_exact,
        };
        let found = within_distance(planner.searcher(), &source, word, nearness)?;
        wanted
            .terms
            .extend(found.into_iter().map(|expansion| expansion.text));
    }
    Ok(())
}

fn text_of(scalar: &Scalar) -> String {
    crate::query::plan::scalar_text(scalar)
}
