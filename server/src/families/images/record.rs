//! Records as this family shows them.

use std::sync::Arc;

use poem::http::header;
use poem::{Request, Response};
use serde_json::{Map, Value};

use super::answer::ImagesError;
use crate::app::App;
use crate::http::not_modified;
use crate::library::{VECTORS, is_hash, tag_of};

/// The hash of a path, in lower case.
pub(super) fn checked(hash: &str) -> Result<String, ImagesError> {
    let lower = hash.to_ascii_lowercase();
    if is_hash(&lower) {
        return Ok(lower);
    }
    let shown: String = hash.chars().take(100).collect();
    Err(ImagesError::bad(
        "InvalidHash",
        format!("a hash is a SHA-256 of 64 hexadecimal digits, not [{shown}]"),
        "hash",
    ))
}

/// The fields of a record, without what is absent.
pub(super) fn fields(source: Value) -> Map<String, Value> {
    let mut fields = match source {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.retain(|name, value| !value.is_null() && name != VECTORS);
    fields
}

/// The fields of a listing's entry: all but the hash with views of the tags, or those selected.
pub(super) fn metadata(source: Value, select: Option<&[String]>) -> (String, Value) {
    let mut fields = fields(source);
    let hash = fields.shift_remove("hash");
    let hash = hash.as_ref().and_then(Value::as_str).unwrap_or_default();
    let hash = hash.to_owned();
    let tags: Vec<String> = match fields.get("tags") {
        Some(Value::Array(tags)) => tags
            .iter()
            .filter_map(|tag| tag.as_str().map(str::to_owned))
            .collect(),
        Some(Value::String(tag)) => vec![tag.clone()],
        _ => Vec::new(),
    };
    let Some(select) = select else {
        for tag in tags {
            fields.insert(format!("tag_{tag}"), Value::Bool(true));
        }
        return (hash, Value::Object(fields));
    };
    let mut chosen = Map::new();
    for name in select {
        let value = match name.strip_prefix("tag_") {
            Some(tag) if !tag.is_empty() => {
                Some(Value::Bool(tags.iter().any(|other| other == tag)))
            }
            _ => fields.get(name).cloned(),
        };
        if let Some(value) = value {
            chosen.insert(name.clone(), value);
        }
    }
    (hash, Value::Object(chosen))
}

/// Answers with one record.
pub(super) async fn get(
    app: &Arc<App>,
    request: &Request,
    hash: &str,
) -> Result<Response, ImagesError> {
    let hash = checked(hash)?;
    let (work, wanted) = (Arc::clone(app), hash.clone());
    let job = app
        .search_pool
        .submit(move || work.library.document(&wanted))?;
    let document = job.await??.ok_or_else(|| ImagesError::not_found(&hash))?;
    let tag = tag_of(&document);
    let builder = Response::builder()
        .header(header::ETAG, &tag)
        .header(header::CACHE_CONTROL, "private, no-cache");
    if not_modified(request, &tag) {
        return Ok(builder
            .status(poem::http::StatusCode::NOT_MODIFIED)
            .finish());
    }
    let body = Value::Object(first_hash(fields(document.source)));
    Ok(builder
        .content_type("application/json; charset=utf-8")
        .body(body.to_string()))
}

/// The hash first, as people look for it there.
fn first_hash(mut fields: Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    if let Some(hash) = fields.shift_remove("hash") {
        out.insert("hash".to_owned(), hash);
    }
    out.extend(fields);
    out
}
