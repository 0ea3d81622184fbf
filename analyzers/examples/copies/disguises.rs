//! What happens to pictures on their way around.

use std::io::Cursor;

use analyzers::image::{Limits, RgbaImage, first_frame};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, Rgba};

use super::dice::Dice;

/// One way to change a picture.
pub struct Disguise {
    pub name: &'static str,
    /// Whether the search also asks for the mirrored vector.
    pub ask_mirrored: bool,
    /// Changes a picture; the number chooses places at random.
    pub apply: fn(&RgbaImage, u64) -> RgbaImage,
}

const fn plain(name: &'static str, apply: fn(&RgbaImage, u64) -> RgbaImage) -> Disguise {
    Disguise {
        name,
        ask_mirrored: false,
        apply,
    }
}

/// All of them.
pub const DISGUISES: &[Disguise] = &[
    plain("JPEG, quality 30", |picture, _| jpeg(picture, 30)),
    plain("scaled to 25 %", |picture, _| scale(picture, 0.25)),
    plain("scaled to 200 %", |picture, _| scale(picture, 2.0)),
    plain("10 % cropped", |picture, seed| crop(picture, 0.1, seed)),
    plain("20 % cropped", |picture, seed| crop(picture, 0.2, seed)),
    plain("turned by 3°", |picture, _| turn(picture, 3.0)),
    plain("turned by 10°", |picture, _| turn(picture, 10.0)),
    plain("brighter", |picture, _| each(picture, |value| value * 1.35)),
    plain("darker", |picture, _| each(picture, |value| value * 0.65)),
    plain("more contrast", |picture, _| {
        each(picture, |value| 128.0 + (value - 128.0) * 1.5)
    }),
    plain("less contrast", |picture, _| {
        each(picture, |value| 128.0 + (value - 128.0) * 0.6)
    }),
    plain("blurred", |picture, _| imageops::blur(picture, 2.5)),
    plain("grey", |picture, _| {
        DynamicImage::from(picture.clone()).grayscale().to_rgba8()
    }),
    plain("caption bar", caption),
    plain("GIF palette", |picture, _| palette(picture)),
    Disguise {
        name: "mirrored",
        ask_mirrored: true,
        apply: |picture, _| imageops::flip_horizontal(picture),
    },
    Disguise {
        name: "mirrored JPEG, cropped",
        ask_mirrored: true,
        apply: |picture, seed| jpeg(&imageops::flip_horizontal(&crop(picture, 0.1, seed)), 50),
    },
];

fn jpeg(picture: &RgbaImage, quality: u8) -> RgbaImage {
    let mut file = Cursor::new(Vec::new());
    let opaque = DynamicImage::from(picture.clone()).to_rgb8();
    JpegEncoder::new_with_quality(&mut file, quality)
        .encode_image(&opaque)
        .ok()
        .and_then(|()| first_frame(file.get_ref(), &Limits::default()).ok())
        .unwrap_or_else(|| picture.clone())
}

fn scale(picture: &RgbaImage, factor: f32) -> RgbaImage {
    let size = |length: u32| ((length as f32 * factor) as u32).max(1);
    let (width, height) = (size(picture.width()), size(picture.height()));
    imageops::resize(picture, width, height, FilterType::CatmullRom)
}

/// Takes away a share of each side, more at one end or the other.
fn crop(picture: &RgbaImage, share: f32, seed: u64) -> RgbaImage {
    let mut dice = Dice::new(seed);
    let mut side = |length: u32| {
        let kept = (length as f32 * (1.0 - share)) as u32;
        (dice.below(length - kept + 1), kept)
    };
    let (x, width) = side(picture.width());
    let (y, height) = side(picture.height());
    imageops::crop_imm(picture, x, y, width, height).to_image()
}

/// Turns around the centre; corners become black.
fn turn(picture: &RgbaImage, degrees: f32) -> RgbaImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let centre = (picture.width() as f32 / 2.0, picture.height() as f32 / 2.0);
    RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
        let (x, y) = (x as f32 + 0.5 - centre.0, y as f32 + 0.5 - centre.1);
        let (u, v) = (
            x * cos + y * sin + centre.0 - 0.5,
            y * cos - x * sin + centre.1 - 0.5,
        );
        imageops::interpolate_bilinear(picture, u, v).unwrap_or(Rgba([0, 0, 0, 255]))
    })
}

fn each(picture: &RgbaImage, change: impl Fn(f32) -> f32) -> RgbaImage {
    let mut copy = picture.clone();
    for pixel in copy.pixels_mut() {
        let [r, g, b, alpha] = pixel.0;
        let [r, g, b] = [r, g, b].map(|value| change(f32::from(value)).clamp(0.0, 255.0) as u8);
        *pixel = Rgba([r, g, b, alpha]);
    }
    copy
}

/// A white bar with dark letters above the picture.
fn caption(picture: &RgbaImage, seed: u64) -> RgbaImage {
    let mut dice = Dice::new(seed);
    let bar = picture.height() * 3 / 20;
    let letters: Vec<bool> = (0..200).map(|_| dice.unit() < 0.5).collect();
    RgbaImage::from_fn(picture.width(), picture.height() + bar, |x, y| {
        if let Some(y) = y.checked_sub(bar) {
            return picture
                .get_pixel_checked(x, y)
                .copied()
                .unwrap_or(Rgba([0; 4]));
        }
        let inside = y > bar / 4 && y < bar * 3 / 4 && x > 20 && x + 20 < picture.width();
        let stroke = letters.get(((x / 4) * 3 + y / 6) as usize % 200);
        let level = if inside && stroke == Some(&true) {
            20
        } else {
            255
        };
        Rgba([level, level, level, 255])
    })
}

/// Through a GIF file: 256 colours at most, without dithering.
fn palette(picture: &RgbaImage) -> RgbaImage {
    let through = || {
        let width = u16::try_from(picture.width()).ok()?;
        let height = u16::try_from(picture.height()).ok()?;
        let mut file = Vec::new();
        let frame = gif::Frame::from_rgba_speed(width, height, &mut picture.to_vec(), 10);
        let mut encoder = gif::Encoder::new(&mut file, width, height, &[]).ok()?;
        encoder.write_frame(&frame).ok()?;
        drop(encoder);
        first_frame(&file, &Limits::default()).ok()
    };
    through().unwrap_or_else(|| picture.clone())
}
