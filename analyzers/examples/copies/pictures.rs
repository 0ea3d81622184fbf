//! Pictures to disguise: real ones from files and drawn ones.

use std::error::Error;
use std::path::{Path, PathBuf};

use analyzers::image::{Limits, RgbaImage, embed_picture, frames};
use image::{Rgba, imageops};

use super::dice::Dice;

/// The scenes of every picture named, cut into `tiles` × `tiles` parts where
/// they are large enough.
pub fn load(paths: &[PathBuf], tiles: u32) -> Result<Vec<RgbaImage>, Box<dyn Error>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            for entry in std::fs::read_dir(path)? {
                files.push(entry?.path());
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    let mut pictures = Vec::new();
    for file in files {
        match scenes(&file) {
            Ok(scenes) => {
                for scene in scenes {
                    cut(&scene, tiles, &mut pictures);
                }
            }
            Err(error) => eprintln!("{}: {error}", file.display()),
        }
    }
    Ok(pictures)
}

fn scenes(path: &Path) -> Result<Vec<RgbaImage>, Box<dyn Error>> {
    let limits = Limits::default();
    let bytes = std::fs::read(path)?;
    let wanted: Vec<u32> = embed_picture(&bytes, &limits)?
        .iter()
        .map(|scene| scene.frame)
        .collect();
    let mut found = Vec::new();
    for frame in frames(&bytes, &limits)? {
        let frame = frame?;
        if wanted.contains(&frame.index) {
            found.push(frame.image);
        }
    }
    Ok(found)
}

fn cut(picture: &RgbaImage, tiles: u32, into: &mut Vec<RgbaImage>) {
    let (width, height) = (
        picture.width() / tiles.max(1),
        picture.height() / tiles.max(1),
    );
    if tiles < 2 || width.min(height) < 120 {
        into.push(picture.clone());
        return;
    }
    for tile in 0..tiles * tiles {
        let (x, y) = ((tile % tiles) * width, (tile / tiles) * height);
        into.push(imageops::crop_imm(picture, x, y, width, height).to_image());
    }
}

/// Draws a picture: a landscape of noise, flat shapes, or both.
pub fn draw(seed: u64) -> RgbaImage {
    let mut dice = Dice::new(seed);
    let (width, height) = (200 + dice.below(200), 160 + dice.below(200));
    let kind = dice.below(10);
    let mut picture = if kind < 6 {
        landscape(&mut dice, width, height)
    } else {
        gradient(&mut dice, width, height)
    };
    let shapes = match kind {
        0..3 => 0,
        3..6 => 2 + dice.below(4),
        _ => 4 + dice.below(14),
    };
    for _ in 0..shapes {
        shape(&mut dice, &mut picture);
    }
    picture
}

type Colour = [f32; 3];

fn colour(dice: &mut Dice) -> Colour {
    std::array::from_fn(|_| dice.unit() * 255.0)
}

fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    std::array::from_fn(|at| match (a.get(at), b.get(at)) {
        (Some(a), Some(b)) => a + (b - a) * share,
        _ => 0.0,
    })
}

fn pixel(colour: Colour) -> Rgba<u8> {
    let [r, g, b] = colour.map(|value| value.clamp(0.0, 255.0) as u8);
    Rgba([r, g, b, 255])
}

fn gradient(dice: &mut Dice, width: u32, height: u32) -> RgbaImage {
    let (from, to) = (colour(dice), colour(dice));
    let angle = dice.between(0.0, std::f32::consts::TAU);
    let (cos, sin) = (angle.cos(), angle.sin());
    RgbaImage::from_fn(width, height, |x, y| {
        let (x, y) = (
            x as f32 / width as f32 - 0.5,
            y as f32 / height as f32 - 0.5,
        );
        pixel(mix(from, to, (x * cos + y * sin + 0.7) / 1.4))
    })
}

/// Smooth noise in several octaves, coloured by a palette, lit from above.
fn landscape(dice: &mut Dice, width: u32, height: u32) -> RgbaImage {
    let palette: Vec<Colour> = (0..4).map(|_| colour(dice)).collect();
    let seed = dice.bits();
    let size = dice.between(40.0, 160.0);
    let stretch = dice.between(0.5, 2.5);
    let slope = dice.between(-1.0, 1.0);
    RgbaImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let mut value = slope * (y / height as f32 - 0.5);
        let mut strength = 0.5;
        let mut scale = 1.0 / size;
        for octave in 0..5 {
            value += strength * noise(seed + octave, x * scale * stretch, y * scale);
            strength *= 0.5;
            scale *= 2.0;
        }
        let place = (value * 1.4).clamp(0.0, 0.999) * 3.0;
        let first = palette.get(place as usize).copied().unwrap_or_default();
        let second = palette.get(place as usize + 1).copied().unwrap_or_default();
        pixel(mix(first, second, place.fract()))
    })
}

fn noise(seed: u64, x: f32, y: f32) -> f32 {
    let corner = |x: f32, y: f32| {
        let place = (x as i64 as u64).wrapping_mul(0x1F1F_1F1F)
            ^ (y as i64 as u64).wrapping_mul(0x85EB_CA6B);
        Dice::new(seed ^ place).unit()
    };
    let (left, top) = (x.floor(), y.floor());
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (smooth(x - left), smooth(y - top));
    let upper = corner(left, top) * (1.0 - u) + corner(left + 1.0, top) * u;
    let lower = corner(left, top + 1.0) * (1.0 - u) + corner(left + 1.0, top + 1.0) * u;
    upper * (1.0 - v) + lower * v
}

/// An ellipse, a box, a ring, a stripe or a chequered box somewhere.
fn shape(dice: &mut Dice, picture: &mut RgbaImage) {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let (at_x, at_y) = (dice.unit() * width, dice.unit() * height);
    let (reach_x, reach_y) = (
        dice.between(8.0, 0.35 * width),
        dice.between(8.0, 0.35 * height),
    );
    let angle = dice.between(0.0, std::f32::consts::PI);
    let (cos, sin) = (angle.cos(), angle.sin());
    let (paint, other) = (colour(dice), colour(dice));
    let kind = dice.below(5);
    for (x, y, target) in picture.enumerate_pixels_mut() {
        let (x, y) = (x as f32 - at_x, y as f32 - at_y);
        let (u, v) = ((x * cos + y * sin) / reach_x, (y * cos - x * sin) / reach_y);
        let round = u * u + v * v;
        let square = u.abs().max(v.abs());
        let paint = match kind {
            0 if round < 1.0 => paint,
            1 if square < 1.0 => paint,
            2 if round < 1.0 && round > 0.6 => paint,
            3 if v.abs() < 0.25 && u.abs() < 2.0 => mix(paint, other, 0.5 + 0.25 * u),
            4 if square < 1.0 => {
                let odd = ((u * 4.0).floor() + (v * 4.0).floor()).rem_euclid(2.0) > 0.5;
                if odd { paint } else { other }
            }
            _ => continue,
        };
        *target = pixel(paint);
    }
}
