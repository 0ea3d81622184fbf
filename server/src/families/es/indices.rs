//! Indices: creation, deletion, mappings, settings, aliases, templates, and what keeps them in shape.

use engine::EngineError;
use engine::index::IndexSettings;
use engine::mapping::wildcard_match;
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::hits::broadcast;
use super::reply::Reply;

/// The first parts of other families' paths: no index can be called so.
pub const RESERVED: &[&str] = &[
    "api",
    "image",
    "search",
    "createlink",
    "flags",
    "flag-image",
    "health",
    "docs",
    "metrics",
    "ui",
    "sdapi",
];

/// `PUT /{index}`
pub fn create(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let name = call.index()?;
    check_name(name)?;
    let mut body = call.object()?;
    if call.get("include_type_name") == Some("true") {
        return Err(EsError::illegal(
            "types are not supported: [include_type_name] cannot be true",
        ));
    }
    // Old clients wrap the mapping into a type.
    if let Some(Value::Object(mappings)) = body.get("mappings")
        && mappings.len() == 1
        && let Some(inner) = mappings.get("_doc").cloned()
    {
        body.insert("mappings".to_owned(), inner);
    }
    call.app.node.create_index(name, &Value::Object(body))?;
    Reply::ok(json!({"acknowledged": true, "shards_acknowledged": true, "index": name}))
}

/// Refuses names that begin another family's route.
pub fn check_name(name: &str) -> Result<(), EsError> {
    if RESERVED.contains(&name) {
        return Err(EngineError::IndexName {
            name: name.to_owned(),
            reason: "it begins a route of this node".to_owned(),
        }
        .into());
    }
    Ok(())
}

/// `DELETE /{index}`
pub fn delete(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let expression = call.index()?;
    let all = call.app.node.list_indices();
    let is_index = |part: &str| all.iter().any(|entry| entry.name == part);
    let mut parts: Vec<&str> = expression.split(',').map(str::trim).collect();
    // Aliases are no indices here: neither by a pattern, nor where what is no index is passed over.
    if call.flag("ignore_unavailable", false)? {
        parts.retain(|part| {
            part.contains('*') || *part == "_all" || part.starts_with('-') || is_index(part)
        });
    }
    if !call.flag("allow_no_indices", true)? {
        let nothing = parts.iter().find(|part| {
            part.contains('*') && !all.iter().any(|entry| wildcard_match(part, &entry.name))
        });
        if let Some(part) = nothing {
            return Err(EsError::no_index(part));
        }
    }
    if !parts.is_empty() {
        call.app.node.delete_indices(&parts.join(","))?;
    }
    Reply::acknowledged()
}

/// `HEAD /{index}`
pub fn exists(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let there = call
        .index()
        .and_then(|expression| Ok(call.app.node.get_indices(expression)?))
        .is_ok_and(|found| found.as_object().is_some_and(|found| !found.is_empty()));
    Ok(Reply::Status(status(there)))
}

pub(super) fn status(there: bool) -> StatusCode {
    if there {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    }
}

/// `GET /{index}`
pub fn get(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["include_defaults", "features"])?;
    let mut found = call.app.node.get_indices(call.index()?)?;
    flatten_settings(call, &mut found)?;
    Reply::ok(found)
}

/// `GET /{index}/_mapping`
pub fn get_mapping(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    Reply::ok(call.app.node.get_mappings(call.index()?)?)
}

/// `GET /{index}/_mapping/field/{fields}`
pub fn get_field_mapping(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["include_defaults"])?;
    let patterns: Vec<&str> = call
        .part("fields")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .collect();
    let mut out = Map::new();
    for target in call.app.node.resolve(call.index()?)? {
        let mapping = target.index.mapping();
        let mut fields = Map::new();
        for (path, field) in mapping.fields() {
            let wanted = patterns.iter().any(|pattern| wildcard_match(pattern, path));
            if wanted && !matches!(field.kind, engine::mapping::FieldType::Object { .. }) {
                let leaf = path.rsplit('.').next().unwrap_or(path);
                fields.insert(
                    path.to_owned(),
                    json!({"full_name": path, "mapping": {leaf: field.to_json()}}),
                );
            }
        }
        out.insert(target.index.name().to_owned(), json!({"mappings": fields}));
    }
    Reply::ok(Value::Object(out))
}

/// `PUT /{index}/_mapping`
pub fn put_mapping(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["write_index_only"])?;
    if call.json()?.is_null() {
        return Err(EsError::unreadable("request body is required"));
    }
    let mut body = call.object()?;
    if body.len() == 1
        && let Some(inner @ Value::Object(_)) = body.get("_doc").cloned()
    {
        body = inner.as_object().cloned().unwrap_or_default();
    }
    call.app
        .node
        .put_mapping(call.index()?, &Value::Object(body))?;
    Reply::acknowledged()
}

