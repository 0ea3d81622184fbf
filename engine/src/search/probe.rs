//! Which of some documents match, and with what score.

use std::collections::BTreeMap;

use tantivy::query::{EnableScoring, Weight};
use tantivy::{DocAddress, DocId, DocSet, Score};

use super::Context;
use crate::error::Result;
use crate::query::ast::Query;
use crate::query::plan::Planner;

/// The weight of a query.
pub(super) fn weight(
    context: &Context,
    planner: &Planner<'_>,
    query: &Query,
    scoring: bool,
) -> Result<Box<dyn Weight>> {
    let searcher = &context.snapshot.searcher;
    let planned = planner.plan(query)?;
    planned
        .weight(if scoring {
            EnableScoring::enabled_from_searcher(searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        })
        .map_err(|error| planner.failure().unwrap_or(error.into()))
}

/// The scores of the documents that match; `None` for the others.
pub(super) fn scores(
    context: &Context,
    planner: &Planner<'_>,
    weight: &dyn Weight,
    addresses: &[DocAddress],
) -> Result<Vec<Option<Score>>> {
    let mut out = vec![None; addresses.len()];
    let mut by_segment: BTreeMap<u32, Vec<(DocId, usize)>> = BTreeMap::new();
    for (place, address) in addresses.iter().enumerate() {
        by_segment
            .entry(address.segment_ord)
            .or_default()
            .push((address.doc_id, place));
    }
    for (segment, mut wanted) in by_segment {
        wanted.sort_unstable();
        let reader = context.snapshot.searcher.segment_reader(segment);
        let mut scorer = weight
            .scorer(reader, 1.0)
            .map_err(|error| planner.failure().unwrap_or(error.into()))?;
        for (doc, place) in wanted {
            planner.bounds.check_time()?;
            if scorer.doc() < doc {
                scorer.seek(doc);
            }
            if scorer.doc() == doc
                && let Some(slot) = out.get_mut(place)
            {
                *slot = Some(scorer.score());
            }
        }
    }
    Ok(out)
}
