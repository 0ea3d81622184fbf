//! Making one segment of several.

use super::super::build::Progress;
use super::super::error::Result;
use super::parts::SealedPart;
use super::{MergePolicy, VectorSet};

/// What decides about merging a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) vectors: u64,
    pub(super) living: u64,
}

impl Size {
    pub(super) fn of(part: &SealedPart) -> Self {
        Self {
            vectors: u64::from(part.segment().header().vectors),
            living: part.living(),
        }
    }
}

impl MergePolicy {
    /// Which segments to merge, by place; none when all is well.
    pub(super) fn choose(&self, sizes: &[Size]) -> Vec<usize> {
        let largest = self.largest as u64;
        let mut tiers: Vec<Vec<(usize, u64)>> = Vec::new();
        for (at, size) in sizes.iter().enumerate() {
            if size.living > largest / 2 {
                continue;
            }
            let tier = self.tier(size.living);
            if tiers.len() <= tier {
                tiers.resize_with(tier + 1, Vec::new);
            }
            if let Some(tier) = tiers.get_mut(tier) {
                tier.push((at, size.living));
            }
        }
        // Small ones first: they are the cheapest, and make the next size full.
        for mut tier in tiers {
            tier.sort_by_key(|&(_, living)| living);
            let mut sum = 0u64;
            let fitting = tier.into_iter().take_while(|&(_, living)| {
                sum += living;
                sum <= largest
            });
            let chosen: Vec<usize> = fitting.map(|(at, _)| at).collect();
            if chosen.len() >= self.factor {
                return chosen;
            }
        }
        let worn = |size: &Size| {
            (size.vectors - size.living.min(size.vectors)) as f64
                > size.vectors as f64 * self.deleted
        };
        sizes.iter().position(worn).into_iter().collect()
    }

    fn tier(&self, living: u64) -> usize {
        let mut tier = 0;
        let mut bound = self.floor.max(1) as u64;
        while living > bound {
            bound = bound.saturating_mul(self.factor.max(2) as u64);
            tier += 1;
        }
        tier
    }
}

impl VectorSet {
    /// Merges segments once, where the policy finds some. Runs for as long as
    /// the new graph takes, beside everything else. Whether it found some.
    ///
    /// # Errors
    /// When it was cancelled, a segment is damaged, or the storage fails; the
    /// segments stay as they are then.
    pub fn merge(&self, progress: &Progress) -> Result<bool> {
        self.merge_by(progress, |sizes| self.options.merge.choose(sizes))
    }

    /// Merges all segments into one, without what is deleted. Whether there was
    /// anything to do.
    ///
    /// # Errors
    /// As [`VectorSet::merge`].
    pub fn merge_all(&self, progress: &Progress) -> Result<bool> {
        self.merge_by(progress, |sizes| match sizes {
            [only] if only.living == only.vectors => Vec::new(),
            _ => (0..sizes.len()).collect(),
        })
    }

    /// Whether [`VectorSet::merge`] would do something.
    pub fn needs_merge(&self) -> bool {
        let sizes: Vec<Size> = self.state.lock().sealed.iter().map(Size::of).collect();
        !self.options.merge.choose(&sizes).is_empty()
    }

    /// Whether enough is fresh for [`VectorSet::seal`], without what is being sealed.
    pub fn needs_seal(&self) -> bool {
        let state = self.state.lock();
        let fresh = state.fresh.get(state.frozen..).unwrap_or_default();
        let fresh: usize = fresh.iter().map(|part| part.chunk.len()).sum();
        fresh >= self.options.seal_at
    }

    fn merge_by(
        &self,
        progress: &Progress,
        choose: impl FnOnce(&[Size]) -> Vec<usize>,
    ) -> Result<bool> {
        let _one_at_a_time = self.merging.lock();
        let (parts, generation) = {
            let mut state = self.state.lock();
            let sizes: Vec<Size> = state.sealed.iter().map(Size::of).collect();
            let chosen = choose(&sizes);
            if chosen.is_empty() {
                return Ok(false);
            }
            let chosen = chosen
                .iter()
                .filter_map(|&at| state.sealed.get(at).cloned());
            (chosen.collect::<Vec<_>>(), state.generation())
        };
        let mut rows = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let living = part.segment().rows()?;
            let living = living.filter(|(id, _)| !part.deleted.contains(*id));
            rows.extend(living.map(|(id, row)| (row, (number, id))));
        }
        let merged = self.freeze_rows(rows, generation, progress)?;
        let mut state = self.state.lock();
        let now = |part: &SealedPart| {
            let generation = part.generation();
            let mut sealed = state.sealed.iter();
            sealed.find(|now| now.generation() == generation)
        };
        let merged = merged.map(|merged| {
            merged.part(|number| {
                let part = parts.get(number)?;
                Some(now(part)?.deleted.as_ref())
            })
        });
        let mut sealed = state.sealed.clone();
        let old: Vec<u64> = parts.iter().map(SealedPart::generation).collect();
        sealed.retain(|part| !old.contains(&part.generation()));
        sealed.extend(merged);
        let sealed_upto = state.sealed_upto;
        self.publish(&mut state, sealed, sealed_upto)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(living: &[u64]) -> Vec<Size> {
        living
            .iter()
            .map(|&living| Size {
                vectors: living,
                living,
            })
            .collect()
    }

    #[test]
    fn equal_sizes_are_merged() {
        let policy = MergePolicy {
            factor: 3,
            floor: 100,
            largest: 5_000,
            deleted: 0.3,
        };
        assert!(policy.choose(&[]).is_empty());
        assert!(policy.choose(&sizes(&[100, 90])).is_empty());
        assert_eq!(policy.choose(&sizes(&[1000, 5, 100, 400, 90])), [1, 4, 2]);
        assert_eq!(policy.choose(&sizes(&[900, 280, 300, 50, 150])), [4, 1, 2]);
        // Too large together, or alone.
        assert!(policy.choose(&sizes(&[2400, 2400, 2400, 3000])).is_empty());
        let worn = Size {
            vectors: 100,
            living: 60,
        };
        assert_eq!(policy.choose(&[sizes(&[900])[0], worn]), [1]);
        let empty = Size {
            vectors: 9_000,
            living: 0,
        };
        assert_eq!(policy.choose(&[empty]), [0]);
    }

    #[test]
    fn work_for_each_vector_grows_with_the_logarithm() {
        let policy = MergePolicy {
            floor: 10,
            ..MergePolicy::default()
        };
        let mut all: Vec<Size> = Vec::new();
        let mut written = 0;
        for _ in 0..1000 {
            all.extend(sizes(&[10]));
            written += 10;
            loop {
                let chosen = policy.choose(&all);
                if chosen.is_empty() {
                    break;
                }
                let sum: u64 = chosen.iter().map(|&at| all[at].living).sum();
                let mut at = 0;
                all.retain(|_| {
                    at += 1;
                    !chosen.contains(&(at - 1))
                });
                all.extend(sizes(&[sum]));
                written += sum;
            }
            assert!(all.len() < 20);
        }
        assert!(written < 10_000 * 8, "{written}");
    }
}
