//! Queries and what they ask for, in the parameters of a URL.

use engine::query::ast::Query;
use serde_json::{Map, Value, json};

use super::look_up;
use crate::families::es::call::Call;
use crate::families::es::error::EsError;

/// The body with what the query's parameters say; they win.
pub fn with_parameters(
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
pub fn source_parameters(call: &Call) -> Option<Value> {
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
pub fn query_string(call: &Call) -> Result<Option<Value>, EsError> {
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

/// The query of a body that has nothing else, or of `q=`.
pub fn only_query(call: &Call) -> Result<Query, EsError> {
    if let Some(query) = query_string(call)? {
        return Ok(Query::from_json(&query)?);
    }
    let mut body = call.object()?;
    look_up(call, &mut body)?;
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
