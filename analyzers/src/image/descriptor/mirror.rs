//! The same picture seen in a mirror.
//!
//! Cells change places within their rows, and edges that rise become edges
//! that fall. No value changes its sign: directions are energies, and colours
//! and brightness don't know left from right.

use super::assemble::{CHROMA_AT, DIMS, FINE_AT, HIST_AT, LAYOUT_AT};
use super::chroma::VALUES;

/// For each place, where its value comes from.
const SOURCES: [usize; DIMS] = sources();

/// Rearranges a vector; `None` if its length is another.
pub(super) fn mirror(vector: &[f32]) -> Option<Vec<f32>> {
    let vector: &[f32; DIMS] = vector.try_into().ok()?;
    SOURCES
        .iter()
        .map(|&source| vector.get(source).copied())
        .collect()
}

const fn sources() -> [usize; DIMS] {
    let mut sources = [0; DIMS];
    let mut at = 0;
    while at < DIMS {
        sources[at] = if at < FINE_AT {
            turn(flip(at, 0, 4, 8), 0)
        } else if at < CHROMA_AT {
            turn(flip(at, FINE_AT, 8, 4), FINE_AT)
        } else if at < HIST_AT {
            flip(at, CHROMA_AT, 4, VALUES)
        } else if at < LAYOUT_AT {
            at
        } else {
            flip(at, LAYOUT_AT, 6, 1)
        };
        at += 1;
    }
    sources
}

/// The same value of the opposite cell in the row, in a block that begins at
/// `start`, has `cells` cells in a row and `values` values in a cell.
const fn flip(at: usize, start: usize, cells: usize, values: usize) -> usize {
    let (cell, value) = ((at - start) / values, (at - start) % values);
    let (row, column) = (cell / cells, cell % cells);
    start + (row * cells + (cells - 1 - column)) * values + value
}

/// The mirrored direction: of four, the two diagonals change places.
const fn turn(at: usize, start: usize) -> usize {
    let direction = (at - start) % 4;
    at - direction + (4 - direction) % 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_mirrored_is_as_before() {
        let vector: Vec<f32> = (0..DIMS).map(|at| at as f32).collect();
        let mirrored = mirror(&vector).unwrap();
        assert_ne!(mirrored, vector);
        assert_eq!(mirror(&mirrored).unwrap(), vector);
        assert_eq!(mirror(&vector[1..]), None);
    }
}
