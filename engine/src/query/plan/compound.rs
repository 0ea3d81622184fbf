//! `bool`, `boosting`, `dis_max`.

use tantivy::query::{BooleanQuery, Occur};

use super::text::best_of;
use super::{Planned, Planner, all, constant, none};
use crate::error::Result;
use crate::query::ast::{Bool, Boosting, DisMax};

impl Planner<'_> {
    pub(super) fn plan_bool(&self, clause: &Bool) -> Result<Planned> {
        let required = !clause.must.is_empty() || !clause.filter.is_empty();
        let needed = match &clause.minimum_should_match {
            Some(minimum) => minimum.resolve(clause.should.len()),
            None => 0,
        };
        // Where nothing is required, one of the optional clauses is.
        let needed = match clause.should.is_empty() {
            false if !required => needed.max(1),
            _ => needed,
        };
        // What requires and prefers nothing is about every document, whatever its minimum.
        if needed > clause.should.len() && (required || !clause.should.is_empty()) {
            return Ok(none());
        }
        let needed = needed.min(clause.should.len());
        let mut clauses: Vec<(Occur, Planned)> = Vec::new();
        for query in &clause.must {
            clauses.push((Occur::Must, self.plan(query)?));
        }
        for query in &clause.filter {
            clauses.push((Occur::Must, constant(self.plan(query)?, 0.0)));
        }
        let optional = clause
            .should
            .iter()
            .map(|query| self.plan(query))
            .collect::<Result<Vec<_>>>()?;
        if needed == 0 {
            clauses.extend(optional.into_iter().map(|query| (Occur::Should, query)));
        } else {
            let optional = optional
                .into_iter()
                .map(|query| (Occur::Should, query))
                .collect();
            let group = BooleanQuery::with_minimum_required_clauses(optional, needed);
            clauses.push((Occur::Must, Box::new(group)));
        }
        for query in &clause.must_not {
            clauses.push((Occur::MustNot, self.plan(query)?));
        }
        if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
            let excludes = clauses.iter().all(|(occur, _)| *occur == Occur::MustNot);
            if excludes && !clauses.is_empty() && !clause.adjust_pure_negative {
                return Ok(none());
            }
            // What only excludes, or only prefers, is about every document.
            let everything = if clauses.is_empty() {
                all()
            } else {
                constant(all(), 0.0)
            };
            clauses.push((Occur::Must, everything));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    pub(super) fn plan_dis_max(&self, clause: &DisMax) -> Result<Planned> {
        let queries = clause
            .queries
            .iter()
            .map(|query| self.plan(query))
            .collect::<Result<Vec<_>>>()?;
        Ok(best_of(queries, clause.tie_breaker))
    }

    pub(super) fn plan_boosting(&self, clause: &Boosting) -> Result<Planned> {
        let positive = self.plan(&clause.positive)?;
        let negative = self.plan(&clause.negative)?;
        Ok(super::scoring::demoted(
            positive,
            negative,
            clause.negative_boost,
        ))
    }
}
