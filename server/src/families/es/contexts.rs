//! Searches that go on: scrolls and points in time.

use std::time::Duration;

use engine::request::{SearchRequest, SearchResponse, TrackTotalHits};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::{EsError, searching};
use super::hits::{self, Answering};
use super::out::Out;
use super::reply::Reply;
use super::search::request;

/// The longest that anything is kept.
const MAX_KEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// A time such as `1m`.
pub(super) fn time_value(text: &str) -> Result<Duration, EsError> {
    let wrong = || {
        EsError::illegal(format!(
            "failed to parse [{text}] as a time value: unit is missing or unrecognized"
        ))
    };
    let split = text
        .find(|ch: char| !ch.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let millis = match unit {
        "ms" => number,
        "s" => number.saturating_mul(1_000),
        "m" => number.saturating_mul(60_000),
        "h" => number.saturating_mul(3_600_000),
        "d" => number.saturating_mul(86_400_000),
        _ => return Err(wrong()),
    };
    Ok(Duration::from_millis(millis))
}

/// A time for which something is kept.
fn keep_alive(text: &str) -> Result<Duration, EsError> {
    let keep = time_value(text)?;
    if keep > MAX_KEEP {
        return Err(EsError::illegal(format!(
            "Keep alive for request ({text}) is too large. It must be less than (1d)."
        )));
    }
    Ok(keep)
}

/// `_search?scroll=`
pub(super) fn begin_scroll(
    call: &Call,
    body: &Map<String, Value>,
    keep: &str,
    as_int: bool,
) -> Result<Reply, EsError> {
    let mut request = scroll_request(body)?;
    let keep = keep_alive(keep)?;
    if call.flag("request_cache", false)? {
        return Err(EsError::invalid(
            "[request_cache] cannot be used in a scroll context",
        ));
    }
    request.allow_partial = call.flag("allow_partial_search_results", true)?;
    request.bounds = Some(call.bounds.clone());
    let opened = call.app.node.open_scroll(call.index()?, &request, keep);
    let (id, response) = opened.map_err(searching)?;
    let mut answering = Answering::new(call, body, as_int);
    answering.before.insert("_scroll_id".into(), json!(id));
    answered(response, answering)
}

/// Scrolls count all hits unless told otherwise.
fn scroll_request(body: &Map<String, Value>) -> Result<SearchRequest, EsError> {
    let mut body = body.clone();
    body.entry("track_total_hits").or_insert(json!(true));
    let request = request(&body)?;
    if request.from > 0 {
        return Err(EsError::invalid(
            "using [from] is not allowed in a scroll context",
        ));
    }
    if request.track_total_hits == TrackTotalHits::Off {
        return Err(EsError::invalid(
            "disabling [track_total_hits] is not allowed in a scroll context",
        ));
    }
    if request.size == 0 {
        return Err(EsError::invalid("[size] cannot be [0] in a scroll context"));
    }
    Ok(request)
}

/// `_search/scroll`
pub fn scroll(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["scroll", "scroll_id", "rest_total_hits_as_int"])?;
    let body = call.object()?;
    let text = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .or_else(|| call.get(name))
            .map(str::to_owned)
    };
    let id = text("scroll_id")
        .or_else(|| call.part("scroll_id").map(str::to_owned))
        .ok_or_else(|| EsError::invalid("scrollId is missing"))?;
    let keep = text("scroll").map(|keep| keep_alive(&keep)).transpose()?;
    let response = call
        .app
        .node
        .scroll(&id, keep, Some(&call.bounds))
        .map_err(searching)?;
    let as_int = call.flag("rest_total_hits_as_int", false)?;
    let none = Map::new();
    let mut answering = Answering::new(call, &none, as_int);
    answering.before.insert("_scroll_id".into(), json!(id));
    answered(response, answering)
}

/// `DELETE _search/scroll`
pub fn clear_scroll(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["scroll_id"])?;
    let body = call.object()?;
    let mut ids: Vec<String> = match body.get("scroll_id") {
        Some(Value::String(id)) => vec![id.clone()],
        Some(Value::Array(ids)) => ids
            .iter()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    let named = call.part("scroll_id").or_else(|| call.get("scroll_id"));
    ids.extend(
        named
            .into_iter()
            .flat_map(|ids| ids.split(','))
            .map(str::to_owned),
    );
    let all = ids.is_empty() || ids.iter().any(|id| id == "_all");
    let freed = if all {
        call.app.node.clear_all_scrolls()
    } else {
        call.app.node.clear_scroll(&ids)
    };
    let status = if freed == 0 && !all {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    Ok(Reply::Json(
        status,
        json!({"succeeded": true, "num_freed": freed}),
    ))
}

/// `_search` with `pit`
pub(super) fn search_pit(
    call: &Call,
    body: &Map<String, Value>,
    as_int: bool,
) -> Result<Reply, EsError> {
    if call.part("index").is_some() {
        return Err(EsError::invalid(
            "[indices] cannot be used with point in time. Do not specify any index with point in time.",
        ));
    }
    let mut request = request(body)?;
    request.bounds = Some(call.bounds.clone());
    let id = request
        .pit
        .as_ref()
        .map(|pit| pit.id.clone())
        .unwrap_or_default();
    let response = call.app.node.search_pit(&id, &request).map_err(searching)?;
    let mut answering = Answering::new(call, body, as_int);
    answering.before.insert("pit_id".into(), json!(id));
    answered(response, answering)
}

fn answered(response: SearchResponse, answering: Answering<'_>) -> Result<Reply, EsError> {
    let mut out = Out::new(&answering.call.bounds);
    hits::write(&mut out, response, answering)?;
    Reply::written(out)
}

/// `POST /{index}/_pit`, and OpenSearch's `_search/point_in_time`
pub fn open_pit(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["keep_alive", "allow_partial_pit_creation"])?;
    let keep = call
        .get("keep_alive")
        .ok_or_else(|| EsError::invalid("keep alive is missing"))?;
    let id = call.app.node.open_pit(call.index()?, keep_alive(keep)?)?;
    let count = call.app.node.resolve(call.index()?)?.len() as u64;
    let shards = hits::shards(count);
    if call.route.contains("point_in_time") {
        return Reply::ok(json!({
            "pit_id": id, "_shards": shards, "creation_time": engine::clock::now_millis(),
        }));
    }
    Reply::ok(json!({"id": id, "_shards": shards}))
}

/// `DELETE _pit`, and OpenSearch's
pub fn close_pit(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let body = call.object()?;
    let opensearch = call.route.contains("point_in_time");
    let ids: Vec<String> = match body.get("id").or_else(|| body.get("pit_id")) {
        Some(Value::String(id)) => vec![id.clone()],
        Some(Value::Array(ids)) => ids
            .iter()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect(),
        _ => return Err(EsError::illegal("point in time id must be provided")),
    };
    let mut closed = 0;
    let mut each = Vec::new();
    for id in ids {
        let there = call.app.node.close_pit(&id);
        closed += u64::from(there);
        each.push(json!({"pit_id": id, "successful": there}));
    }
    if opensearch {
        return Reply::ok(json!({"pits": each}));
    }
    let status = if closed == 0 {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    Ok(Reply::Json(
        status,
        json!({"succeeded": true, "num_freed": closed}),
    ))
}
