//! Where a picture is light and where it is dark.

use super::planes::{Planes, pool_by_triangles};

/// Cells along a side.
const CELLS: usize = 6;
/// Values of the block.
pub(super) const LAYOUT: usize = CELLS * CELLS;

/// Each cell against the median, in units of how far cells are from it, so
/// that brightness and contrast don't matter; extremes are softened.
pub(super) fn layout(planes: &Planes) -> [f32; LAYOUT] {
    let mut values = [0.0; LAYOUT];
    let cells = pool_by_triangles::<CELLS>(&planes.y16);
    for (value, cell) in values.iter_mut().zip(cells.iter().flatten()) {
        *value = *cell;
    }
    let median = median(values);
    let spread = values
        .iter()
        .map(|value| (value - median).abs())
        .sum::<f32>()
        / LAYOUT as f32;
    values.map(|value| (0.5 * (value - median) / (spread + 0.01)).tanh())
}

fn median(mut values: [f32; LAYOUT]) -> f32 {
    values.sort_unstable_by(f32::total_cmp);
    values
        .iter()
        .skip(LAYOUT / 2 - 1)
        .take(2)
        .map(|value| 0.5 * value)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_between_the_middle_two() {
        assert_eq!(median(std::array::from_fn(|at| 35.0 - at as f32)), 17.5);
    }

    #[test]
    fn brightness_and_contrast_hardly_matter() {
        let at = |scale: f32, shift: f32| {
            layout(&Planes::new(&Box::new(std::array::from_fn(|y| {
                std::array::from_fn(|x| {
                    let wave = (x as f32 / 9.0).sin() * (y as f32 / 13.0).cos();
                    [0.5 + shift + 0.3 * scale * wave; 4]
                })
            }))))
        };
        let (plain, changed) = (at(1.0, 0.0), at(0.8, 0.1));
        for (plain, changed) in plain.iter().zip(changed) {
            assert!((plain - changed).abs() < 0.06, "{plain} {changed}");
        }
    }
}
