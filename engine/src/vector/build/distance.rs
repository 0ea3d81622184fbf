//! The space that a graph is built in.
//!
//! A graph needs a distance. Vectors of length one have 1 − x·y. Distances are
//! compared, never added, so the square of the Euclidean one will do. Dot
//! products of vectors of different lengths are no distance: each vector gets
//! one more value, √(longest² − own²), after which all have the same length and
//! the order by dot product with any query is that by distance.

use std::borrow::Cow;

use hnsw_rs::anndists::dist::Distance;

use super::super::metric::{Metric, float_stride};
use super::super::simd::Kernels;
use super::Row;

/// Lengths that differ by less than this part are equal.
const SAME_LENGTH: f32 = 1e-3;

/// A distance for hnsw_rs: never negative, always a number.
#[derive(Debug, Clone, Copy)]
pub(super) enum GraphDistance {
    /// One minus the dot product, of unit vectors.
    Angle(Kernels),
    /// The square of the Euclidean distance.
    Square(Kernels),
}

impl Distance<f32> for GraphDistance {
    fn eval(&self, a: &[f32], b: &[f32]) -> f32 {
        match self {
            Self::Angle(kernels) => (1.0 - kernels.dot(a, b)).max(0.0),
            Self::Square(kernels) => kernels.l2(a, b).max(0.0),
        }
    }
}

/// The distinct vectors, as the graph sees them.
pub(super) struct Space<'a> {
    vectors: Vec<Cow<'a, [f32]>>,
    measure: GraphDistance,
}

impl<'a> Space<'a> {
    /// The space of the rows `distinct`.
    pub(super) fn new(rows: &[Row<'a>], distinct: &[u32], dims: usize, metric: Metric) -> Self {
        let kernels = Kernels::default();
        let values: Vec<&'a [f32]> = distinct
            .iter()
            .filter_map(|&row| rows.get(row as usize).map(|row| row.values))
            .collect();
        let measure = match metric {
            Metric::Cosine => GraphDistance::Angle(kernels),
            Metric::Dot | Metric::L2 => GraphDistance::Square(kernels),
        };
        let vectors = match metric {
            Metric::Dot => same_length(&values, dims, kernels),
            Metric::Cosine | Metric::L2 => values.into_iter().map(Cow::Borrowed).collect(),
        };
        Self { vectors, measure }
    }

    pub(super) fn len(&self) -> usize {
        self.vectors.len()
    }

    pub(super) fn measure(&self) -> GraphDistance {
        self.measure
    }

    pub(super) fn vector(&self, place: u32) -> &[f32] {
        self.vectors.get(place as usize).map_or(&[], |v| &**v)
    }

    pub(super) fn distance(&self, a: u32, b: u32) -> f32 {
        self.measure.eval(self.vector(a), self.vector(b))
    }
}

fn same_length<'a>(values: &[&'a [f32]], dims: usize, kernels: Kernels) -> Vec<Cow<'a, [f32]>> {
    let squares: Vec<f32> = values.iter().map(|v| kernels.dot(v, v)).collect();
    let longest = squares.iter().copied().fold(0.0, f32::max);
    let shortest = squares.iter().copied().fold(longest, f32::min);
    if longest - shortest <= longest * SAME_LENGTH {
        return values.iter().map(|&v| Cow::Borrowed(v)).collect();
    }
    let lifted = values.iter().zip(squares).map(|(&values, square)| {
        let mut lifted = Vec::with_capacity(float_stride(dims + 1));
        lifted.extend_from_slice(values.get(..dims).unwrap_or(values));
        lifted.push((longest - square).max(0.0).sqrt());
        lifted.resize(float_stride(dims + 1), 0.0);
        Cow::Owned(lifted)
    });
    lifted.collect()
}
