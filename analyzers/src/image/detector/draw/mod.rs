//! What was found, drawn on the picture: outlines in a colour for each kind, with label and confidence.

mod font;

use ::image::imageops::{self, FilterType};
use ::image::{GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use super::Detection;
use super::label::Defect;
use super::regions::Region;

/// The longer side of what is drawn; larger pictures are scaled down.
const LONGEST: u32 = 2_048;

fn colour(defect: Defect) -> Rgb<u8> {
    match defect {
        Defect::Inclusion => Rgb([230, 25, 75]),
        Defect::Patch => Rgb([60, 180, 75]),
        Defect::Scratch => Rgb([255, 165, 0]),
        Defect::Other => Rgb([70, 110, 255]),
    }
}

impl Detection {
    /// The picture with the regions outlined and named. It has the picture's sides, but for pictures
    /// longer than 2,048 pixels, which are scaled down to that.
    #[must_use]
    pub fn drawn(&self, picture: &RgbaImage) -> RgbImage {
        let (width, height) = picture.dimensions();
        let longer = width.max(height);
        let mut canvas = if longer > LONGEST {
            let side = |side: u32| {
                let scaled = u64::from(side) * u64::from(LONGEST) / u64::from(longer);
                u32::try_from(scaled.max(1)).unwrap_or(1)
            };
            let scaled = imageops::resize(picture, side(width), side(height), FilterType::Triangle);
            on_white(&scaled)
        } else {
            on_white(picture)
        };
        self.outline(&mut canvas);
        let scale = f64::from(canvas.width()) / f64::from(width.max(1));
        for region in &self.regions {
            name(&mut canvas, region, scale);
        }
        canvas
    }

    fn outline(&self, canvas: &mut RgbImage) {
        let numbers = self.numbers(canvas.width(), canvas.height());
        let thick = i64::from(canvas.width().max(canvas.height()) / 320).max(1);
        let steps = [-thick, 0, thick];
        for (x, y, Luma([number])) in numbers.enumerate_pixels() {
            let region = usize::from(*number).checked_sub(1);
            let Some(region) = region.and_then(|at| self.regions.get(at)) else {
                continue;
            };
            let at_edge = steps.iter().any(|dy| {
                let other = |dx: &i64| number_at(&numbers, x, y, *dx, *dy) != Some(*number);
                steps.iter().any(other)
            });
            if at_edge && let Some(pixel) = canvas.get_pixel_mut_checked(x, y) {
                *pixel = colour(region.defect);
            }
        }
    }
}

fn number_at(numbers: &GrayImage, x: u32, y: u32, dx: i64, dy: i64) -> Option<u8> {
    let x = u32::try_from(i64::from(x) + dx).ok()?;
    let y = u32::try_from(i64::from(y) + dy).ok()?;
    numbers
        .get_pixel_checked(x, y)
        .map(|Luma([number])| *number)
}

fn on_white(picture: &RgbaImage) -> RgbImage {
    let mut canvas = RgbImage::new(picture.width(), picture.height());
    for (pixel, Rgba([red, green, blue, alpha])) in canvas.pixels_mut().zip(picture.pixels()) {
        let alpha = u16::from(*alpha);
        let mix = |level: u8| {
            let mixed = (u16::from(level) * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        *pixel = Rgb([mix(*red), mix(*green), mix(*blue)]);
    }
    canvas
}

/// Writes a region's label and confidence above it, or below where there is no room.
fn name(canvas: &mut RgbImage, region: &Region, scale: f64) {
    let text = format!("{} {:.2}", region.defect.as_str(), region.confidence);
    let dot = (canvas.width().max(canvas.height()) / 360).max(1);
    let (wide, high) = font::size(&text, dot);
    let [left, top, _, height] = region.bbox.map(|side| (f64::from(side) * scale) as u32);
    let left = left.min(canvas.width().saturating_sub(wide));
    let top = match top.checked_sub(high) {
        Some(above) => above,
        None => (top + height).min(canvas.height().saturating_sub(high)),
    };
    let ground = colour(region.defect);
    for y in top..top + high {
        for x in left..left + wide {
            if let Some(pixel) = canvas.get_pixel_mut_checked(x, y) {
                *pixel = ground;
            }
        }
    }
    font::draw(&text, dot, |x, y| {
        if let Some(pixel) = canvas.get_pixel_mut_checked(left + x, top + y) {
            *pixel = Rgb([0, 0, 0]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::{Detector, Plate, Purpose};
    use super::*;

    /// A plate with a defect that the default detector finds.
    fn found() -> (Plate, Detection) {
        let detector = Detector::built_in().unwrap();
        let mut plates = (0..).map(|number| Plate::made(3, Purpose::Measuring, number));
        plates
            .find_map(|plate| {
                let detection = detector.detect(&plate.picture).unwrap();
                (!detection.regions.is_empty()).then_some((plate, detection))
            })
            .unwrap()
    }

    #[test]
    fn regions_are_outlined_in_their_colour() {
        let (plate, detection) = found();
        let drawn = detection.drawn(&plate.picture);
        assert_eq!(drawn.dimensions(), plate.picture.dimensions());
        let wanted = colour(detection.regions[0].defect);
        assert!(drawn.pixels().filter(|pixel| **pixel == wanted).count() > 20);
        // What is within a region stays.
        let numbers = detection.numbers(drawn.width(), drawn.height());
        let same = drawn.enumerate_pixels().zip(plate.picture.pixels());
        let outside = same.filter(|((x, y, _), _)| numbers.get_pixel(*x, *y).0 == [0]);
        let untouched = outside
            .filter(|((_, _, drawn), original)| drawn.0[..] == original.0[..3])
            .count();
        assert!(untouched * 2 > (drawn.width() * drawn.height()) as usize);
    }

    #[test]
    fn large_pictures_are_scaled_down() {
        let (plate, detection) = found();
        let large = imageops::resize(&plate.picture, 3_000, 1_500, FilterType::Nearest);
        assert_eq!(detection.drawn(&large).dimensions(), (2_048, 1_024));
        let thin = RgbaImage::from_pixel(5_000, 1, Rgba([0, 0, 0, 0]));
        let drawn = detection.drawn(&thin);
        assert_eq!(drawn.dimensions(), (2_048, 1));
    }
}
