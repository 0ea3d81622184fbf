//! Clauses on `_index`: all documents of an index, or none. An index answers to its aliases too.

use super::leaf::scalar_text;
use super::{Planned, Planner, all, constant, none};
use crate::query::ast::Query;
use crate::query::glob::Glob;

impl Planner<'_> {
    /// What a clause on `_index` comes to; `None` for other clauses.
    pub(super) fn plan_own_name(&self, query: &Query) -> Option<(Planned, f32)> {
        let own_field = |field: &str| field == "_index";
        let (found, boost) = match query {
            Query::Term(clause) if own_field(&clause.field) => {
                let name = scalar_text(&clause.value);
                let same = |own: &str| {
                    name == own || clause.case_insensitive && name.eq_ignore_ascii_case(own)
                };
                (self.is_named(same), clause.boost)
            }
            Query::Match(clause) if own_field(&clause.field) => {
                let name = scalar_text(&clause.query);
                (self.is_named(|own| name == own), clause.boost)
            }
            Query::MatchPhrase(clause) if own_field(&clause.field) => {
                let name = scalar_text(&clause.query);
                (self.is_named(|own| name == own), clause.boost)
            }
            Query::Terms(clause) if own_field(&clause.field) => {
                let names: Vec<String> = clause.values.iter().map(scalar_text).collect();
                let found = self.is_named(|own| names.iter().any(|name| name == own));
                (found, clause.boost)
            }
            Query::Prefix(clause) if own_field(&clause.field) => {
                let begin = clause.value.as_str();
                let begins = |own: &str| {
                    let head = own.get(..begin.len());
                    head.is_some_and(|head| {
                        head == begin || clause.case_insensitive && head.eq_ignore_ascii_case(begin)
                    })
                };
                (self.is_named(begins), clause.boost)
            }
            Query::Wildcard(clause) if own_field(&clause.field) => {
                let glob = Glob::new(&clause.value, clause.case_insensitive);
                (self.is_named(|own| glob.matches(own)), clause.boost)
            }
            _ => return None,
        };
        Some((if found { constant(all(), 1.0) } else { none() }, boost))
    }

    /// Whether the index's name or one of its aliases is the one that is asked for.
    fn is_named(&self, same: impl Fn(&str) -> bool) -> bool {
        let aliases = self.context.aliases.iter().map(String::as_str);
        std::iter::once(&*self.context.index)
            .chain(aliases)
            .any(same)
    }
}
