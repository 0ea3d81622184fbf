//! Searches of what a schema was read from, with conditions and orders that are evaluated.

use std::sync::Arc;
use std::time::Instant;

use super::columns::ordered;
use super::{Evaluator, IndexSchema, OrderKey};
use crate::error::Result;
use crate::query::ast::Query;
use crate::query::plan::Planner;
use crate::request::{SearchRequest, SearchResponse, Total, TotalRelation};
use crate::search::{Fetcher, Scope, search};

impl IndexSchema {
    /// Searches what the schema was read from for the documents on which a condition is true, too.
    ///
    /// # Errors
    /// When the request does not fit the index, or evaluating costs more than it may.
    pub fn search(
        &self,
        request: &SearchRequest,
        condition: Option<&Arc<Evaluator>>,
    ) -> Result<SearchResponse> {
        let mut scope = Scope::whole(self.context());
        scope.condition = condition;
        search(&[scope], request)
    }

    /// Searches in the order of evaluated keys, and of a field of whole numbers among equals. Of the
    /// request the query, the page and the timeout count.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn search_ordered(
        &self,
        request: &SearchRequest,
        condition: Option<&Arc<Evaluator>>,
        keys: &[OrderKey],
        tie: &str,
    ) -> Result<SearchResponse> {
        let context = self.context();
        let started = Instant::now();
        let planner = Planner::new(context, &context.bounds(request));
        let query = request.query.clone().unwrap_or_else(Query::match_all);
        let base = planner.plan(&query)?;
        let last = request.from.saturating_add(request.size);
        let condition = condition.map(|condition| &**condition);
        let found = ordered(&planner, base, condition, keys, tie, last)?;
        let shown = found.first.iter().skip(request.from);
        let fetcher = Fetcher::new(&planner, request, &query)?;
        let hits = shown
            .map(|address| fetcher.hit(*address))
            .collect::<Result<_>>()?;
        Ok(SearchResponse {
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            total: Some(Total {
                value: found.total,
                relation: TotalRelation::Eq,
            }),
            hits,
            ..SearchResponse::default()
        })
    }
}
