//! Defects as they are painted.

use std::f32::consts::{PI, TAU};

use super::super::label::Defect;
use super::super::random::Random;
use super::Canvas;
use super::noise::Noise;

/// Paints a defect somewhere.
pub(super) fn paint(canvas: &mut Canvas, kind: Defect, random: &mut Random) {
    match kind {
        Defect::Inclusion => inclusions(canvas, random),
        Defect::Patch => patch(canvas, random),
        Defect::Scratch => scratches(canvas, random),
        Defect::Other if random.chance(0.5) => stain(canvas, random),
        Defect::Other => dent(canvas, random),
    }
}

/// A place on the plate, not too near its edge.
fn place(canvas: &Canvas, random: &mut Random, margin: f32) -> (f32, f32) {
    let (width, height) = canvas.sides();
    let along = |random: &mut Random, side: f32| {
        let margin = margin.min(side / 2.0);
        random.within(margin, side - margin)
    };
    (along(random, width), along(random, height))
}

/// How much of a shape is at a distance from its edge (positive inside), with an edge so soft.
fn share(inside: f32, soft: f32) -> f32 {
    (inside / soft + 0.5).clamp(0.0, 1.0)
}

/// A few dark spots near each other.
fn inclusions(canvas: &mut Canvas, random: &mut Random) {
    let (x0, y0) = place(canvas, random, 8.0);
    let direction = random.within(0.0, PI);
    let mut along = 0.0;
    for _ in 0..=random.below(4) {
        let (long, flat) = (random.within(2.4, 6.5), random.within(0.45, 1.0));
        let short = (long * flat).max(1.8);
        let turn = direction + random.within(-0.4, 0.4);
        let (cos, sin) = (turn.cos(), turn.sin());
        let x = x0 + along * direction.cos() + random.within(-3.0, 3.0);
        let y = y0 + along * direction.sin() + random.within(-3.0, 3.0);
        along += random.within(6.0, 16.0);
        let waves =
            [2.0, 3.0, 5.0].map(|count| (count, random.within(0.0, 0.12), random.within(0.0, TAU)));
        let change = -random.within(0.17, 0.42);
        canvas.lay(Some(Defect::Inclusion), |px, py| {
            let (dx, dy) = (px - x, py - y);
            if dx.abs().max(dy.abs()) > 2.0 * long {
                return (0.0, 0.0);
            }
            let (u, v) = ((dx * cos + dy * sin) / long, (dy * cos - dx * sin) / short);
            let angle = v.atan2(u);
            let edge: f32 = waves
                .iter()
                .map(|(count, height, phase)| height * (count * angle + phase).sin())
                .sum();
            (share((1.0 + edge - u.hypot(v)) * short, 0.9), change)
        });
    }
}

/// One large blotch with a ragged edge and a texture of its own.
fn patch(canvas: &mut Canvas, random: &mut Random) {
    let (x0, y0) = place(canvas, random, 12.0);
    let long = random.within(13.0, 30.0);
    let short = long * random.within(0.55, 1.0);
    let turn = random.within(0.0, PI);
    let (cos, sin) = (turn.cos(), turn.sin());
    let edge = Noise::new(random, (9.0, 9.0), 0.0);
    let ragged = random.within(0.1, 0.4);
    let texture = Noise::new(random, (3.5, 3.5), turn);
    let mottled = random.within(0.02, 0.07);
    let change = random.sign() * random.within(0.11, 0.26);
    let soft = random.within(1.0, 3.0);
    canvas.lay(Some(Defect::Patch), |x, y| {
        let (dx, dy) = (x - x0, y - y0);
        let (u, v) = ((dx * cos + dy * sin) / long, (dy * cos - dx * sin) / short);
        let far = u.hypot(v);
        if far > 1.6 {
            return (0.0, 0.0);
        }
        let inside = (1.0 + ragged * edge.at(x, y) - far) * short;
        (share(inside, soft), change + mottled * texture.at(x, y))
    });
}

/// One to three long thin lines, bent a little.
fn scratches(canvas: &mut Canvas, random: &mut Random) {
    let (x0, y0) = place(canvas, random, 20.0);
    let direction = random.within(0.0, TAU);
    let lines = if random.chance(0.25) {
        2 + random.below(2)
    } else {
        1
    };
    let change = if random.chance(0.7) { 1.0 } else { -1.0 } * random.within(0.15, 0.38);
    for line in 0..lines {
        let turn = direction + random.within(-0.08, 0.08);
        let beside = line as f32 * random.within(5.0, 9.0);
        let (cos, sin) = (turn.cos(), turn.sin());
        let (x0, y0) = (x0 - sin * beside, y0 + cos * beside);
        let half = random.within(18.0, 60.0);
        let bend = random.within(-0.12, 0.12) * half;
        let thick = random.within(0.8, 1.7);
        canvas.lay(Some(Defect::Scratch), |x, y| {
            let (dx, dy) = (x - x0, y - y0);
            let u = dx * cos + dy * sin;
            if u.abs() > half {
                return (0.0, 0.0);
            }
            let part = u / half;
            let v = dy * cos - dx * sin - bend * (part * part - 0.33);
            // The ends run out.
            let radius = thick * (1.0 - part.powi(6) * 0.6);
            (share(radius - v.abs(), 0.8), change)
        });
    }
}

/// What a drop leaves: a ring with a shade within. All of it counts.
fn stain(canvas: &mut Canvas, random: &mut Random) {
    let (x0, y0) = place(canvas, random, 9.0);
    let radius = random.within(7.0, 20.0);
    let flat = random.within(0.75, 1.0);
    let turn = random.within(0.0, PI);
    let (cos, sin) = (turn.cos(), turn.sin());
    let thick = random.within(1.1, 2.2);
    let change = random.sign() * random.within(0.13, 0.3);
    let within = change * random.within(0.05, 0.25);
    canvas.lay(Some(Defect::Other), |x, y| {
        let (dx, dy) = (x - x0, y - y0);
        let far = (dx * cos + dy * sin).hypot((dy * cos - dx * sin) / flat);
        let ring = share(thick - (far - radius).abs(), 1.0);
        let disc = share(radius + thick - far, 1.0);
        (disc, within + (change - within) * ring)
    });
}

/// A dent: bright where it faces the light, dark on the other side.
fn dent(canvas: &mut Canvas, random: &mut Random) {
    let (x0, y0) = place(canvas, random, 8.0);
    let radius = random.within(5.5, 14.0);
    let light = random.within(0.0, TAU);
    let (cos, sin) = (light.cos(), light.sin());
    let deep = random.within(0.16, 0.36);
    canvas.lay(Some(Defect::Other), |x, y| {
        let (dx, dy) = (x - x0, y - y0);
        let far = dx.hypot(dy) / radius;
        if far > 1.3 {
            return (0.0, 0.0);
        }
        let slope = (dx * cos + dy * sin) / radius * (1.4 - 0.6 * far);
        (share((1.0 - far) * radius, 1.6), deep * slope)
    });
}
