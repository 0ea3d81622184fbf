//! A search of one index: plan, collect, fetch, highlight.

use std::borrow::Cow;
use std::time::Instant;

use serde_json::json;
use tantivy::query::{BooleanQuery, EmptyQuery, EnableScoring, Occur};

use super::collect::Collected;
use super::{
    Context, Fetcher, KnnProfile, Part, Ranked, Scope, collapse, collect, explain, keys, named,
    rescore, search,
};
use crate::aggs::{Aggregations, Matching};
use crate::error::{EngineError, Result};
use crate::query::ast::{Bool, MatchNone, Query};
use crate::query::plan::{Planned, Planner, boosted};
use crate::request::{
    Hit, SearchRequest, SearchResponse, Sort, Total, TotalRelation, TrackTotalHits, weight_of,
};

/// Searches one index.
///
/// # Errors
/// When the request does not fit the index, or reaches a bound.
pub fn execute(context: &Context, request: &SearchRequest) -> Result<SearchResponse> {
    search(&[Scope::whole(context)], request)
}

/// Searches one index for the first `from + size` hits, each with its keys, so that the answers of
/// several indices can be merged. Hits before `from` come without their fields.
pub(crate) fn execute_ranked(scope: &Scope<'_>, request: &SearchRequest) -> Result<Part> {
    let context = scope.context;
    let started = Instant::now();
    let querying = context.work.query.begin();
    crate::index::refuse(&context.damage)?;
    refuse_unsupported(request)?;
    let rescorers = rescore::of(request)?;
    collapse::check(request)?;
    let aggregations = request.aggs.as_ref().map(Aggregations::parse).transpose()?;
    let aggregations = aggregations.filter(|aggregations| !aggregations.is_empty());
    let window = request.from.saturating_add(request.size);
    if window > context.limits.result_window {
        return Err(EngineError::IllegalArgument(format!(
            "Result window is too large, from + size must be less than or equal to: [{}] but was \
             [{window}]. Use search_after to go deeper",
            context.limits.result_window
        )));
    }
    if request.search_after.is_some() && request.from > 0 {
        return Err(EngineError::IllegalArgument(
            "`from` parameter must be set to 0 when `search_after` is used".to_owned(),
        ));
    }
    let bounds = context.bounds(request);
    let deadline = bounds.deadline();
    let mut planner = Planner::new(context, &bounds);
    planner.knn_k = request.size.clamp(1, crate::vector::MAX_K);
    let query = &*combined(request);
    let planned = boosted(planner.plan(query)?, scope.boost);
    let mut planned = filtered(&planner, planned, scope.filter)?;
    if let Some(condition) = scope.condition {
        planned = crate::odata::columns::filtered(&planner, planned, condition);
    }
    // Aggregations see what the query matches, before the filter of the hits.
    let found = match &aggregations {
        Some(aggregations) => Some(aggregations.collect(Matching {
            context,
            planner: &planner,
            query,
            planned: planned.box_clone(),
            min_score: request.min_score,
            deadline,
            timeout_ms: bounds.timeout_ms(),
        })?),
        None => None,
    };
    planned = filtered(&planner, planned, request.post_filter.as_ref())?;
    let sort = if request.sort.is_empty() {
        vec![Sort::Score(crate::request::Order::Desc)]
    } else {
        request.sort.clone()
    };
    let by_score = sort.iter().any(|sort| matches!(sort, Sort::Score(_)));
    let scoring =
        by_score || request.track_scores || request.min_score.is_some() || request.explain;
    let searcher = &context.snapshot.searcher;
    let weight = planned.weight(if scoring {
        EnableScoring::enabled_from_searcher(searcher)
    } else {
        EnableScoring::disabled_from_searcher(searcher)
    });
    let weight = weight.map_err(|error| planner.failure().unwrap_or(error.into()))?;
    let spec = collect::Spec {
        sort: &sort,
        limit: window.max(rescore::window(&rescorers)),
        after: request.search_after.as_deref(),
        cursor: scope.cursor,
        group: request
            .collapse
            .as_ref()
            .map(|collapse| collapse.field.as_str()),
        most: (request.terminate_after > 0).then_some(request.terminate_after),
        scoring,
        min_score: request.min_score,
        deadline,
    };
    let counts_only = window == 0
        && request.sort.is_empty()
        && request.post_filter.is_none()
        && spec.cursor.is_none()
        && spec.most.is_none();
    // What cannot match is not looked for; an order may still be one that cannot be.
    let nothing = request.sort.is_empty() && planned.is::<EmptyQuery>();
    let collected = match &found {
        None if nothing && spec.after.is_none() => Ok(Collected::default()),
        // Aggregations have counted the hits already.
        Some(found) if counts_only => Ok(Collected {
            total: found.matched(),
            ..Collected::default()
        }),
        _ => collect::collect(context, weight.as_ref(), &spec),
    };
    let Collected {
        total,
        mut entries,
        timed_out,
        terminated,
    } = collected.map_err(|error| planner.failure().unwrap_or(error))?;
    if let Some(error) = planner.failure() {
        return Err(error);
    }
    if timed_out {
        return Err(EngineError::Timeout(bounds.timeout_ms()));
    }
    rescore::rescore(context, &planner, &rescorers, &mut entries)?;
    entries.truncate(window);
    let explicit_sort = !request.sort.is_empty();
    let show_scores = !explicit_sort || by_score || request.track_scores;
    // The best is not looked for where something beside scores orders the hits.
    let by_score_alone = matches!(sort.as_slice(), [Sort::Score(_)]);
    let max_score = if (by_score_alone || request.track_scores) && !entries.is_empty() {
        entries.iter().map(|entry| entry.score).reduce(f32::max)
    } else {
        None
    };
    let searched_in = request.profile.then(|| started.elapsed());
    let shown: Vec<_> = entries
        .iter()
        .skip(request.from)
        .map(|entry| entry.address)
        .collect();
    drop(querying);
    let _fetching = (!shown.is_empty()).then(|| context.work.fetch.begin());
    let mut names = named::matched(context, request, query, &bounds, &shown)?.into_iter();
    let fetcher = match shown.is_empty() {
        true => None,
        false => Some(Fetcher::new(&planner, request, query)?),
    };
    let mut hits = Vec::with_capacity(entries.len());
    let mut ranked = Vec::with_capacity(entries.len());
    for (place, entry) in entries.into_iter().enumerate() {
        let mut hit = Hit::default();
        if let (Some(fetcher), true) = (&fetcher, place >= request.from) {
            hit = fetcher.hit(entry.address)?;
            hit.matched_queries = names.next().unwrap_or_default();
            if request.explain {
                let told = explain::explain(context, weight.as_ref(), entry.address, entry.score);
                bounds.spend(weight_of(&told))?;
                hit.explanation = Some(told);
            }
        }
        if show_scores {
            hit.score = Some(entry.score);
        }
        if explicit_sort {
            hit.sort = Some(keys::shown(context, &sort, &entry.keys)?);
        }
        if let Some(nearest) = planner.nearest.lock().get(&entry.ord) {
            hit.nearest.clone_from(nearest);
        }
        ranked.push(Ranked {
            keys: entry.keys,
            ord: entry.ord,
            group: entry.group,
        });
        hits.push(hit);
    }
    let total = match request.track_total_hits {
        TrackTotalHits::Exact => Some(Total {
            value: total,
            relation: TotalRelation::Eq,
        }),
        TrackTotalHits::Off => None,
        TrackTotalHits::UpTo(limit) if total > limit => Some(Total {
            value: limit,
            relation: TotalRelation::Gte,
        }),
        TrackTotalHits::UpTo(_) => Some(Total {
            value: total,
            relation: TotalRelation::Eq,
        }),
    };
    let suggest = request
        .suggest
        .as_ref()
        .map(|body| crate::suggest::request::run(context, body, &request.source, &bounds))
        .transpose()?;
    let profile = searched_in.map(|searched_in| {
        json!({"index": &*context.index, "generation": context.snapshot.generation,
            "query": query.to_json(), "plan": format!("{planned:?}"),
            "segments": searcher.segment_readers().len(),
            "knn": planner.profiles.lock().iter().map(KnnProfile::to_json).collect::<Vec<_>>(),
            "search_micros": u64::try_from(searched_in.as_micros()).unwrap_or(u64::MAX)})
    });
    Ok(Part {
        response: SearchResponse {
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            total,
            max_score,
            hits,
            suggest,
            profile,
            shards: 1,
            terminated_early: (request.terminate_after > 0).then_some(terminated),
            ..SearchResponse::default()
        },
        ranked,
        found,
    })
}

