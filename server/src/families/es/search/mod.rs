//! Searching: `_search` here, what else asks in the files beside.

mod checks;
mod lookup;
mod parameters;
mod several;

use engine::request::{SearchRequest, SearchResponse, TrackTotalHits};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::{EsError, searching};
use super::hits;
use super::reply::Reply;

pub use checks::{count, explain, validate};
pub(super) use parameters::{query_string, source_parameters};
pub use several::msearch;

pub(super) use lookup::look_up;
use parameters::with_parameters;

/// How exactly hits are counted unless told otherwise.
const COUNTED: u64 = 10_000;
/// Parameters of a search.
const PARAMETERS: &[&str] = &[
    "q",
    "df",
    "default_operator",
    "analyzer",
    "analyze_wildcard",
    "lenient",
    "from",
    "size",
    "sort",
    "_source",
    "_source_includes",
    "_source_excludes",
    "stored_fields",
    "docvalue_fields",
    "track_total_hits",
    "track_scores",
    "terminate_after",
    "explain",
    "version",
    "seq_no_primary_term",
    "scroll",
    "rest_total_hits_as_int",
    "timeout",
    "stats",
];

/// `_search`
pub fn search(call: &Call) -> Result<Reply, EsError> {
    call.allow(PARAMETERS)?;
    let mut body = with_parameters(call, call.object()?)?;
    look_up(call, &mut body)?;
    let as_int = call.flag("rest_total_hits_as_int", false)?;
    check_total(&body, as_int)?;
    if let Some(keep) = call.get("scroll") {
        return super::contexts::begin_scroll(call, &body, keep, as_int);
    }
    if body.contains_key("pit") {
        return super::contexts::search_pit(call, &body, as_int);
    }
    let mut request = request(&body)?;
    request.allow_partial = call.flag("allow_partial_search_results", true)?;
    let started = std::time::Instant::now();
    let response = run(call, call.index()?, &request)?;
    let found = response.total.map_or(0, |total| total.value);
    let took = started.elapsed();
    call.app.recent.note("elasticsearch", None, found, took);
    let mut answer = hits::response(response, as_int);
    shaped(call, &body, &mut answer)?;
    Reply::ok(Value::Object(answer))
}

/// Searches, and tells of errors as those of shards.
fn run(call: &Call, expression: &str, request: &SearchRequest) -> Result<SearchResponse, EsError> {
    let found = call.app.node.search(expression, request);
    found.map_err(|error| {
        let mut error = searching(error);
        let targets = call.app.node.resolve(expression).unwrap_or_default();
        let told = error.in_search && error.kind == "query_shard_exception";
        if let (true, Some(target)) = (told, targets.first()) {
            let name = json!(target.index.name());
            error.more.entry("index").or_insert(name);
        }
        error
    })
}

/// A total as a number says nothing of how exact it is.
fn check_total(body: &Map<String, Value>, as_int: bool) -> Result<(), EsError> {
    match body.get("track_total_hits").and_then(Value::as_i64) {
        Some(up_to) if as_int && up_to >= 0 => Err(EsError::illegal(format!(
            "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not \
             accurate, got {up_to}"
        ))),
        _ => Ok(()),
    }
}

/// What the request's parameters change in an answer.
pub(super) fn shaped(
    call: &Call,
    body: &Map<String, Value>,
    answer: &mut Map<String, Value>,
) -> Result<(), EsError> {
    if call.flag("typed_keys", false)? {
        super::typed::type_keys(body, answer);
    }
    Ok(())
}

/// A body as a request.
pub(super) fn request(body: &Map<String, Value>) -> Result<SearchRequest, EsError> {
    let mut request = SearchRequest::from_json(&Value::Object(body.clone()))?;
    if !body.contains_key("track_total_hits") {
        request.track_total_hits = TrackTotalHits::UpTo(COUNTED);
    }
    request.allow_partial = true;
    request.verbatim = true;
    // Stored fields leave the source out, unless it is asked for by itself.
    if body.contains_key("_source") && !request.stored_fields.is_empty() {
        request.stored_fields.push("_source".to_owned());
    }
    Ok(request)
}
