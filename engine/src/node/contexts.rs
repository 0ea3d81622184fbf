//! Scrolls and points in time of a node.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::Node;
use crate::error::Result;
use crate::query::ast::{Like, Query};
use crate::request::{Bounds, SearchRequest, SearchResponse};
use crate::search::OtherDocuments;
use crate::search::context::{Held, HeldIndex, Scroll};

impl Node {
    /// The indices that an expression names as they are now, with the factors that a request
    /// gives them.
    pub(super) fn hold(&self, expression: &str, request: &SearchRequest) -> Result<Held> {
        let boosts = self.boosts(request)?;
        let others = Arc::new(self.others(request)?);
        let targets = self.resolve(expression)?;
        let indices = targets.into_iter().map(|target| {
            let boost = boosts.get(target.index.name()).copied().unwrap_or(1.0);
            let mut context = target.index.context();
            context.others = Arc::clone(&others);
            context.aliases = Arc::new(self.aliases_of(target.index.name()));
            HeldIndex::new(context, target.filter, boost)
        });
        Ok(Held::new(indices.collect()))
    }

    /// The aliases of an index.
    fn aliases_of(&self, name: &str) -> Vec<String> {
        let catalog = self.inner.catalog.read();
        let entry = catalog.indices.get(name);
        entry.map_or_else(Vec::new, |entry| entry.aliases.keys().cloned().collect())
    }

    /// The documents of named indices that a request's likenesses compare with.
    fn others(&self, request: &SearchRequest) -> Result<OtherDocuments> {
        let mut out = OtherDocuments::new();
        let mut queries: Vec<&Query> = request.query.iter().chain(&request.post_filter).collect();
        while let Some(query) = queries.pop() {
            queries.extend(query.children());
            let Query::MoreLikeThis(clause) = query else {
                continue;
            };
            for like in clause.like.iter().chain(&clause.unlike) {
                if let Like::Document {
                    index: Some(name),
                    id,
                } = like
                {
                    let index = self.index(name)?;
                    let source = index.get(id)?.map(|document| document.source);
                    let found = (index.name().to_owned(), source);
                    out.insert((name.clone(), id.clone()), found);
                }
            }
        }
        Ok(out)
    }

    /// The factors of `indices_boost` by index; of several that name an index, the first counts.
    fn boosts(&self, request: &SearchRequest) -> Result<HashMap<String, f32>> {
        let mut out = HashMap::new();
        for (expression, boost) in &request.indices_boost {
            for target in self.resolve(expression)? {
                out.entry(target.index.name().to_owned()).or_insert(*boost);
            }
        }
        Ok(out)
    }

    /// Keeps the indices that an expression names as they are now, for searches of
    /// [`Node::search_pit`]; the id of what is kept.
    ///
    /// # Errors
    /// When an index is missing, the time is too long, or there are too many already.
    pub fn open_pit(&self, expression: &str, keep_alive: Duration) -> Result<String> {
        let held = self.hold(expression, &SearchRequest::default())?;
        self.inner.contexts.points.insert(held, keep_alive)
    }

    /// Keeps one of the node's own indices, which expressions do not reach, as it is now.
    ///
    /// # Errors
    /// When it is not there or closed, or too many are kept.
    pub fn open_own_pit(&self, name: &str, keep_alive: Duration) -> Result<String> {
        let context = self.own_index(name)?.context();
        let held = Held::new(vec![HeldIndex::new(context, None, 1.0)]);
        self.inner.contexts.points.insert(held, keep_alive)
    }

    /// Searches a point in time, which is then kept for the time of the request's `pit`, or again
    /// for as long as before.
    ///
    /// # Errors
    /// When there is none of that id, or the request does not fit an index.
    pub fn search_pit(&self, id: &str, request: &SearchRequest) -> Result<SearchResponse> {
        let keep_alive = request.pit.as_ref().and_then(|pit| pit.keep_alive);
        let held = self.inner.contexts.points.get(id, keep_alive)?;
        let boosts = self.boosts(request)?;
        held.search_as_point(id, request, &|index| {
            boosts.get(index).copied().unwrap_or(1.0)
        })
    }

    /// Forgets a point in time; whether it was there.
    pub fn close_pit(&self, id: &str) -> bool {
        self.inner.contexts.points.remove(id)
    }

    /// How many points in time are kept.
    pub fn open_pits(&self) -> usize {
        self.inner.contexts.points.len()
    }

    /// Begins a search whose hits are given page by page, all of them as the indices are now:
    /// the id for [`Node::scroll`], and the first page.
    ///
    /// # Errors
    /// When the request cannot be scrolled or does not fit an index, or there are too many
    /// scrolls already.
    pub fn open_scroll(
        &self,
        expression: &str,
        request: &SearchRequest,
        keep_alive: Duration,
    ) -> Result<(String, SearchResponse)> {
        let scroll = Scroll::new(self.hold(expression, request)?, request)?;
        let mut page = scroll.next(request.bounds.as_ref())?;
        let id = self.inner.contexts.scrolls.insert(scroll, keep_alive)?;
        page.scroll_id = Some(id.clone());
        Ok((id, page))
    }

    /// The next page of a scroll, within the bounds of the request that asks for it; one without hits at
    /// the end.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn scroll(
        &self,
        id: &str,
        keep_alive: Option<Duration>,
        bounds: Option<&Bounds>,
    ) -> Result<SearchResponse> {
        let scroll = self.inner.contexts.scrolls.get(id, keep_alive)?;
        let mut page = scroll.next(bounds)?;
        page.scroll_id = Some(id.to_owned());
        Ok(page)
    }

    /// Forgets scrolls; how many of them were there.
    pub fn clear_scroll<S: AsRef<str>>(&self, ids: &[S]) -> usize {
        let scrolls = &self.inner.contexts.scrolls;
        ids.iter().filter(|id| scrolls.remove(id.as_ref())).count()
    }

    /// Forgets all scrolls; how many there were.
    pub fn clear_all_scrolls(&self) -> usize {
        self.inner.contexts.scrolls.clear()
    }

    /// How many scrolls are kept.
    pub fn open_scrolls(&self) -> usize {
        self.inner.contexts.scrolls.len()
    }

    /// Forgets scrolls and points in time whose time is over, and with them the files that they
    /// keep; how many are left. Every call about them does that too.
    pub fn forget_expired(&self) -> usize {
        self.open_scrolls() + self.open_pits()
    }

    /// Forgets all of them.
    pub(super) fn forget_contexts(&self) {
        self.inner.contexts.scrolls.clear();
        self.inner.contexts.points.clear();
    }
}
