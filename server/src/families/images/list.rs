//! Listings.
//!
//! What the index can answer, it answers; what it cannot is evaluated on its candidates' columns, all of
//! them, since the total is exact. Either way a page costs the same however deep it is, by its token.

use std::sync::Arc;
use std::time::Instant;

use engine::EngineError;
use engine::clock::now_nanos;
use engine::odata::{
    Compiled, DateTime, Evaluator, IndexSchema, ListQuery, OrderItem, OrderKey, Ordering,
    SearchField, compile, search_query,
};
use engine::query::ast::{Bool, Exists, Query};
use engine::request::{Hit, SearchRequest, Sort, SourceFilter};
use poem::Request;
use poem_openapi::types::Any;
use serde_json::Value;

use super::answer::ImagesError;
use super::bodies::{ImageEntry, ImageList, Pagination};
use super::record::metadata;
use super::token::SkipToken;
use crate::app::App;

/// Hits that are passed over together.
const HOP: usize = 10_000;
/// More than any page holds: what is passed over and the page are one search's window.
const MAX_PAGE: usize = 2_000;
/// The deepest page in an evaluated order: everything before it is sorted too.
const MAX_SORTED: usize = 200_000;

pub(super) async fn list(
    app: &Arc<App>,
    request: &Request,
    raw: String,
) -> Result<ImageList, ImagesError> {
    let path = request.original_uri().path().to_owned();
    let work = Arc::clone(app);
    // Conditions that are evaluated may take their time: searches by words do not wait for them.
    let job = app.es_pool.submit(move || listed(&work, &raw, &path))?;
    job.await?
}

fn listed(app: &App, raw: &str, path: &str) -> Result<ImageList, ImagesError> {
    let started = Instant::now();
    let index = app.library.index()?;
    let schema = IndexSchema::new(&index);
    let query = ListQuery::parse(raw, &|name| schema.knows(name))?;
    let deadline = Instant::now() + app.settings.limits.query_timeout;
    let now = DateTime::utc(now_nanos().into())
        .ok_or_else(|| EngineError::Internal("the clock is out of range".to_owned()))?;
    let mut filters = vec![Query::Exists(Exists::new("hash"))];
    let mut residual = None;
    if let Some(filter) = &query.filter {
        let Compiled {
            query,
            residual: left,
            ..
        } = compile(filter, &schema, now).with_deadline(deadline);
        filters.push(query);
        residual = left;
    }
    if let Some(search) = &query.search {
        filters.push(search_query(search, &search_fields()));
    }
    let walk = Walk {
        schema: &schema,
        query: Query::Bool(Bool {
            filter: filters,
            ..Bool::default()
        }),
        residual,
        deadline,
        limit_ms: app.settings.limits.query_timeout.as_millis(),
    };
    let token = match &query.skiptoken {
        None => None,
        Some(text) => Some(SkipToken::decode(text, &query)?),
    };
    let offset = token.as_ref().map_or(query.skip, |token| token.offset);
    let after = token.and_then(|token| token.after);
    let size = usize::try_from(query.top).unwrap_or(usize::MAX);
    let newest_first = [OrderItem::of_field("created_at", true)];
    let order = match query.orderby.as_slice() {
        [] => &newest_first,
        given => given,
    };
    let found = match Ordering::new(order, "id", &schema, now) {
        Ordering::Index(sorts) => walk.by_index(sorts, offset, after, size)?,
        Ordering::Evaluated(keys) => walk.by_values(&keys, offset, size)?,
    };
    let shown = found.records.len() as u64;
    let has_more = offset.saturating_add(shown) < found.total && shown > 0;
    let next = has_more.then(|| {
        let token = SkipToken::new(&query, offset + shown, found.last);
        next_link(path, raw, &token.encode())
    });
    app.recent
        .note("listing", None, found.total, started.elapsed());
    let select = query.select.as_deref();
    let images = found.records.into_iter().map(|record| {
        let (hash, metadata) = metadata(record, select);
        ImageEntry {
            hash,
            metadata: Any(metadata),
        }
    });
    Ok(ImageList {
        count: query.count.then_some(found.total),
        images: images.collect(),
        pagination: Pagination {
            total: found.total,
            skip: offset,
            take: query.top,
            has_more,
        },
        next,
    })
}

/// Where `$search` looks.
fn search_fields() -> [SearchField; 4] {
    [
        SearchField::Words("title".to_owned()),
        SearchField::Words("prompt".to_owned()),
        SearchField::Part("tags".to_owned()),
        SearchField::Part("name".to_owned()),
    ]
}

