//! How near two vectors are.

use super::error::{Result, VectorError};
use super::simd::FLOAT_LANES;

/// The most dimensions of a vector.
pub const MAX_DIMS: usize = 4096;

/// The measure of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// The cosine of the angle; vectors are kept at length one.
    Cosine,
    /// The dot product, of vectors of any length.
    Dot,
    /// The Euclidean distance.
    L2,
}

impl Metric {
    /// Its number in files.
    pub fn code(self) -> u16 {
        match self {
            Self::Cosine => 1,
            Self::Dot => 2,
            Self::L2 => 3,
        }
    }

    /// The measure of a number in a file.
    pub fn from_code(code: u16) -> Option<Self> {
        [Self::Cosine, Self::Dot, Self::L2]
            .into_iter()
            .find(|metric| metric.code() == code)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Dot => "dot_product",
            Self::L2 => "l2_norm",
        }
    }

    /// What is reported as similarity for a sort key: the cosine, the dot
    /// product, or the distance.
    pub(super) fn similarity(self, key: f32) -> f32 {
        match self {
            Self::Cosine => (-key).clamp(-1.0, 1.0),
            Self::Dot => -key,
            Self::L2 => key.max(0.0).sqrt(),
        }
    }

    /// Whether a hit of that similarity passes a cut-off: at least as similar,
    /// or for distances at most as far.
    pub fn passes(self, similarity: f32, cut_off: f32) -> bool {
        match self {
            Self::Cosine | Self::Dot => similarity >= cut_off,
            Self::L2 => similarity <= cut_off,
        }
    }

    /// The score of a similarity, never negative, the better the larger, as
    /// Elasticsearch's: half of one plus the cosine; for dot products of unit
    /// vectors the same, otherwise 1 + x above and 1 / (1 − x) below zero as its
    /// maximum inner product; 1 / (1 + distance²).
    pub fn score(self, similarity: f32) -> f32 {
        match self {
            Self::Cosine => f32::midpoint(1.0, similarity).max(0.0),
            Self::Dot if (-1.0..=1.0).contains(&similarity) => f32::midpoint(1.0, similarity),
            Self::Dot if similarity < 0.0 => 1.0 / (1.0 - similarity),
            Self::Dot => 1.0 + similarity,
            Self::L2 => 1.0 / (1.0 + similarity * similarity),
        }
    }

    /// Checks a vector and makes it ready to be compared: of length one for the
    /// cosine, padded with zeros for the kernels.
    ///
    /// # Errors
    /// When it has other dimensions, a value that is no finite number, no
    /// length where one is needed, or too much of it.
    pub fn prepare(self, values: &[f32], dims: usize) -> Result<Vec<f32>> {
        if values.len() != dims {
            return Err(VectorError::Dimensions {
                expected: dims,
                found: values.len(),
            });
        }
        let mut square = 0.0f64;
        for (at, &value) in values.iter().enumerate() {
            if !value.is_finite() {
                return Err(VectorError::NotFinite { at, value });
            }
            square += f64::from(value) * f64::from(value);
        }
        // A sum of two squares' differences must stay finite in single precision.
        if self != Self::Cosine && square > f64::from(f32::MAX) / 8.0 {
            return Err(VectorError::TooLong);
        }
        let mut prepared = Vec::with_capacity(float_stride(dims));
        if self == Self::Cosine {
            if square == 0.0 {
                return Err(VectorError::ZeroVector);
            }
            let scale = 1.0 / square.sqrt();
            prepared.extend(values.iter().map(|&v| (f64::from(v) * scale) as f32));
        } else {
            prepared.extend_from_slice(values);
        }
        prepared.resize(float_stride(dims), 0.0);
        Ok(prepared)
    }
}

/// The floats that a vector takes, with padding.
pub(super) fn float_stride(dims: usize) -> usize {
    dims.next_multiple_of(FLOAT_LANES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_checked() {
        let m = Metric::Cosine;
        assert!(matches!(
            m.prepare(&[1.0], 2),
            Err(VectorError::Dimensions {
                expected: 2,
                found: 1
            })
        ));
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = m.prepare(&[1.0, bad], 2).unwrap_err();
            assert!(
                matches!(error, VectorError::NotFinite { at: 1, .. }),
                "{error}"
            );
        }
        assert!(matches!(
            m.prepare(&[0.0, -0.0], 2),
            Err(VectorError::ZeroVector)
        ));
        // Padded to whole registers.
        assert_eq!(*Metric::L2.prepare(&[0.0, 0.0], 2).unwrap(), [0.0; 16]);
        assert!(matches!(
            Metric::Dot.prepare(&[1e30, 0.0], 2),
            Err(VectorError::TooLong)
        ));
        let unit = m.prepare(&[3e30, 4e30], 2).unwrap();
        assert_eq!(unit.len(), 16);
        assert!((unit[0] - 0.6).abs() < 1e-6 && (unit[1] - 0.8).abs() < 1e-6);
        let tiny = m.prepare(&[1e-42, 0.0], 2).unwrap();
        assert!((tiny[0] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn scores_grow_with_nearness() {
        for metric in [Metric::Cosine, Metric::Dot, Metric::L2] {
            assert_eq!(Metric::from_code(metric.code()), Some(metric));
        }
        assert_eq!(Metric::from_code(0), None);
        assert_eq!(Metric::Cosine.score(1.0), 1.0);
        assert_eq!(Metric::Cosine.score(-1.0), 0.0);
        let scores: Vec<f32> = [-9.0, -1.0, 0.0, 1.0, 9.0]
            .map(|s| Metric::Dot.score(s))
            .to_vec();
        assert_eq!(scores[3], 1.0);
        assert!(scores[4] > scores[3] && scores[2] == 0.5);
        assert_eq!(Metric::L2.score(0.0), 1.0);
        assert!(Metric::L2.passes(0.5, 1.0) && !Metric::Cosine.passes(0.5, 1.0));
        assert_eq!(Metric::L2.similarity(4.0), 2.0);
    }
}
