//! One vector of all blocks.

use super::planes::Planes;
use super::{chroma, edges, hist, layout};

/// Where each block begins.
pub(super) const FINE_AT: usize = edges::COARSE;
pub(super) const CHROMA_AT: usize = FINE_AT + edges::FINE;
pub(super) const HIST_AT: usize = CHROMA_AT + chroma::CHROMA;
pub(super) const LAYOUT_AT: usize = HIST_AT + hist::HIST;
/// Length of the whole.
pub(super) const DIMS: usize = LAYOUT_AT + layout::LAYOUT;

/// Computes every block and gives each its share of the squared length.
pub(super) fn assemble(planes: &Planes) -> [f32; DIMS] {
    let mut vector = [0.0; DIMS];
    let mut rest: &mut [f32] = &mut vector;
    let mut put = |block: &[f32], weight: f32| {
        if let Some((place, after)) = std::mem::take(&mut rest).split_at_mut_checked(block.len()) {
            scale_into(place, block, weight.sqrt());
            rest = after;
        }
    };
    put(&edges::coarse(planes), 0.38);
    put(&edges::fine(planes), 0.35);
    put(&chroma::chroma(planes), 0.08);
    put(&hist::hist(planes), 0.10);
    put(&layout::layout(planes), 0.09);
    // A flat picture has neither edges nor a layout; its colours then are all.
    let plain = vector;
    scale_into(&mut vector, &plain, 1.0);
    vector
}

/// A block shorter than this holds nothing but rounding.
const EMPTY: f32 = 0.005;

/// Copies a block so that its length is `length`, or zero if it is empty.
fn scale_into(place: &mut [f32], block: &[f32], length: f32) {
    let norm = block.iter().map(|value| value * value).sum::<f32>().sqrt();
    let factor = if norm > EMPTY { length / norm } else { 0.0 };
    for (place, value) in place.iter_mut().zip(block) {
        *place = factor * value;
    }
}
