//! A hit's fields.

use tantivy::schema::Value as _;
use tantivy::{DocAddress, TantivyDocument};

use super::Context;
use crate::error::{EngineError, Result};
use crate::index::PRIMARY_TERM;
use crate::numerals;
use crate::request::{Hit, SearchRequest};

/// The hit at an address, with its whole source.
pub(super) fn fetch(
    context: &Context,
    request: &SearchRequest,
    address: DocAddress,
) -> Result<Hit> {
    let document: TantivyDocument = context.snapshot.searcher.doc(address)?;
    let source = document
        .get_first(context.schema.source)
        .and_then(|value| value.as_bytes());
    let bytes = source.unwrap_or(b"null");
    let read = if request.verbatim {
        numerals::read(bytes)
    } else {
        serde_json::from_slice(bytes)
    };
    let source = read.map_err(|error| EngineError::Corrupt {
        file: "_source".to_owned(),
        reason: error.to_string(),
    })?;
    let id = document
        .get_first(context.schema.id)
        .and_then(|value| value.as_str().map(str::to_owned))
        .ok_or_else(|| EngineError::Internal("a document without an id".to_owned()))?;
    let mut hit = Hit {
        index: context.index.to_string(),
        id,
        source: Some(source),
        ..Hit::default()
    };
    if let Some(columns) = context.snapshot.columns(address.segment_ord) {
        if request.version {
            hit.version = columns.version.first(address.doc_id);
        }
        if request.seq_no_primary_term {
            hit.seq_no = columns.seq.first(address.doc_id);
            hit.primary_term = Some(PRIMARY_TERM);
        }
    }
    Ok(hit)
}

/// Leaves of a hit's source what the request asks for.
pub(super) fn shape_source(request: &SearchRequest, hit: &mut Hit) {
    if let Some(source) = hit.source.take() {
        hit.source = request.source.filter(source);
    }
}
