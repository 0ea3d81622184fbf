//! `rank`: the hits of several queries in one list, by reciprocal rank fusion (Cormack, Clarke,
//! Büttcher 2009): a hit scores the sum of 1 / (constant + its rank) over the lists that it is in.

use std::collections::HashMap;

use super::{Scope, several};
use crate::error::{EngineError, Result};
use crate::query::ast::Query;
use crate::request::{Hit, Rank, SearchRequest, SearchResponse, TrackTotalHits};

/// A hit of any list.
struct Fused {
    hit: Hit,
    score: f32,
    /// Where it was first met: what breaks ties.
    place: usize,
}

pub(super) fn fuse(
    scopes: &[Scope<'_>],
    request: &SearchRequest,
    rank: &Rank,
) -> Result<SearchResponse> {
    check(request)?;
    let request = &*several::bounded(scopes, request);
    let page = request.from.saturating_add(request.size);
    let window = rank.rank_window_size.unwrap_or_else(|| page.max(10));
    if window < request.size {
        return Err(EngineError::IllegalArgument(format!(
            "[rank] requires [rank_window_size: {window}] be greater than or equal to [size: {}]",
            request.size
        )));
    }
    let knn = request.knn.iter().cloned().map(Query::Knn);
    let legs: Vec<Query> = request.query.iter().cloned().chain(knn).collect();
    if legs.len() < 2 {
        return Err(EngineError::IllegalArgument(
            "[rank] requires a minimum of [2] result sets using a combination of sub searches \
             and/or knn searches"
                .to_owned(),
        ));
    }
    // What is counted, and what is not about single lists.
    let whole = SearchRequest {
        rank: None,
        from: 0,
        size: 0,
        highlight: None,
        ..request.clone()
    };
    let (mut response, _) = several::one_pass(scopes, &whole)?;
    let mut fused: HashMap<(String, String), Fused> = HashMap::new();
    let mut met = 0;
    for leg in legs {
        let mut own = SearchRequest {
            query: Some(leg),
            knn: Vec::new(),
            rank: None,
            from: 0,
            size: window,
            aggs: None,
            suggest: None,
            track_total_hits: TrackTotalHits::Off,
            ..request.clone()
        };
        if let Some(highlight) = &mut own.highlight
            && highlight.options.highlight_query.is_none()
        {
            // The words are marked whichever list a hit comes from.
            highlight.options.highlight_query.clone_from(&request.query);
        }
        let (found, _) = several::one_pass(scopes, &own)?;
        response.took_ms = response.took_ms.saturating_add(found.took_ms);
        response.timed_out |= found.timed_out;
        for (at, hit) in found.hits.into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a rank of at most 10 000")]
            let share = 1.0 / (rank.rank_constant as f32 + (at + 1) as f32);
            met += 1;
            let key = (hit.index.clone(), hit.id.clone());
            match fused.get_mut(&key) {
                None => {
                    let new = Fused {
                        hit,
                        score: share,
                        place: met,
                    };
                    fused.insert(key, new);
                }
                Some(known) => {
                    known.score += share;
                    for name in hit.matched_queries {
                        if !known.hit.matched_queries.contains(&name) {
                            known.hit.matched_queries.push(name);
                        }
                    }
                    known.hit.nearest.extend(hit.nearest);
                }
            }
        }
    }
    let mut all: Vec<Fused> = fused.into_values().collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.place.cmp(&b.place)));
    all.truncate(window);
    response.max_score = all.first().map(|best| best.score);
    response.hits = all
        .into_iter()
        .skip(request.from)
        .take(request.size)
        .map(|mut fused| {
            fused.hit.score = Some(fused.score);
            fused.hit
        })
        .collect();
    Ok(response)
}

fn check(request: &SearchRequest) -> Result<()> {
    let others = [
        ("sort", !request.sort.is_empty()),
        ("rescore", request.rescore.is_some()),
        ("collapse", request.collapse.is_some()),
        ("search_after", request.search_after.is_some()),
        ("min_score", request.min_score.is_some()),
        ("explain", request.explain),
    ];
    match others.iter().find(|(_, there)| *there) {
        None => Ok(()),
        Some((name, _)) => Err(EngineError::IllegalArgument(format!(
            "[rank] cannot be used with [{name}]"
        ))),
    }
}
