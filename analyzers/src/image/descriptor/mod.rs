//! A description of how a picture looks that needs no learned weights.
//!
//! Five blocks of numbers: edge directions in a coarse and in a fine grid of
//! cells, colours by place, colours and greys as a histogram, and the layout of
//! light and dark. Each cell of edges is normalised by itself and cells don't
//! overlap, so a caption bar, a crop or a shadow spoils the cells it touches and
//! no others.
//!
//! Copies of a picture have a cosine near 1 whatever their size, compression
//! or palette. A picture seen in a mirror has the same numbers at other places:
//! [`Descriptor::mirror`].

mod assemble;
mod chroma;
mod edges;
mod hist;
mod layout;
mod mirror;
mod planes;
mod sample;
#[cfg(test)]
mod tests;

use super::RgbaImage;

/// The descriptor as a model: its name, its version and what it computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor;

impl Descriptor {
    /// The name that vector segments carry.
    pub const NAME: &'static str = "pictor-cells";
    /// Changes whenever the numbers do, so that vectors are never compared
    /// across versions.
    pub const VERSION: u32 = 1;
    /// Length of a vector.
    pub const DIMS: usize = assemble::DIMS;
    /// From this cosine on, two pictures are the same one.
    pub const SAME: f32 = 0.95;
    /// From this cosine on, and [`Self::AHEAD`] before the next one, it is
    /// probably the same picture.
    pub const PROBABLY_SAME: f32 = 0.80;
    /// See [`Self::PROBABLY_SAME`].
    pub const AHEAD: f32 = 0.05;
    /// From this cosine on, two pictures look alike.
    pub const SIMILAR: f32 = 0.75;

    /// Describes a picture by a vector of length 1. Transparent parts count as
    /// white.
    #[must_use]
    pub fn describe(image: &RgbaImage) -> [f32; Self::DIMS] {
        assemble::assemble(&planes::Planes::new(&sample::sample(image)))
    }

    /// The vector of the same picture seen in a mirror, without encoding it;
    /// `None` for a vector that isn't [`Self::DIMS`] long.
    #[must_use]
    pub fn mirror(vector: &[f32]) -> Option<Vec<f32>> {
        mirror::mirror(vector)
    }
}
