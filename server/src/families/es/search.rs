//! Searching: `_search`, `_msearch`, `_count`, `_validate/query`, `_explain`.

use engine::query::ast::{Bool, Ids, Query};
use engine::request::{SearchRequest, SearchResponse, TrackTotalHits};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::{EsError, searching};
use super::expression::{Options, Wildcards};
use super::hits;
use super::reply::Reply;

/// How exactly hits are counted unless told otherwise.
const COUNTED: u64 = 10_000;
/// The most searches of one `_msearch`.
const MAX_SEARCHES: usize = 1_000;
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
    let body = with_parameters(call, call.object()?)?;
    let as_int = call.flag("rest_total_hits_as_int", false)?;
    if let Some(keep) = call.get("scroll") {
        return super::contexts::begin_scroll(call, &body, keep, as_int);
    }
    if body.contains_key("pit") {
        return super::contexts::search_pit(call, &body, as_int);
    }
    let request = request(&body)?;
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
    // Stored fields leave the source out, unless it is asked for by itself.
    if body.contains_key("_source") && !request.stored_fields.is_empty() {
        request.stored_fields.push("_source".to_owned());
    }
    Ok(request)
}

/// The body with what the query's parameters say; they win.
pub(super) fn with_parameters(
    call: &Call,
    mut body: Map<String, Value>,
) -> Result<Map<String, Value>, EsError> {
    if let Some(query) = query_string(call)? {
        body.insert("query".into(), query);
    }
    for name in ["from", "size", "terminate_after"] {
        if let Some(number) = call.number(name)? {
            body.insert(name.into(), json!(number));
        }
    }
    for name in ["explain", "version", "seq_no_primary_term", "track_scores"] {
        if call.get(name).is_some() {
            body.insert(name.into(), json!(call.flag(name, false)?));
        }
    }
    if let Some(sort) = call.get("sort") {
        let keys = sort.split(',').map(|key| match key.rsplit_once(':') {
            Some((field, order @ ("asc" | "desc"))) => json!({field: {"order": order}}),
            _ => json!(key),
        });
        body.insert("sort".into(), keys.collect());
    }
    if let Some(source) = source_parameters(call) {
        body.insert("_source".into(), source);
    }
    for name in ["stored_fields", "docvalue_fields", "stats"] {
        if let Some(list) = call.get(name) {
            body.insert(name.into(), list.split(',').map(Value::from).collect());
        }
    }
    if let Some(text) = call.get("track_total_hits") {
        let value = match text {
            "" | "true" => json!(true),
            "false" => json!(false),
            number => json!(number.parse::<u64>().map_err(|_| {
                EsError::illegal(format!(
                    "Failed to parse int parameter [track_total_hits] with value [{number}]"
                ))
            })?),
        };
        body.insert("track_total_hits".into(), value);
    }
    if let Some(timeout) = call.get("timeout") {
        body.insert("timeout".into(), json!(timeout));
    }
    Ok(body)
}

/// `_source` of the query's parameters.
pub(super) fn source_parameters(call: &Call) -> Option<Value> {
    let list = |text: &str| text.split(',').map(Value::from).collect::<Value>();
    let includes = call
        .get("_source_includes")
        .or_else(|| call.get("_source_include"));
    let excludes = call
        .get("_source_excludes")
        .or_else(|| call.get("_source_exclude"));
    if includes.is_some() || excludes.is_some() {
        let mut source = Map::new();
        if let Some(includes) = includes {
            source.insert("includes".into(), list(includes));
        }
        if let Some(excludes) = excludes {
            source.insert("excludes".into(), list(excludes));
        }
        return Some(Value::Object(source));
    }
    match call.get("_source")? {
        "" | "true" => Some(json!(true)),
        "false" => Some(json!(false)),
        fields => Some(list(fields)),
    }
}

/// `q=` as a query.
pub(super) fn query_string(call: &Call) -> Result<Option<Value>, EsError> {
    let Some(text) = call.get("q") else {
        return Ok(None);
    };
    let mut clause = Map::new();
    clause.insert("query".into(), json!(text));
    if let Some(field) = call.get("df") {
        clause.insert("default_field".into(), json!(field));
    }
    for name in ["default_operator", "analyzer"] {
        if let Some(value) = call.get(name) {
            clause.insert(name.into(), json!(value));
        }
    }
    for name in ["lenient", "analyze_wildcard"] {
        if call.get(name).is_some() {
            clause.insert(name.into(), json!(call.flag(name, false)?));
        }
    }
    Ok(Some(json!({"query_string": clause})))
}

