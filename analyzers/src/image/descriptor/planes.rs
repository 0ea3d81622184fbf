//! Brightness and colour of a picture, each at the sizes that blocks ask for.

use super::sample::{Colours, SIDE};

/// A square of values, row by row.
pub(super) type Plane<const N: usize> = [[f32; N]; N];

/// What the blocks are computed from.
pub(super) struct Planes {
    /// Brightness, 0 to 1.
    pub(super) y64: Box<Plane<64>>,
    pub(super) y32: Plane<32>,
    pub(super) y16: Plane<16>,
    /// Blue against brightness, about -0.5 to 0.5.
    pub(super) cb32: Plane<32>,
    pub(super) cb16: Plane<16>,
    /// Red against brightness, about -0.5 to 0.5.
    pub(super) cr32: Plane<32>,
    pub(super) cr16: Plane<16>,
}

impl Planes {
    /// Separates brightness from colour.
    pub(super) fn new(colours: &Colours) -> Self {
        let mut y64 = Box::new([[0.0; SIDE]; SIDE]);
        let mut cb64 = Box::new([[0.0; SIDE]; SIDE]);
        let mut cr64 = Box::new([[0.0; SIDE]; SIDE]);
        let targets = y64.iter_mut().zip(cb64.iter_mut()).zip(cr64.iter_mut());
        for (((ys, cbs), crs), row) in targets.zip(colours.iter()) {
            let places = ys.iter_mut().zip(cbs).zip(crs);
            for (((y, cb), cr), &[red, green, blue, _]) in places.zip(row) {
                *y = 0.299 * red + 0.587 * green + 0.114 * blue;
                *cb = 0.564 * (blue - *y);
                *cr = 0.713 * (red - *y);
            }
        }
        let y32 = halve(&y64);
        let cb32 = halve(&cb64);
        let cr32 = halve(&cr64);
        Self {
            y16: halve(&y32),
            cb16: halve(&cb32),
            cr16: halve(&cr32),
            y64,
            y32,
            cb32,
            cr32,
        }
    }
}

/// Means of blocks of 2 × 2.
fn halve<const N: usize, const HALF: usize>(plane: &Plane<N>) -> Plane<HALF> {
    const { assert!(N == 2 * HALF) };
    let mut result = [[0.0; HALF]; HALF];
    for (target, rows) in result.iter_mut().zip(plane.chunks_exact(2)) {
        let [upper, lower] = rows else { continue };
        let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
        for (target, (upper, lower)) in target.iter_mut().zip(pairs) {
            *target = 0.25 * (upper.iter().sum::<f32>() + lower.iter().sum::<f32>());
        }
    }
    result
}

/// Pools 16 × 16 values to `N` × `N` by triangles around evenly spread
/// centres, as wide to either side as the centres are apart.
pub(super) fn pool_by_triangles<const N: usize>(plane: &Plane<16>) -> Plane<N> {
    let step = 16.0 / N as f32;
    let shares: [[f32; 16]; N] = std::array::from_fn(|cell| {
        let centre = (cell as f32 + 0.5) * step - 0.5;
        let shares: [f32; 16] =
            std::array::from_fn(|at| (1.0 - (at as f32 - centre).abs() / step).max(0.0));
        let total: f32 = shares.iter().sum();
        shares.map(|share| share / total)
    });
    let dot = |a: &[f32; 16], b: &[f32; 16]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let across: [[f32; 16]; N] = shares.map(|shares| {
        let mut column = [0.0; 16];
        for (value, row) in column.iter_mut().zip(plane) {
            *value = dot(&shares, row);
        }
        column
    });
    shares.map(|shares| across.map(|column| dot(&shares, &column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_takes_means() {
        let plane: Plane<4> = [
            [1.0, 3.0, 0.0, 0.0],
            [5.0, 7.0, 0.0, 4.0],
            [2.0, 2.0, 8.0, 8.0],
            [2.0, 2.0, 8.0, 8.0],
        ];
        assert_eq!(halve::<4, 2>(&plane), [[4.0, 1.0], [2.0, 8.0]]);
    }

    #[test]
    fn pooling_keeps_a_constant_and_places_a_spot() {
        let close = |a: f32, b: f32| (a - b).abs() < 1e-5;
        for row in pool_by_triangles::<6>(&[[0.7; 16]; 16]) {
            assert!(row.iter().all(|value| close(*value, 0.7)));
        }
        let mut plane = [[0.0; 16]; 16];
        plane[1][14] = 1.0;
        let pooled = pool_by_triangles::<4>(&plane);
        assert!(pooled[0][3] > 0.0);
        assert!(pooled.iter().flatten().all(|value| *value <= pooled[0][3]));
        assert!(close(pooled[3][0], 0.0));
    }

    #[test]
    fn grey_has_no_colour() {
        let planes = Planes::new(&Box::new([[[0.5; 4]; SIDE]; SIDE]));
        assert!((planes.y16[3][3] - 0.5).abs() < 1e-6);
        assert!(planes.cb16[3][3].abs() < 1e-6);
        assert!(planes.cr32[3][3].abs() < 1e-6);
    }
}
