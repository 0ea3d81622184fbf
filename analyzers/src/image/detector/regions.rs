//! Regions: pixels of one kind that touch.

use ::image::{GrayImage, Luma};

use super::fit::{Fit, folded};
use super::label::Defect;
use super::network::{CLASSES, KINDS, SIDE};

/// Pixels of the network's square that a region has at least.
const FEWEST: u32 = 6;
/// The mean probability that a region has at least.
const LEAST: f64 = 0.6;
/// The probability from which on a kind counts as being on the picture.
pub(super) const PRESENT: f32 = 0.5;
/// Regions of a picture: where there are more, the largest count.
const MOST: usize = 100;

/// A defect that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// What it is.
    pub defect: Defect,
    /// The mean probability of its pixels, 0 to 1.
    pub confidence: f64,
    /// Left, top, width and height in pixels of the picture.
    pub bbox: [u32; 4],
    /// Its pixels of the picture.
    pub area: u64,
}

/// Regions with their places in the network's square.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) regions: Vec<Region>,
    /// For each pixel of the square, row by row, the number of its region from 1; 0 for none.
    pub(super) map: Vec<u8>,
}

/// Finds the regions in the probabilities (pixels in the network's order, classes).
pub(super) fn find(fit: Fit, probabilities: &[f32], presence: &[f32]) -> Found {
    let kinds = kinds(fit, probabilities, presence);
    let mut seen = vec![false; SIDE * SIDE];
    let mut groups: Vec<Group> = Vec::new();
    for start in 0..SIDE * SIDE {
        let Some(kind) = kinds.get(start).copied().flatten() else {
            continue;
        };
        if seen.get(start) == Some(&false) {
            groups.push(grow(&kinds, &mut seen, start, kind));
        }
    }
    groups.retain(|group| group.pixels.len() >= FEWEST as usize && group.confidence() >= LEAST);
    groups.sort_by_key(|group| std::cmp::Reverse(group.pixels.len()));
    groups.truncate(MOST);
    let mut map = vec![0u8; SIDE * SIDE];
    let mut regions = Vec::new();
    for group in groups {
        regions.push(group.region(fit));
        let number = u8::try_from(regions.len()).unwrap_or(u8::MAX);
        for pixel in group.pixels {
            if let Some(place) = map.get_mut(pixel) {
                *place = number;
            }
        }
    }
    Found { regions, map }
}

/// A pixel's kind with its probability.
type Kind = Option<(usize, f32)>;

/// The kind of every pixel, row by row. A pixel is a defect's where the sound surface has less than
/// half; of which kind, those decide that are on the picture at all.
fn kinds(fit: Fit, probabilities: &[f32], presence: &[f32]) -> Vec<Kind> {
    let mut kinds = vec![None; SIDE * SIDE];
    for row in 0..fit.rows as usize {
        for column in 0..fit.columns as usize {
            let start = folded(column, row) * CLASSES;
            let Some([sound, rest @ ..]) = probabilities.get(start..start + CLASSES) else {
                continue;
            };
            if *sound >= 0.5 {
                continue;
            }
            let there = rest.iter().zip(presence).enumerate();
            let best = there
                .filter(|(_, (_, presence))| **presence >= PRESENT)
                .map(|(kind, (probability, _))| (kind, *probability))
                .max_by(|one, other| one.1.total_cmp(&other.1));
            if let (Some((kind, _)), Some(place)) = (best, kinds.get_mut(row * SIDE + column)) {
                *place = Some((kind, 1.0 - sound));
            }
        }
    }
    kinds
}

struct Group {
    kind: usize,
    sum: f64,
    pixels: Vec<usize>,
}

impl Group {
    fn confidence(&self) -> f64 {
        self.sum / self.pixels.len().max(1) as f64
    }

