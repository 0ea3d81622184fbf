//! The sound surface: its brightness, light, texture, and the dust on it.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::super::random::Random;
use super::Canvas;
use super::noise::Noise;

/// Paints a surface over all of the canvas.
pub(super) fn paint(canvas: &mut Canvas, random: &mut Random) {
    let (width, height) = canvas.sides();
    let base = random.within(0.3, 0.72);
    light(canvas, random, base);
    let cell = (random.within(18.0, 48.0), random.within(18.0, 48.0));
    let clouds = Noise::new(random, cell, 0.0);
    let cloudy = random.within(0.0, 0.035);
    // Rolled and brushed metal has lines along one side.
    let angle = if random.chance(0.8) {
        if random.chance(0.5) { 0.0 } else { FRAC_PI_2 }
    } else {
        random.within(0.0, PI)
    };
    let angle = angle + random.within(-0.06, 0.06);
    let cell = (random.within(25.0, 80.0), random.within(0.9, 2.2));
    let brush = Noise::new(random, cell, angle);
    let brushed = random.within(0.0, 0.045);
    let stripes = if random.chance(0.25) {
        random.within(0.008, 0.03)
    } else {
        0.0
    };
    let (wave, phase) = (TAU / random.within(6.0, 22.0), random.within(0.0, TAU));
    let (cos, sin) = (angle.cos(), angle.sin());
    canvas.shade(|x, y, level| {
        let across = y * cos - x * sin;
        *level += cloudy * clouds.at(x, y)
            + brushed * brush.at(x, y)
            + stripes * (across * wave + phase).sin();
    });
    if random.chance(0.4) {
        for _ in 0..random.below(12) {
            dust(canvas, random, width, height);
        }
    }
}

/// A slope of light, and sometimes a spot of it or a dark corner.
fn light(canvas: &mut Canvas, random: &mut Random, base: f32) {
    let (width, height) = canvas.sides();
    let (direction, slope) = (random.within(0.0, TAU), random.within(0.0, 0.16));
    let (cos, sin) = (direction.cos(), direction.sin());
    let spot = if random.chance(0.5) {
        random.within(-0.12, 0.12)
    } else {
        0.0
    };
    let (x0, y0) = (random.within(0.0, width), random.within(0.0, height));
    let wide = random.within(45.0, 110.0);
    canvas.shade(|x, y, level| {
        let along = (x / width - 0.5) * cos + (y / height - 0.5) * sin;
        let far = ((x - x0).powi(2) + (y - y0).powi(2)) / (wide * wide);
        *level = base + slope * along + spot * (-far).exp();
    });
}

/// A speck too small to be a defect.
fn dust(canvas: &mut Canvas, random: &mut Random, width: f32, height: f32) {
    let (x0, y0) = (random.within(0.0, width), random.within(0.0, height));
    let radius = random.within(0.35, 0.7);
    let change = random.sign() * random.within(0.06, 0.22);
    canvas.lay(None, |x, y| {
        let far = (x - x0).hypot(y - y0);
        (((radius - far) / 0.5 + 0.5).clamp(0.0, 1.0), change)
    });
}

/// The camera's noise, over everything.
pub(super) fn grain(canvas: &mut Canvas, random: &mut Random) {
    let spread = random.within(0.004, 0.03);
    canvas.shade(|_, _, level| *level += spread * random.normal());
}
