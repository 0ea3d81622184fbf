//! Answers of searches, in Elasticsearch's shape.

use engine::request::{Hit, SearchResponse, ShardFailure, Total, TotalRelation};
use serde_json::{Map, Value, json};

/// `_shards` of an answer: every index is one.
pub fn shards(count: u64) -> Value {
    json!({"total": count, "successful": count, "skipped": 0, "failed": 0})
}

/// `_shards` of a search, with those that failed.
fn searched(successful: u32, failures: Vec<ShardFailure>) -> Value {
    let mut out = shards(successful.into());
    if failures.is_empty() {
        return out;
    }
    out["total"] = json!(successful as usize + failures.len());
    out["failed"] = json!(failures.len());
    let told = failures.into_iter().map(|failure| {
        json!({"shard": 0, "index": failure.index, "node": super::node::NODE_ID,
            "reason": {"type": failure.kind, "reason": failure.reason, "index": failure.index}})
    });
    out["failures"] = told.collect();
    out
}

/// `_shards` of what is done to indices rather than searched in them.
pub fn broadcast(count: u64) -> Value {
    json!({"total": count, "successful": count, "failed": 0})
}

/// A score as the shortest text that reads back as the same.
fn score(score: f32) -> Value {
    Value::from(score.to_string().parse::<f64>().unwrap_or(score.into()))
}

/// A hit.
pub fn hit(hit: Hit) -> Value {
    let mut out = Map::new();
    if hit.explanation.is_some() {
        out.insert("_shard".into(), json!(format!("[{}][0]", hit.index)));
        out.insert("_node".into(), json!(super::node::NODE_ID));
    }
    out.insert("_index".into(), json!(hit.index));
    out.insert("_id".into(), json!(hit.id));
    if let Some(version) = hit.version {
        out.insert("_version".into(), json!(version));
    }
    if let Some(seq) = hit.seq_no {
        out.insert("_seq_no".into(), json!(seq));
        out.insert("_primary_term".into(), json!(hit.primary_term.unwrap_or(1)));
    }
    out.insert("_score".into(), hit.score.map_or(Value::Null, score));
    if let Some(source) = hit.source {
        out.insert("_source".into(), source);
    }
    if let Some(fields) = hit.fields {
        out.insert("fields".into(), Value::Object(fields));
    }
    if let Some(highlight) = hit.highlight {
        out.insert("highlight".into(), Value::Object(highlight));
    }
    if let Some(sort) = hit.sort {
        out.insert("sort".into(), Value::Array(sort));
    }
    if !hit.matched_queries.is_empty() {
        out.insert("matched_queries".into(), json!(hit.matched_queries));
    }
    if let Some(explanation) = hit.explanation {
        out.insert("_explanation".into(), explanation);
    }
    if let Some(inner) = hit.inner_hits {
        out.insert("inner_hits".into(), Value::Object(inner));
    }
    Value::Object(out)
}

/// The number of matches; as a bare number where an old client asks for that.
fn total(total: Total, as_int: bool) -> Value {
    if as_int {
        return json!(total.value);
    }
    let relation = match total.relation {
        TotalRelation::Eq => "eq",
        TotalRelation::Gte => "gte",
    };
    json!({"value": total.value, "relation": relation})
}

/// The totals of inner hits as bare numbers.
fn bare_totals(inner: &mut Map<String, Value>) {
    for (_, inner) in inner {
        if let Some(total) = inner.pointer_mut("/hits/total") {
            *total = total["value"].take();
        }
    }
}

/// A whole answer.
pub fn response(response: SearchResponse, as_int: bool) -> Map<String, Value> {
    let mut hits = Map::new();
    match response.total {
        Some(count) => {
            hits.insert("total".into(), total(count, as_int));
        }
        // Whoever reads a number gets one.
        None if as_int => {
            hits.insert("total".into(), json!(-1));
        }
        None => {}
    }
    hits.insert(
        "max_score".into(),
        response.max_score.map_or(Value::Null, score),
    );
    let found = response.hits.into_iter().map(|mut found| {
        if as_int {
            found.inner_hits.iter_mut().for_each(bare_totals);
        }
        hit(found)
    });
    hits.insert("hits".into(), found.collect());
    let mut out = Map::new();
    out.insert("took".into(), json!(response.took_ms));
    out.insert("timed_out".into(), json!(response.timed_out));
    if let Some(early) = response.terminated_early {
        out.insert("terminated_early".into(), json!(early));
    }
    out.insert(
        "_shards".into(),
        searched(response.shards, response.failures),
    );
    out.insert("hits".into(), Value::Object(hits));
    if let Some(aggregations) = response.aggregations {
        out.insert("aggregations".into(), aggregations);
    }
    if let Some(suggest) = response.suggest {
        out.insert("suggest".into(), suggest);
    }
    if let Some(profile) = response.profile {
        out.insert("profile".into(), json!({"shards": [profile]}));
    }
    out
}