/// How many documents match a query.
///
/// # Errors
/// When the query does not fit the index.
pub fn count(context: &Context, query: &Query) -> Result<u64> {
    let request = SearchRequest {
        query: Some(query.clone()),
        size: 0,
        ..SearchRequest::default()
    };
    let response = execute(context, &request)?;
    Ok(response.total.map_or(0, |total| total.value))
}

/// A planned query with a filter that does not score.
fn filtered(planner: &Planner<'_>, planned: Planned, filter: Option<&Query>) -> Result<Planned> {
    let Some(filter) = filter else {
        return Ok(planned);
    };
    let filter = crate::query::plan::constant(planner.plan(filter)?, 0.0);
    Ok(Box::new(BooleanQuery::new(vec![
        (Occur::Must, planned),
        (Occur::Must, filter),
    ])))
}

/// The query with the request's own neighbours: documents that are either, their scores added up.
pub(super) fn combined(request: &SearchRequest) -> Cow<'_, Query> {
    if let (Some(query), true) = (&request.query, request.knn.is_empty()) {
        return Cow::Borrowed(query);
    }
    let neighbours = request.knn.iter().cloned().map(Query::Knn);
    let mut clauses: Vec<Query> = request.query.iter().cloned().chain(neighbours).collect();
    Cow::Owned(match clauses.len() {
        // A search for suggestions alone has no hits.
        0 if request.suggest.is_some()
            && request.aggs.is_none()
            && request.post_filter.is_none() =>
        {
            Query::MatchNone(MatchNone::default())
        }
        0 => Query::match_all(),
        1 => clauses.remove(0),
        _ => Query::Bool(Bool {
            should: clauses,
            ..Bool::default()
        }),
    })
}

/// Parts of a request that arrive with other capabilities: named, never ignored.
fn refuse_unsupported(request: &SearchRequest) -> Result<()> {
    let unsupported = [("pit", request.pit.is_some())];
    match unsupported.iter().find(|(_, there)| *there) {
        Some((name, _)) => Err(EngineError::IllegalArgument(format!(
            "[{name}] of a search is not supported by this version"
        ))),
        None => Ok(()),
    }
}
