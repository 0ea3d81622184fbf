//! Choosing links anew, from those of both directions.

use rayon::prelude::*;

use super::distance::Space;
use super::links::Links;

/// In the second pass a chosen link hides only what is nearer to it by this
/// factor. Distances here are squares, or grow with them: 1.2 is 1.1 in length.
/// With strict hiding alone lists stay half empty, and narrow searches find
/// five in a hundred less; with 1.5 they find no more than with 1.2.
const SLACK: f32 = 1.2;

/// Chooses for each vector at most `degree` links, from its own and those that
/// lead to it: the nearest first, each only if no chosen one is nearer to it
/// than the vector is; and where places are left, those that are hidden narrowly.
pub(super) fn symmetric(space: &Space<'_>, lists: &[Vec<(u32, f32)>], degree: usize) -> Links {
    let mut both: Vec<Vec<(u32, f32)>> = lists.to_vec();
    for (from, list) in lists.iter().enumerate() {
        for &(to, distance) in list {
            if let Some(back) = both.get_mut(to as usize) {
                back.push((from as u32, distance));
            }
        }
    }
    let chosen: Vec<Vec<u32>> = both
        .into_par_iter()
        .enumerate()
        .map(|(from, candidates)| choose(space, from as u32, candidates, degree))
        .collect();
    Links::from_lists(chosen.into_iter(), degree)
}

fn choose(
    space: &Space<'_>,
    from: u32,
    mut candidates: Vec<(u32, f32)>,
    degree: usize,
) -> Vec<u32> {
    candidates.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let mut chosen: Vec<u32> = Vec::with_capacity(degree);
    for slack in [1.0, SLACK] {
        for &(candidate, distance) in &candidates {
            if chosen.len() == degree {
                return chosen;
            }
            let hidden = candidate == from
                || chosen.iter().any(|&near| {
                    near == candidate || space.distance(near, candidate) * slack < distance
                });
            if !hidden {
                chosen.push(candidate);
            }
        }
    }
    chosen
}
