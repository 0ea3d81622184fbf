//! Answers.

use serde_json::{Value, json};

use super::print::{Out, float, strings};
use crate::request::{Hit, SearchResponse, Total, TotalRelation, WriteOutcome, WriteResult};

impl SearchResponse {
    /// The answer as Elasticsearch gives it.
    pub fn to_json(&self) -> Value {
        let mut hits = Out::default();
        hits.some("total", self.total.map(Total::to_json))
            .put("max_score", self.max_score.map_or(Value::Null, float))
            .put(
                "hits",
                self.hits.iter().map(Hit::to_json).collect::<Value>(),
            );
        let mut out = Out::default();
        out.some("_scroll_id", self.scroll_id.clone())
            .some("pit_id", self.pit_id.clone())
            .put("took", self.took_ms)
            .put("timed_out", self.timed_out)
            .some("terminated_early", self.terminated_early)
            .put(
                "_shards",
                json!({
                    "total": self.shards as usize + self.failures.len(),
                    "successful": self.shards,
                    "skipped": 0,
                    "failed": self.failures.len(),
                }),
            )
            .put("hits", hits.0)
            .some("aggregations", self.aggregations.clone())
            .some("suggest", self.suggest.clone())
            .some("profile", self.profile.clone());
        Value::Object(out.0)
    }
}

impl Total {
    /// The number and its relation.
    pub fn to_json(self) -> Value {
        let relation = match self.relation {
            TotalRelation::Eq => "eq",
            TotalRelation::Gte => "gte",
        };
        json!({"value": self.value, "relation": relation})
    }
}

impl Hit {
    /// The hit as Elasticsearch gives it.
    pub fn to_json(&self) -> Value {
        let mut out = Out::default();
        out.put("_index", self.index.clone())
            .put("_id", self.id.clone())
            .some("_version", self.version)
            .some("_seq_no", self.seq_no)
            .some("_primary_term", self.primary_term)
            .put("_score", self.score.map_or(Value::Null, float))
            .some("_source", self.source_verbatim().ok().flatten())
            .some("fields", self.fields.clone())
            .some("highlight", self.highlight.clone())
            .some("sort", self.sort.clone());
        if !self.matched_queries.is_empty() {
            out.put("matched_queries", strings(&self.matched_queries));
        }
        out.some("inner_hits", self.inner_hits.clone())
            .some("_explanation", self.explanation.clone());
        Value::Object(out.0)
    }
}

impl WriteResult {
    /// The result as Elasticsearch gives it.
    pub fn to_json(&self) -> Value {
        // What changes nothing reaches no shard.
        let shards = u32::from(self.result != WriteOutcome::Noop);
        let mut out = Out::default();
        out.some("_index", self.index.clone())
            .put("_id", self.id.clone())
            .put("_version", self.version)
            .put("result", self.result.as_str())
            .put(
                "_shards",
                json!({"total": shards, "successful": shards, "failed": 0}),
            )
            .put("_seq_no", self.seq_no)
            .put("_primary_term", self.primary_term);
        Value::Object(out.0)
    }
}
