//! Walking the graph towards the query.

use super::super::error::Result;
use super::super::segment::{NONE, View};
use super::budget::Meter;
use super::gate::Gate;
use super::scorer::Scorer;
use super::scratch::{Next, Scratch};

/// Greedy descent through the upper layers: where the base layer is entered.
fn descend(
    view: &View<'_>,
    scorer: &impl Scorer,
    scratch: &mut Scratch,
    meter: &mut Meter<'_>,
) -> Result<(f32, u32)> {
    let mut at = 0;
    let mut key = f32::INFINITY;
    score(scorer, &[at], &mut scratch.keys, meter)?;
    if let Some(&first) = scratch.keys.first() {
        key = first;
    }
    for layer in view.upper().iter().rev() {
        loop {
            scratch.ids.clear();
            let links = view.links(layer, at).iter().take_while(|&&id| id != NONE);
            scratch.ids.extend(links);
            score(scorer, &scratch.ids, &mut scratch.keys, meter)?;
            let best = scratch
                .keys
                .iter()
                .zip(&scratch.ids)
                .min_by(|a, b| a.0.total_cmp(b.0));
            match best {
                Some((&found, &id)) if found < key => (key, at) = (found, id),
                _ => break,
            }
        }
    }
    Ok((key, at))
}

fn score(
    scorer: &impl Scorer,
    ids: &[u32],
    keys: &mut Vec<f32>,
    meter: &mut Meter<'_>,
) -> Result<()> {
    keys.resize(ids.len(), 0.0);
    scorer.score(ids, keys);
    meter.add(ids.len())
}

/// Gathers the neighbours of a vector that were not met before, and scores them.
#[inline]
fn neighbours(
    view: &View<'_>,
    scorer: &impl Scorer,
    id: u32,
    scratch: &mut Scratch,
    meter: &mut Meter<'_>,
) -> Result<()> {
    let Scratch {
        visited, ids, keys, ..
    } = scratch;
    let links = view.base(id);
    ids.resize(links.len(), NONE);
    let mut count = 0;
    for &to in links {
        if to == NONE {
            break;
        }
        // Each is written, and stays if it is new: nothing to be guessed.
        let fresh = visited.enter(to);
        if let Some(place) = ids.get_mut(count) {
            *place = to;
        }
        count += usize::from(fresh);
    }
    ids.truncate(count);
    score(scorer, ids, keys, meter)
}

/// Leaves in the pool the nearest that a search of the whole graph finds.
pub(super) fn walk(
    view: &View<'_>,
    scorer: &impl Scorer,
    ef: usize,
    scratch: &mut Scratch,
    meter: &mut Meter<'_>,
) -> Result<()> {
    scratch.begin(view.len(), ef);
    let (key, entry) = descend(view, scorer, scratch, meter)?;
    scratch.visited.enter(entry);
    scratch.pool.push(key, entry);
    while let Some(id) = scratch.pool.expand() {
        // What is nearest now is likely to be next, whatever comes of this one.
        if let Some(next) = scratch.pool.peek() {
            view.prefetch_base(next);
        }
        neighbours(view, scorer, id, scratch, meter)?;
        for (&key, &id) in scratch.keys.iter().zip(&scratch.ids) {
            scratch.pool.push(key, id);
        }
    }
    Ok(())
}

/// As [`walk`], through all vectors, but only those that pass the gate are
/// kept. Gives up, and says so, after `limit` comparisons.
pub(super) fn walk_gated(
    view: &View<'_>,
    scorer: &impl Scorer,
    gate: &Gate<'_>,
    ef: usize,
    limit: u64,
    scratch: &mut Scratch,
    meter: &mut Meter<'_>,
) -> Result<bool> {
    scratch.begin(view.len(), ef);
    let begin = meter.scored;
    let (key, entry) = descend(view, scorer, scratch, meter)?;
    scratch.visited.enter(entry);
    scratch.frontier.push(Next(key, entry));
    if gate.admits(entry) {
        scratch.pool.push(key, entry);
    }
    while let Some(Next(key, id)) = scratch.frontier.pop() {
        if key > scratch.pool.bound() {
            break;
        }
        if meter.scored - begin > limit {
            return Ok(false);
        }
        if let Some(Next(_, next)) = scratch.frontier.peek() {
            view.prefetch_base(*next);
        }
        neighbours(view, scorer, id, scratch, meter)?;
        for (&key, &id) in scratch.keys.iter().zip(&scratch.ids) {
            if key < scratch.pool.bound() {
                scratch.frontier.push(Next(key, id));
                if gate.admits(id) {
                    scratch.pool.push(key, id);
                }
            }
        }
    }
    Ok(true)
}
