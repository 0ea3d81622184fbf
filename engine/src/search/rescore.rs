//! `rescore`: the best hits again, with a second query's score.

use std::iter;

use serde_json::Value;

use super::collect::Entry;
use super::keys::SortValue;
use super::{Context, probe};
use crate::error::{EngineError, Result};
use crate::query::ast::{ParseError, Query, keyword_enum};
use crate::query::plan::Planner;
use crate::request::{Order, SearchRequest, Sort};

/// The most hits that are scored again.
const MAX_WINDOW: usize = 10_000;
/// The most rescorers of a request.
const MAX_RESCORERS: usize = 10;

keyword_enum! {
    /// How the two scores combine.
    pub enum RescoreMode {
        /// Their sum.
        #[default]
        Total = "total",
        /// Their product.
        Multiply = "multiply",
        /// Their mean.
        Avg = "avg",
        /// The larger.
        Max = "max",
        /// The smaller.
        Min = "min",
    }
}

/// A second query for the best hits.
pub(super) struct Rescorer {
    window: usize,
    pub(super) query: Query,
    query_weight: f32,
    rescore_weight: f32,
    mode: RescoreMode,
}

/// The rescorers of a request.
pub(super) fn of(request: &SearchRequest) -> Result<Vec<Rescorer>> {
    let Some(value) = &request.rescore else {
        return Ok(Vec::new());
    };
    let by_score = match request.sort.as_slice() {
        [] => true,
        [Sort::Score(order)] => *order == Order::Desc,
        _ => false,
    };
    if !by_score {
        return Err(EngineError::IllegalArgument(
            "Cannot use [sort] option in conjunction with [rescore].".to_owned(),
        ));
    }
    Ok(read(value).map_err(|error| error.within("rescore"))?)
}

/// Checks the `rescore` of a request.
///
/// # Errors
/// What is wrong, and where.
pub(crate) fn check(value: &Value) -> Result<(), ParseError> {
    read(value).map(|_| ())
}

fn read(value: &Value) -> Result<Vec<Rescorer>, ParseError> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > MAX_RESCORERS {
        return Err(ParseError::illegal(format!(
            "there are at most {MAX_RESCORERS} rescorers"
        )));
    }
    items.iter().map(one).collect()
}

fn one(value: &Value) -> Result<Rescorer, ParseError> {
    let unknown = |key: &str| ParseError::parsing(format!("[rescore] unknown field [{key}]"));
    let Some(object) = value.as_object() else {
        return Err(ParseError::parsing("[rescore] is an object"));
    };
    let mut window = 10;
    let mut body = None;
    for (key, value) in object {
        match key.as_str() {
            "window_size" => {
                window = value
                    .as_u64()
                    .and_then(|window| usize::try_from(window).ok())
                    .ok_or_else(|| {
                        ParseError::illegal(format!("[{value}] is no number")).within(key)
                    })?;
            }
            "query" => body = value.as_object(),
            other => return Err(unknown(other)),
        }
    }
    if window > MAX_WINDOW {
        return Err(ParseError::illegal(format!(
            "Rescore window [{window}] is too large. It must be less than [{MAX_WINDOW}]."
        )));
    }
    let body = body.ok_or_else(|| ParseError::parsing("missing rescore type"))?;
    let mut query = None;
    let (mut query_weight, mut rescore_weight) = (1.0, 1.0);
    let mut mode = RescoreMode::default();
    for (key, value) in body {
        #[expect(clippy::cast_possible_truncation, reason = "scores are single floats")]
        let number = || {
            value
                .as_f64()
                .map(|number| number as f32)
                .filter(|number| number.is_finite())
                .ok_or_else(|| ParseError::illegal(format!("[{value}] is no number")).within(key))
        };
        match key.as_str() {
            "rescore_query" => {
                query = Some(Query::from_json(value).map_err(|error| error.within(key))?);
            }
            "query_weight" => query_weight = number()?,
            "rescore_query_weight" => rescore_weight = number()?,
            "score_mode" => {
                mode = value
                    .as_str()
                    .and_then(RescoreMode::from_word)
                    .ok_or_else(|| ParseError::illegal(format!("illegal score_mode [{value}]")))?;
            }
            other => return Err(unknown(other)),
        }
    }
    Ok(Rescorer {
        window,
        query: query.ok_or_else(|| ParseError::illegal("[query] requires [rescore_query]"))?,
        query_weight,
        rescore_weight,
        mode,
    })
}

impl Rescorer {
    fn combine(&self, first: f32, second: Option<f32>) -> f32 {
        let first = first * self.query_weight;
        let Some(second) = second.map(|score| score * self.rescore_weight) else {
            return first;
        };
        match self.mode {
            RescoreMode::Total => first + second,
            RescoreMode::Multiply => first * second,
            RescoreMode::Avg => f32::midpoint(first, second),
            RescoreMode::Max => first.max(second),
            RescoreMode::Min => first.min(second),
        }
    }
}

/// How many of the best hits all rescorers need.
pub(super) fn window(rescorers: &[Rescorer]) -> usize {
    rescorers
        .iter()
        .map(|rescorer| rescorer.window)
        .max()
        .unwrap_or(0)
}

/// Scores the first entries again, and orders all anew: those behind the window have the query's part of the
/// score alone, as Elasticsearch has it.
pub(super) fn rescore(
    context: &Context,
    planner: &Planner<'_>,
    rescorers: &[Rescorer],
    entries: &mut [Entry],
) -> Result<()> {
    for rescorer in rescorers {
        let end = rescorer.window.min(entries.len());
        let Some((best, others)) = entries.split_at_mut_checked(end) else {
            continue;
        };
        let addresses: Vec<_> = best.iter().map(|entry| entry.address).collect();
        let weight = probe::weight(context, planner, &rescorer.query, true)?;
        let scores = probe::scores(context, planner, weight.as_ref(), &addresses)?;
        let scores = scores.into_iter().chain(iter::repeat(None));
        for (entry, second) in best.iter_mut().chain(others).zip(scores) {
            entry.score = rescorer.combine(entry.score, second);
            for key in entry.keys.iter_mut().take(1) {
                *key = SortValue::Float(entry.score.into());
            }
        }
        entries.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.ord.cmp(&b.ord)));
    }
    Ok(())
}
