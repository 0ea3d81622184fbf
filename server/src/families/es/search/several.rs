//! `_msearch`: several searches in one request.

use engine::request::{SearchRequest, SearchResponse};
use serde_json::{Map, Value, json};

use super::{check_total, look_up, request, run};
use crate::families::es::call::Call;
use crate::families::es::error::{EsError, searching};
use crate::families::es::expression::{Options, Wildcards};
use crate::families::es::hits::{self, Answering};
use crate::families::es::out::Out;
use crate::families::es::reply::Reply;
use crate::http::JsonError;

/// The most searches of one `_msearch`.
const MAX_SEARCHES: usize = 1_000;

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
        let search = one_of_many(call, header, body)?;
        check_total(&search.body, as_int)?;
        searches.push(search);
    }
    if searches.is_empty() {
        return Err(EsError::invalid("no requests added"));
    }
    let mut out = Out::new(&call.bounds);
    out.text("{\"responses\":[")?;
    for (at, search) in searches.into_iter().enumerate() {
        if at > 0 {
            out.text(",")?;
        }
        match search.run(call) {
            Ok((response, body)) => {
                let mut answering = Answering::new(call, &body, as_int);
                answering.after.insert("status".into(), json!(200));
                hits::write(&mut out, response, answering)?;
            }
            // All of the answer is too large, or no memory is left, whichever search it was.
            Err(error) if error.is_of_answer() => return Err(error),
            Err(error) => out.value(&error.body())?,
        }
    }
    out.text(&format!("],\"took\":{}}}", started.elapsed().as_millis()))?;
    Reply::written(out)
}

/// A search of several.
struct Search {
    /// Its own indices; `None` for those of the path.
    expression: Option<String>,
    options: Options,
    body: Map<String, Value>,
    request: Result<SearchRequest, EsError>,
}

impl Search {
    /// Searches: what was found, and the body that asked for it.
    fn run(self, call: &Call) -> Result<(SearchResponse, Map<String, Value>), EsError> {
        call.bounds.check_time().map_err(searching)?;
        let expression = match &self.expression {
            Some(own) => self.options.apply(&call.app.node, own)?,
            None => call.index()?.to_owned(),
        };
        let response = run(call, &expression, self.request?)?;
        Ok((response, self.body))
    }
}

fn one_of_many(call: &Call, header: &[u8], body: &[u8]) -> Result<Search, EsError> {
    let parsed = |line: &[u8]| -> Result<Map<String, Value>, EsError> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Map::new());
        }
        match call.values_of(line) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(EsError::parsing("a line of [_msearch] is an object")),
            Err(JsonError::Syntax(error)) => Err(EsError::parsing(error.to_string())),
            Err(error) => Err(error.into()),
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
    let mut body = parsed(body)?;
    // Terms that cannot be looked up are the fault of this search alone.
    let request = match look_up(call, &mut body) {
        Ok(()) => Ok(request(&body)?),
        Err(error) => Err(error),
    };
    Ok(Search {
        expression,
        options,
        request,
        body,
    })
}
