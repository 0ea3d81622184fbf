//! Filters of aggregations, as sets of documents.

use std::rc::Rc;

use tantivy::BitSet;
use tantivy::query::EnableScoring;

use super::{Doc, Run, place_of, runs};
use crate::error::Result;
use crate::query::ast::Query;

impl Run<'_> {
    /// The documents among some that match a filter. A filter is run once, however many buckets
    /// ask for it.
    pub(crate) fn matching(&self, filter: &Query, docs: &[Doc]) -> Result<Vec<Doc>> {
        if docs.is_empty() {
            return Ok(Vec::new());
        }
        let sets = self.filter(filter)?;
        let mut out = Vec::new();
        for (segment, run) in runs(docs) {
            self.check()?;
            if let Some(set) = sets.get(segment) {
                out.extend(run.iter().filter(|doc| set.contains(place_of(**doc))));
            }
        }
        Ok(out)
    }

    fn filter(&self, filter: &Query) -> Result<Rc<Vec<BitSet>>> {
        // The tree of aggregations stays where it is while it is collected.
        let key = std::ptr::from_ref(filter).addr();
        if let Some(sets) = self.filters.borrow().get(&key) {
            return Ok(Rc::clone(sets));
        }
        let planner = self.planner;
        let searcher = &self.context.snapshot.searcher;
        let weight = planner
            .plan(filter)?
            .weight(EnableScoring::disabled_from_searcher(searcher))
            .map_err(|error| planner.failure().unwrap_or(error.into()))?;
        let mut sets = Vec::new();
        for reader in searcher.segment_readers() {
            self.check()?;
            let mut set = BitSet::with_max_value(reader.max_doc());
            weight
                .for_each_no_score(reader, &mut |docs| {
                    for doc in docs {
                        set.insert(*doc);
                    }
                })
                .map_err(|error| planner.failure().unwrap_or(error.into()))?;
            sets.push(set);
        }
        let sets = Rc::new(sets);
        self.filters.borrow_mut().insert(key, Rc::clone(&sets));
        Ok(sets)
    }
}
