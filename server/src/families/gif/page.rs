//! Pages of hits, however deep.
//!
//! The engine bounds how many hits it ranks at once. A page beyond that is reached by walking:
//! each step ranks one window and continues after its last hit. The order is total, so that no hit
//! is skipped or seen twice.

use std::time::{Duration, Instant};

use engine::request::{Hit, SearchRequest, SourceFilter};
use engine::{EngineError, Node};

/// Results a page.
pub const PAGE_SIZE: u64 = 10;
/// The hits that are ranked at once.
const WINDOW: usize = 10_000;

/// A page of hits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// How many pictures match in all.
    pub total: u64,
    /// The hits of the page.
    pub hits: Vec<Hit>,
}

impl Page {
    /// How many pages there are.
    pub fn count(&self) -> u64 {
        self.total.div_ceil(PAGE_SIZE)
    }
}

/// The page (from 1) of a search whose sort is total. Takes no longer than `limit`, up to one step.
///
/// # Errors
/// When the search fails, or the page is so deep that time runs out.
pub fn page(
    node: &Node,
    index: &str,
    request: &SearchRequest,
    page: u64,
    limit: Duration,
) -> Result<Page, EngineError> {
    page_of(node, index, request, page, PAGE_SIZE, limit)
}

/// The same with pages of another size.
///
/// # Errors
/// As [`page`].
pub fn page_of(
    node: &Node,
    index: &str,
    request: &SearchRequest,
    page: u64,
    size: u64,
    limit: Duration,
) -> Result<Page, EngineError> {
    page_by(node, index, request, (page, size), limit, WINDOW)
}

fn page_by(
    node: &Node,
    index: &str,
    request: &SearchRequest,
    (page, size): (u64, u64),
    limit: Duration,
    window: usize,
) -> Result<Page, EngineError> {
    let started = Instant::now();
    let from = page.saturating_sub(1).saturating_mul(size);
    let size = usize::try_from(size).unwrap_or(10);
    let mut request = request.clone();
    request.size = size;
    if let Ok(from) = usize::try_from(from)
        && from.saturating_add(size) <= window
    {
        request.from = from;
        return search(node, index, &request);
    }
    let mut count = request.clone();
    count.size = 0;
    count.highlight = None;
    let total = search(node, index, &count)?.total;
    if from >= total {
        return Ok(Page {
            total,
            hits: Vec::new(),
        });
    }
    let mut step = request.clone();
    step.source = SourceFilter::None;
    step.highlight = None;
    let mut left = from;
    let mut after = None;
    while left > 0 {
        if started.elapsed() >= limit {
            return Err(EngineError::Timeout(limit.as_millis()));
        }
        step.size = usize::try_from(left).map_or(window, |left| left.min(window));
        step.search_after = after;
        let mut found = search(node, index, &step)?.hits;
        left = left.saturating_sub(found.len() as u64);
        match found.pop().and_then(|last| last.sort) {
            Some(sort) => after = Some(sort),
            // Fewer hits than a moment ago.
            None => {
                return Ok(Page {
                    total,
                    hits: Vec::new(),
                });
            }
        }
    }
    request.search_after = after;
    let hits = search(node, index, &request)?.hits;
    Ok(Page { total, hits })
}

fn search(node: &Node, index: &str, request: &SearchRequest) -> Result<Page, EngineError> {
    let response = node.search(index, request)?;
    Ok(Page {
        total: response.total.map_or(0, |total| total.value),
        hits: response.hits,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use engine::NodeOptions;
    use engine::request::{Order, Sort, WriteOp};
    use engine::store::MemStore;
    use serde_json::json;

    use super::*;

    #[test]
    fn deep_pages_are_those_that_one_window_would_show() {
        let node = Node::open(Arc::new(MemStore::new()), NodeOptions::default()).unwrap();
        let body = json!({"mappings": {"properties": {"id": {"type": "long"}}}});
        node.create_index("images", &body).unwrap();
        let index = node.index("images").unwrap();
        let ops = (1..=95)
            .map(|id| WriteOp::index(Some(format!("{id}")), json!({"id": 1_000 - id * 3 / 2})))
            .collect();
        for result in index.write(ops) {
            result.unwrap();
        }
        index.refresh().unwrap();
        let request = SearchRequest {
            sort: vec![Sort::field("id", Order::Asc), Sort::Doc(Order::Asc)],
            ..SearchRequest::default()
        };
        let limit = Duration::from_secs(10);
        for number in 1..=11 {
            let whole = page(&node, "images", &request, number, limit).unwrap();
            let walked = page_by(&node, "images", &request, (number, 10), limit, 23).unwrap();
            assert_eq!(whole, walked, "{number}");
            assert_eq!((whole.total, whole.count()), (95, 10));
        }
        let past = page(&node, "images", &request, u64::MAX, limit).unwrap();
        assert_eq!((past.hits.len(), past.total), (0, 95));
        let late = page_by(&node, "images", &request, (9, 10), Duration::ZERO, 23);
        assert!(matches!(late, Err(EngineError::Timeout(0))));
    }
}
