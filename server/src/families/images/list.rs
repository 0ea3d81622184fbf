//! Listings.
//!
//! What the index can answer, it answers: then a page costs the same however deep it is, by its
//! token. What it cannot is evaluated on its candidates, all of them, since the total is exact.

use std::sync::Arc;
use std::time::Instant;

use engine::clock::now_nanos;
use engine::odata::{
    Compiled, DateTime, Evaluator, IndexSchema, ListQuery, SearchField, compile, search_query,
};
use engine::query::ast::{Bool, Exists, Query};
use engine::request::{Hit, Order, SearchRequest, Sort, SourceFilter};
use engine::{EngineError, Node};
use poem::Request;
use poem_openapi::types::Any;
use serde_json::Value;

use super::answer::ImagesError;
use super::bodies::{ImageEntry, ImageList, Pagination};
use super::order::{Ordering, ordering, sort};
use super::record::metadata;
use super::token::SkipToken;
use crate::app::App;
use crate::library::INDEX;

/// Hits that are looked at together.
const STEP: usize = 2_000;
/// Hits that are passed over together.
const HOP: usize = 10_000;
/// The most records that are sorted by evaluated keys.
const MAX_SORTED: usize = 200_000;

pub(super) async fn list(
    app: &Arc<App>,
    request: &Request,
    raw: String,
) -> Result<ImageList, ImagesError> {
    let path = request.original_uri().path().to_owned();
    let work = Arc::clone(app);
    let job = app.search_pool.submit(move || listed(&work, &raw, &path))?;
    job.await?
}

fn listed(app: &App, raw: &str, path: &str) -> Result<ImageList, ImagesError> {
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
        } = compile(filter, &schema, now);
        filters.push(query);
        residual = left.map(|left| left.with_deadline(deadline));
    }
    if let Some(search) = &query.search {
        filters.push(search_query(search, &search_fields()));
    }
    let walk = Walk {
        node: &app.node,
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
    let found = match ordering(&query, &schema, now) {
        Ordering::Index(sorts) => walk.by_index(sorts, offset, after, size)?,
        Ordering::Evaluated(keys) => walk.by_values(&keys, offset, size)?,
    };
    let shown = found.records.len() as u64;
    let has_more = offset.saturating_add(shown) < found.total && shown > 0;
    let next = has_more.then(|| {
        let token = SkipToken::new(&query, offset + shown, found.last);
        next_link(path, raw, &token.encode())
    });
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
struct Found {
    total: u64,
    records: Vec<Value>,
    /// The sort values of the last record, where the index sorted and nothing was left to evaluate.
    last: Option<Vec<Value>>,
}

struct Walk<'a> {
    node: &'a Node,
    query: Query,
    residual: Option<Evaluator>,
    deadline: Instant,
    limit_ms: u128,
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
        let response = self.node.search(INDEX, request)?;
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
        if self.residual.is_some() {
            return self.evaluated(sorts, offset, size);
        }
        let mut request = self.request(sorts);
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
                        records: Vec::new(),
                        last: None,
                    });
                }
            }
        }
        request.size = size;
        let (total, mut hits) = self.search(&request)?;
        let last = hits.last_mut().and_then(|hit| hit.sort.take());
        let records = hits.into_iter().filter_map(|hit| hit.source);
        Ok(Found {
            total,
            records: records.collect(),
            last,
        })
    }

    /// Passes over the first so many hits; whether there are that many.
    fn pass(&self, request: &mut SearchRequest, offset: u64) -> Result<bool, ImagesError> {
        if let Ok(from) = usize::try_from(offset)
            && from <= HOP - STEP
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

    /// Every candidate with its source, in an order, until `take` says stop.
    fn each(
        &self,
        sorts: Vec<Sort>,
        mut take: impl FnMut(Value) -> Result<(), ImagesError>,
    ) -> Result<(), ImagesError> {
        let mut request = self.request(sorts);
        request.size = STEP;
        loop {
            let (_, mut hits) = self.search(&request)?;
            let full = hits.len() == STEP;
            let last = hits.last_mut().and_then(|hit| hit.sort.take());
            for source in hits.into_iter().filter_map(|hit| hit.source) {
                let matches = match &self.residual {
                    None => true,
                    Some(residual) => residual.matches(&source)?,
                };
                if matches {
                    take(source)?;
                }
            }
            if !full {
                return Ok(());
            }
            request.search_after = last;
        }
    }

    /// A page of what evaluation leaves of the candidates, in the index's order.
    fn evaluated(&self, sorts: Vec<Sort>, offset: u64, size: usize) -> Result<Found, ImagesError> {
        let mut total = 0u64;
        let mut records = Vec::new();
        self.each(sorts, |source| {
            if total >= offset && records.len() < size {
                records.push(source);
            }
            total += 1;
            Ok(())
        })?;
        Ok(Found {
            total,
            records,
            last: None,
        })
    }

    /// A page in the order of evaluated keys.
    fn by_values(
        &self,
        keys: &[(Evaluator, bool)],
        offset: u64,
        size: usize,
    ) -> Result<Found, ImagesError> {
        let mut records = Vec::new();
        let by_id = vec![Sort::field("id", Order::Asc)];
        self.each(by_id, |source| {
            if records.len() >= MAX_SORTED {
                return Err(ImagesError::bad(
                    "FilterTooComplex",
                    format!(
                        "more than {MAX_SORTED} pictures would have to be sorted by a computed key"
                    ),
                    "$orderby",
                ));
            }
            records.push(source);
            Ok(())
        })?;
        sort(&mut records, keys)?;
        let total = records.len() as u64;
        let from = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(records.len());
        let records = records.into_iter().skip(from).take(size).collect();
        Ok(Found {
            total,
            records,
            last: None,
        })
    }
}
