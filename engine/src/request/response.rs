//! The answer to a search.

use serde_json::{Map, Value};

use super::{Source, weight_of};
use crate::error::Result;

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SearchResponse {
    /// Milliseconds that it took.
    pub took_ms: u64,
    /// Whether time ran out before everything was looked at.
    pub timed_out: bool,
    /// Whether `terminate_after` ended it; `None` when it was not asked for.
    pub terminated_early: Option<bool>,
    /// How many documents match; `None` when they were not counted.
    pub total: Option<Total>,
    /// The best score; `None` without scores or hits.
    pub max_score: Option<f32>,
    /// The hits.
    pub hits: Vec<Hit>,
    /// The aggregations' results.
    pub aggregations: Option<Value>,
    /// The suggesters' results.
    pub suggest: Option<Value>,
    /// Where time went.
    pub profile: Option<Value>,
    /// The shards (one for each index) that answered.
    pub shards: u32,
    /// Indices whose part of the search failed, where the others' was asked for all the same.
    pub failures: Vec<ShardFailure>,
    /// The point in time that was searched.
    pub pit_id: Option<String>,
    /// The scroll that gives the next hits.
    pub scroll_id: Option<String>,
}

/// An index whose part of a search failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardFailure {
    /// Its name.
    pub index: String,
    /// The error's type, in Elasticsearch's words.
    pub kind: &'static str,
    /// In words.
    pub reason: String,
}

/// How many documents match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// The number.
    pub value: u64,
    /// Whether it is exact.
    pub relation: TotalRelation,
}

/// Whether a [`Total`] is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TotalRelation {
    /// So many.
    #[default]
    Eq,
    /// So many or more.
    Gte,
}

/// A document that matches.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hit {
    /// Its index.
    pub index: String,
    /// Its id.
    pub id: String,
    /// Its score; `None` when something else sorts.
    pub score: Option<f32>,
    /// Its source, as filtered.
    pub source: Option<Source>,
    /// Its sort values.
    pub sort: Option<Vec<Value>>,
    /// Its marked fragments by field.
    pub highlight: Option<Map<String, Value>>,
    /// Its version.
    pub version: Option<u64>,
    /// Its sequence number.
    pub seq_no: Option<u64>,
    /// Its primary term.
    pub primary_term: Option<u64>,
    /// Its fields that were asked for, each a list.
    pub fields: Option<Map<String, Value>>,
    /// The names of the clauses that it matches.
    pub matched_queries: Vec<String>,
    /// How its score came about.
    pub explanation: Option<Value>,
    /// Hits of its group, by name.
    pub inner_hits: Option<Map<String, Value>>,
    /// Where it was near to the vectors of the request.
    pub nearest: Vec<Nearest>,
}

impl Hit {
    /// Parses its source; `None` where it has none.
    ///
    /// # Errors
    /// When what was stored is not JSON.
    pub fn source_value(&self) -> Result<Option<Value>> {
        self.source.as_ref().map(Source::value).transpose()
    }

    /// Parses its source for whoever hands it on, with numbers as they were written.
    ///
    /// # Errors
    /// As [`Self::source_value`].
    pub fn source_verbatim(&self) -> Result<Option<Value>> {
        self.source.as_ref().map(Source::verbatim).transpose()
    }

    /// Returns about how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        const OWN: usize = size_of::<Hit>();
        let maps = [&self.fields, &self.highlight, &self.inner_hits];
        let of_map = |(key, value): (&String, &Value)| 64 + key.len() + weight_of(value);
        let maps = maps.into_iter().flatten().flatten().map(of_map);
        let source = self.source.as_ref().map_or(0, |source| source.text().len());
        let names = self.matched_queries.iter().map(|name| 24 + name.len());
        let sort = self.sort.iter().flatten().map(weight_of);
        let told = self.explanation.as_ref().map_or(0, weight_of);
        OWN + self.id.len() + source + told + maps.chain(names).chain(sort).sum::<usize>()
    }
}

/// The vector of a document that was nearest.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearest {
    /// The field's path.
    pub field: String,
    /// Which of the document's vectors; of a GIF, the frame.
    pub slot: u32,
    /// When it shows, in seconds.
    pub time: f32,
    /// The cosine, the dot product or the distance, by the field's similarity.
    pub similarity: f32,
}
