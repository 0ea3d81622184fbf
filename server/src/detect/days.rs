//! Counts for each day, as an aggregation.

use std::collections::HashMap;
use std::iter::successors;

use engine::EngineError;
use engine::request::{SearchRequest, SourceFilter, TrackTotalHits};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};

use super::error::DetectError;
use super::query::{DAY_MS, between};
use super::records::Detections;

/// The most days of one answer: more than a hundred years, and fewer than the buckets of an aggregation.
pub const MOST_DAYS: i64 = 40_000;

/// What a day brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// The day, UTC.
    pub day: Date,
    /// Its records.
    pub records: u64,
    /// Their defects.
    pub defects: u64,
}

impl Detections {
    /// The days from the first to the last, those without records too. There are at most [`MOST_DAYS`].
    ///
    /// # Errors
    /// When the index cannot be searched.
    pub fn days(&self, first: Date, last: Date) -> Result<Vec<DayCount>, DetectError> {
        let request = SearchRequest {
            query: Some(between(Some(first), Some(last))),
            size: 0,
            source: SourceFilter::None,
            track_total_hits: TrackTotalHits::Off,
            aggs: Some(json!({"days": {
                "date_histogram": {
                    "field": "date", "fixed_interval": format!("{DAY_MS}ms"), "min_doc_count": 1,
                    "format": "epoch_millis",
                },
                "aggs": {"defects": {"sum": {"field": "num"}}},
            }})),
            ..SearchRequest::default()
        };
        let found = self.index()?.search(&request)?;
        let odd = || EngineError::Internal("an aggregation of days without days".to_owned());
        let buckets = found.aggregations.as_ref();
        let buckets = buckets.and_then(|aggregations| aggregations.pointer("/days/buckets"));
        let buckets = buckets.and_then(Value::as_array).ok_or_else(odd)?;
        let mut busy = HashMap::with_capacity(buckets.len());
        for bucket in buckets {
            let start = bucket.get("key").and_then(Value::as_f64).ok_or_else(odd)?;
            let start =
                OffsetDateTime::from_unix_timestamp(start as i64 / 1_000).map_err(|_| odd())?;
            let records = bucket.get("doc_count").and_then(Value::as_u64);
            let defects = bucket.pointer("/defects/value").and_then(Value::as_f64);
            let defects = defects.unwrap_or(0.0).round() as u64;
            busy.insert(start.date(), (records.unwrap_or(0), defects));
        }
        let days = successors(Some(first), |day| {
            day.next_day().filter(|next| *next <= last)
        });
        let days = days.map(|day| {
            let (records, defects) = busy.get(&day).copied().unwrap_or_default();
            DayCount {
                day,
                records,
                defects,
            }
        });
        Ok(days.collect())
    }
}
