//! Answers of searches, in Elasticsearch's shape.

use engine::request::{Hit, SearchResponse, ShardFailure, Total, TotalRelation};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::out::Out;
use super::search::shaped;

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

/// Writes a hit.
fn hit(out: &mut Out, hit: Hit) -> Result<(), EsError> {
    let mut members = out.object()?;
    if hit.explanation.is_some() {
        members.put("_shard", &json!(format!("[{}][0]", hit.index)))?;
        members.put("_node", &json!(super::node::NODE_ID))?;
    }
    members.put("_index", &json!(hit.index))?;
    members.put("_id", &json!(hit.id))?;
    if let Some(version) = hit.version {
        members.put("_version", &json!(version))?;
    }
    if let Some(seq) = hit.seq_no {
        members.put("_seq_no", &json!(seq))?;
        members.put("_primary_term", &json!(hit.primary_term.unwrap_or(1)))?;
    }
    members.put("_score", &hit.score.map_or(Value::Null, score))?;
    if let Some(source) = hit.source {
        members.named("_source")?.source(&source)?;
    }
    let mut rest = Map::new();
    if let Some(fields) = hit.fields {
        rest.insert("fields".into(), Value::Object(fields));
    }
    if let Some(highlight) = hit.highlight {
        rest.insert("highlight".into(), Value::Object(highlight));
    }
    if let Some(sort) = hit.sort {
        rest.insert("sort".into(), Value::Array(sort));
    }
    if !hit.matched_queries.is_empty() {
        rest.insert("matched_queries".into(), json!(hit.matched_queries));
    }
    if let Some(explanation) = hit.explanation {
        rest.insert("_explanation".into(), explanation);
    }
    if let Some(inner) = hit.inner_hits {
        rest.insert("inner_hits".into(), Value::Object(inner));
    }
    members.put_all(&rest)?;
    members.end()
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

/// How a search is answered.
pub struct Answering<'a> {
    /// The request.
    pub call: &'a Call,
    /// The body of the search.
    pub body: &'a Map<String, Value>,
    /// Whether totals are bare numbers.
    pub as_int: bool,
    /// Members before all others.
    pub before: Map<String, Value>,
    /// Members after all others.
    pub after: Map<String, Value>,
}

impl<'a> Answering<'a> {
    /// Answers a search of a body with nothing beside.
    pub fn new(call: &'a Call, body: &'a Map<String, Value>, as_int: bool) -> Self {
        Self {
            call,
            body,
            as_int,
            before: Map::new(),
            after: Map::new(),
        }
    }
}

/// Writes a whole answer. Each hit is dropped when it is written.
pub fn write(
    out: &mut Out,
    response: SearchResponse,
    answering: Answering<'_>,
) -> Result<(), EsError> {
    let as_int = answering.as_int;
    let mut before = answering.before;
    before.insert("took".into(), json!(response.took_ms));
    before.insert("timed_out".into(), json!(response.timed_out));
    if let Some(early) = response.terminated_early {
        before.insert("terminated_early".into(), json!(early));
    }
    before.insert(
        "_shards".into(),
        searched(response.shards, response.failures),
    );
    let mut about = Map::new();
    match response.total {
        Some(count) => {
            about.insert("total".into(), total(count, as_int));
        }
        // Whoever reads a number gets one.
        None if as_int => {
            about.insert("total".into(), json!(-1));
        }
        None => {}
    }
    about.insert(
        "max_score".into(),
        response.max_score.map_or(Value::Null, score),
    );
    let mut after = Map::new();
    if let Some(aggregations) = response.aggregations {
        after.insert("aggregations".into(), aggregations);
    }
    if let Some(suggest) = response.suggest {
        after.insert("suggest".into(), suggest);
    }
    if let Some(profile) = response.profile {
        after.insert("profile".into(), json!({"shards": [profile]}));
    }
    shaped(answering.call, answering.body, &mut after)?;
    after.extend(answering.after);
    let mut members = out.object()?;
    members.put_all(&before)?;
    let out = members.named("hits")?;
    let mut hits = out.object()?;
    hits.put_all(&about)?;
    let out = hits.named("hits")?;
    out.text("[")?;
    for (at, mut found) in response.hits.into_iter().enumerate() {
        if at > 0 {
            out.text(",")?;
        }
        if as_int {
            found.inner_hits.iter_mut().for_each(bare_totals);
        }
        hit(out, found)?;
    }
    out.text("]")?;
    hits.end()?;
    members.put_all(&after)?;
    members.end()
}
