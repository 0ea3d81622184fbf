//! `top_hits`: the best documents of a bucket.

use serde_json::{Map, Value, json};

use crate::aggs::parse::{Params, Read};
use crate::aggs::run::{Doc, Run, address, place_of, runs};
use crate::error::{EngineError, Result};
use crate::query::ast::ParseError;
use crate::request::{Hit, Order, SearchRequest, Sort};
use crate::search::{SegmentKey, SortValue, compare, fetch_hit, mark_hits, shown};

/// The most hits of a bucket.
const MAX_WINDOW: usize = 100;
/// The most sort levels.
const MAX_LEVELS: usize = 8;

/// `top_hits`.
#[derive(Debug)]
pub(crate) struct TopHits {
    request: SearchRequest,
    sort: Vec<Sort>,
    explicit: bool,
}

/// The best documents of a bucket in an index.
#[derive(Debug)]
pub(crate) struct TopHitsPartial {
    total: u64,
    max_score: Option<f32>,
    hits: Vec<(Vec<SortValue>, Hit)>,
}

/// A document with its keys.
struct Candidate {
    keys: [u128; MAX_LEVELS],
    ord: u64,
    doc: Doc,
}

impl TopHits {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        let mut body = params.whole_body().clone();
        for key in body.keys() {
            match key.as_str() {
                "size"
                | "from"
                | "sort"
                | "_source"
                | "version"
                | "seq_no_primary_term"
                | "track_scores"
                | "stored_fields"
                | "docvalue_fields"
                | "fields"
                | "highlight" => {}
                "explain" | "script_fields" => {
                    return Err(ParseError::illegal(format!(
                        "[{key}] of a [top_hits] aggregation is not supported"
                    )));
                }
                other => {
                    return Err(ParseError::parsing(format!(
                        "[top_hits] unknown field [{other}]"
                    )));
                }
            }
        }
        body.entry("size").or_insert_with(|| json!(3));
        let mut request = SearchRequest::from_json(&Value::Object(body))?;
        request.verbatim = true;
        let window = request.from.saturating_add(request.size);
        if window > MAX_WINDOW {
            return Err(ParseError::illegal(format!(
                "Top hits result window is too large, the top hits aggregator [{}]'s from + size \
                 must be less than or equal to: [{MAX_WINDOW}] but was [{window}]. This limit can \
                 be set by changing the [index.max_inner_result_window] index level setting.",
                params.name()
            )));
        }
        if request.sort.len() > MAX_LEVELS {
            return Err(ParseError::illegal(format!(
                "a sort has at most {MAX_LEVELS} levels, this one has {}",
                request.sort.len()
            )));
        }
        let explicit = !request.sort.is_empty();
        let sort = if explicit {
            request.sort.clone()
        } else {
            vec![Sort::Score(Order::Desc)]
        };
        Ok(Self {
            request,
            sort,
            explicit,
        })
    }

    /// Whether hits are ordered by score, or show it.
    pub(crate) fn needs_scores(&self) -> bool {
        self.request.track_scores || self.sort.iter().any(|sort| matches!(sort, Sort::Score(_)))
    }

    pub(crate) fn collect(&self, run: &Run<'_>, docs: &[Doc]) -> Result<TopHitsPartial> {
        let context = run.context();
        let scored = self.needs_scores();
        let window = self.request.from.saturating_add(self.request.size);
        let readers = context.snapshot.searcher.segment_readers();
        let mut max_score: Option<f32> = None;
        let mut best: Vec<(Vec<SortValue>, u64, Doc, f32)> = Vec::new();
        for segment in docs.chunk_by(|a, b| a >> 32 == b >> 32) {
            let Some((number, _)) = runs(segment).next() else {
                continue;
            };
            let reader = readers
                .get(number)
                .ok_or_else(|| EngineError::Internal("a document without a segment".to_owned()))?;
            let columns = u32::try_from(number)
                .ok()
                .and_then(|number| context.snapshot.columns(number))
                .ok_or_else(|| EngineError::Internal("a segment lacks its columns".to_owned()))?;
            let levels = self
                .sort
                .iter()
                .map(|sort| SegmentKey::open(context, reader, sort))
                .collect::<Result<Vec<_>>>()?;
            let mut candidates = Vec::new();
            for (_, part) in runs(segment) {
                run.check()?;
                for doc in part {
                    let score = if scored {
                        run.score(*doc).unwrap_or_default()
                    } else {
                        0.0
                    };
                    if scored {
                        max_score = Some(max_score.map_or(score, |best| best.max(score)));
                    }
                    let ord = columns.ord.first(place_of(*doc)).unwrap_or_default();
                    let mut keys = [0; MAX_LEVELS];
                    for (key, level) in keys.iter_mut().zip(&levels) {
                        *key = level.key(place_of(*doc), ord, score);
                    }
                    candidates.push(Candidate {
                        keys,
                        ord,
                        doc: *doc,
                    });
                }
                if candidates.len() > 4 * MAX_WINDOW {
                    keep_best(&mut candidates, window);
                }
            }
            keep_best(&mut candidates, window);
            for candidate in candidates {
                let score = run.score(candidate.doc).unwrap_or_default();
                let keys = levels
                    .iter()
                    .map(|level| level.value(place_of(candidate.doc), candidate.ord, score))
                    .collect::<Result<_>>()?;
                best.push((keys, candidate.ord, candidate.doc, score));
            }
        }
        best.sort_by(|a, b| compare(&self.sort, &a.0, &b.0).then(a.1.cmp(&b.1)));
        best.truncate(window);
        let mut hits = Vec::with_capacity(best.len());
        let mut keys = Vec::with_capacity(best.len());
        for (key, _, doc, score) in best {
            let mut hit = fetch_hit(context, &self.request, address(doc))?;
            hit.score = scored.then_some(score);
            if self.explicit {
                hit.sort = Some(shown(context, &self.sort, &key)?);
            }
            hits.push(hit);
            keys.push(key);
        }
        let (planner, query) = run.planner();
        mark_hits(context, planner, &self.request, query, &mut hits)?;
        Ok(TopHitsPartial {
            total: docs.len() as u64,
            max_score,
            hits: keys.into_iter().zip(hits).collect(),
        })
    }

    pub(crate) fn merge(&self, into: &mut TopHitsPartial, from: TopHitsPartial) {
        into.total += from.total;
        into.max_score = match (into.max_score, from.max_score) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        into.hits.extend(from.hits);
        into.hits
            .sort_by(|(a, _), (b, _)| compare(&self.sort, a, b));
        into.hits
            .truncate(self.request.from.saturating_add(self.request.size));
    }

    pub(crate) fn finish(&self, partial: &TopHitsPartial, out: &mut Map<String, Value>) {
        let hits: Vec<Value> = partial
            .hits
            .iter()
            .skip(self.request.from)
            .take(self.request.size)
            .map(|(_, hit)| hit.to_json())
            .collect();
        let max_score =
            partial
                .max_score
                .filter(|_| self.needs_scores())
                .map_or(Value::Null, |score| {
                    // As a hit prints it: the shortest text that reads back as the same score.
                    Value::from(score.to_string().parse::<f64>().unwrap_or(score.into()))
                });
        out.insert(
            "hits".to_owned(),
            json!({
                "total": {"value": partial.total, "relation": "eq"},
                "max_score": max_score,
                "hits": hits,
            }),
        );
    }
}

fn keep_best(candidates: &mut Vec<Candidate>, window: usize) {
    candidates.sort_unstable_by_key(|candidate| (candidate.keys, candidate.ord));
    candidates.truncate(window);
}
