//! Which directions edges have, cell by cell.

use std::f32::consts::FRAC_1_SQRT_2;

use super::planes::{Plane, Planes};

/// Directions told apart in the result.
const DIRECTIONS: usize = 4;
/// Directions computed first; those of the result are sums of neighbours.
const FINE_DIRECTIONS: usize = 8;
/// Values of the coarse grid: 4 × 4 cells, two scales, four directions.
pub(super) const COARSE: usize = 4 * 4 * 2 * DIRECTIONS;
/// Values of the fine grid: 8 × 8 cells, four directions.
pub(super) const FINE: usize = 8 * 8 * DIRECTIONS;
/// Energy below which a cell counts as empty rather than as full of noise.
const FLOOR: f32 = 0.003;

/// Cosine and sine of the doubled angle of each fine direction.
const ANGLES: [(f32, f32); FINE_DIRECTIONS] = [
    (1.0, 0.0),
    (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (0.0, 1.0),
    (-FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (-1.0, 0.0),
    (-FRAC_1_SQRT_2, -FRAC_1_SQRT_2),
    (0.0, -1.0),
    (FRAC_1_SQRT_2, -FRAC_1_SQRT_2),
];

/// Energies of one cell by direction.
type Energies = [f32; DIRECTIONS];

/// Coarse cells with the directions of two scales, each cell normalised.
pub(super) fn coarse(planes: &Planes) -> [f32; COARSE] {
    let large = energies::<64, 4>(&planes.y64);
    let small = energies::<32, 4>(&planes.y32);
    let mut result = [0.0; COARSE];
    let cells = large.iter().flatten().zip(small.iter().flatten());
    for (target, (large, small)) in result.chunks_exact_mut(2 * DIRECTIONS).zip(cells) {
        for (target, energy) in target.iter_mut().zip(large.iter().chain(small)) {
            *target = *energy;
        }
        normalise(target);
    }
    result
}

/// Fine cells with the directions of the smallest scale, each normalised.
pub(super) fn fine(planes: &Planes) -> [f32; FINE] {
    let cells = energies::<16, 8>(&planes.y16);
    let mut result = [0.0; FINE];
    for (target, cell) in result
        .chunks_exact_mut(DIRECTIONS)
        .zip(cells.iter().flatten())
    {
        target.copy_from_slice(cell);
        normalise(target);
    }
    result
}

fn normalise(cell: &mut [f32]) {
    let sum: f32 = cell.iter().map(|value| value * value).sum();
    let factor = 1.0 / (sum + FLOOR * FLOOR).sqrt();
    for value in cell {
        *value *= factor;
    }
}

/// Mean energies of `CELLS` × `CELLS` cells of a plane.
fn energies<const N: usize, const CELLS: usize>(plane: &Plane<N>) -> [[Energies; CELLS]; CELLS] {
    const { assert!(N.is_multiple_of(CELLS)) };
    let size = N / CELLS;
    let mut fine = [[[0.0; FINE_DIRECTIONS]; CELLS]; CELLS];
    for (y, row) in plane.iter().enumerate() {
        // Beyond the border, the picture goes on as it ends.
        let upper = plane.get(y.wrapping_sub(1)).unwrap_or(row);
        let lower = plane.get(y + 1).unwrap_or(row);
        let gradients = Gradients::new(upper, row, lower);
        if let Some(cells) = fine.get_mut(y / size) {
            gradients.add_to(cells, size);
        }
    }
    let share = 1.0 / (size * size) as f32;
    fine.map(|row| row.map(|cell| combine(&cell).map(|energy| energy * share)))
}

/// Sums each even direction with half of its neighbours.
fn combine(fine: &[f32; FINE_DIRECTIONS]) -> Energies {
    let [r0, r1, r2, r3, r4, r5, r6, r7] = *fine;
    [
        r0 + 0.5 * (r7 + r1),
        r2 + 0.5 * (r1 + r3),
        r4 + 0.5 * (r3 + r5),
        r6 + 0.5 * (r5 + r7),
    ]
}

/// Strength and doubled angle of the gradients of a row.
struct Gradients<const N: usize> {
    strength: [f32; N],
    cosine: [f32; N],
    sine: [f32; N],
}

impl<const N: usize> Gradients<N> {
    fn new(upper: &[f32; N], row: &[f32; N], lower: &[f32; N]) -> Self {
        let mut across = [0.0; N];
        let ahead = row.iter().skip(1).chain(row.last());
        let behind = row.first().into_iter().chain(row);
        for ((target, ahead), behind) in across.iter_mut().zip(ahead).zip(behind) {
            *target = 0.5 * (ahead - behind);
        }
        let mut gradients = Self {
            strength: [0.0; N],
            cosine: [0.0; N],
            sine: [0.0; N],
        };
        let targets = gradients
            .strength
            .iter_mut()
            .zip(&mut gradients.cosine)
            .zip(&mut gradients.sine);
        let sources = across.iter().zip(upper.iter().zip(lower));
        for (((strength, cosine), sine), (gx, (upper, lower))) in targets.zip(sources) {
            let gy = 0.5 * (lower - upper);
            let (xx, yy) = (gx * gx, gy * gy);
            let length = (xx + yy).sqrt() + 1e-9;
            let square = 1.0 / (length * length);
            *strength = length;
            *cosine = (xx - yy) * square;
            *sine = 2.0 * gx * gy * square;
        }
        gradients
    }

    /// Adds what each pixel has in each direction to the cells of its row.
    fn add_to(&self, cells: &mut [[f32; FINE_DIRECTIONS]], size: usize) {
        let mut response = [0.0; N];
        for (direction, (cos, sin)) in ANGLES.into_iter().enumerate() {
            let sources = self.strength.iter().zip(&self.cosine).zip(&self.sine);
            for (target, ((strength, cosine), sine)) in response.iter_mut().zip(sources) {
                let near = (cosine * cos + sine * sin).max(0.0);
                *target = strength * near * near * near;
            }
            for (cell, values) in cells.iter_mut().zip(response.chunks_exact(size)) {
                if let Some(sum) = cell.get_mut(direction) {
                    *sum += values.iter().sum::<f32>();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(value: impl Fn(usize, usize) -> f32) -> Plane<16> {
        std::array::from_fn(|y| std::array::from_fn(|x| value(x, y)))
    }

    #[test]
    fn a_slope_has_one_direction() {
        // Brightness grows to the right: every inner cell has direction 0.
        let [[_, inner, ..], ..] = energies::<16, 8>(&plane(|x, _| x as f32 / 16.0));
        assert!((inner[0] - (1.0 / 16.0) * (1.0 + FRAC_1_SQRT_2.powi(3))).abs() < 1e-5);
        assert!(inner[1] > 0.0 && (inner[1] - inner[3]).abs() < 1e-6);
        assert!(inner[2] < 1e-6);
        // Downwards: direction 2. Along the diagonals: 1 and 3.
        for (turned, direction) in [
            (plane(|_, y| y as f32 / 16.0), 2),
            (plane(|x, y| (x + y) as f32 / 32.0), 1),
            (plane(|x, y| (15 + x - y) as f32 / 32.0), 3),
        ] {
            let cell = energies::<16, 8>(&turned)[3][3];
            let most = (0..4).max_by(|a, b| cell[*a].total_cmp(&cell[*b]));
            assert_eq!(most, Some(direction), "{cell:?}");
        }
    }

    #[test]
    fn nothing_happens_in_a_flat_picture() {
        let flat = energies::<16, 4>(&[[0.3; 16]; 16]);
        assert!(flat.iter().flatten().flatten().all(|energy| *energy == 0.0));
    }
}
