//! Plates: a surface with noise, and a scratch across it.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};

/// A grey plate with some noise.
pub(super) fn plate(width: u32, height: u32, seed: u32) -> RgbaImage {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    RgbaImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let level = 130 + (state >> 29) as u8;
        Rgba([level, level, level, 255])
    })
}

/// A plate with a bright line across it.
pub(super) fn scratched(seed: u32) -> RgbaImage {
    let mut picture = plate(160, 120, seed);
    for x in 30..130 {
        let y = 40 + x / 4;
        for dy in 0..4 {
            picture.put_pixel(x, y + dy, Rgba([215, 215, 215, 255]));
        }
    }
    picture
}

pub(super) fn encoded(picture: &RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::from(picture.clone())
        .to_rgb8()
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

pub(super) fn png(picture: &RgbaImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}
