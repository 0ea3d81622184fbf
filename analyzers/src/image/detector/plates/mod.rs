//! Plates that are made, not photographed: pictures of a metal surface with defects, and masks that say
//! which pixels are which defect's.
//!
//! The default weights are trained on such plates, and measured on others of them. A plate is told by a
//! seed, a number and whether it is for training: no plate for measuring is ever trained on.

mod defects;
mod noise;
mod surface;

use ::image::{GrayImage, Luma, Rgba, RgbaImage};

use super::label::Defect;
use super::random::Random;

/// What a plate is for. The plates of one purpose are never those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// For training.
    Training,
    /// For measuring.
    Measuring,
}

/// A picture of a surface, and what is on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plate {
    /// The picture.
    pub picture: RgbaImage,
    /// The class of each pixel: 0 where the surface is sound, else [`Defect::class`].
    pub mask: GrayImage,
}

/// Sides of plates, in pixels.
const SIDES: (f32, f32) = (96.0, 224.0);
/// How much longer than the other a side may be.
const LONGEST: f32 = 1.8;
/// The share of plates without a defect.
const CLEAN: f32 = 0.3;
/// The share of the others that have defects of two kinds.
const TWO_KINDS: f32 = 0.12;
/// Pixels that a defect has at least, else it is no defect to speak of.
const FEWEST: usize = 12;

impl Plate {
    /// A plate of a seed.
    #[must_use]
    pub fn made(seed: u64, purpose: Purpose, number: u64) -> Self {
        let purpose = match purpose {
            Purpose::Training => 1,
            Purpose::Measuring => 2,
        };
        let mut random = Random::of(&[seed, purpose, number]);
        if random.chance(CLEAN) {
            return Self::with(&mut random, &[]);
        }
        let mut kinds = vec![pick(&mut random)];
        if random.chance(TWO_KINDS) {
            kinds.push(pick(&mut random));
        }
        Self::with(&mut random, &kinds)
    }

    /// The kinds of defects that the mask shows, in their order.
    #[must_use]
    pub fn defects(&self) -> Vec<Defect> {
        let mut seen = [false; 256];
        for pixel in self.mask.pixels() {
            let [class] = pixel.0;
            if let Some(seen) = seen.get_mut(usize::from(class)) {
                *seen = true;
            }
        }
        let mut defects = Defect::ALL.to_vec();
        defects.retain(|defect| seen.get(usize::from(defect.class())) == Some(&true));
        defects
    }

    fn with(random: &mut Random, kinds: &[Defect]) -> Self {
        let side = random.within(SIDES.0, SIDES.1);
        let other = side / random.within(1.0, LONGEST);
        let (width, height) = if random.chance(0.5) {
            (side as u32, other as u32)
        } else {
            (other as u32, side as u32)
        };
        let mut canvas = Canvas::new(width, height);
        surface::paint(&mut canvas, random);
        for kind in kinds {
            let before = canvas.pixels_of(*kind);
            // A defect may fall beside the plate, or below another: then there is a next try.
            for _ in 0..20 {
                defects::paint(&mut canvas, *kind, random);
                if canvas.pixels_of(*kind) >= before + FEWEST {
                    break;
                }
            }
        }
        surface::grain(&mut canvas, random);
        let tint = [0; 3].map(|_| random.within(-0.02, 0.02));
        canvas.into_plate(tint)
    }
}

fn pick(random: &mut Random) -> Defect {
    let kind = random.below(Defect::ALL.len());
    Defect::ALL.get(kind).copied().unwrap_or(Defect::Other)
}

/// A plate under the brush.
struct Canvas {
    width: u32,
    height: u32,
    /// Brightness, 0 to 1.
    levels: Vec<f32>,
    classes: Vec<u8>,
    /// Pixels of a unit, of which the longer side has 128: defects grow with the plate.
    unit: f32,
}

impl Canvas {
    fn new(width: u32, height: u32) -> Self {
        let count = width as usize * height as usize;
        Self {
            width,
            height,
            levels: vec![0.0; count],
            classes: vec![0; count],
            unit: width.max(height) as f32 / 128.0,
        }
    }

    /// The sides, in units.
    fn sides(&self) -> (f32, f32) {
        (
            self.width as f32 / self.unit,
            self.height as f32 / self.unit,
        )
    }

    fn pixels_of(&self, kind: Defect) -> usize {
        let of_kind = self.classes.iter().filter(|class| **class == kind.class());
        of_kind.count()
    }

    /// Changes every level; the closure is given a place in units.
    fn shade(&mut self, mut change: impl FnMut(f32, f32, &mut f32)) {
        let (width, unit) = (self.width as usize, self.unit);
        for (row, levels) in self.levels.chunks_exact_mut(width.max(1)).enumerate() {
            let y = (row as f32 + 0.5) / unit;
            for (column, level) in levels.iter_mut().enumerate() {
                change((column as f32 + 0.5) / unit, y, level);
            }
        }
    }

    /// Lays something over the picture. The closure gives, for a place in units, how much of it is
    /// there (0 to 1) and by how much it changes the level; what is half there or more is the defect's.
    fn lay(&mut self, defect: Option<Defect>, mut cover: impl FnMut(f32, f32) -> (f32, f32)) {
        let (width, unit) = (self.width as usize, self.unit);
        let rows = self.levels.chunks_exact_mut(width.max(1));
        for ((row, levels), classes) in rows
            .enumerate()
            .zip(self.classes.chunks_exact_mut(width.max(1)))
        {
            let y = (row as f32 + 0.5) / unit;
            for ((column, level), class) in levels.iter_mut().enumerate().zip(classes) {
                let (share, change) = cover((column as f32 + 0.5) / unit, y);
                if share <= 0.0 {
                    continue;
                }
                *level += share.min(1.0) * change;
                if let Some(defect) = defect
                    && share >= 0.5
                {
                    *class = defect.class();
                }
            }
        }
    }

    fn into_plate(self, tint: [f32; 3]) -> Plate {
        let bytes = self.levels.iter().map(|level| {
            let [r, g, b] = tint.map(|tint| ((level + tint).clamp(0.0, 1.0) * 255.0).round() as u8);
            Rgba([r, g, b, 255])
        });
        let mut picture = RgbaImage::new(self.width, self.height);
        for (pixel, value) in picture.pixels_mut().zip(bytes) {
            *pixel = value;
        }
        let mut mask = GrayImage::new(self.width, self.height);
        for (pixel, class) in mask.pixels_mut().zip(self.classes) {
            *pixel = Luma([class]);
        }
        Plate { picture, mask }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_are_told_by_seed_number_and_purpose() {
        let plate = Plate::made(7, Purpose::Training, 3);
        assert_eq!(plate, Plate::made(7, Purpose::Training, 3));
        for other in [
            Plate::made(8, Purpose::Training, 3),
            Plate::made(7, Purpose::Measuring, 3),
            Plate::made(7, Purpose::Training, 4),
        ] {
            assert_ne!(plate.picture, other.picture);
        }
    }

    #[test]
    fn plates_are_of_every_kind() {
        let mut counts = std::collections::BTreeMap::new();
        for number in 0..300 {
            let plate = Plate::made(1, Purpose::Measuring, number);
            assert_eq!(plate.picture.dimensions(), plate.mask.dimensions());
            let defects = plate.defects();
            assert!(defects.len() <= 2);
            *counts.entry(defects).or_insert(0) += 1;
        }
        assert!((60..=120).contains(&counts[&Vec::new()]), "{counts:?}");
        for defect in Defect::ALL {
            assert!(counts[&vec![defect]] >= 25, "{counts:?}");
        }
    }
}
