//! `_bulk`: many writes, each with its own outcome.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::index::Index;
use engine::request::{VersionType, WriteOp};
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::documents::{update_op, written};
use super::error::EsError;
use super::images;
use super::reply::Reply;

/// A write of the body, or why it is none.
struct Item {
    action: &'static str,
    index: String,
    id: Option<String>,
    op: Result<WriteOp, EsError>,
}

/// `_bulk`
pub fn bulk(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "refresh",
        "_source",
        "_source_includes",
        "_source_excludes",
        "pipeline",
        "require_alias",
        "op_type",
    ])?;
    let started = std::time::Instant::now();
    let refresh = call.wants_refresh()?;
    let items = items(call)?;
    let mut outcomes: Vec<Option<Value>> = vec![None; items.len()];
    let mut by_index: BTreeMap<String, Vec<(usize, WriteOp)>> = BTreeMap::new();
    let mut labels = Vec::with_capacity(items.len());
    let mut errors = false;
    for (at, item) in items.into_iter().enumerate() {
        labels.push((item.action, item.index.clone(), item.id));
        match item.op {
            Ok(op) => by_index.entry(item.index).or_default().push((at, op)),
            Err(error) => {
                errors = true;
                if let Some(slot) = outcomes.get_mut(at) {
                    *slot = Some(failed(&labels[at], &error));
                }
            }
        }
    }
    let mut touched: Vec<Arc<Index>> = Vec::new();
    for (name, ops) in by_index {
        let (places, ops): (Vec<usize>, Vec<WriteOp>) = ops.into_iter().unzip();
        let results = match call.write_index(&name) {
            Ok(index) => {
                let results = images::write(&call.app, &index, ops);
                touched.push(index);
                results
            }
            Err(error) => places.iter().map(|_| Err(error.clone())).collect(),
        };
        for (at, result) in places.into_iter().zip(results) {
            let outcome = match result {
                Ok(result) => {
                    let (status, mut body) = written(&result);
                    body.insert("status".into(), json!(status.as_u16()));
                    json!({labels[at].0: body})
                }
                Err(error) => {
                    errors = true;
                    failed(&labels[at], &error)
                }
            };
            if let Some(slot) = outcomes.get_mut(at) {
                *slot = Some(outcome);
            }
        }
    }
    if refresh {
        for index in touched {
            index.refresh()?;
        }
    }
    let items: Vec<Value> = outcomes.into_iter().flatten().collect();
    let took = started.elapsed().as_millis() as u64;
    Reply::ok(json!({"took": took, "errors": errors, "items": items}))
}

fn failed((action, index, id): &(&'static str, String, Option<String>), error: &EsError) -> Value {
    json!({*action: {
        "_index": index, "_id": id, "status": error.status.as_u16(), "error": error.item(),
    }})
}

fn items(call: &Call) -> Result<Vec<Item>, EsError> {
    let default = call.index()?;
    let lines = call.lines()?;
    let mut items = Vec::new();
    let mut numbered = lines.into_iter().enumerate();
    while let Some((at, line)) = numbered.next() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line_number = at + 1;
        let malformed = |reason: String| {
            EsError::illegal(format!(
                "Malformed action/metadata line [{line_number}], {reason}"
            ))
        };
        let header: Value = serde_json::from_slice(line)
            .map_err(|error| malformed(format!("it is not JSON: {error}")))?;
        let Some((action, meta)) = header
            .as_object()
            .filter(|object| object.len() == 1)
            .and_then(|object| object.iter().next())
        else {
            return Err(malformed("expected an object with one action".to_owned()));
        };
        let action = match action.as_str() {
            "index" => "index",
            "create" => "create",
            "update" => "update",
            "delete" => "delete",
            other => {
                return Err(malformed(format!(
                    "expected field [create], [delete], [index] or [update] but found [{other}]"
                )));
            }
        };
        let Some(meta) = meta.as_object() else {
            return Err(malformed(format!(
                "expected START_OBJECT but found [{meta}]"
            )));
        };
        let mut item = header_of(action, meta, default, line_number)?;
        if action == "delete" {
            item.op = delete_op(&item, meta);
            items.push(item);
            continue;
        }
        let Some((_, source)) = numbered.next() else {
            return Err(malformed("its source is missing".to_owned()));
        };
        item.op = source_op(&item, meta, source);
        items.push(item);
    }
    if items.is_empty() {
        return Err(EsError::new(
            StatusCode::BAD_REQUEST,
            "action_request_validation_exception",
            "Validation Failed: 1: no requests added;",
        ));
    }
    Ok(items)
}

