//! Fresh vectors: in memory, immutable, searched exactly.

use std::ops::Range;

use roaring::RoaringBitmap;

use super::build::Row;
use super::error::Result;
use super::metric::{Metric, float_stride};
use super::search::{Allowed, BATCH, Exact, Meter, Pool, Scorer, VectorHit, best_of_each, hit};

/// Vectors that are in no segment yet, by ordinal and slot.
pub(super) struct Chunk {
    ordinals: Vec<u64>,
    /// Number and time within the document.
    slots: Vec<(u32, f32)>,
    values: Vec<f32>,
    stride: usize,
}

impl Chunk {
    /// Vectors that are sorted by ordinal.
    pub(super) fn new<'a>(rows: impl Iterator<Item = Row<'a>>, dims: usize) -> Self {
        let mut chunk = Self {
            ordinals: Vec::with_capacity(rows.size_hint().0),
            slots: Vec::with_capacity(rows.size_hint().0),
            values: Vec::with_capacity(rows.size_hint().0 * float_stride(dims)),
            stride: float_stride(dims),
        };
        for row in rows {
            chunk.ordinals.push(row.ordinal);
            chunk.slots.push((row.slot, row.time));
            chunk.values.extend_from_slice(row.values);
        }
        chunk
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ordinals.len()
    }

    /// What it takes in memory.
    pub(super) fn bytes(&self) -> u64 {
        (self.len() * (16 + self.stride * 4)) as u64
    }

    /// The vector at a position.
    pub(super) fn row(&self, at: u32) -> Option<Row<'_>> {
        let place = at as usize;
        let &(slot, time) = self.slots.get(place)?;
        Some(Row {
            ordinal: *self.ordinals.get(place)?,
            slot,
            time,
            values: self
                .values
                .get(place * self.stride..(place + 1) * self.stride)?,
        })
    }

    /// The vectors that are not deleted, with their positions.
    pub(super) fn living<'a>(
        &'a self,
        deleted: &'a RoaringBitmap,
    ) -> impl Iterator<Item = (u32, Row<'a>)> {
        (0..self.len() as u32)
            .filter(|&at| !deleted.contains(at))
            .filter_map(|at| Some((at, self.row(at)?)))
    }

    /// Where a document's vectors lie.
    pub(super) fn positions(&self, ordinal: u64) -> Range<u32> {
        let begin = self.ordinals.partition_point(|&found| found < ordinal);
        let rest = self.ordinals.get(begin..).unwrap_or_default();
        let count = rest.iter().take_while(|&&found| found == ordinal).count();
        begin as u32..(begin + count) as u32
    }

    /// The positions of the vectors of all documents but some.
    pub(super) fn outside(&self, documents: &Allowed) -> Vec<u32> {
        let positions = self.ordinals.iter().zip(0u32..);
        let outside = positions.filter(|(ordinal, _)| !documents.contains(**ordinal));
        outside.map(|(_, at)| at).collect()
    }

    /// The nearest `k` documents.
    pub(super) fn search(
        &self,
        query: &[f32],
        metric: Metric,
        k: usize,
        allowed: &Allowed,
        deleted: &RoaringBitmap,
        meter: &mut Meter<'_>,
    ) -> Result<Vec<VectorHit>> {
        let scorer = Exact::over(query, &self.values, metric);
        let mut nearest = Nearest {
            pool: Pool::default(),
            document: None,
        };
        nearest.pool.reset(k.min(self.len()));
        let mut keys = Vec::with_capacity(BATCH);
        let mut ids = Vec::with_capacity(BATCH);
        let mut passing = self
            .ordinals
            .iter()
            .zip(0u32..)
            .filter(|&(&ordinal, at)| allowed.contains(ordinal) && !deleted.contains(at))
            .map(|(_, at)| at);
        loop {
            ids.clear();
            ids.extend(passing.by_ref().take(BATCH));
            if ids.is_empty() {
                break;
            }
            keys.resize(ids.len(), 0.0);
            scorer.score(&ids, &mut keys);
            for (&at, &key) in ids.iter().zip(&keys) {
                let ordinal = self.ordinals.get(at as usize).copied();
                nearest.take(ordinal.unwrap_or_default(), key, at);
            }
            meter.add(ids.len())?;
        }
        nearest.finish();
        ids.clear();
        ids.extend(nearest.pool.ids());
        keys.resize(ids.len(), 0.0);
        scorer.score(&ids, &mut keys);
        let found = ids.iter().zip(&keys).filter_map(|(&at, &key)| {
            let row = self.row(at)?;
            Some(hit(metric, key, row.ordinal, row.slot, row.time))
        });
        Ok(best_of_each(found.collect(), k))
    }
}

/// The nearest vector of each document, where documents come one after another.
struct Nearest {
    pool: Pool,
    document: Option<(u64, f32, u32)>,
}

impl Nearest {
    fn take(&mut self, ordinal: u64, key: f32, at: u32) {
        match &mut self.document {
            Some((document, nearest, place)) if *document == ordinal => {
                if key < *nearest {
                    (*nearest, *place) = (key, at);
                }
            }
            _ => {
                self.finish();
                self.document = Some((ordinal, key, at));
            }
        }
    }

    fn finish(&mut self) {
        if let Some((_, key, at)) = self.document.take() {
            self.pool.push(key, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::search::Budget;
    use crate::vector::testing::{Numbers, brute, clustered, prepared, rows};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn finds_what_plain_comparison_finds(
            seed in any::<u64>(),
            n in 0usize..700,
            documents in 1u64..200,
            k in 0usize..40,
            metric in prop::sample::select(vec![Metric::Cosine, Metric::Dot, Metric::L2]),
        ) {
            let mut numbers = Numbers(seed);
            let vectors = prepared(&clustered(n + 1, 5, seed), metric);
            let (query, vectors) = vectors.split_first().unwrap();
            let mut rows = rows(vectors);
            rows.iter_mut().for_each(|row| row.ordinal = numbers.below(documents));
            rows.sort_by_key(|row| row.ordinal);
            let chunk = Chunk::new(rows.iter().copied(), 5);
            let deleted: RoaringBitmap = (0..n as u32).filter(|at| at % 4 == 1).collect();
            let allowed = Allowed::of((0..200).filter(|o| o % 3 != 0));
            let living = chunk.living(&deleted).map(|(_, row)| row);
            let expected = brute(living, metric, query, k, |o| allowed.contains(o));
            let mut meter = Meter::start(Budget::default()).unwrap();
            let hits = chunk.search(query, metric, k, &allowed, &deleted, &mut meter).unwrap();
            let found: Vec<(u64, f32)> = hits.iter().map(|hit| (hit.ordinal, hit.key)).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(chunk.positions(7).len(), rows.iter().filter(|r| r.ordinal == 7).count());
            prop_assert_eq!(chunk.outside(&Allowed::of([7])).len(), n - chunk.positions(7).len());
        }
    }
}
