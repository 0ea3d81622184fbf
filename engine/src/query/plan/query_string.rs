//! `query_string` and `simple_query_string`: what the syntaxes have to know of an index.

use super::Planner;
use crate::error::Result;
use crate::mapping::FieldType;
use crate::query::ast::Query;
use crate::query::syntax::{self, FieldKind, Fields};
use crate::query::values;

impl Planner<'_> {
    /// A clause that stands for others, as these; any other as it is.
    ///
    /// # Errors
    /// When its text cannot be read, or it does not fit the mapping.
    pub(crate) fn simplified(&self, query: &Query) -> Result<Query> {
        Ok(match query {
            Query::QueryString(clause) => syntax::query_string(clause, self)?,
            Query::SimpleQueryString(clause) => syntax::simple_query_string(clause, self)?,
            Query::MoreLikeThis(clause) => self.simplified_likeness(clause)?,
            other => other.clone(),
        })
    }
}

impl Fields for Planner<'_> {
    fn matching(&self, pattern: &str) -> Vec<String> {
        let mut paths = self.definition.mapping.matching(pattern);
        paths.retain(|path| self.kind(path) != FieldKind::Unknown);
        paths
    }

    fn kind(&self, path: &str) -> FieldKind {
        match self.field(path).as_deref() {
            None => FieldKind::Unknown,
            Some(field) => match &field.kind {
                FieldType::Text { .. } => FieldKind::Words,
                FieldType::Keyword { .. } | FieldType::Ip | FieldType::Flattened { .. } => {
                    FieldKind::Exact
                }
                FieldType::Number(_) | FieldType::Boolean | FieldType::Date { .. } => {
                    FieldKind::Value
                }
                _ => FieldKind::Unknown,
            },
        }
    }

    fn is_wordless(&self, path: &str, analyzer: Option<&str>, text: &str) -> bool {
        // What cannot be analyzed is reported where the clause is planned.
        self.field(path).is_some_and(|field| {
            self.words(path, &field, analyzer, text)
                .is_ok_and(|tokens| tokens.is_empty())
        })
    }

    fn normalized(&self, path: &str, text: &str) -> String {
        let registry = &self.context.registry;
        match self.field(path).as_deref().map(|field| &field.kind) {
            Some(FieldType::Text {
                analyzer,
                search_analyzer,
            }) => {
                let name = search_analyzer.as_deref().unwrap_or(analyzer);
                let analyzer = registry.analyzer(name);
                analyzer.map_or_else(|| text.to_owned(), |analyzer| analyzer.normalize_part(text))
            }
            Some(FieldType::Keyword { normalizer }) => {
                values::normalized(registry, normalizer.as_deref(), text)
            }
            _ => text.to_owned(),
        }
    }

    fn wildcards_are_whole(&self, path: &str) -> bool {
        self.context.settings.substring.contains(path)
    }

    fn fits(&self, query: &Query) -> bool {
        self.plan(query).is_ok()
    }
}
