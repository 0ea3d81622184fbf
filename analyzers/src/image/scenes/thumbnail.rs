//! Which frames are worth describing.
//!
//! Most frames of an animation hardly differ from the one before. Describing
//! costs a pass over all pixels, so a frame must first differ from the last
//! described one in a thumbnail of a few thousand pixels.

use image::RgbaImage;

/// Side of a thumbnail.
const SIDE: u32 = 16;
/// Pixels of the picture that are looked at for one pixel of the thumbnail,
/// along a side.
const PROBES: u32 = 3;
/// Difference (root of the mean square, of 255) from which a frame counts as
/// new.
const DIFFERENT: f32 = 2.5;
/// So many frames are described before the difference asked for doubles. The
/// doubling ends at 255, which bounds how many can be described at all.
const STEP: u32 = 64;

type Thumbnail = Box<[[f32; 3]]>;

/// Lets frames pass that differ enough from the last that passed.
#[derive(Debug)]
pub(super) struct Gate {
    last: Option<Thumbnail>,
    difference: f32,
    passed: u32,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            last: None,
            difference: DIFFERENT,
            passed: 0,
        }
    }
}

impl Gate {
    /// Whether this frame should be described. The first always is.
    pub(super) fn admits(&mut self, image: &RgbaImage) -> bool {
        let thumbnail = thumbnail(image);
        if let Some(last) = &self.last
            && distance(last, &thumbnail) < self.difference
        {
            return false;
        }
        self.last = Some(thumbnail);
        self.passed += 1;
        if self.passed.is_multiple_of(STEP) {
            self.difference *= 2.0;
        }
        true
    }
}

/// Colours of a coarse grid, on white.
fn thumbnail(image: &RgbaImage) -> Thumbnail {
    let (width, height) = (u64::from(image.width()), u64::from(image.height()));
    let fine = u64::from(SIDE * PROBES);
    let at = |cell: u32, probe: u32, length: u64| {
        let position = u64::from(cell * PROBES + probe);
        // In the middle of its share of the picture, inside by construction.
        u32::try_from((2 * position + 1) * length / (2 * fine)).unwrap_or(u32::MAX)
    };
    (0..SIDE * SIDE)
        .map(|cell| {
            let (column, row) = (cell % SIDE, cell / SIDE);
            let mut sum = [0.0; 3];
            for probe in 0..PROBES * PROBES {
                let x = at(column, probe % PROBES, width);
                let y = at(row, probe / PROBES, height);
                if let Some(pixel) = image.get_pixel_checked(x, y) {
                    let [r, g, b, alpha] = pixel.0.map(f32::from);
                    for (sum, value) in sum.iter_mut().zip([r, g, b]) {
                        *sum += 255.0 - (255.0 - value) * alpha / 255.0;
                    }
                }
            }
            sum.map(|value| value / (PROBES * PROBES) as f32)
        })
        .collect()
}

fn distance(a: &Thumbnail, b: &Thumbnail) -> f32 {
    let squares: f32 = a
        .iter()
        .flatten()
        .zip(b.iter().flatten())
        .map(|(a, b)| (a - b) * (a - b))
        .sum();
    (squares / (3 * SIDE * SIDE) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    fn grey(level: u8) -> RgbaImage {
        RgbaImage::from_pixel(100, 40, Rgba([level, level, level, 255]))
    }

    #[test]
    fn small_differences_do_not_pass_but_add_up() {
        let mut gate = Gate::default();
        let admitted: Vec<u8> = (100..110)
            .filter(|&level| gate.admits(&grey(level)))
            .collect();
        assert_eq!(admitted, [100, 103, 106, 109]);
    }

    #[test]
    fn the_number_that_passes_is_bounded() {
        let mut gate = Gate::default();
        let passed = (0..2_000)
            .filter(|turn| gate.admits(&grey(if turn % 2 == 0 { 0 } else { 255 })))
            .count();
        assert!(passed <= 8 * STEP as usize, "{passed}");
    }

    #[test]
    fn any_size_will_do() {
        for (width, height) in [(1, 1), (1, 300), (7, 5), (0, 0)] {
            let mut gate = Gate::default();
            assert!(gate.admits(&RgbaImage::new(width, height)));
            assert!(!gate.admits(&RgbaImage::new(width, height)));
        }
    }
}
