//! The things demo pictures show: what each is called and how it is drawn.

mod animals;
mod figures;
mod nature;
mod shapes;
mod sky;
mod things;

use std::f64::consts::TAU;

use super::canvas::Canvas;

/// The moment of the loop that a frame shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// Position in the loop, from 0 to below 1.
    pub(super) phase: f64,
    /// What makes one picture of a scene differ from another.
    pub(super) seed: u64,
}

impl Moment {
    /// A wave of the loop, `times` periods, from -1 to 1.
    pub(super) fn wave(self, times: f64) -> f64 {
        (self.phase * times * TAU).sin()
    }

    /// A number from 0 to below 1 that is the same in every frame.
    pub(super) fn random(self, which: u64) -> f64 {
        let bits = scramble(self.seed ^ which.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        (bits >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A position that wanders from 0 to below 1 once in a loop.
    pub(super) fn drift(self, offset: f64) -> f64 {
        (self.phase + offset).rem_euclid(1.0)
    }
}

/// Spreads the bits of a number (the finaliser of SplitMix64).
pub(super) fn scramble(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A thing that can be shown in every colour.
pub(super) struct Scene {
    /// Part of file names.
    pub(super) slug: &'static str,
    /// English title; `{a}` stands for the colour with its article, `{c}` for the colour.
    pub(super) english: &'static str,
    /// Chinese title; `{c}` stands for the colour.
    pub(super) chinese: &'static str,
    /// Category, in English and Chinese.
    pub(super) category: (&'static str, &'static str),
    /// Tags, as pairs of English and Chinese.
    pub(super) tags: &'static [(&'static str, &'static str)],
    /// Draws the frame of a moment.
    pub(super) draw: fn(&mut Canvas, Moment),
}

/// All scenes, in a fixed order.
pub(super) fn scenes() -> impl Iterator<Item = &'static Scene> {
    [
        nature::SCENES,
        sky::SCENES,
        animals::SCENES,
        things::SCENES,
        shapes::SCENES,
        figures::SCENES,
    ]
    .into_iter()
    .flatten()
}
