//! The nearest so far: one sorted list in which those that were expanded are
//! marked. It does the work of two heaps, with one comparison to refuse.

/// Marks an entry whose neighbours were looked at.
const EXPANDED: u32 = 1 << 31;

/// So many keys are compared one by one.
const WINDOW: usize = 64;

/// At most `capacity` ids, the nearest first.
#[derive(Debug, Default)]
pub(in crate::vector) struct Pool {
    /// Beside each other, so that a place is found by comparing many at once.
    keys: Vec<f32>,
    ids: Vec<u32>,
    capacity: usize,
    /// All before it are expanded.
    cursor: usize,
}

impl Pool {
    /// Empties it for a search.
    pub(in crate::vector) fn reset(&mut self, capacity: usize) {
        self.keys.clear();
        self.ids.clear();
        self.capacity = capacity;
        self.cursor = 0;
    }

    /// What a key has to be below to get in.
    #[inline]
    pub(in crate::vector) fn bound(&self) -> f32 {
        if self.keys.len() < self.capacity {
            return f32::INFINITY;
        }
        self.keys.last().copied().unwrap_or(f32::NEG_INFINITY)
    }

    /// Takes an id if its key is near enough.
    #[inline]
    pub(in crate::vector) fn push(&mut self, key: f32, id: u32) {
        if key.is_nan() || key >= self.bound() {
            return;
        }
        if self.keys.len() == self.capacity {
            self.keys.pop();
            self.ids.pop();
        }
        let at = place(&self.keys, key);
        self.keys.insert(at, key);
        self.ids.insert(at, id);
        self.cursor = self.cursor.min(at);
    }

    /// The nearest that was not expanded; it counts as expanded now.
    #[inline]
    pub(in crate::vector) fn expand(&mut self) -> Option<u32> {
        let rest = self.ids.get_mut(self.cursor..)?;
        let step = rest.iter().position(|id| id & EXPANDED == 0);
        let step = step.unwrap_or(rest.len());
        self.cursor += step;
        let entry = rest.get_mut(step)?;
        let id = *entry;
        *entry |= EXPANDED;
        self.cursor += 1;
        Some(id)
    }

    /// The nearest that was not expanded.
    #[inline]
    pub(in crate::vector) fn peek(&self) -> Option<u32> {
        let rest = self.ids.get(self.cursor..)?;
        rest.iter().copied().find(|id| id & EXPANDED == 0)
    }

    /// How many there are.
    pub(in crate::vector) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it takes no more without dropping one.
    pub(in crate::vector) fn is_full(&self) -> bool {
        self.ids.len() >= self.capacity
    }

    /// The ids, the nearest first.
    pub(in crate::vector) fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        self.ids.iter().map(|id| id & !EXPANDED)
    }
}

/// Where a key goes among sorted ones, after its equals: halving down to a
/// window, in which counting without branches is quicker than halving on.
#[inline]
fn place(keys: &[f32], key: f32) -> usize {
    let (mut before, mut window) = (0, keys);
    while window.len() > WINDOW {
        let (low, high) = window.split_at(window.len() / 2);
        if low.last().is_some_and(|&last| last <= key) {
            before += low.len();
            window = high;
        } else {
            window = low;
        }
    }
    let below: u32 = window.iter().map(|&other| u32::from(other <= key)).sum();
    before + below as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn keeps_the_nearest_and_expands_in_order(
            keys in prop::collection::vec(0u16..500, 1..400),
            capacity in 1usize..200,
        ) {
            let mut pool = Pool::default();
            pool.reset(capacity);
            let mut expanded = Vec::new();
            for (id, &key) in keys.iter().enumerate() {
                pool.push(f32::from(key), id as u32);
                if id % 3 == 2 {
                    let next = pool.peek();
                    prop_assert_eq!(pool.expand(), next);
                    expanded.extend(next);
                }
            }
            while let Some(id) = pool.expand() {
                prop_assert!(!expanded.contains(&id));
                expanded.push(id);
            }
            let mut model: Vec<(u16, u32)> = keys.iter().copied().zip(0..).collect();
            model.sort();
            model.truncate(capacity);
            let found: Vec<u16> = pool.ids().map(|id| keys[id as usize]).collect();
            prop_assert_eq!(found, model.iter().map(|m| m.0).collect::<Vec<_>>());
            prop_assert!(pool.ids().all(|id| expanded.contains(&id)));
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        let mut pool = Pool::default();
        pool.reset(2);
        pool.push(f32::NAN, 1);
        pool.push(f32::INFINITY, 2);
        assert_eq!((pool.len(), pool.is_full()), (0, false));
        pool.reset(0);
        pool.push(1.0, 1);
        assert_eq!(pool.expand(), None);
    }
}
