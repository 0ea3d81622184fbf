//! Indices as they were at one moment.

use crate::error::Result;
use crate::index::Work;
use crate::query::ast::Query;
use crate::request::{Order, SearchRequest, SearchResponse, Sort};
use crate::search::{Context, Scope, SortValue, search};

/// Where the places of an index begin, counted by its number: what an index holds is far less.
const PLACES: u32 = 44;

/// An index as it was, and how it is searched.
pub(crate) struct HeldIndex {
    context: Context,
    filter: Option<Query>,
    boost: f32,
}

/// Indices as they were at one moment.
pub(crate) struct Held {
    indices: Vec<HeldIndex>,
}

impl HeldIndex {
    /// An index with the documents that it shows and the factor of its scores.
    pub(crate) fn new(context: Context, filter: Option<Query>, boost: f32) -> Self {
        Self {
            context,
            filter,
            boost,
        }
    }
}

impl Held {
    /// These indices, in order.
    pub(crate) fn new(mut indices: Vec<HeldIndex>) -> Self {
        for (number, index) in indices.iter_mut().enumerate() {
            index.context.doc_base = u64::try_from(number).unwrap_or_default() << PLACES;
        }
        Self { indices }
    }

    /// How many indices there are.
    pub(super) fn len(&self) -> usize {
        self.indices.len()
    }

    /// What the indices have done.
    pub(super) fn work(&self) -> impl Iterator<Item = &Work> {
        self.indices.iter().map(|index| &*index.context.work)
    }

    /// The indices, each after a hit of its own; `cursors` may be empty.
    pub(super) fn scopes<'a>(&'a self, cursors: &'a [Option<Vec<SortValue>>]) -> Vec<Scope<'a>> {
        self.indices
            .iter()
            .enumerate()
            .map(|(number, index)| Scope {
                context: &index.context,
                filter: index.filter.as_ref(),
                boost: index.boost,
                cursor: cursors.get(number).and_then(Option::as_deref),
                condition: None,
            })
            .collect()
    }

    /// Searches them as one.
    pub(crate) fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        search(&self.scopes(&[]), request)
    }

    /// Searches them as a point in time: where hits are sorted, their place breaks ties, so that
    /// `search_after` misses none.
    pub(crate) fn search_as_point(
        &self,
        id: &str,
        request: &SearchRequest,
        boosts: &dyn Fn(&str) -> f32,
    ) -> Result<SearchResponse> {
        let mut own = request.clone();
        own.pit = None;
        let by_place = own.sort.iter().any(|sort| matches!(sort, Sort::Doc(_)));
        // Who leaves the place out of `search_after` goes without it.
        let without = own
            .search_after
            .as_ref()
            .is_some_and(|after| after.len() == own.sort.len());
        if !own.sort.is_empty() && !by_place && !without && own.collapse.is_none() {
            own.sort.push(Sort::Doc(Order::Asc));
        }
        let mut scopes = self.scopes(&[]);
        for scope in &mut scopes {
            scope.boost = boosts(&scope.context.index);
        }
        let mut response = search(&scopes, &own)?;
        response.pit_id = Some(id.to_owned());
        Ok(response)
    }
}
