//! Small pictures, made as they are needed.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, ImageFormat, Rgba, RgbaImage};

/// An animated GIF of so many frames, `delay_ms` each; the seed makes its bytes unique.
pub fn gif(width: u32, height: u32, frames: u32, delay_ms: u32, seed: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
        encoder
            .set_repeat(Repeat::Infinite)
            .expect("a GIF in memory");
        for number in 0..frames {
            let picture = RgbaImage::from_fn(width, height, |x, y| {
                let value =
                    x.wrapping_mul(7) ^ y.wrapping_mul(13) ^ seed.wrapping_mul(31) ^ (number * 40);
                let [a, b, c, _] = value.wrapping_mul(2_654_435_761).to_le_bytes();
                Rgba([a & 0xf0, b & 0xf0, c & 0xf0, 255])
            });
            let delay = Delay::from_numer_denom_ms(delay_ms, 1);
            encoder
                .encode_frame(Frame::from_parts(picture, 0, 0, delay))
                .expect("a GIF in memory");
        }
    }
    bytes
}

/// A small GIF of two frames, its bytes unique for a seed.
pub fn solid_gif(seed: u32) -> Vec<u8> {
    gif(8, 6, 2, 100, seed)
}

/// A still PNG; the seed makes its bytes unique.
pub fn png(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let picture = RgbaImage::from_pixel(width, height, Rgba([seed, 255 - seed, 128, 255]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("a PNG in memory");
    bytes.into_inner()
}
