//! What of a search is asked without its hits: `_count`, `_validate/query`, `_explain`.

use engine::query::ast::{Bool, Ids, Query};
use engine::request::{SearchRequest, TrackTotalHits};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::parameters::{only_query, source_parameters};
use super::run;
use crate::families::es::call::Call;
use crate::families::es::documents::{current, wanted_source};
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
    let min_score = call.get("min_score").map(|text| {
        text.parse::<f32>().map_err(|_| {
            EsError::illegal(format!(
                "Failed to parse float parameter [min_score] with value [{text}]"
            ))
        })
    });
    let request = SearchRequest {
        query: Some(query),
        size: 0,
        min_score: min_score.transpose()?,
        track_total_hits: TrackTotalHits::Exact,
        ..SearchRequest::default()
    };
    let response = run(call, call.index()?, request)?;
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
    let checked = run(call, expression, request).map(|_| query);
    let all_shards = call.flag("all_shards", false)?;
    let explanation_of = |index: &str| {
        let mut one = json!({"index": index, "valid": true});
        if all_shards {
            one["shard"] = json!(0);
        }
        one
    };
    let mut out = Map::new();
    out.insert("_shards".into(), hits::broadcast(targets.len() as u64));
    out.insert("valid".into(), json!(checked.is_ok()));
    match (checked, explain) {
        (Ok(query), true) => {
            let each = targets.iter().map(|target| {
                let mut one = explanation_of(target.index.name());
                one["explanation"] = json!(shown(&query));
                one
            });
            out.insert("explanations".into(), each.collect());
        }
        (Err(error), true) => {
            let each = targets.iter().map(|target| {
                let mut one = explanation_of(target.index.name());
                one["valid"] = json!(false);
                one["error"] = json!(error.reason);
                one
            });
            out.insert("explanations".into(), each.collect());
        }
        (Err(error), false) if error.status != StatusCode::BAD_REQUEST => return Err(error),
        _ => {}
    }
    Reply::ok(Value::Object(out))
}

/// A query as it is run: every document as Lucene writes it, other queries as themselves.
fn shown(query: &Query) -> String {
    match query {
        Query::MatchAll(_) => "*:*".to_owned(),
        query => query.to_json().to_string(),
    }
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
    if call.get("q").is_none() && !call.object()?.contains_key("query") {
        return Err(EsError::invalid("query is missing"));
    }
    let index = call.app.node.index(call.index()?)?;
    if index.get_stored(id, false, false)?.is_none() {
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
        bounds: Some(call.bounds.clone()),
        ..SearchRequest::default()
    };
    let mut response = index.search(&request).map_err(searching)?;
    let mut out = json!({"_index": index.name(), "_id": id, "matched": !response.hits.is_empty()});
    if let Some(hit) = response.hits.pop() {
        // The first part is the query's own; the other is the document that was asked about.
        let mut told = hit.explanation;
        let own = told
            .as_mut()
            .and_then(|told| told.pointer_mut("/details/0"));
        out["explanation"] = own.map_or_else(
            || json!({"value": hit.score, "description": "the score", "details": []}),
            Value::take,
        );
    } else {
        out["explanation"] =
            json!({"value": 0.0, "description": "no matching clause", "details": []});
    }
    let wanted = source_parameters(call);
    let wanted = wanted_source(wanted.as_ref())?;
    if let Some(got) = current(&index, id, wanted.as_ref())? {
        out["get"] = got;
    }
    Reply::ok(out)
}
