//! One answer from those of several indices.

use std::collections::HashSet;

use super::keys::compare;
use super::{Part, Ranked, collapse};
use crate::request::{
    Hit, SearchRequest, SearchResponse, Sort, Total, TotalRelation, TrackTotalHits,
};

/// Merges answers that were made for the first `from + size` hits, each with the number of its index; for
/// each hit also that number and what ordered it.
pub(crate) fn merge_responses(
    request: &SearchRequest,
    parts: Vec<(usize, Part)>,
) -> (SearchResponse, Vec<(usize, Ranked)>) {
    let sort = if request.sort.is_empty() {
        vec![Sort::Score(crate::request::Order::Desc)]
    } else {
        request.sort.clone()
    };
    let mut merged = SearchResponse::default();
    let mut all: Vec<(usize, Ranked, Hit)> = Vec::new();
    let mut suggestions = Vec::new();
    for (number, part) in parts {
        let Part {
            response, ranked, ..
        } = part;
        merged.took_ms = merged.took_ms.saturating_add(response.took_ms);
        merged.timed_out |= response.timed_out;
        merged.shards += response.shards;
        suggestions.extend(response.suggest);
        merged.terminated_early = match (merged.terminated_early, response.terminated_early) {
            (Some(a), Some(b)) => Some(a || b),
            (a, b) => a.or(b),
        };
        if let Some(total) = response.total {
            let sum = merged.total.get_or_insert(Total {
                value: 0,
                relation: TotalRelation::Eq,
            });
            sum.value += total.value;
            if total.relation == TotalRelation::Gte {
                sum.relation = TotalRelation::Gte;
            }
        }
        merged.max_score = match (merged.max_score, response.max_score) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        all.extend(
            ranked
                .into_iter()
                .zip(response.hits)
                .map(|(rank, hit)| (number, rank, hit)),
        );
    }
    if let (TrackTotalHits::UpTo(limit), Some(total)) =
        (request.track_total_hits, &mut merged.total)
        && total.value > limit
    {
        *total = Total {
            value: limit,
            relation: TotalRelation::Gte,
        };
    }
    if let Some(body) = &request.suggest {
        merged.suggest = Some(crate::suggest::request::merge(body, suggestions));
    }
    all.sort_by(|(a_index, a, _), (b_index, b, _)| {
        compare(&sort, &a.keys, &b.keys)
            .then(a_index.cmp(b_index))
            .then(a.ord.cmp(&b.ord))
    });
    if request.collapse.is_some() {
        let mut seen = HashSet::new();
        all.retain(|(_, rank, _)| seen.insert(collapse::identity(rank.group.as_ref())));
    }
    let page = all.into_iter().skip(request.from).take(request.size);
    let (places, hits) = page
        .map(|(number, rank, hit)| ((number, rank), hit))
        .unzip();
    merged.hits = hits;
    (merged, places)
}
