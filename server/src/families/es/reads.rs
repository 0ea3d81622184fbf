//! Single documents are read: `_doc`, `_source`.

use std::sync::Arc;

use engine::index::{Index, StoredDocument};
use engine::request::SourceFilter;
use poem::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::EsError;
use super::out::Out;
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

/// Writes a document that was read, with the stored fields that are asked for.
pub(super) fn found(
    out: &mut Out,
    index: &Index,
    document: &StoredDocument,
    filter: &SourceFilter,
    stored: &[String],
) -> Result<(), EsError> {
    out.bounds().spend(document.source.text().len())?;
    let mut inside = None;
    if !stored.is_empty() || matches!(filter, SourceFilter::Filter { .. }) {
        inside = Some(document.source.verbatim()?);
    }
    let mut fields = Map::new();
    if let (Some(source), false) = (&inside, stored.is_empty()) {
        fields = index.stored_fields(stored, source)?;
    }
    let mut members = out.object()?;
    members.put("_index", &json!(index.name()))?;
    members.put("_id", &json!(document.id))?;
    members.put("_version", &json!(document.version))?;
    members.put("_seq_no", &json!(document.seq))?;
    members.put("_primary_term", &json!(engine::index::PRIMARY_TERM))?;
    members.put("found", &json!(true))?;
    if !fields.is_empty() {
        members.put("fields", &Value::Object(fields))?;
    }
    match filter {
        SourceFilter::All => members.named("_source")?.source(&document.source)?,
        SourceFilter::None => {}
        SourceFilter::Filter { .. } => {
            let kept = inside.and_then(|source| filter.filter(source));
            if let Some(kept) = kept {
                members.put("_source", &kept)?;
            }
        }
    }
    members.end()?;
    if *filter != SourceFilter::All {
        // It is not a part of the answer.
        out.bounds().refund(document.source.text().len());
    }
    Ok(())
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

/// A document as its last write left it, or with `realtime=false` as it was at the last refresh; its fields
/// are read where they are looked at.
pub(super) fn read(
    call: &Call,
    index: &Index,
    id: &str,
    filter: &SourceFilter,
    stored: &[String],
) -> Result<Option<StoredDocument>, EsError> {
    let whole = *filter != SourceFilter::None || !stored.is_empty();
    Ok(index.get_stored(id, !call.flag("realtime", true)?, whole)?)
}

fn document(
    call: &Call,
    filter: &SourceFilter,
    stored: &[String],
) -> Result<(Arc<Index>, Option<StoredDocument>), EsError> {
    call.allow(READ)?;
    let index = call.app.node.index(call.index()?)?;
    if call.flag("refresh", false)? {
        index.refresh()?;
    }
    let document = read(
        call,
        &index,
        call.part("id").unwrap_or_default(),
        filter,
        stored,
    )?;
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
    let (filter, stored) = (filter_of(call)?, stored_of(call));
    let (index, document) = document(call, &filter, &stored)?;
    match document {
        Some(document) => {
            let mut out = Out::new(&call.bounds);
            found(&mut out, &index, &document, &filter, &stored)?;
            Reply::written(out)
        }
        None => Ok(Reply::Json(
            StatusCode::NOT_FOUND,
            json!({"_index": index.name(), "_id": call.part("id"), "found": false}),
        )),
    }
}

/// `HEAD /{index}/_doc/{id}`
pub fn exists(call: &Call) -> Result<Reply, EsError> {
    let there = document(call, &SourceFilter::None, &[])?.1.is_some();
    Ok(Reply::Status(if there {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    }))
}

/// `GET /{index}/_source/{id}`
pub fn get_source(call: &Call) -> Result<Reply, EsError> {
    let filter = filter_of(call)?;
    let (index, document) = document(call, &SourceFilter::All, &[])?;
    match document {
        Some(document) => {
            let mut out = Out::new(&call.bounds);
            out.bounds().spend(document.source.text().len())?;
            match filter {
                SourceFilter::All => out.source(&document.source)?,
                SourceFilter::None => out.text("{}")?,
                filter @ SourceFilter::Filter { .. } => {
                    let kept = filter.filter(document.source.verbatim()?);
                    out.value(&kept.unwrap_or_else(|| json!({})))?;
                }
            }
            Reply::written(out)
        }
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