/// `_msearch`
pub fn msearch(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["rest_total_hits_as_int", "max_concurrent_searches"])?;
    let as_int = call.flag("rest_total_hits_as_int", false)?;
    let started = std::time::Instant::now();
    let lines: Vec<&[u8]> = call.lines()?;
    let mut searches = Vec::new();
    let mut lines = lines.into_iter();
    while let Some(header) = lines.next() {
        let Some(body) = lines.next() else {
            if header.iter().all(u8::is_ascii_whitespace) {
                break;
            }
            return Err(EsError::parsing(
                "a search of [_msearch] has a header and a body",
            ));
        };
        if searches.len() >= MAX_SEARCHES {
            return Err(EsError::illegal(format!(
                "[_msearch] takes at most {MAX_SEARCHES} searches"
            )));
        }
        // What cannot be read fails all of them, before any of them runs.
        searches.push(one_of_many(header, body)?);
    }
    if searches.is_empty() {
        return Err(EsError::invalid("no requests added"));
    }
    let mut responses = Vec::with_capacity(searches.len());
    for search in &searches {
        let answer = search.run(call, as_int);
        responses.push(answer.unwrap_or_else(|error| error.body()));
    }
    Reply::ok(json!({"took": started.elapsed().as_millis() as u64, "responses": responses}))
}

/// A search of several.
struct Search {
    /// Its own indices; `None` for those of the path.
    expression: Option<String>,
    options: Options,
    body: Map<String, Value>,
    request: SearchRequest,
}

impl Search {
    fn run(&self, call: &Call, as_int: bool) -> Result<Value, EsError> {
        let expression = match &self.expression {
            Some(own) => self.options.apply(&call.app.node, own)?,
            None => call.index()?.to_owned(),
        };
        let response = run(call, &expression, &self.request)?;
        let mut answer = hits::response(response, as_int);
        shaped(call, &self.body, &mut answer)?;
        answer.insert("status".into(), json!(200));
        Ok(Value::Object(answer))
    }
}

fn one_of_many(header: &[u8], body: &[u8]) -> Result<Search, EsError> {
    let parsed = |line: &[u8]| -> Result<Map<String, Value>, EsError> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Map::new());
        }
        match serde_json::from_slice(line) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(EsError::parsing("a line of [_msearch] is an object")),
            Err(error) => Err(EsError::parsing(error.to_string())),
        }
    };
    let header = parsed(header)?;
    let known = [
        "index",
        "indices",
        "preference",
        "routing",
        "search_type",
        "ignore_unavailable",
        "allow_no_indices",
        "expand_wildcards",
        "request_cache",
        "ccs_minimize_roundtrips",
        "types",
        "type",
    ];
    if let Some(key) = header.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(EsError::illegal(format!(
            "key [{key}] is not supported in the metadata section"
        )));
    }
    let named = header.get("index").or_else(|| header.get("indices"));
    let expression = match named {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.clone()),
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            Some(names.join(","))
        }
        Some(other) => return Err(EsError::illegal(format!("[index] cannot be [{other}]"))),
    };
    let flag = |name: &str, default: bool| match header.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(Value::String(text)) if text == "true" => Ok(true),
        Some(Value::String(text)) if text == "false" => Ok(false),
        Some(other) => Err(EsError::illegal(format!(
            "Failed to parse value [{other}] as only [true] or [false] are allowed."
        ))),
    };
    let options = Options {
        ignore_unavailable: flag("ignore_unavailable", false)?,
        allow_no_indices: flag("allow_no_indices", true)?,
        wildcards: match header.get("expand_wildcards") {
            Some(Value::String(words)) => Wildcards::read(words)?,
            _ => Wildcards::default(),
        },
    };
    let body = parsed(body)?;
    Ok(Search {
        expression,
        options,
        request: request(&body)?,
        body,
    })
}

/// The query of a body that has nothing else, or of `q=`.
pub(super) fn only_query(call: &Call) -> Result<Query, EsError> {
    if let Some(query) = query_string(call)? {
        return Ok(Query::from_json(&query)?);
    }
    let body = call.object()?;
    if let Some(key) = body.keys().find(|key| *key != "query") {
        return Err(EsError::parsing(format!(
            "request does not support [{key}]"
        )));
    }
    match body.get("query") {
        None => Ok(Query::match_all()),
        Some(query) => Query::from_json(query).map_err(Into::into),
    }
}

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
