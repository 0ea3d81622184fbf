//! Smooth noise: random values on a lattice, with smooth ways between them.

use super::super::random::Random;

/// A field of noise, from -1 to 1, whose features have about a given size.
#[derive(Debug, Clone)]
pub(super) struct Noise {
    side: usize,
    lattice: Vec<f32>,
    cell: (f32, f32),
    turn: (f32, f32),
}

/// Lattice points along a side; the field repeats beyond.
const SIDE: usize = 64;

impl Noise {
    /// Features as long and as high as this, turned by an angle.
    pub(super) fn new(random: &mut Random, cell: (f32, f32), angle: f32) -> Self {
        Self {
            side: SIDE,
            lattice: (0..SIDE * SIDE).map(|_| random.within(-1.0, 1.0)).collect(),
            cell,
            turn: (angle.cos(), angle.sin()),
        }
    }

    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let (cos, sin) = self.turn;
        let u = (x * cos + y * sin) / self.cell.0;
        let v = (y * cos - x * sin) / self.cell.1;
        let (column, row) = (u.floor(), v.floor());
        let (right, below) = (smooth(u - column), smooth(v - row));
        let side = self.side as i64;
        let value = |dx: i64, dy: i64| {
            let column = (column as i64 + dx).rem_euclid(side);
            let row = (row as i64 + dy).rem_euclid(side);
            let place = usize::try_from(row * side + column).unwrap_or(0);
            self.lattice.get(place).copied().unwrap_or(0.0)
        };
        let upper = value(0, 0) * (1.0 - right) + value(1, 0) * right;
        let lower = value(0, 1) * (1.0 - right) + value(1, 1) * right;
        upper * (1.0 - below) + lower * below
    }
}

fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}
