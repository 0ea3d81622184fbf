//! `_mget`: several documents by id.

use std::collections::HashSet;

use engine::request::SourceFilter;
use serde_json::{Value, json};

use super::call::Call;
use super::error::EsError;
use super::out::Out;
use super::reads::{READ, filter_of, found, read, stored_of, without_source};
use super::reply::Reply;

/// The most documents of one `_mget`.
const MAX_MGET: usize = 10_000;

/// What an item may say.
const KNOWN: &[&str] = &[
    "_index",
    "_type",
    "_id",
    "_source",
    "routing",
    "stored_fields",
    "version",
    "version_type",
];

/// `_mget`
pub fn mget(call: &Call) -> Result<Reply, EsError> {
    call.allow(READ)?;
    let mut body = call.object()?;
    let default = call.index()?;
    let shared = filter_of(call)?;
    let items: Vec<Value> = match (body.remove("docs"), body.remove("ids")) {
        (Some(Value::Array(docs)), None) => docs,
        (None, Some(Value::Array(ids))) => ids.into_iter().map(|id| json!({"_id": id})).collect(),
        _ => {
            return Err(EsError::invalid("no documents to get"));
        }
    };
    if items.is_empty() {
        return Err(EsError::invalid("no documents to get"));
    }
    if items.len() > MAX_MGET {
        return Err(EsError::illegal(format!(
            "[_mget] takes at most {MAX_MGET} documents"
        )));
    }
    let refresh = call.flag("refresh", false)?;
    let mut refreshed = HashSet::new();
    let mut out = Out::new(&call.bounds);
    out.text("{\"docs\":[")?;
    for (at, item) in items.into_iter().enumerate() {
        call.bounds.check_time()?;
        if at > 0 {
            out.text(",")?;
        }
        let mut keys = item.as_object().into_iter().flatten().map(|(key, _)| key);
        if let Some(key) = keys.find(|key| !KNOWN.contains(&key.as_str())) {
            return Err(EsError::unreadable(format!(
                "unknown key [{key}] for a document of [_mget]"
            )));
        }
        let name = item
            .get("_index")
            .and_then(Value::as_str)
            .unwrap_or(default)
            .to_owned();
        let id = match item.get("_id") {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => {
                return Err(EsError::invalid("id is missing for doc 0"));
            }
        };
        if name.is_empty() {
            return Err(EsError::invalid("index is missing for doc 0"));
        }
        let own = item.get("stored_fields").map(names_of);
        let filter = match (item.get("_source"), &own) {
            (Some(value), _) => SourceFilter::from_json(value)?,
            (None, Some(own)) => without_source(own)?,
            (None, None) => shared.clone(),
        };
        let stored = own.unwrap_or_else(|| stored_of(call));
        let found_in = call.app.node.index(&name).map_err(EsError::from);
        let read = found_in.and_then(|index| {
            if refresh && refreshed.insert(index.uuid().to_owned()) {
                index.refresh()?;
            }
            let document = read(call, &index, &id, &filter, &stored)?;
            Ok((index, document))
        });
        match read {
            Ok((index, Some(document))) => found(&mut out, &index, &document, &filter, &stored)?,
            Ok((index, None)) => {
                out.value(&json!({"_index": index.name(), "_id": id, "found": false}))?;
            }
            Err(error) => {
                let told = json!({"_index": name, "_id": id, "error": error.body()["error"]});
                out.value(&told)?;
            }
        }
    }
    out.text("]}")?;
    Reply::written(out)
}

/// One name or a list.
fn names_of(value: &Value) -> Vec<String> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let names = items.iter().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}