/// `GET /{index}/_settings`
pub fn get_settings(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["include_defaults"])?;
    let mut settings = call.app.node.get_settings(call.index()?)?;
    let Some(name) = call.part("name").filter(|name| *name != "_all") else {
        flatten_settings(call, &mut settings)?;
        return Reply::ok(settings);
    };
    let patterns: Vec<&str> = name.split(',').map(str::trim).collect();
    let mut out = Map::new();
    for (index, value) in settings.as_object().into_iter().flatten() {
        let mut chosen = Map::new();
        let all = value.pointer("/settings/index").and_then(Value::as_object);
        for (key, value) in all.into_iter().flatten() {
            let whole = format!("index.{key}");
            let wanted = patterns.iter().any(|pattern| {
                let outer = pattern.split('.').take(2).collect::<Vec<_>>().join(".");
                wildcard_match(&outer, &whole)
            });
            if wanted {
                chosen.insert(key.clone(), value.clone());
            }
        }
        if !chosen.is_empty() {
            out.insert(index.clone(), json!({"settings": {"index": chosen}}));
        }
    }
    let mut out = Value::Object(out);
    flatten_settings(call, &mut out)?;
    Reply::ok(out)
}

/// `flat_settings`: settings by dotted name, in whatever has some.
pub(super) fn flatten_settings(call: &Call, answer: &mut Value) -> Result<(), EsError> {
    if !call.flag("flat_settings", false)? {
        return Ok(());
    }
    for one in answer
        .as_object_mut()
        .into_iter()
        .flatten()
        .map(|(_, one)| one)
    {
        if let Some(settings) = one.get_mut("settings") {
            *settings = Value::Object(IndexSettings::dotted(settings)?);
        }
    }
    Ok(())
}

/// `PUT /{index}/_settings`
pub fn put_settings(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["preserve_existing"])?;
    let body = call.object()?;
    let settings = match body.get("settings") {
        Some(inner) if body.len() == 1 => inner.clone(),
        _ => Value::Object(body),
    };
    if !call.flag("preserve_existing", false)? {
        call.app.node.put_settings(call.index()?, &settings)?;
        return Reply::acknowledged();
    }
    let wanted = IndexSettings::dotted(&settings)?;
    for target in call.app.node.resolve(call.index()?)? {
        let name = target.index.name();
        let found = call.app.node.get_settings(name)?;
        let own = found.get(name).and_then(|one| one.get("settings"));
        let own = own.map(IndexSettings::dotted).transpose()?;
        let mut missing = wanted.clone();
        missing.retain(|key, _| own.as_ref().is_none_or(|own| !own.contains_key(key)));
        call.app.node.put_settings(name, &Value::Object(missing))?;
    }
    Reply::acknowledged()
}

/// `_flush`
pub fn flush(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["force", "wait_if_ongoing"])?;
    if call.flag("force", false)? && !call.flag("wait_if_ongoing", true)? {
        return Err(EsError::invalid(
            "wait_if_ongoing must be true for a force flush",
        ));
    }
    let targets = call.app.node.resolve(call.index()?)?;
    for target in &targets {
        target.index.flush()?;
    }
    Reply::ok(json!({"_shards": broadcast(targets.len() as u64)}))
}

/// `_refresh`
pub fn refresh(call: &Call) -> Result<Reply, EsError> {
    call.allow(&["force"])?;
    let targets = call.app.node.resolve(call.index()?)?;
    for target in &targets {
        target.index.refresh()?;
    }
    Reply::ok(json!({"_shards": broadcast(targets.len() as u64)}))
}

/// `_forcemerge`
pub fn force_merge(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[
        "max_num_segments",
        "only_expunge_deletes",
        "flush",
        "wait_for_completion",
    ])?;
    let targets = call.app.node.resolve(call.index()?)?;
    for target in &targets {
        target.index.force_merge()?;
    }
    Reply::ok(json!({"_shards": broadcast(targets.len() as u64)}))
}

/// `_cache/clear`: nothing is cached that could be stale.
pub fn clear_cache(call: &Call) -> Result<Reply, EsError> {
    let targets = call.app.node.resolve(call.index()?)?;
    Reply::ok(json!({"_shards": broadcast(targets.len() as u64)}))
}

/// `_open`
pub fn open(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    call.app.node.open_index(call.index()?)?;
    Reply::ok(json!({"acknowledged": true, "shards_acknowledged": true}))
}

/// `_close`
pub fn close(call: &Call) -> Result<Reply, EsError> {
    call.allow(&[])?;
    let closed = call.app.node.close_index(call.index()?)?;
    let each: Map<String, Value> = closed
        .into_iter()
        .map(|name| (name, json!({"closed": true})))
        .collect();
    Reply::ok(json!({"acknowledged": true, "shards_acknowledged": true, "indices": each}))
}