    fn region(&self, fit: Fit) -> Region {
        let columns = self.pixels.iter().map(|pixel| pixel % SIDE);
        let rows = self.pixels.iter().map(|pixel| pixel / SIDE);
        let (across, down) = fit.scale();
        let span = |first: usize, last: usize, scale: f64, most: u32| {
            let from = (first as f64 * scale).floor();
            let to = ((last + 1) as f64 * scale).ceil().min(f64::from(most));
            (from as u32, (to - from).max(1.0) as u32)
        };
        let (left, width) = span(
            columns.clone().min().unwrap_or(0),
            columns.max().unwrap_or(0),
            across,
            fit.width,
        );
        let (top, height) = span(
            rows.clone().min().unwrap_or(0),
            rows.max().unwrap_or(0),
            down,
            fit.height,
        );
        let area = (self.pixels.len() as f64 * across * down).round();
        let most = u64::from(width) * u64::from(height);
        Region {
            defect: Defect::ALL.get(self.kind).copied().unwrap_or(Defect::Other),
            confidence: self.confidence().clamp(0.0, 1.0),
            bbox: [left, top, width, height],
            area: (area as u64).clamp(1, most.max(1)),
        }
    }
}

/// All pixels of a kind that touch the first one, corners included.
fn grow(kinds: &[Kind], seen: &mut [bool], start: usize, (kind, _): (usize, f32)) -> Group {
    debug_assert!(kind < KINDS);
    let mut group = Group {
        kind,
        sum: 0.0,
        pixels: Vec::new(),
    };
    let mut waiting = vec![start];
    while let Some(pixel) = waiting.pop() {
        let Some(seen) = seen.get_mut(pixel) else {
            continue;
        };
        let same = kinds.get(pixel).copied().flatten();
        let Some((_, probability)) = same.filter(|(other, _)| *other == kind && !*seen) else {
            continue;
        };
        *seen = true;
        group.sum += f64::from(probability);
        group.pixels.push(pixel);
        let (column, row) = (pixel % SIDE, pixel / SIDE);
        for row in row.saturating_sub(1)..(row + 2).min(SIDE) {
            for column in column.saturating_sub(1)..(column + 2).min(SIDE) {
                waiting.push(row * SIDE + column);
            }
        }
    }
    group
}

/// The region of each pixel of a picture of these sides, from 1; 0 for none. Edges are smoothed as the
/// square is scaled to the picture.
pub(super) fn spread(fit: Fit, map: &[u8], width: u32, height: u32) -> GrayImage {
    let mut numbers = GrayImage::new(width, height);
    if map.iter().all(|number| *number == 0) {
        return numbers;
    }
    let at = |column: u32, row: u32| {
        let place = row as usize * SIDE + column as usize;
        map.get(place).copied().unwrap_or(0)
    };
    let columns: Vec<_> = (0..width).map(|x| between(x, width, fit.columns)).collect();
    for (y, row) in numbers.rows_mut().enumerate() {
        let y = u32::try_from(y).unwrap_or(u32::MAX);
        let (upper, lower, below) = between(y, height, fit.rows);
        for (Luma([number]), (left, right, beside)) in row.zip(&columns) {
            let near = [
                (at(*left, upper), (1.0 - beside) * (1.0 - below)),
                (at(*right, upper), beside * (1.0 - below)),
                (at(*left, lower), (1.0 - beside) * below),
                (at(*right, lower), beside * below),
            ];
            let [(first, _), ..] = near;
            if near.iter().all(|(other, _)| *other == first) {
                *number = first;
                continue;
            }
            let share = |wanted: u8| -> f32 {
                let same = near.iter().filter(|(other, _)| *other == wanted);
                same.map(|(_, share)| share).sum()
            };
            // Where regions meet, the one with most; against the sound surface, half is enough.
            let best = near
                .iter()
                .filter(|(other, _)| *other != 0)
                .max_by(|one, other| share(one.0).total_cmp(&share(other.0)));
            *number = match best {
                Some((best, _)) if share(0) <= 0.5 => *best,
                _ => 0,
            };
        }
    }
    numbers
}

/// The two places of a small row next to a pixel of a large one, and how far it is from the first.
fn between(pixel: u32, large: u32, small: u32) -> (u32, u32, f32) {
    let place = (f64::from(pixel) + 0.5) * f64::from(small) / f64::from(large.max(1)) - 0.5;
    let last = small.saturating_sub(1);
    let first = place.max(0.0).floor();
    let part = (place - first).clamp(0.0, 1.0);
    let first = (first as u32).min(last);
    (first, (first + 1).min(last), part as f32)
}
