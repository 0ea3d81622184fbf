//! What of a search is asked without its hits: `_count`, `_validate/query`, `_explain`.

use engine::query::ast::{Bool, Ids, Query};
use engine::request::{SearchRequest, TrackTotalHits};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::parameters::only_query;
use super::run;
use crate::families::es::call::Call;
use crate::families::es::error::EsError;
use crate::families::es::error::searching;
use crate::families::es::hits;
use crate::families::es::reply::Reply;

const QUERY_PARAMETERS: &[&str] = &[
    "q",
    "df",
    "default_operator",
    "analyzer",
    "analyze_wildcard",
    "lenient",
    "min_score",
    "terminate_after",
];

/// `_count`
pub fn count(call: &Call) -> Result<Reply, EsError> {
    call.allow(QUERY_PARAMETERS)?;
    let query = only_query(call)?;
    let request = SearchRequest {
        query: Some(query),
        size: 0,
        track_total_hits: TrackTotalHits::Exact,
        ..SearchRequest::default()
    };
    let response = run(call, call.index()?, &request)?;
    let count = response.total.map_or(0, |total| total.value);
    Reply::ok(json!({"count": count, "_shards": hits::shards(response.shards.into())}))
}

/// `_validate/query`
pub fn validate(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "q",
        "df",
        "default_operator",
        "analyzer",
        "analyze_wildcard",
        "lenient",
        "explain",
        "rewrite",
        "all_shards",
    ])?;
    let explain = call.flag("explain", false)?;
    let expression = call.index()?;
    let targets = call.app.node.resolve(expression)?;
    let query = match only_query(call) {
        Ok(query) => query,
        // What cannot be read never came to a shard.
        Err(error) => {
            let mut out = json!({"valid": false});
            if explain {
                out["error"] = json!(error.reason);
            }
            return Reply::ok(out);
        }
    };
    let request = SearchRequest {
        query: Some(query.clone()),
        size: 0,
        ..SearchRequest::default()
    };
    let checked = run(call, expression, &request).map(|_| query);
    let mut out = Map::new();
    out.insert("_shards".into(), hits::broadcast(targets.len() as u64));
    out.insert("valid".into(), json!(checked.is_ok()));
    match (checked, explain) {
        (Ok(query), true) => {
            let each = targets.iter().map(|target| {
                json!({"index": target.index.name(), "valid": true, "explanation": query.to_json().to_string()})
            });
            out.insert("explanations".into(), each.collect());
        }
        (Err(error), true) => {
            let each = targets.iter().map(|target| {
                json!({"index": target.index.name(), "valid": false, "error": error.reason})
            });
            out.insert("explanations".into(), each.collect());
        }
        (Err(error), false) if error.status != StatusCode::BAD_REQUEST => return Err(error),
        _ => {}
    }
    Reply::ok(Value::Object(out))
}

/// `_explain/{id}`
pub fn explain(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "q",
        "df",
        "default_operator",
        "analyzer",
        "analyze_wildcard",
        "lenient",
        "_source",
        "_source_includes",
        "_source_excludes",
        "stored_fields",
    ])?;
    let id = call.part("id").unwrap_or_default();
    let query = only_query(call)?;
    let index = call.app.node.index(call.index()?)?;
    if index.get(id)?.is_none() {
        return Ok(Reply::Json(
            StatusCode::NOT_FOUND,
            json!({"_index": index.name(), "_id": id, "matched": false}),
        ));
    }
    let request = SearchRequest {
        query: Some(Query::Bool(Bool {
            must: vec![query],
            filter: vec![Query::Ids(Ids::new(vec![id.to_owned()]))],
            ..Bool::default()
        })),
        size: 1,
        explain: true,
        ..SearchRequest::default()
    };
    let mut response = index.search(&request).map_err(searching)?;
    let mut out = json!({"_index": index.name(), "_id": id, "matched": !response.hits.is_empty()});
    if let Some(hit) = response.hits.pop() {
        out["explanation"] = hit.explanation.unwrap_or_else(
            || json!({"value": hit.score, "description": "the score", "details": []}),
        );
    } else {
        out["explanation"] =
            json!({"value": 0.0, "description": "no matching clause", "details": []});
    }
    Reply::ok(out)
}
