//! Putting candidates in order, one for each document.

use std::collections::HashSet;

use super::super::segment::View;
use super::{VectorHit, hit};

/// Among so few, looking through them is quicker than hashing.
const FEW: usize = 32;

/// The hits of ids with exact keys: of each document the nearest, at most `k`.
pub(super) fn rank(view: &View<'_>, ids: &[u32], keys: &[f32], k: usize) -> Vec<VectorHit> {
    let metric = view.segment.header().metric;
    let hits = ids.iter().zip(keys).filter_map(|(&id, &key)| {
        let ordinal = *view.ordinals.get(id as usize)?;
        let (slot, time) = view.slot(id);
        key.is_finite()
            .then(|| hit(metric, key, ordinal, slot, time))
    });
    best_of_each(hits.collect(), k)
}

/// The nearest hit of each document, the nearest first, at most `k`. Equal ones
/// are in the order of ordinals and slots, so that answers do not depend on
/// how vectors lie in segments.
pub(in crate::vector) fn best_of_each(mut hits: Vec<VectorHit>, k: usize) -> Vec<VectorHit> {
    hits.sort_unstable_by(|a, b| {
        let nearer = a.key.total_cmp(&b.key);
        nearer.then((a.ordinal, a.slot).cmp(&(b.ordinal, b.slot)))
    });
    if k <= FEW {
        let mut best: Vec<VectorHit> = Vec::with_capacity(k.min(hits.len()));
        for hit in hits {
            if best.len() == k {
                break;
            }
            if best.iter().all(|other| other.ordinal != hit.ordinal) {
                best.push(hit);
            }
        }
        return best;
    }
    let mut seen = HashSet::with_capacity(k.min(hits.len()));
    let mut left = k;
    hits.retain(|hit| {
        let keep = left > 0 && seen.insert(hit.ordinal);
        left -= usize::from(keep);
        keep
    });
    hits
}
