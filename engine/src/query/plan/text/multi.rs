//! One text in several fields: `multi_match`.

use std::collections::BTreeMap;

use super::{MAX_WORDS, any_of, best_of, combine, zero};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::{
    FieldBoost, Match, MatchBoolPrefix, MatchPhrasePrefix, MultiMatch, MultiMatchType,
};
use crate::query::plan::fuzzy::term_query;
use crate::query::plan::leaf::scalar_text;
use crate::query::plan::{Planned, Planner, boosted};

impl Planner<'_> {
    pub(in crate::query::plan) fn plan_multi_match(&self, clause: &MultiMatch) -> Result<Planned> {
        let fields = self.fields_of(&clause.fields)?;
        let exact = matches!(
            clause.kind,
            MultiMatchType::CrossFields | MultiMatchType::Phrase | MultiMatchType::PhrasePrefix
        );
        if exact && clause.fuzziness.is_some() {
            return Err(EngineError::IllegalArgument(format!(
                "Fuzziness not allowed for type [{}]",
                clause.kind.as_str()
            )));
        }
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
                    one.fuzziness = clause.fuzziness;
                    one.prefix_length = clause.prefix_length;
                    one.max_expansions = clause.max_expansions;
                    one.fuzzy_transpositions = clause.fuzzy_transpositions;
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