/// The same listing from the token on.
fn next_link(path: &str, raw: &str, token: &str) -> String {
    let kept = raw.split('&').filter(|part| {
        let name = part.split('=').next().unwrap_or_default();
        let name = name.replace("%24", "$").to_ascii_lowercase();
        !part.is_empty() && !matches!(name.trim_start_matches('$'), "skip" | "skiptoken")
    });
    let mut query: Vec<&str> = kept.collect();
    let last = format!("$skiptoken={token}");
    query.push(&last);
    format!("{path}?{}", query.join("&"))
}

/// A page that was found.
#[derive(Default)]
struct Found {
    total: u64,
    records: Vec<Value>,
    /// The sort values of the last record, where the index sorted.
    last: Option<Vec<Value>>,
}

struct Walk<'a> {
    schema: &'a IndexSchema,
    query: Query,
    residual: Option<Arc<Evaluator>>,
    deadline: Instant,
    limit_ms: u128,
}

/// The records of hits.
fn records(hits: &[Hit]) -> Result<Vec<Value>, ImagesError> {
    let records = hits.iter().filter_map(|hit| hit.source_value().transpose());
    Ok(records.collect::<Result<_, EngineError>>()?)
}

impl Walk<'_> {
    fn request(&self, sorts: Vec<Sort>) -> SearchRequest {
        SearchRequest {
            query: Some(self.query.clone()),
            sort: sorts,
            timeout: Some(self.deadline.saturating_duration_since(Instant::now())),
            ..SearchRequest::default()
        }
    }

    fn search(&self, request: &SearchRequest) -> Result<(u64, Vec<Hit>), ImagesError> {
        if Instant::now() >= self.deadline {
            return Err(EngineError::Timeout(self.limit_ms).into());
        }
        let response = self.schema.search(request, self.residual.as_ref())?;
        Ok((response.total.map_or(0, |total| total.value), response.hits))
    }

    /// A page in the index's order.
    fn by_index(
        &self,
        sorts: Vec<Sort>,
        offset: u64,
        after: Option<Vec<Value>>,
        size: usize,
    ) -> Result<Found, ImagesError> {
        let mut request = self.request(sorts);
        let by_token = after.is_some();
        match after {
            Some(after) if after.len() == request.sort.len() => request.search_after = Some(after),
            Some(_) => {
                return Err(ImagesError::bad(
                    "InvalidPagination",
                    "the token belongs to a listing in another order",
                    "$skiptoken",
                ));
            }
            None => {
                if !self.pass(&mut request, offset)? {
                    request.size = 0;
                    let (total, _) = self.search(&request)?;
                    return Ok(Found {
                        total,
                        ..Found::default()
                    });
                }
            }
        }
        request.size = size;
        let (total, mut hits) = self.search(&request).map_err(|error| {
            // Nothing else of the request can be wrong by now.
            if by_token && error.code == "InvalidFilter" {
                ImagesError::bad("InvalidPagination", error.message, "$skiptoken")
            } else {
                error
            }
        })?;
        let last = hits.last_mut().and_then(|hit| hit.sort.take());
        Ok(Found {
            total,
            records: records(&hits)?,
            last,
        })
    }

    /// Passes over the first so many hits; whether there are that many.
    fn pass(&self, request: &mut SearchRequest, offset: u64) -> Result<bool, ImagesError> {
        if let Ok(from) = usize::try_from(offset)
            && from <= HOP - MAX_PAGE
        {
            request.from = from;
            return Ok(true);
        }
        let mut hop = request.clone();
        hop.source = SourceFilter::None;
        let mut left = offset;
        while left > 0 {
            hop.size = usize::try_from(left).map_or(HOP, |left| left.min(HOP));
            let (_, mut hits) = self.search(&hop)?;
            if hits.len() < hop.size {
                return Ok(false);
            }
            left -= hits.len() as u64;
            hop.search_after = hits.pop().and_then(|last| last.sort);
        }
        request.search_after = hop.search_after;
        Ok(true)
    }

    /// A page in the order of evaluated keys.
    fn by_values(&self, keys: &[OrderKey], offset: u64, size: usize) -> Result<Found, ImagesError> {
        let mut request = self.request(Vec::new());
        (request.from, request.size) = (usize::try_from(offset).unwrap_or(usize::MAX), size);
        if request.from > MAX_SORTED {
            (request.from, request.size) = (0, 0);
            let (total, _) = self.search(&request)?;
            if offset >= total {
                return Ok(Found {
                    total,
                    ..Found::default()
                });
            }
            return Err(ImagesError::bad(
                "FilterTooComplex",
                format!("a page behind {MAX_SORTED} pictures in an order that is computed"),
                "$orderby",
            ));
        }
        let residual = self.residual.as_ref();
        let response = self.schema.search_ordered(&request, residual, keys, "id")?;
        Ok(Found {
            total: response.total.map_or(0, |total| total.value),
            records: records(&response.hits)?,
            last: None,
        })
    }
}
