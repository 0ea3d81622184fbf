//! From a picture to what the network sees, and back.

use ::image::imageops::{self, FilterType};
use ::image::{GrayImage, Luma, Rgba, RgbaImage};

use super::network::{FOLD, FOLDED, SIDE};

/// How a picture lies in the network's square: scaled so that its longer side fills one, from the upper
/// left corner on; the rest is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fit {
    /// The picture's sides.
    pub(super) width: u32,
    pub(super) height: u32,
    /// The sides of its copy in the square.
    pub(super) columns: u32,
    pub(super) rows: u32,
}

impl Fit {
    pub(super) fn of(width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let longer = u64::from(width.max(height));
        let side = |side: u32| {
            let scaled = (u64::from(side) * SIDE as u64 + longer / 2) / longer;
            u32::try_from(scaled.max(1)).unwrap_or(1)
        };
        Self {
            width,
            height,
            columns: side(width),
            rows: side(height),
        }
    }

    /// Pixels of the picture for one column, and for one row.
    pub(super) fn scale(self) -> (f64, f64) {
        (
            f64::from(self.width) / f64::from(self.columns),
            f64::from(self.height) / f64::from(self.rows),
        )
    }
}

/// Where a pixel of the square lies in what goes through the network: by squares of two rows and two
/// columns, and within these.
pub(super) fn folded(column: usize, row: usize) -> usize {
    ((row / 2) * FOLDED + column / 2) * FOLD + (row % 2) * 2 + column % 2
}

/// A picture's brightness as the network sees it: its mean is 0, and so is what is beside it.
pub(super) fn squares(picture: &RgbaImage) -> (Fit, Vec<f32>) {
    let fit = Fit::of(picture.width(), picture.height());
    let mut values = vec![0f32; SIDE * SIDE];
    let grey = grey(picture);
    let small = if grey.dimensions() == (fit.columns, fit.rows) {
        grey
    } else if grey.width() == 0 || grey.height() == 0 {
        return (fit, values);
    } else {
        imageops::resize(&grey, fit.columns, fit.rows, FilterType::Triangle)
    };
    let sum: f64 = small.pixels().map(|Luma([level])| f64::from(*level)).sum();
    let mean = (sum / f64::from(fit.columns * fit.rows)) as f32;
    for (column, row, Luma([level])) in small.enumerate_pixels() {
        if let Some(value) = values.get_mut(folded(column as usize, row as usize)) {
            *value = (f32::from(*level) - mean) / 64.0;
        }
    }
    (fit, values)
}

/// Brightness; transparent parts count as white.
fn grey(picture: &RgbaImage) -> GrayImage {
    let mut grey = GrayImage::new(picture.width(), picture.height());
    for (level, Rgba([red, green, blue, alpha])) in grey.pixels_mut().zip(picture.pixels()) {
        let luma = 299 * u32::from(*red) + 587 * u32::from(*green) + 114 * u32::from(*blue);
        let alpha = u32::from(*alpha);
        let shown = (luma * alpha + 255_000 * (255 - alpha) + 127_500) / 255_000;
        *level = Luma([u8::try_from(shown).unwrap_or(u8::MAX)]);
    }
    grey
}

/// The classes of a mask as the network is to give them; what is beside the picture is sound.
pub(super) fn classes(fit: Fit, mask: &GrayImage) -> Vec<u8> {
    let mut classes = vec![0u8; SIDE * SIDE];
    let (across, down) = fit.scale();
    for row in 0..fit.rows {
        for column in 0..fit.columns {
            let x = ((f64::from(column) + 0.5) * across) as u32;
            let y = ((f64::from(row) + 0.5) * down) as u32;
            let found = mask.get_pixel_checked(x, y).map(|Luma([class])| *class);
            if let Some(class) = classes.get_mut(folded(column as usize, row as usize)) {
                *class = found.unwrap_or(0);
            }
        }
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_every_shape_fit() {
        let table = [
            ((128, 128), (128, 128)),
            ((256, 128), (128, 64)),
            ((1, 1), (128, 128)),
            ((3, 1000), (1, 128)),
            ((65_535, 1), (128, 1)),
            ((200, 100), (128, 64)),
            ((0, 0), (128, 128)),
        ];
        for ((width, height), expected) in table {
            let fit = Fit::of(width, height);
            assert_eq!((fit.columns, fit.rows), expected, "{width} × {height}");
        }
        assert_eq!(Fit::of(256, 64).scale(), (2.0, 2.0));
        assert_eq!(squares(&RgbaImage::new(0, 0)).1, vec![0.0; SIDE * SIDE]);
    }

    #[test]
    fn the_mean_is_taken_off_and_alpha_lies_on_white() {
        let mut picture = RgbaImage::from_pixel(128, 64, Rgba([100, 100, 100, 255]));
        picture.put_pixel(3, 1, Rgba([0, 0, 0, 0]));
        let (fit, values) = squares(&picture);
        assert_eq!((fit.columns, fit.rows), (128, 64));
        let mean = 100.0 + 155.0 / 8192.0;
        assert!((values[folded(3, 1)] - (255.0 - mean) / 64.0).abs() < 1e-4);
        assert!((values[folded(0, 0)] - (100.0 - mean) / 64.0).abs() < 1e-4);
        assert_eq!(values[folded(0, 64)], 0.0);
        assert_eq!(folded(1, 1), 3);
        assert_eq!(folded(2, 0), 4);
        assert_eq!(folded(0, 2), FOLDED * FOLD);
    }

    #[test]
    fn masks_follow_their_pictures() {
        let mut mask = GrayImage::new(256, 256);
        for x in 100..110 {
            mask.put_pixel(x, 21, Luma([3]));
        }
        let classes = classes(Fit::of(256, 256), &mask);
        let of_class = classes.iter().filter(|class| **class == 3).count();
        assert_eq!(of_class, 5);
        assert_eq!(classes[folded(50, 10)], 3);
    }
}
