//! What a query looks for in a field.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use analyzers::pattern::{Budget, PyPattern};
use analyzers::text::{Token, phrase_tokens};

use super::marks::{Between, Wanted, WantedPhrase, WantedPlace};
use crate::error::Result;
use crate::mapping::{Field, wildcard_match};
use crate::query::ast::{
    Fuzziness, Match, MatchBoolPrefix, MultiMatch, MultiMatchType, PythonRegexp, Query, Range,
    Regexp, Scalar,
};
use crate::query::glob::Glob;
use crate::query::lucene_regexp::LuceneRegexp;
use crate::query::plan::{Nearness, Planner, edits, resolved, within_distance};

/// The field whose text is marked.
struct Target<'a> {
    planner: &'a Planner<'a>,
    path: &'a str,
    field: &'a Field,
    /// The field when only clauses on it count.
    scope: Option<&'a str>,
}

/// Collects what a query looks for in a field; `scope` is the field when only clauses on it count.
pub(super) fn collect(
    planner: &Planner<'_>,
    query: &Query,
    scope: Option<&str>,
    path: &str,
    wanted: &mut Wanted,
) -> Result<()> {
    let Some(field) = planner.field(path) else {
        return Ok(());
    };
    let target = Target {
        planner,
        path,
        field: &field,
        scope,
    };
    target.collect(query, wanted)
}

