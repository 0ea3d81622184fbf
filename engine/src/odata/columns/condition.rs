//! The documents of a query on which a condition is true.

use std::sync::Arc;
use std::time::Instant;

use tantivy::query::EnableScoring;
use tantivy::{DocId, Searcher, SegmentReader};

use super::plan::plan;
use super::record::{BATCH, Segment};
use super::segment::Sources;
use crate::error::{EngineError, Result};
use crate::odata::Evaluator;
use crate::query::plan::{Docs, Planned, Planner, SegmentSet, set_query};
use crate::search::Context;

/// Documents between two looks at the clock.
pub(super) const CLOCK_EVERY: usize = 256;

/// The documents of `base` on which a condition is true; every one scores 1.
pub(crate) fn filtered(
    planner: &Planner<'_>,
    base: Planned,
    condition: &Arc<Evaluator>,
) -> Planned {
    let set = Filtered {
        candidates: Candidates::new(planner, base),
        sources: sources(planner.context, std::iter::once(&**condition)),
        condition: Arc::clone(condition),
        deadline: planner.deadline,
    };
    set_query(set, &planner.errors)
}

pub(super) fn sources<'a>(
    context: &Context,
    evaluators: impl Iterator<Item = &'a Evaluator>,
) -> Sources {
    Sources {
        planned: Arc::new(plan(context, evaluators)),
        schema: Arc::clone(&context.schema),
        raw: Arc::clone(&context.snapshot.raw),
    }
}

/// What a query finds, segment by segment.
pub(super) struct Candidates {
    query: Planned,
    searcher: Searcher,
}

impl Candidates {
    pub fn new(planner: &Planner<'_>, query: Planned) -> Self {
        Self {
            query,
            searcher: planner.context.snapshot.searcher.clone(),
        }
    }

    /// The living documents, ascending.
    pub fn of(&self, reader: &SegmentReader) -> Result<Vec<DocId>> {
        let scoring = EnableScoring::disabled_from_searcher(&self.searcher);
        let weight = self.query.weight(scoring)?;
        let mut found = Vec::new();
        weight.for_each_no_score(reader, &mut |docs| match reader.alive_bitset() {
            None => found.extend_from_slice(docs),
            Some(alive) => found.extend(docs.iter().filter(|doc| alive.is_alive(**doc))),
        })?;
        Ok(found)
    }
}

struct Filtered {
    candidates: Candidates,
    sources: Sources,
    condition: Arc<Evaluator>,
    deadline: Instant,
}

impl std::fmt::Debug for Filtered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filtered")
            .field("query", &self.candidates.query)
            .field("condition", &self.condition.expr().to_string())
            .finish()
    }
}

impl SegmentSet for Filtered {
    fn docs(&self, reader: &SegmentReader) -> Result<Docs> {
        let candidates = self.candidates.of(reader)?;
        let mut segment = Segment::open(reader, &self.sources)?;
        let mut found = Vec::new();
        for batch in candidates.chunks(BATCH) {
            segment.batch(batch)?;
            for (at, doc) in batch.iter().enumerate() {
                if at % CLOCK_EVERY == 0 && Instant::now() >= self.deadline {
                    return Err(EngineError::from(self.condition.too_late()));
                }
                if segment.look(*doc, |record| self.condition.matches(record))? {
                    found.push(*doc);
                }
            }
        }
        Ok(Docs::from_sorted(found))
    }
}
