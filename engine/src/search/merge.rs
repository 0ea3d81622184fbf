//! One answer from those of several indices.

use super::Ranked;
use super::keys::compare;
use crate::request::{Hit, SearchRequest, SearchResponse, Sort, Total, TotalRelation};

/// Merges answers that were made for the first `from + size` hits.
pub(crate) fn merge_responses(
    request: &SearchRequest,
    parts: Vec<(SearchResponse, Vec<Ranked>)>,
) -> SearchResponse {
    let sort = if request.sort.is_empty() {
        vec![Sort::Score(crate::request::Order::Desc)]
    } else {
        request.sort.clone()
    };
    let mut merged = SearchResponse::default();
    let mut all: Vec<(usize, Ranked, Hit)> = Vec::new();
    let mut suggestions = Vec::new();
    for (number, (response, ranked)) in parts.into_iter().enumerate() {
        merged.took_ms = merged.took_ms.saturating_add(response.took_ms);
        merged.timed_out |= response.timed_out;
        merged.shards += response.shards;
        suggestions.extend(response.suggest);
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
    if let Some(body) = &request.suggest {
        merged.suggest = Some(crate::suggest::request::merge(body, suggestions));
    }
    all.sort_by(|(a_index, a, _), (b_index, b, _)| {
        compare(&sort, &a.keys, &b.keys)
            .then(a_index.cmp(b_index))
            .then(a.ord.cmp(&b.ord))
    });
    merged.hits = all
        .into_iter()
        .skip(request.from)
        .take(request.size)
        .map(|(_, _, hit)| hit)
        .collect();
    merged
}
