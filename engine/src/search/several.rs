//! One search over several indices.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Context, Part, Ranked, SortValue, collapse, execute_ranked, merge_responses, rank};
use crate::aggs::Aggregations;
use crate::error::{ErrorClass, Result};
use crate::odata::Evaluator;
use crate::query::ast::Query;
use crate::request::{SearchRequest, SearchResponse, ShardFailure, Total, TrackTotalHits};

/// An index that is searched, and how.
pub(crate) struct Scope<'a> {
    /// The index as it was.
    pub(crate) context: &'a Context,
    /// The documents that are shown; `None` for all.
    pub(crate) filter: Option<&'a Query>,
    /// The factor of its scores.
    pub(crate) boost: f32,
    /// The keys of the hit after which hits begin.
    pub(crate) cursor: Option<&'a [SortValue]>,
    /// What has to be true on documents, too; then all score alike.
    pub(crate) condition: Option<&'a Arc<Evaluator>>,
}

impl<'a> Scope<'a> {
    /// All of an index, from the beginning.
    pub(crate) fn whole(context: &'a Context) -> Self {
        Self {
            context,
            filter: None,
            boost: 1.0,
            cursor: None,
            condition: None,
        }
    }
}

/// Searches indices as one.
pub(crate) fn search(scopes: &[Scope<'_>], request: &SearchRequest) -> Result<SearchResponse> {
    match &request.rank {
        Some(wanted) => rank::fuse(scopes, request, wanted),
        None => one_pass(scopes, request).map(|(response, _)| response),
    }
}

/// Returns the request with bounds: searches that are made of several count together.
pub(super) fn bounded<'a>(
    scopes: &[Scope<'_>],
    request: &'a SearchRequest,
) -> Cow<'a, SearchRequest> {
    match (&request.bounds, scopes.first()) {
        (None, Some(scope)) => Cow::Owned(SearchRequest {
            bounds: Some(scope.context.bounds(request)),
            ..request.clone()
        }),
        (Some(_), _) | (None, None) => Cow::Borrowed(request),
    }
}

/// Searches indices as one; for each hit also the number of its index and what ordered it.
pub(crate) fn one_pass(
    scopes: &[Scope<'_>],
    request: &SearchRequest,
) -> Result<(SearchResponse, Vec<(usize, Ranked)>)> {
    let several = scopes.len() > 1 || request.collapse.is_some();
    let request = &*match several {
        true => bounded(scopes, request),
        false => Cow::Borrowed(request),
    };
    let mut found = Vec::new();
    let (mut response, places) = if let [scope] = scopes {
        let Part {
            mut response,
            mut ranked,
            found: partials,
        } = execute_ranked(scope, request)?;
        found.extend(partials);
        let skipped = request.from.min(ranked.len());
        response.hits.drain(..skipped);
        ranked.drain(..skipped);
        response.hits.truncate(request.size);
        ranked.truncate(request.size);
        (response, ranked.into_iter().map(|rank| (0, rank)).collect())
    } else {
        let mut parts = Vec::with_capacity(scopes.len());
        let mut failed = Vec::new();
        for (number, scope) in scopes.iter().enumerate() {
            // Any index may hold the page's hits: each fetches from its first.
            let mut whole = request.clone();
            whole.size = request.from.saturating_add(request.size);
            whole.from = 0;
            match execute_ranked(scope, &whole) {
                Ok(mut part) => {
                    found.extend(part.found.take());
                    parts.push((number, part));
                }
                // What does not fit one index may fit the others.
                Err(error) if request.allow_partial && error.class() == ErrorClass::User => {
                    failed.push((&scope.context.index, error));
                }
                Err(error) => return Err(error),
            }
        }
        // An index without documents does not make an answer of an error.
        let answered = parts.iter().any(|(number, _)| {
            let scope = scopes.get(*number);
            scope.is_some_and(|scope| scope.context.snapshot.searcher.num_docs() > 0)
        });
        let mut failed = failed.into_iter();
        if !answered && let Some((_, error)) = failed.next() {
            return Err(error);
        }
        let (mut response, places) = merge_responses(request, parts);
        response.failures = failed
            .map(|(index, error)| ShardFailure {
                index: index.to_string(),
                kind: error.kind(),
                reason: error.to_string(),
            })
            .collect();
        (response, places)
    };
    if scopes.is_empty() && request.track_total_hits != TrackTotalHits::Off {
        response.total = Some(Total::default());
    }
    if let Some(body) = &request.aggs
        && !found.is_empty()
    {
        response.aggregations = Some(Aggregations::parse(body)?.finish(found)?);
    }
    if let Some(wanted) = &request.collapse {
        collapse::expand(scopes, request, wanted, &mut response.hits, &places)?;
    }
    Ok((response, places))
}
