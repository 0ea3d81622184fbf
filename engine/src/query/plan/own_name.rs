//! Clauses on `_index`: all documents of an index, or none.

use super::leaf::scalar_text;
use super::{Planned, Planner, all, constant, none};
use crate::query::ast::Query;
use crate::query::glob::Glob;

impl Planner<'_> {
    /// What a clause on `_index` comes to; `None` for other clauses.
    pub(super) fn plan_own_name(&self, query: &Query) -> Option<(Planned, f32)> {
        let own = &*self.context.index;
        let own_field = |field: &str| field == "_index";
        let (found, boost) = match query {
            Query::Term(clause) if own_field(&clause.field) => {
                let name = scalar_text(&clause.value);
                let same = name == own || clause.case_insensitive && name.to_lowercase() == own;
                (same, clause.boost)
            }
            Query::Match(clause) if own_field(&clause.field) => {
                (scalar_text(&clause.query) == own, clause.boost)
            }
            Query::Terms(clause) if own_field(&clause.field) => {
                let mut names = clause.values.iter().map(scalar_text);
                (names.any(|name| name == own), clause.boost)
            }
            Query::Prefix(clause) if own_field(&clause.field) => {
                (own.starts_with(clause.value.as_str()), clause.boost)
            }
            Query::Wildcard(clause) if own_field(&clause.field) => {
                let glob = Glob::new(&clause.value, clause.case_insensitive);
                (glob.matches(own), clause.boost)
            }
            _ => return None,
        };
        Some((if found { constant(all(), 1.0) } else { none() }, boost))
    }
}
