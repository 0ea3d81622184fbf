//! A query against a segment's vectors, exact or by their codes.

use super::super::metric::Metric;
use super::super::quantise::{query_codes, query_codes_wide};
use super::super::segment::View;
use super::super::simd::Kernels;

/// Gives many vectors' keys at once, the nearer the smaller.
pub(in crate::vector) trait Scorer {
    /// The keys of the ids; infinity for one that there is not.
    fn score(&self, ids: &[u32], keys: &mut [f32]);
}

/// Against the vectors themselves.
pub(in crate::vector) struct Exact<'a> {
    query: &'a [f32],
    vectors: &'a [f32],
    metric: Metric,
    kernels: Kernels,
}

impl<'a> Exact<'a> {
    pub(super) fn new(query: &'a [f32], view: &View<'a>) -> Self {
        Self::over(query, view.vectors, view.segment.header().metric)
    }

    /// Against any rows that are as long as the query.
    pub(in crate::vector) fn over(query: &'a [f32], vectors: &'a [f32], metric: Metric) -> Self {
        Self {
            query,
            vectors,
            metric,
            kernels: Kernels::default(),
        }
    }
}

impl Scorer for Exact<'_> {
    #[inline]
    fn score(&self, ids: &[u32], keys: &mut [f32]) {
        match self.metric {
            Metric::L2 => self
                .kernels
                .l2_rows(self.query, self.vectors, ids, 1.0, keys),
            _ => self
                .kernels
                .dot_rows(self.query, self.vectors, ids, -1.0, keys),
        }
    }
}

/// Against the codes: keys that are nearly right.
pub(super) struct Coded<'a> {
    query: Codes,
    codes: &'a [i8],
    factor: f32,
    kernels: Kernels,
}

enum Codes {
    Dot(Vec<i8>),
    L2(Vec<i16>),
}

impl<'a> Coded<'a> {
    /// `None` for a query that the codes would answer wrongly.
    pub(super) fn new(query: &[f32], view: &View<'a>) -> Option<Self> {
        let header = view.segment.header();
        let dims = header.dims as usize;
        let (query, factor) = if header.metric == Metric::L2 {
            let codes = query_codes_wide(query, dims, header.scale)?;
            (Codes::L2(codes), header.scale * header.scale)
        } else {
            let (codes, scale) = query_codes(query, dims);
            (Codes::Dot(codes), -scale * header.scale)
        };
        Some(Self {
            query,
            codes: view.codes,
            // Only the order matters, which a factor that vanished would lose.
            factor: if factor == 0.0 {
                factor.signum()
            } else {
                factor
            },
            kernels: Kernels::default(),
        })
    }
}

impl Scorer for Coded<'_> {
    #[inline]
    fn score(&self, ids: &[u32], keys: &mut [f32]) {
        let (codes, factor) = (self.codes, self.factor);
        match &self.query {
            Codes::Dot(query) => self.kernels.dot_codes(query, codes, ids, factor, keys),
            Codes::L2(query) => self.kernels.l2_codes(query, codes, ids, factor, keys),
        }
    }
}