fn header_of(
    action: &'static str,
    meta: &Map<String, Value>,
    default: &str,
    line: usize,
) -> Result<Item, EsError> {
    const KNOWN: &[&str] = &[
        "_index",
        "_id",
        "_type",
        "routing",
        "_routing",
        "version",
        "_version",
        "version_type",
        "_version_type",
        "if_seq_no",
        "if_primary_term",
        "retry_on_conflict",
        "_retry_on_conflict",
        "pipeline",
        "require_alias",
        "dynamic_templates",
        "_source",
        "op_type",
    ];
    if let Some(key) = meta.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(EsError::illegal(format!(
            "Action/metadata line [{line}] contains an unknown parameter [{key}]"
        )));
    }
    let index = match meta.get("_index") {
        Some(Value::String(name)) => name.clone(),
        _ => default.to_owned(),
    };
    if index.is_empty() {
        return Err(EsError::new(
            StatusCode::BAD_REQUEST,
            "action_request_validation_exception",
            "Validation Failed: 1: index is missing;",
        ));
    }
    let id = match meta.get("_id") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    Ok(Item {
        action,
        index,
        id,
        op: Err(EsError::illegal("no operation")),
    })
}

fn number(meta: &Map<String, Value>, name: &str) -> Option<u64> {
    let value = meta.get(name).or_else(|| meta.get(&format!("_{name}")))?;
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn version_type(meta: &Map<String, Value>) -> Result<VersionType, EsError> {
    let word = meta
        .get("version_type")
        .or_else(|| meta.get("_version_type"))
        .and_then(Value::as_str);
    match word {
        None => Ok(VersionType::Internal),
        Some(word) => VersionType::from_word(word)
            .ok_or_else(|| EsError::illegal(format!("No version type match [{word}]"))),
    }
}

fn missing_id() -> EsError {
    EsError::new(
        StatusCode::BAD_REQUEST,
        "action_request_validation_exception",
        "Validation Failed: 1: id is missing;",
    )
}

fn delete_op(item: &Item, meta: &Map<String, Value>) -> Result<WriteOp, EsError> {
    Ok(WriteOp::Delete {
        id: item.id.clone().ok_or_else(missing_id)?,
        if_seq_no: number(meta, "if_seq_no"),
        if_primary_term: number(meta, "if_primary_term"),
        version: number(meta, "version"),
        version_type: version_type(meta)?,
    })
}

fn source_op(item: &Item, meta: &Map<String, Value>, source: &[u8]) -> Result<WriteOp, EsError> {
    let parsed: Value = serde_json::from_slice(source).map_err(|error| {
        EsError::new(
            StatusCode::BAD_REQUEST,
            "mapper_parsing_exception",
            format!("failed to parse: {error}"),
        )
    })?;
    if item.action == "update" {
        let Value::Object(body) = parsed else {
            return Err(EsError::parsing("the body of an update is an object"));
        };
        let id = item.id.clone().ok_or_else(missing_id)?;
        return update_op(
            &id,
            body,
            number(meta, "if_seq_no"),
            number(meta, "if_primary_term"),
        );
    }
    Ok(WriteOp::Index {
        id: item.id.clone(),
        source: parsed,
        op_type_create: item.action == "create"
            || meta.get("op_type").and_then(Value::as_str) == Some("create"),
        if_seq_no: number(meta, "if_seq_no"),
        if_primary_term: number(meta, "if_primary_term"),
        version: number(meta, "version"),
        version_type: version_type(meta)?,
    })
}
