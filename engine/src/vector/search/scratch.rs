//! Memory that searches of a segment use again.

use std::collections::BinaryHeap;

use parking_lot::Mutex;

use super::pool::Pool;

/// How many are kept for later; each has two bytes for every vector.
const KEPT: usize = 16;

/// Which vectors a search has met.
#[derive(Debug, Default)]
pub(super) struct Visited {
    epochs: Vec<u16>,
    epoch: u16,
}

impl Visited {
    fn reset(&mut self, vectors: usize) {
        self.epochs.resize(vectors, 0);
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.epochs.fill(0);
            self.epoch = 1;
        }
    }

    /// Whether a vector is met for the first time; an id that there is not never is.
    #[inline]
    pub(super) fn enter(&mut self, id: u32) -> bool {
        // It is written either way: a branch would be guessed wrong half the time.
        match self.epochs.get_mut(id as usize) {
            Some(epoch) => std::mem::replace(epoch, self.epoch) != self.epoch,
            None => false,
        }
    }
}

/// A vector to be expanded; the nearest is the greatest.
#[derive(Debug, PartialEq)]
pub(super) struct Next(pub(super) f32, pub(super) u32);

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1))
    }
}

/// What one search needs.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) visited: Visited,
    pub(super) pool: Pool,
    pub(super) frontier: BinaryHeap<Next>,
    /// Ids about to be scored, and their keys.
    pub(super) ids: Vec<u32>,
    pub(super) keys: Vec<f32>,
}

impl Scratch {
    /// Ready for a walk through so many vectors.
    pub(super) fn begin(&mut self, vectors: usize, capacity: usize) {
        self.visited.reset(vectors);
        self.pool.reset(capacity);
        self.frontier.clear();
        self.ids.clear();
    }
}

/// A segment's spare scratches.
#[derive(Debug, Default)]
pub(in crate::vector) struct ScratchPool(Mutex<Vec<Scratch>>);

impl ScratchPool {
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Scratch) -> T) -> T {
        let spare = self.0.lock().pop();
        let mut scratch = spare.unwrap_or_default();
        let result = work(&mut scratch);
        let mut spares = self.0.lock();
        if spares.len() < KEPT {
            spares.push(scratch);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_wrap() {
        let mut visited = Visited::default();
        for _ in 0..70_000 {
            visited.reset(3);
            assert!(visited.enter(2));
            assert!(!visited.enter(2) && !visited.enter(3));
        }
        assert!(visited.enter(0));
    }

    #[test]
    fn the_nearest_comes_first() {
        let mut heap = BinaryHeap::from([Next(2.0, 1), Next(-1.0, 2), Next(0.5, 3)]);
        assert_eq!(heap.pop(), Some(Next(-1.0, 2)));
        assert_eq!(heap.pop(), Some(Next(0.5, 3)));
    }
}
