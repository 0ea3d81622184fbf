//! One text in several fields: `multi_match`.

use super::{MAX_WORDS, best_of};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::{
    FieldBoost, Match, MatchBoolPrefix, MatchPhrasePrefix, MultiMatch, MultiMatchType,
};
use crate::query::plan::{Planned, Planner, boosted, none};

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
            let planned = self
                .check_field(field)
                .and_then(|()| self.one_field(clause, field));
            let planned = match planned {
                Err(EngineError::Query { .. } | EngineError::Date { .. }) if clause.lenient => {
                    none()
                }
                other => other?,
            };
            queries.push(boosted(self.among(field, planned)?, *boost));
        }
        let tie = clause.tie_breaker.unwrap_or(clause.kind.tie_breaker());
        Ok(best_of(queries, tie))
    }

    /// The clause on one of its fields.
    fn one_field(&self, clause: &MultiMatch, field: &str) -> Result<Planned> {
        match clause.kind {
            MultiMatchType::Phrase => {
                let analyzer = clause.analyzer.as_deref();
                self.phrase(
                    field,
                    &clause.query,
                    analyzer,
                    clause.slop,
                    clause.zero_terms_query,
                )
            }
            MultiMatchType::PhrasePrefix => {
                let mut one = MatchPhrasePrefix::new(field, clause.query.clone());
                one.slop = clause.slop;
                one.max_expansions = clause.max_expansions;
                one.analyzer.clone_from(&clause.analyzer);
                self.plan_phrase_prefix(&one)
            }
            MultiMatchType::BoolPrefix => {
                let mut one = MatchBoolPrefix::new(field, clause.query.clone());
                one.operator = clause.operator;
                one.fuzziness = clause.fuzziness;
                one.prefix_length = clause.prefix_length;
                one.max_expansions = clause.max_expansions;
                one.fuzzy_transpositions = clause.fuzzy_transpositions;
                one.minimum_should_match
                    .clone_from(&clause.minimum_should_match);
                one.analyzer.clone_from(&clause.analyzer);
                self.plan_bool_prefix(&one)
            }
            MultiMatchType::BestFields
            | MultiMatchType::MostFields
            | MultiMatchType::CrossFields => {
                let mut one = Match::new(field, clause.query.clone());
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
                self.plan_match(&one)
            }
        }
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
        let mut out = FieldBoost::merged(wanted);
        let wanted = std::mem::take(&mut out);
        for wanted in wanted {
            if !wanted.field.contains('*') {
                wanted.add_to(&mut out);
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
                    FieldBoost::new(path, wanted.boost).add_to(&mut out);
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
