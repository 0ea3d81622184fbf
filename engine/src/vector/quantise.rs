//! Floats as 8-bit codes: one scale for all values of a segment.
//!
//! A code is the value divided by the scale, rounded, within ±127. The scale
//! is chosen so that one value in ten thousand is cut off: the few far values
//! would otherwise cost all others their resolution.

use super::simd::{CODE_LANES, QUERY_CLIP};

/// The largest code.
pub(super) const MAX_CODE: f32 = 127.0;
/// The part of the values that keeps its size.
const KEPT: f64 = 0.9999;
/// Values looked at to find the scale.
const SAMPLE: usize = 1 << 20;

/// The codes that a vector takes, with padding.
pub(super) fn code_stride(dims: usize) -> usize {
    dims.next_multiple_of(CODE_LANES)
}

/// The scale for rows of values.
pub(super) fn scale_for<'a>(rows: impl ExactSizeIterator<Item = &'a [f32]>, dims: usize) -> f32 {
    let step = (rows.len().saturating_mul(dims) / SAMPLE).max(1);
    let mut sizes: Vec<f32> = rows
        .step_by(step)
        .flat_map(|row| row.iter().take(dims))
        .map(|value| value.abs())
        .collect();
    if sizes.is_empty() {
        return 1.0;
    }
    let at = ((sizes.len() as f64 * KEPT) as usize).min(sizes.len() - 1);
    let (_, &mut size, _) = sizes.select_nth_unstable_by(at, f32::total_cmp);
    usable(size / MAX_CODE)
}

/// A scale that can be divided by.
fn usable(scale: f32) -> f32 {
    if scale.is_finite() && scale >= f32::MIN_POSITIVE {
        scale
    } else {
        1.0
    }
}

/// Appends the codes of a vector of which `dims` values count, padded.
pub(super) fn encode(values: &[f32], dims: usize, scale: f32, out: &mut Vec<u8>) {
    let begin = out.len();
    out.extend(
        values
            .iter()
            .take(dims)
            .map(|&value| code(value, scale).cast_unsigned()),
    );
    out.resize(begin + code_stride(dims), 0);
}

fn code(value: f32, scale: f32) -> i8 {
    let value = (value / scale).clamp(-MAX_CODE, MAX_CODE);
    // As `round`, which is a call for each value where the instruction may be missing.
    (value + 0.5f32.copysign(value)) as i8
}

/// A query's codes for dot products, with their own scale.
pub(super) fn query_codes(values: &[f32], dims: usize) -> (Vec<i8>, f32) {
    let largest = values.iter().fold(0.0f32, |max, v| max.max(v.abs()));
    let scale = usable(largest / MAX_CODE);
    let mut codes: Vec<i8> = values.iter().take(dims).map(|&v| code(v, scale)).collect();
    codes.resize(code_stride(dims), 0);
    (codes, scale)
}

/// A query's codes for distances, in the segment's scale; `None` when it lies
/// so far outside of the segment's values that they would be wrong.
pub(super) fn query_codes_wide(values: &[f32], dims: usize, scale: f32) -> Option<Vec<i16>> {
    let clip = f32::from(QUERY_CLIP);
    let mut codes = Vec::with_capacity(code_stride(dims));
    for &value in values.iter().take(dims) {
        let code = (value / scale).round();
        if code.abs() > clip {
            return None;
        }
        codes.push(code as i16);
    }
    codes.resize(code_stride(dims), 0);
    Some(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ignores_the_farthest() {
        let mut values: Vec<f32> = (0..100_000).map(|n| (n % 100) as f32 / 100.0).collect();
        values[77] = 1e6;
        let rows: Vec<&[f32]> = values.chunks(10).collect();
        let scale = scale_for(rows.iter().copied(), 10);
        assert!((scale * 127.0 - 0.99).abs() < 1e-6, "{scale}");
        let empty: [&[f32]; 0] = [];
        assert_eq!(scale_for(empty.into_iter(), 10), 1.0);
        assert_eq!(scale_for([&[0.0f32; 16][..]].into_iter(), 3), 1.0);
    }

    #[test]
    fn codes_are_near_and_padded() {
        let mut out = Vec::new();
        encode(&[1.0, -2.0, 0.004, 9.0], 3, 0.01, &mut out);
        assert_eq!(out.len(), 64);
        assert_eq!(
            out[..4]
                .iter()
                .map(|&c| c.cast_signed())
                .collect::<Vec<_>>(),
            [100, -127, 0, 0]
        );
        let (codes, scale) = query_codes(&[0.5, -1.0], 2);
        assert_eq!(codes[..2], [64, -127]);
        assert!((scale * 127.0 - 1.0).abs() < 1e-6);
        assert_eq!(query_codes_wide(&[3.0], 1, 0.01).unwrap()[0], 300);
        assert!(query_codes_wide(&[8.0], 1, 0.01).is_none());
    }
}
