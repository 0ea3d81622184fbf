//! Positions for another number of patches than a model was trained with.

use candle_core::{Device, Result, Tensor};

/// The parameter of PyTorch's bicubic interpolation.
const SHARPNESS: f32 = -0.75;

/// Takes positions (1 + n·n, size) of a class and a square of patches to
/// `grid` (width, height) patches, bicubic as PyTorch does it; `None` where
/// they are for no square.
pub(super) fn interpolate(
    positions: &Tensor,
    (width, height): (usize, usize),
) -> Result<Option<Tensor>> {
    let (count, size) = positions.dims2()?;
    let patches = count.saturating_sub(1);
    let side = patches.isqrt();
    if side == 0 || side * side != patches || width == 0 || height == 0 {
        return Ok(None);
    }
    if (width, height) == (side, side) {
        return Ok(Some(positions.clone()));
    }
    // Interpolation is linear along each axis: two matrices do it.
    let class = positions.narrow(0, 0, 1)?;
    let square = positions.narrow(0, 1, patches)?.contiguous()?;
    let down = matrix(side, height)?.matmul(&square.reshape((side, side * size))?)?;
    let lines = down.reshape((height, side, size))?;
    let across = matrix(side, width)?.broadcast_left(height)?.contiguous()?;
    let result = across.matmul(&lines)?.reshape((height * width, size))?;
    Tensor::cat(&[&class, &result], 0).map(Some)
}

/// The shares of `from` values in each of `to` interpolated ones.
fn matrix(from: usize, to: usize) -> Result<Tensor> {
    let mut values = vec![0.0f32; from * to];
    let scale = from as f32 / to as f32;
    for (row, shares) in values.chunks_exact_mut(from).enumerate() {
        let centre = (row as f32 + 0.5) * scale - 0.5;
        let first = centre.floor();
        for neighbour in -1..=2 {
            let at = first + neighbour as f32;
            let place = at.clamp(0.0, (from - 1) as f32) as usize;
            if let Some(share) = shares.get_mut(place) {
                *share += cubic(centre - at);
            }
        }
    }
    Tensor::from_vec(values, (to, from), &Device::Cpu)
}

/// The share of a value at a distance.
fn cubic(distance: f32) -> f32 {
    let (a, x) = (SHARPNESS, distance.abs());
    if x <= 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_stays_and_the_class_is_left_alone() {
        let mut values = vec![9.0f32];
        values.extend([2.5; 25]);
        let positions = Tensor::from_vec(values, (26, 1), &Device::Cpu).unwrap();
        let result = interpolate(&positions, (3, 4)).unwrap().unwrap();
        let result = result.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(result.len(), 13);
        assert_eq!(result[0], 9.0);
        assert!(result[1..].iter().all(|value| (value - 2.5).abs() < 1e-5));
        let same = interpolate(&positions, (5, 5)).unwrap().unwrap();
        assert_eq!(same.dims(), [26, 1]);
    }

    #[test]
    fn only_squares() {
        for count in [0, 1, 3, 7] {
            let positions = Tensor::from_vec(vec![0.0f32; count], (count, 1), &Device::Cpu);
            assert!(interpolate(&positions.unwrap(), (2, 2)).unwrap().is_none());
        }
    }
}
