//! How good a detector is, on plates whose masks are known.

use super::super::Detector;
use super::super::label::Defect;
use super::super::plates::Plate;
use crate::embed::ModelError;

/// Pixels that were found, of those that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    /// Found where they are.
    both: u64,
    /// Found.
    found: u64,
    /// There.
    there: u64,
}

impl Counts {
    fn dice(self) -> f64 {
        ratio(2 * self.both, self.found + self.there)
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// What was measured. A pixel counts as found only where its class is right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measured {
    /// Plates.
    pub plates: u64,
    /// Plates without a defect.
    pub clean: u64,
    /// Those of them on which none was found.
    pub found_clean: u64,
    /// Plates of which just the right kinds were found.
    pub right: u64,
    pixels: [Counts; 4],
    dice: f64,
    dice_of_kind: [(f64, u64); 4],
}

impl Measured {
    /// The mean, over plates with defects, of the plate's dice.
    #[must_use]
    pub fn dice(&self) -> f64 {
        self.dice / (self.plates - self.clean).max(1) as f64
    }

    /// The same over the plates that have defects of a kind, of its pixels alone.
    #[must_use]
    pub fn dice_of(&self, defect: Defect) -> f64 {
        let (sum, count) = self
            .dice_of_kind
            .get(place(defect))
            .copied()
            .unwrap_or_default();
        sum / count.max(1) as f64
    }

    /// Dice over all pixels of all plates together.
    #[must_use]
    pub fn dice_of_pixels(&self) -> f64 {
        self.sum().dice()
    }

    /// Of the pixels found, those that are right.
    #[must_use]
    pub fn precision(&self) -> f64 {
        let sum = self.sum();
        ratio(sum.both, sum.found)
    }

    /// Of the pixels that are there, those that were found.
    #[must_use]
    pub fn recall(&self) -> f64 {
        let sum = self.sum();
        ratio(sum.both, sum.there)
    }

    /// The share of plates of which just the right kinds of defects were found.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        ratio(self.right, self.plates)
    }

    /// The share of plates without a defect on which none was found.
    #[must_use]
    pub fn clean_rate(&self) -> f64 {
        ratio(self.found_clean, self.clean)
    }

    fn sum(&self) -> Counts {
        self.pixels.iter().fold(Counts::default(), add)
    }

    fn add(&mut self, detector: &Detector, plate: &Plate) -> Result<(), ModelError> {
        let detection = detector.detect(&plate.picture)?;
        let (width, height) = plate.mask.dimensions();
        let found = detection.classes(width, height);
        let mut counts = [Counts::default(); 4];
        for (there, found) in plate.mask.pixels().zip(found.pixels()) {
            let ([there], [found]) = (there.0, found.0);
            let mut count = |class: u8, change: fn(&mut Counts)| {
                let kind = usize::from(class.wrapping_sub(1));
                if let Some(counts) = counts.get_mut(kind) {
                    change(counts);
                }
            };
            count(there, |counts| counts.there += 1);
            count(found, |counts| counts.found += 1);
            if there == found {
                count(there, |counts| counts.both += 1);
            }
        }
        let truth = plate.defects();
        self.plates += 1;
        self.right += u64::from(truth == detection.labels());
        if truth.is_empty() {
            self.clean += 1;
            self.found_clean += u64::from(detection.regions.is_empty());
        } else {
            self.dice += counts.iter().fold(Counts::default(), add).dice();
        }
        for (sums, counts) in self.dice_of_kind.iter_mut().zip(&counts) {
            if counts.there > 0 {
                sums.0 += counts.dice();
                sums.1 += 1;
            }
        }
        for (sum, counts) in self.pixels.iter_mut().zip(&counts) {
            *sum = add(*sum, counts);
        }
        Ok(())
    }
}

fn add(one: Counts, other: &Counts) -> Counts {
    Counts {
        both: one.both + other.both,
        found: one.found + other.found,
        there: one.there + other.there,
    }
}

fn place(defect: Defect) -> usize {
    usize::from(defect.class().saturating_sub(1))
}

/// Measures a detector on plates; `told` is called after each.
///
/// # Errors
/// If a plate can't be had, or the detector fails.
pub fn measure(
    detector: &Detector,
    plates: impl Iterator<Item = Result<Plate, ModelError>>,
    mut told: impl FnMut(&Measured),
) -> Result<Measured, ModelError> {
    let mut measured = Measured::default();
    for plate in plates {
        measured.add(detector, &plate?)?;
        told(&measured);
    }
    Ok(measured)
}
