//! Single documents are read: `_doc`, `_source`.

use std::sync::Arc;

use engine::index::{Document, Index};
use engine::request::SourceFilter;
use poem::http::StatusCode;
use serde_json::{Value, json};

use super::call::Call;
use super::error::EsError;
use super::reply::Reply;
use super::search::source_parameters;

pub(super) const READ: &[&str] = &[
    "_source",
    "_source_includes",
    "_source_excludes",
    "_source_include",
    "_source_exclude",
    "realtime",
    "refresh",
    "stored_fields",
    "version",
    "version_type",
];

/// A document that was read, with the stored fields that are asked for.
pub(super) fn found(
    index: &Index,
    document: Document,
    filter: &SourceFilter,
    stored: &[String],
) -> Result<Value, EsError> {
    let mut out = json!({
        "_index": index.name(), "_id": document.id, "_version": document.version,
        "_seq_no": document.seq, "_primary_term": engine::index::PRIMARY_TERM, "found": true,
    });
    if !stored.is_empty() {
        let fields = index.stored_fields(stored, &document.source)?;
        if !fields.is_empty() {
            out["fields"] = Value::Object(fields);
        }
    }
    if let Some(source) = filter.filter(document.source) {
        out["_source"] = source;
    }
    Ok(out)
}

/// The names that `stored_fields` lists.
pub(super) fn stored_of(call: &Call) -> Vec<String> {
    let names = call.get("stored_fields").into_iter();
    let names = names.flat_map(|names| names.split(','));
    names.map(|name| name.trim().to_owned()).collect()
}

/// Stored fields are given instead of the source, unless they name it.
pub(super) fn without_source(stored: &[String]) -> Result<SourceFilter, EsError> {
    if stored.is_empty() || stored.iter().any(|name| name == "_source") {
        return Ok(SourceFilter::default());
    }
    Ok(SourceFilter::from_json(&json!(false))?)
}

pub(super) fn filter_of(call: &Call) -> Result<SourceFilter, EsError> {
    match source_parameters(call) {
        None => without_source(&stored_of(call)),
        Some(value) => Ok(SourceFilter::from_json(&value)?),
    }
}

/// A document as its last write left it, or with `realtime=false` as it was at the last refresh.
pub(super) fn read(call: &Call, index: &Index, id: &str) -> Result<Option<Document>, EsError> {
    if call.flag("realtime", true)? {
        Ok(index.get_verbatim(id)?)
    } else {
        Ok(index.get_refreshed(id)?)
    }
}

fn document(call: &Call) -> Result<(Arc<Index>, Option<Document>), EsError> {
    call.allow(READ)?;
    let index = call.app.node.index(call.index()?)?;
    if call.flag("refresh", false)? {
        index.refresh()?;
    }
    let document = read(call, &index, call.part("id").unwrap_or_default())?;
    if let (Some(wanted), Some(document)) = (call.number("version")?, &document)
        && wanted != document.version
    {
        return Err(EsError::new(
            StatusCode::CONFLICT,
            "version_conflict_engine_exception",
            format!(
                "[{}]: version conflict, current version [{}] is different than the one provided [{wanted}]",
                document.id, document.version
            ),
        ));
    }
    Ok((index, document))
}

/// `GET /{index}/_doc/{id}`
pub fn get(call: &Call) -> Result<Reply, EsError> {
    let (index, document) = document(call)?;
    match document {
        Some(document) => {
            let filter = filter_of(call)?;
            Reply::ok(found(&index, document, &filter, &stored_of(call))?)
        }
        None => Ok(Reply::Json(
            StatusCode::NOT_FOUND,
            json!({"_index": index.name(), "_id": call.part("id"), "found": false}),
        )),
    }
}

/// `HEAD /{index}/_doc/{id}`
pub fn exists(call: &Call) -> Result<Reply, EsError> {
    let there = document(call)?.1.is_some();
    Ok(Reply::Status(if there {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    }))
}

/// `GET /{index}/_source/{id}`
pub fn get_source(call: &Call) -> Result<Reply, EsError> {
    let (index, document) = document(call)?;
    match document {
        Some(document) => Reply::ok(
            filter_of(call)?
                .filter(document.source)
                .unwrap_or_else(|| json!({})),
        ),
        None => Err(EsError::new(
            StatusCode::NOT_FOUND,
            "resource_not_found_exception",
            format!(
                "Document not found [{}]/[{}]",
                index.name(),
                call.part("id").unwrap_or_default()
            ),
        )),
    }
}
