//! Making every vector reachable from the entry.

use std::collections::HashSet;

use super::NONE;
use super::links::Links;

/// How many of the nearest are looked at for one that can take a link.
const NEAREST: usize = 32;

/// Adds links, or replaces ones that no way depends on, until a walk from
/// `entry` reaches every vector. The number of links added.
pub(super) fn connect(links: &mut Links, entry: u32, distance: impl Fn(u32, u32) -> f32) -> usize {
    let mut walk = Walk {
        above: vec![NONE; links.len()],
        queue: Vec::new(),
    };
    walk.enter(entry, entry);
    walk.go(links);
    let mut added = 0;
    for lost in 0..links.len() as u32 {
        if walk.has(lost) {
            continue;
        }
        let near = nearest(links, entry, |vector| distance(lost, vector));
        // A tree of r vectors has r - 1 edges and r times as many places as a
        // list: some reached vector always has room, if none that is near.
        let reached = (0..links.len() as u32).filter(|&vector| walk.has(vector));
        let place = near
            .into_iter()
            .chain(reached)
            .find_map(|from| Some((from, walk.room(links, from)?)));
        let Some((from, at)) = place else {
            break;
        };
        if let Some(place) = links.places_mut(from).get_mut(at) {
            *place = lost;
        }
        added += 1;
        walk.enter(lost, from);
        walk.go(links);
    }
    added
}

struct Walk {
    /// From where each vector was reached; itself for the entry.
    above: Vec<u32>,
    queue: Vec<u32>,
}

impl Walk {
    fn has(&self, vector: u32) -> bool {
        self.above
            .get(vector as usize)
            .is_none_or(|&above| above != NONE)
    }

    fn leads(&self, from: u32, to: u32) -> bool {
        self.above.get(to as usize) == Some(&from)
    }

    /// A place of a vector's list that is free, or whose link no way depends on.
    fn room(&self, links: &Links, from: u32) -> Option<usize> {
        let places = links.all(from);
        let free = places.iter().position(|&to| to == NONE);
        // The farthest links stand last.
        free.or_else(|| places.iter().rposition(|&to| !self.leads(from, to)))
    }

    fn enter(&mut self, vector: u32, from: u32) {
        if let Some(above) = self.above.get_mut(vector as usize) {
            *above = from;
            self.queue.push(vector);
        }
    }

    fn go(&mut self, links: &Links) {
        while let Some(from) = self.queue.pop() {
            for &to in links.of(from) {
                if !self.has(to) {
                    self.enter(to, from);
                }
            }
        }
    }
}

/// The nearest vectors that a search from the entry finds, the nearest first.
fn nearest(links: &Links, entry: u32, distance: impl Fn(u32) -> f32) -> Vec<u32> {
    let mut seen = HashSet::from([entry]);
    let mut pool = vec![(distance(entry), entry, false)];
    while let Some(next) = pool.iter_mut().find(|entry| !entry.2) {
        next.2 = true;
        let from = next.1;
        for &to in links.of(from) {
            if seen.insert(to) {
                let far = distance(to);
                let at = pool.partition_point(|known| known.0 <= far);
                pool.insert(at, (far, to, false));
                pool.truncate(NEAREST);
            }
        }
    }
    pool.into_iter().map(|(_, vector, _)| vector).collect()
}