impl Target<'_> {
    fn concerns(&self, field: &str) -> bool {
        self.scope
            .is_none_or(|scope| scope == field || wildcard_match(field, scope))
    }

    fn collect(&self, query: &Query, wanted: &mut Wanted) -> Result<()> {
        if let Some(resolved) = resolved(query, &self.planner.definition.mapping) {
            return self.collect(&resolved, wanted);
        }
        match query {
            Query::Bool(clause) => clause
                .must
                .iter()
                .chain(&clause.should)
                .chain(&clause.filter)
                .try_for_each(|query| self.collect(query, wanted)),
            Query::DisMax(clause) => clause
                .queries
                .iter()
                .try_for_each(|query| self.collect(query, wanted)),
            Query::ConstantScore(clause) => self.collect(&clause.filter, wanted),
            Query::FunctionScore(clause) => self.collect(&clause.query, wanted),
            Query::Boosting(clause) => self.collect(&clause.positive, wanted),
            Query::QueryString(_) | Query::SimpleQueryString(_) | Query::MoreLikeThis(_) => {
                self.collect(&self.planner.simplified(query)?, wanted)
            }
            Query::Hybrid(clause) => self.collect(&Query::Match(clause.text.clone()), wanted),
            Query::MatchAll(_)
            | Query::MatchNone(_)
            | Query::Exists(_)
            | Query::Ids(_)
            | Query::Knn(_) => Ok(()),
            leaf => self.leaf(leaf, wanted),
        }
    }

    /// A clause that holds no others.
    fn leaf(&self, query: &Query, wanted: &mut Wanted) -> Result<()> {
        match query {
            Query::Match(clause) if self.concerns(&clause.field) => self.words(clause, wanted),
            Query::MatchPhrase(clause) if self.concerns(&clause.field) => {
                let analyzer = clause.analyzer.as_deref();
                self.phrase(&clause.query, analyzer, clause.slop, false, wanted)
            }
            Query::MatchPhrasePrefix(clause) if self.concerns(&clause.field) => {
                let analyzer = clause.analyzer.as_deref();
                self.phrase(&clause.query, analyzer, clause.slop, true, wanted)
            }
            Query::MatchBoolPrefix(clause) if self.concerns(&clause.field) => {
                self.bool_prefix(clause, wanted)
            }
            Query::MultiMatch(clause)
                if clause.fields.is_empty()
                    || clause
                        .fields
                        .iter()
                        .any(|field| self.concerns(&field.field)) =>
            {
                self.multi(clause, wanted)
            }
            Query::Term(clause) if self.concerns(&clause.field) => {
                let text = self.written(&clause.value);
                if clause.case_insensitive {
                    wanted.globs.push(Glob::new(&escaped(&text), true));
                } else {
                    wanted.terms.insert(text);
                }
                Ok(())
            }
            Query::Terms(clause) if self.concerns(&clause.field) => {
                let values = clause.values.iter().map(|value| self.written(value));
                wanted.terms.extend(values);
                Ok(())
            }
            Query::TermsSet(clause) if self.concerns(&clause.field) => {
                let values = clause.terms.iter().map(|value| self.written(value));
                wanted.terms.extend(values);
                Ok(())
            }
            Query::Prefix(clause) if self.concerns(&clause.field) => {
                let begin = self.planner.written(self.field, &clause.value);
                if clause.case_insensitive {
                    let glob = format!("{}*", escaped(&begin));
                    wanted.globs.push(Glob::new(&glob, true));
                } else {
                    wanted.prefixes.push(begin);
                }
                Ok(())
            }
            Query::Wildcard(clause) if self.concerns(&clause.field) => {
                let pattern = self.planner.written_pattern(self.field, &clause.value);
                wanted
                    .globs
                    .push(Glob::new(&pattern, clause.case_insensitive));
                Ok(())
            }
            Query::Regexp(clause) if self.concerns(&clause.field) => {
                self.regexp(clause, wanted);
                Ok(())
            }
            Query::PythonRegexp(clause) if self.concerns(&clause.field) => {
                self.python(clause, wanted);
                Ok(())
            }
            Query::Range(clause) if self.concerns(&clause.field) => {
                self.range(clause, wanted);
                Ok(())
            }
            Query::Fuzzy(clause) if self.concerns(&clause.field) => {
                let word = self.written(&clause.value);
                self.near(&word, clause.fuzziness, clause.digits_exact, wanted)
            }
            _ => Ok(()),
        }
    }

    fn written(&self, value: &Scalar) -> String {
        self.planner.written(self.field, &text_of(value))
    }

    fn tokens(&self, text: &Scalar, analyzer: Option<&str>) -> Result<Vec<Token>> {
        let mut tokens = self
            .planner
            .words(self.path, self.field, analyzer, &text_of(text))?;
        for token in &mut tokens {
            token.text = self.planner.written(self.field, &token.text);
        }
        Ok(tokens)
    }

    fn words(&self, clause: &Match, wanted: &mut Wanted) -> Result<()> {
        let tokens = self.tokens(&clause.query, clause.analyzer.as_deref())?;
        self.near_all(tokens, clause.fuzziness, clause.digits_exact, wanted)
    }

    fn near_all(
        &self,
        tokens: Vec<Token>,
        fuzziness: Option<Fuzziness>,
        digits_exact: bool,
        wanted: &mut Wanted,
    ) -> Result<()> {
        for token in tokens {
            match fuzziness {
                Some(fuzziness) => self.near(&token.text, fuzziness, digits_exact, wanted)?,
                None => {
                    wanted.terms.insert(token.text);
                }
            }
        }
        Ok(())
    }

    fn phrase(
        &self,
        query: &Scalar,
        analyzer: Option<&str>,
        slop: u32,
        begins: bool,
        wanted: &mut Wanted,
    ) -> Result<()> {
        let tokens = phrase_tokens(&self.tokens(query, analyzer)?);
        let mut places: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for token in tokens {
            places.entry(token.position).or_default().insert(token.text);
        }
        let last = places.keys().next_back().copied();
        let places: Vec<WantedPlace> = places
            .into_iter()
            .map(|(position, words)| WantedPlace {
                offset: i64::try_from(position).unwrap_or(i64::MAX),
                words,
                begins: begins && Some(position) == last,
            })
            .collect();
        if !places.is_empty() {
            wanted.phrases.push(WantedPhrase {
                places,
                slop: i64::from(slop),
            });
        }
        Ok(())
    }

    fn bool_prefix(&self, clause: &MatchBoolPrefix, wanted: &mut Wanted) -> Result<()> {
        let mut tokens = self.tokens(&clause.query, clause.analyzer.as_deref())?;
        if let Some(last) = tokens.pop() {
            wanted.prefixes.push(last.text);
        }
        self.near_all(tokens, clause.fuzziness, false, wanted)
    }

    fn multi(&self, clause: &MultiMatch, wanted: &mut Wanted) -> Result<()> {
        let analyzer = clause.analyzer.as_deref();
        match clause.kind {
            MultiMatchType::Phrase => {
                self.phrase(&clause.query, analyzer, clause.slop, false, wanted)
            }
            MultiMatchType::PhrasePrefix => {
                self.phrase(&clause.query, analyzer, clause.slop, true, wanted)
            }
            MultiMatchType::BoolPrefix => {
                let mut one = MatchBoolPrefix::new(self.path, clause.query.clone());
                one.analyzer.clone_from(&clause.analyzer);
                one.fuzziness = clause.fuzziness;
                self.bool_prefix(&one, wanted)
            }
            MultiMatchType::BestFields
            | MultiMatchType::MostFields
            | MultiMatchType::CrossFields => {
                let tokens = self.tokens(&clause.query, analyzer)?;
                self.near_all(tokens, clause.fuzziness, clause.digits_exact, wanted)
            }
        }
    }

    fn regexp(&self, clause: &Regexp, wanted: &mut Wanted) {
        let pattern = self.planner.written(self.field, &clause.value);
        // What cannot be read was refused when the search was planned.
        let compiled = LuceneRegexp::compile(&pattern, clause.flags, clause.case_insensitive);
        wanted.regexps.extend(compiled);
    }

    fn python(&self, clause: &PythonRegexp, wanted: &mut Wanted) {
        if let Ok(pattern) = PyPattern::compile(&clause.value) {
            let limits = &self.planner.context.limits;
            let budget = Budget {
                max_steps: limits.regex_steps,
                deadline: Some(
                    self.planner
                        .deadline
                        .min(Instant::now() + limits.regex_budget),
                ),
            };
            wanted.patterns.push((pattern, budget));
        }
    }

    fn range(&self, clause: &Range, wanted: &mut Wanted) {
        let end = |included: &Option<Scalar>, excluded: &Option<Scalar>| {
            let included = included.as_ref().map(|at| (self.written(at), true));
            included.or_else(|| excluded.as_ref().map(|at| (self.written(at), false)))
        };
        let range = Between {
            low: end(&clause.gte, &clause.gt),
            high: end(&clause.lte, &clause.lt),
        };
        // Without bounds it is about the field, not about its words.
        if range.low.is_some() || range.high.is_some() {
            wanted.ranges.push(range);
        }
    }

    fn near(
        &self,
        word: &str,
        fuzziness: Fuzziness,
        digits_exact: bool,
        wanted: &mut Wanted,
    ) -> Result<()> {
        self.planner.bounds.check_time()?;
        wanted.terms.insert(word.to_owned());
        let distance = edits(fuzziness, word.chars().count());
        let Some(source) = self.planner.term_source(self.path, self.field) else {
            return Ok(());
        };
        if distance > 0 && crate::query::plan::has_automaton(word) {
            let nearness = Nearness {
                distance,
                prefix: 0,
                transpositions: true,
                digits_exact,
            };
            let found = within_distance(self.planner.searcher(), &source, word, nearness)?;
            wanted
                .terms
                .extend(found.into_iter().map(|expansion| expansion.text));
        }
        Ok(())
    }
}

/// A text as a pattern that matches it alone.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

fn text_of(scalar: &Scalar) -> String {
    crate::query::plan::scalar_text(scalar)
}
