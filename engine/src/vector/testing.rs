//! Made-up vectors for tests.

use std::collections::BTreeMap;
use std::path::Path;

use super::build::{BuildOptions, Progress, Row, build};
use super::metric::Metric;
use super::search::VectorHit;
use super::segment::{Model, Segment, SegmentSpec, freeze};
use super::simd::Kernels;
use crate::store::MemStore;

/// A small generator of numbers (SplitMix64): the same on every machine.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// About normal, by the sum of four uniform numbers.
    pub(super) fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4)
            .map(|_| (self.next() >> 40) as f32 / (1 << 24) as f32)
            .sum();
        (sum - 2.0) * 1.732
    }
}

/// Vectors around a few dozen centres.
pub(super) fn clustered(n: usize, dims: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut numbers = Numbers(seed);
    let mut draw = |spread: f32| {
        (0..dims)
            .map(|_| numbers.normal() * spread)
            .collect::<Vec<f32>>()
    };
    let centres: Vec<Vec<f32>> = (0..40).map(|_| draw(1.0)).collect();
    (0..n)
        .map(|at| {
            let centre = &centres[(at * 7919) % centres.len()];
            centre.iter().zip(draw(0.4)).map(|(c, d)| c + d).collect()
        })
        .collect()
}

/// The vectors as they are kept.
pub(super) fn prepared(vectors: &[Vec<f32>], metric: Metric) -> Vec<Vec<f32>> {
    vectors
        .iter()
        .map(|v| metric.prepare(v, v.len()).unwrap())
        .collect()
}

/// One row for each vector, the ordinal being its place.
pub(super) fn rows(vectors: &[Vec<f32>]) -> Vec<Row<'_>> {
    vectors
        .iter()
        .enumerate()
        .map(|(ordinal, values)| Row {
            ordinal: ordinal as u64,
            slot: 0,
            time: 0.0,
            values,
        })
        .collect()
}

/// The nearest documents by plain comparison: ordinals and sort keys.
pub(super) fn brute<'a>(
    rows: impl IntoIterator<Item = Row<'a>>,
    metric: Metric,
    query: &[f32],
    k: usize,
    admits: impl Fn(u64) -> bool,
) -> Vec<(u64, f32)> {
    let kernels = Kernels::default();
    let mut best: BTreeMap<u64, f32> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| admits(row.ordinal)) {
        let key = match metric {
            Metric::L2 => kernels.l2(query, row.values),
            _ => -kernels.dot(query, row.values),
        };
        let nearest = best.entry(row.ordinal).or_insert(key);
        *nearest = nearest.min(key);
    }
    let mut found: Vec<(u64, f32)> = best.into_iter().collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    found.truncate(k);
    found
}

/// The part of the expected documents that was found; ties at the end count.
pub(super) fn recall(found: &[VectorHit], expected: &[(u64, f32)]) -> f64 {
    let Some(last) = expected.last() else {
        return 1.0;
    };
    let bound = last.1 + last.1.abs() * 1e-5;
    let good = found.iter().filter(|hit| hit.key <= bound).count();
    good as f64 / expected.len() as f64
}

/// A segment in memory.
pub(super) fn segment(store: &MemStore, rows: &[Row<'_>], dims: usize, metric: Metric) -> Segment {
    let options = BuildOptions {
        m: 8,
        ef_construction: 60,
        threads: 1,
    };
    let graph = build(rows, dims, metric, &options, &Progress::default()).unwrap();
    let spec = SegmentSpec {
        generation: 7,
        dims,
        metric,
        model: Model {
            name: "made up".into(),
            version: 3,
        },
        ef_construction: options.ef_construction,
    };
    freeze(store, Path::new("s.pvec"), &spec, rows, &graph).unwrap();
    Segment::open(store, Path::new("s.pvec")).unwrap()
}
