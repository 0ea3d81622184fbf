//! Which colours lie where.

use super::planes::{Planes, pool_by_triangles};

/// Cells along a side.
const CELLS: usize = 4;
/// Values of a cell.
pub(super) const VALUES: usize = 3;
/// Values of the block.
pub(super) const CHROMA: usize = CELLS * CELLS * VALUES;
/// What a cell without colour holds: the paler the colours of a cell, the
/// less they count against it.
const GREY: f32 = 0.06;

/// The direction of each cell's colour.
pub(super) fn chroma(planes: &Planes) -> [f32; CHROMA] {
    let blue = pool_by_triangles::<CELLS>(&planes.cb16);
    let red = pool_by_triangles::<CELLS>(&planes.cr16);
    let mut result = [0.0; CHROMA];
    let cells = blue.iter().flatten().zip(red.iter().flatten());
    for (target, (&blue, &red)) in result.chunks_exact_mut(VALUES).zip(cells) {
        let length = (blue * blue + red * red + GREY * GREY).sqrt();
        target.copy_from_slice(&[blue / length, red / length, GREY / length]);
    }
    result
}
