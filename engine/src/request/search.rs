//! The body of a search.

use std::time::Duration;

use serde_json::Value;

use super::{Highlight, Sort, SourceFilter};
use crate::query::ast::{Knn, Query};

/// The body of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// What has to match; `None` for every document.
    pub query: Option<Query>,
    /// How many hits to skip.
    pub from: usize,
    /// How many hits to give.
    pub size: usize,
    /// The order of the hits; empty for the score's.
    pub sort: Vec<Sort>,
    /// The sort values after which hits begin.
    pub search_after: Option<Vec<Value>>,
    /// `_source`: what of the documents is given.
    pub source: SourceFilter,
    /// Whether numbers of sources come as they were written, marked as [`crate::numerals`] does; no
    /// part of a request's JSON.
    pub verbatim: bool,
    /// How matches are marked.
    pub highlight: Option<Highlight>,
    /// How exactly hits are counted.
    pub track_total_hits: TrackTotalHits,
    /// Whether indices that the request does not fit are told of beside what the others found. Otherwise they
    /// are an error.
    pub allow_partial: bool,
    /// Documents below this score are no hits.
    pub min_score: Option<f32>,
    /// What hits have to match, aggregations not.
    pub post_filter: Option<Query>,
    /// Whether scores are computed when something else sorts.
    pub track_scores: bool,
    /// How long the search may take before it answers with what it has.
    pub timeout: Option<Duration>,
    /// How many documents are collected at most; 0 for no limit.
    pub terminate_after: u64,
    /// Whether every hit explains its score.
    pub explain: bool,
    /// Whether the answer says where time went.
    pub profile: bool,
    /// Stored fields to give; `_none_` for not even the source.
    pub stored_fields: Vec<String>,
    /// Columns to give.
    pub docvalue_fields: Vec<FieldFormat>,
    /// Fields to give, whatever they are read from.
    pub fields: Vec<FieldFormat>,
    /// Only the best hit of each value.
    pub collapse: Option<Collapse>,
    /// `aggs`, as they came.
    pub aggs: Option<Value>,
    /// `suggest`, as it came.
    pub suggest: Option<Value>,
    /// `rescore`, as it came.
    pub rescore: Option<Value>,
    /// Nearest neighbours, whose hits are joined with the query's.
    pub knn: Vec<Knn>,
    /// Whether hits give their version.
    pub version: bool,
    /// Whether hits give their sequence number and primary term.
    pub seq_no_primary_term: bool,
    /// Factors of the score by index.
    pub indices_boost: Vec<(String, f32)>,
    /// The point in time that is searched.
    pub pit: Option<PointInTime>,
    /// Names under which statistics are kept; without effect.
    pub stats: Vec<String>,
    /// How the lists of the query and of the neighbours become one; `None` to add scores up.
    pub rank: Option<Rank>,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            query: None,
            from: 0,
            size: 10,
            sort: Vec::new(),
            search_after: None,
            source: SourceFilter::default(),
            highlight: None,
            track_total_hits: TrackTotalHits::default(),
            verbatim: false,
            allow_partial: false,
            min_score: None,
            post_filter: None,
            track_scores: false,
            timeout: None,
            terminate_after: 0,
            explain: false,
            profile: false,
            stored_fields: Vec::new(),
            docvalue_fields: Vec::new(),
            fields: Vec::new(),
            collapse: None,
            aggs: None,
            suggest: None,
            rescore: None,
            knn: Vec::new(),
            version: false,
            seq_no_primary_term: false,
            indices_boost: Vec::new(),
            pit: None,
            stats: Vec::new(),
            rank: None,
        }
    }
}

/// How exactly hits are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrackTotalHits {
    /// All of them.
    #[default]
    Exact,
    /// Not at all.
    Off,
    /// Up to so many.
    UpTo(u64),
}

/// A field (or pattern) with the format of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFormat {
    /// The field's path, which may hold `*`.
    pub field: String,
    /// The format of dates.
    pub format: Option<String>,
}

/// Only the best hit of each value of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Collapse {
    /// The field's path.
    pub field: String,
    /// `inner_hits`, as it came.
    pub inner_hits: Option<Value>,
    /// How many groups may be searched at once; without effect on the answer.
    pub max_concurrent_group_searches: Option<u32>,
}

/// A point in time to search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointInTime {
    /// Its id.
    pub id: String,
    /// How much longer it is kept.
    pub keep_alive: Option<Duration>,
}

/// Reciprocal rank fusion of the lists of a query and of neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// How many hits of each list count; `None` for a page, at least ten.
    pub rank_window_size: Option<usize>,
    /// What is added to each rank: the larger, the more the ranks further down count.
    pub rank_constant: u32,
}
