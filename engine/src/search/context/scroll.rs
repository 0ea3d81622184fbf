//! A search whose hits are given page by page.

use std::time::Instant;

use parking_lot::Mutex;

use super::Held;
use crate::error::{EngineError, Result};
use crate::request::{Bounds, Order, SearchRequest, SearchResponse, Sort};
use crate::search::{SortValue, one_pass};

/// A search whose hits are given page by page.
pub(crate) struct Scroll {
    held: Held,
    request: SearchRequest,
    /// How many sort keys the caller asked for; the others make the order total.
    asked: usize,
    state: Mutex<State>,
    since: Instant,
}

/// How far the pages got.
struct State {
    /// For each index the keys of its last hit that was given.
    cursors: Vec<Option<Vec<SortValue>>>,
    first: bool,
}

impl Scroll {
    /// A scroll at its beginning.
    ///
    /// # Errors
    /// When the request is none that can be scrolled.
    pub(crate) fn new(held: Held, request: &SearchRequest) -> Result<Self> {
        check(request)?;
        let mut request = request.clone();
        // Each page has those of the request that asks for it.
        request.bounds = None;
        let asked = request.sort.len();
        if request.sort.is_empty() {
            request.sort.push(Sort::Score(Order::Desc));
        }
        if !request.sort.iter().any(|sort| matches!(sort, Sort::Doc(_))) {
            request.sort.push(Sort::Doc(Order::Asc));
        }
        let state = State {
            cursors: vec![None; held.len()],
            first: true,
        };
        held.work().for_each(|work| work.scroll.enter());
        Ok(Self {
            held,
            request,
            asked,
            state: Mutex::new(state),
            since: Instant::now(),
        })
    }

    /// The next page within the bounds of the request that asks for it; one without hits at the end.
    pub(crate) fn next(&self, bounds: Option<&Bounds>) -> Result<SearchResponse> {
        let mut state = self.state.lock();
        let mut request = self.request.clone();
        request.bounds = bounds.cloned();
        if !state.first {
            request.aggs = None;
            request.suggest = None;
        }
        let (mut response, places) = {
            let scopes = self.held.scopes(&state.cursors);
            one_pass(&scopes, &request)?
        };
        for (index, ranked) in places {
            if let Some(cursor) = state.cursors.get_mut(index) {
                *cursor = Some(ranked.keys);
            }
        }
        state.first = false;
        for hit in &mut response.hits {
            match (&mut hit.sort, self.asked) {
                (sort, 0) => *sort = None,
                (Some(sort), asked) => sort.truncate(asked),
                (None, _) => {}
            }
        }
        Ok(response)
    }
}

impl Drop for Scroll {
    fn drop(&mut self) {
        self.held
            .work()
            .for_each(|work| work.scroll.leave(self.since));
    }
}

fn check(request: &SearchRequest) -> Result<()> {
    let reason = if request.from > 0 {
        "using [from] is not allowed in a scroll context"
    } else if request.size == 0 {
        "[size] cannot be [0] in a scroll context"
    } else if request.search_after.is_some() {
        "`search_after` cannot be used in a scroll context."
    } else if request.collapse.is_some() {
        "cannot use `collapse` in a scroll context"
    } else if request.rescore.is_some() {
        "using [rescore] is not allowed in a scroll context"
    } else if request.rank.is_some() {
        "[rank] cannot be used with [scroll]"
    } else if request.pit.is_some() {
        "using [point in time] is not allowed in a scroll context"
    } else {
        return Ok(());
    };
    Err(EngineError::IllegalArgument(reason.to_owned()))
}
