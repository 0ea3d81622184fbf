//! `matched_queries`: which of the clauses that have a name each hit matches.

use tantivy::DocAddress;

use super::{Context, probe, rescore};
use crate::error::{EngineError, Result};
use crate::query::ast::Query;
use crate::query::plan::Planner;
use crate::request::{Bounds, SearchRequest};

/// The most named clauses of a request.
const MAX_NAMES: usize = 1_024;

fn collect<'a>(query: &'a Query, out: &mut Vec<(&'a str, &'a Query)>) {
    if let Some(name) = query.name() {
        out.push((name, query));
    }
    for child in query.children() {
        collect(child, out);
    }
}

/// The names that each document matches, in the order of the clauses; an empty list when there
/// are no names at all.
pub(super) fn matched(
    context: &Context,
    request: &SearchRequest,
    query: &Query,
    bounds: &Bounds,
    addresses: &[DocAddress],
) -> Result<Vec<Vec<String>>> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let rescorers = rescore::of(request)?;
    let mut named = Vec::new();
    collect(query, &mut named);
    if let Some(filter) = &request.post_filter {
        collect(filter, &mut named);
    }
    for rescorer in &rescorers {
        collect(&rescorer.query, &mut named);
    }
    if named.is_empty() {
        return Ok(Vec::new());
    }
    if named.len() > MAX_NAMES {
        return Err(EngineError::Limit(format!(
            "a request has at most {MAX_NAMES} named queries, this one has {}",
            named.len()
        )));
    }
    // Its own planner: what it notes of neighbours was noted before.
    let mut planner = Planner::new(context, bounds);
    planner.knn_k = request.size.clamp(1, crate::vector::MAX_K);
    let mut out = vec![Vec::new(); addresses.len()];
    for (name, query) in named {
        let weight = probe::weight(context, &planner, query, false)?;
        let found = probe::scores(context, &planner, weight.as_ref(), addresses)?;
        for (names, _) in out
            .iter_mut()
            .zip(&found)
            .filter(|(_, found)| found.is_some())
        {
            if !names.iter().any(|other| other == name) {
                bounds.spend(name.len() + 24)?;
                names.push(name.to_owned());
            }
        }
    }
    Ok(out)
}
