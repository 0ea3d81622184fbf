//! Hits with what a request asks for of their documents, one after another: no document is held longer than
//! it takes to make its hit.

use bytes::Bytes;
use serde_json::Value;
use tantivy::schema::Value as _;
use tantivy::{DocAddress, TantivyDocument};

use super::highlight::Marker;
use super::{Context, fields};
use crate::error::{EngineError, Result};
use crate::index::PRIMARY_TERM;
use crate::query::ast::Query;
use crate::query::plan::Planner;
use crate::request::{Bounds, Hit, SearchRequest, Source, SourceFilter, parsed};

/// Makes the hits of one search of one index.
pub(crate) struct Fetcher<'a> {
    context: &'a Context,
    request: &'a SearchRequest,
    bounds: &'a Bounds,
    marker: Option<Marker>,
    keeps_source: bool,
    /// Whether marks or fields look into the documents.
    looks_inside: bool,
}

impl<'a> Fetcher<'a> {
    /// Prepares for a search; `query` is what marks are put for.
    ///
    /// # Errors
    /// When marks are asked for in a way that does not fit the index.
    pub(crate) fn new(
        planner: &'a Planner<'a>,
        request: &'a SearchRequest,
        query: &Query,
    ) -> Result<Self> {
        let context = planner.context;
        let marker = request
            .highlight
            .as_ref()
            .map(|wanted| Marker::new(context, planner, wanted, query))
            .transpose()?;
        let keeps_source = fields::keeps_source(request) && request.source != SourceFilter::None;
        Ok(Self {
            context,
            request,
            bounds: &planner.bounds,
            looks_inside: marker.is_some() || fields::looks_inside(request),
            marker,
            keeps_source,
        })
    }

    /// Returns the hit at an address.
    ///
    /// # Errors
    /// When the document cannot be read, the time is up, or the answer becomes too large.
    pub(crate) fn hit(&self, address: DocAddress) -> Result<Hit> {
        self.bounds.check_time()?;
        let (id, stored) = document(self.context, address)?;
        let mut hit = Hit {
            index: self.context.index.to_string(),
            id,
            ..Hit::default()
        };
        if let Some(columns) = self.context.snapshot.columns(address.segment_ord) {
            if self.request.version {
                hit.version = columns.version.first(address.doc_id);
            }
            if self.request.seq_no_primary_term {
                hit.seq_no = columns.seq.first(address.doc_id);
                hit.primary_term = Some(PRIMARY_TERM);
            }
        }
        let inside: Option<Value> = match self.looks_inside {
            true => Some(parsed(stored.text())?),
            false => None,
        };
        fields::add_fields(
            self.context,
            self.request,
            address,
            inside.as_ref(),
            &mut hit,
        )?;
        if let (Some(marker), Some(source)) = (&self.marker, &inside) {
            marker.mark(self.context, self.bounds, source, &mut hit)?;
        }
        if self.keeps_source {
            hit.source = match &self.request.source {
                SourceFilter::All => Some(stored),
                SourceFilter::None => None,
                filter @ SourceFilter::Filter { .. } => {
                    let kept = filter.filter(stored.verbatim()?);
                    kept.as_ref().map(Source::of)
                }
            };
        }
        self.bounds.spend(hit.weight())?;
        Ok(hit)
    }
}

/// Returns the id and the stored fields of the document at an address.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn document(context: &Context, address: DocAddress) -> Result<(String, Source)> {
    let document: TantivyDocument = context.snapshot.searcher.doc(address)?;
    let source = document
        .get_first(context.schema.source)
        .and_then(|value| value.as_bytes());
    let source = Bytes::copy_from_slice(source.unwrap_or(b"null"));
    let id = document
        .get_first(context.schema.id)
        .and_then(|value| value.as_str().map(str::to_owned))
        .ok_or_else(|| EngineError::Internal("a document without an id".to_owned()))?;
    Ok((id, Source::stored(source)))
}
