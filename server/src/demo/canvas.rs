//! Drawing shapes on an indexed picture.
//!
//! Coordinates run from 0 to 100 across the width and the height, whatever
//! the size in pixels; radii and strokes are measured against the shorter
//! side.

use std::f64::consts::TAU;

use super::palette::{BACK, Ink};

/// A point in canvas units.
pub(super) type Point = (f64, f64);

/// One frame in the making.
#[derive(Debug)]
pub(super) struct Canvas {
    width: u16,
    height: u16,
    pixels: Vec<Ink>,
}

impl Canvas {
    /// A canvas that is all paper.
    pub(super) fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            pixels: vec![BACK; usize::from(width) * usize::from(height)],
        }
    }

    /// The finished frame, row by row.
    pub(super) fn into_pixels(self) -> Vec<Ink> {
        self.pixels
    }

    fn x(&self, units: f64) -> f64 {
        units * f64::from(self.width) / 100.0
    }

    fn y(&self, units: f64) -> f64 {
        units * f64::from(self.height) / 100.0
    }

    fn length(&self, units: f64) -> f64 {
        units * f64::from(self.width.min(self.height)) / 100.0
    }

    /// Paints the pixels of a box (in pixels) whose centres `inside` accepts.
    fn shade(
        &mut self,
        (left, top): Point,
        (right, bottom): Point,
        ink: Ink,
        inside: impl Fn(f64, f64) -> bool,
    ) {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        let clip = |value: f64, most: usize| value.clamp(0.0, most as f64) as usize;
        let columns = clip(left.floor(), width)..clip(right.ceil() + 1.0, width);
        for row in clip(top.floor(), height)..clip(bottom.ceil() + 1.0, height) {
            for column in columns.clone() {
                if inside(column as f64 + 0.5, row as f64 + 0.5)
                    && let Some(pixel) = self.pixels.get_mut(row * width + column)
                {
                    *pixel = ink;
                }
            }
        }
    }

    /// Covers everything.
    pub(super) fn fill(&mut self, ink: Ink) {
        self.pixels.fill(ink);
    }

    /// Sets every pixel by its position in units.
    pub(super) fn paint(&mut self, colour: impl Fn(f64, f64) -> Ink) {
        let (across, down) = (
            100.0 / f64::from(self.width),
            100.0 / f64::from(self.height),
        );
        let width = usize::from(self.width).max(1);
        for (row, line) in self.pixels.chunks_exact_mut(width).enumerate() {
            for (column, pixel) in line.iter_mut().enumerate() {
                *pixel = colour((column as f64 + 0.5) * across, (row as f64 + 0.5) * down);
            }
        }
    }

    /// An upright rectangle between two corners.
    pub(super) fn rect(&mut self, from: Point, to: Point, ink: Ink) {
        let (left, right) = (self.x(from.0.min(to.0)), self.x(from.0.max(to.0)));
        let (top, bottom) = (self.y(from.1.min(to.1)), self.y(from.1.max(to.1)));
        self.shade((left, top), (right, bottom), ink, |x, y| {
            x >= left && x < right && y >= top && y < bottom
        });
    }

    /// A filled circle.
    pub(super) fn disc(&mut self, centre: Point, radius: f64, ink: Ink) {
        self.ellipse(centre, radius, radius, ink);
    }

    /// A filled ellipse.
    pub(super) fn ellipse(&mut self, centre: Point, across: f64, down: f64, ink: Ink) {
        let (x0, y0) = (self.x(centre.0), self.y(centre.1));
        let (rx, ry) = (self.length(across).max(0.5), self.length(down).max(0.5));
        self.shade((x0 - rx, y0 - ry), (x0 + rx, y0 + ry), ink, |x, y| {
            ((x - x0) / rx).powi(2) + ((y - y0) / ry).powi(2) <= 1.0
        });
    }

    /// Part of a circle's outline, from angle to angle in turns (0 points
    /// right, a quarter points down).
    pub(super) fn arc(
        &mut self,
        centre: Point,
        radius: f64,
        stroke: f64,
        (from, to): Point,
        ink: Ink,
    ) {
        let (x0, y0) = (self.x(centre.0), self.y(centre.1));
        let outer = self.length(radius + stroke / 2.0);
        let inner = self.length(radius - stroke / 2.0).max(0.0);
        let span = to - from;
        self.shade(
            (x0 - outer, y0 - outer),
            (x0 + outer, y0 + outer),
            ink,
            |x, y| {
                let distance = (x - x0).hypot(y - y0);
                let turn = (y - y0).atan2(x - x0) / TAU;
                distance <= outer && distance >= inner && (turn - from).rem_euclid(1.0) <= span
            },
        );
    }

    /// A circle's outline.
    pub(super) fn ring(&mut self, centre: Point, radius: f64, stroke: f64, ink: Ink) {
        self.arc(centre, radius, stroke, (0.0, 1.0), ink);
    }

    /// A line with round ends.
    pub(super) fn line(&mut self, from: Point, to: Point, stroke: f64, ink: Ink) {
        let (x0, y0) = (self.x(from.0), self.y(from.1));
        let (x1, y1) = (self.x(to.0), self.y(to.1));
        let half = (self.length(stroke) / 2.0).max(0.6);
        let (dx, dy) = (x1 - x0, y1 - y0);
        let square = (dx * dx + dy * dy).max(1e-9);
        self.shade(
            (x0.min(x1) - half, y0.min(y1) - half),
            (x0.max(x1) + half, y0.max(y1) + half),
            ink,
            |x, y| {
                let along = (((x - x0) * dx + (y - y0) * dy) / square).clamp(0.0, 1.0);
                (x - x0 - along * dx).hypot(y - y0 - along * dy) <= half
            },
        );
    }

    /// Lines from point to point.
    pub(super) fn path(&mut self, points: &[Point], stroke: f64, ink: Ink) {
        for pair in points.windows(2) {
            if let [from, to] = pair {
                self.line(*from, *to, stroke, ink);
            }
        }
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, points: &[Point], ink: Ink) {
        let corners: Vec<Point> = points
            .iter()
            .map(|point| (self.x(point.0), self.y(point.1)))
            .collect();
        let bound = |pick: fn(&Point) -> f64, choose: fn(f64, f64) -> f64| {
            corners.iter().map(pick).reduce(choose).unwrap_or(0.0)
        };
        let from = (bound(|p| p.0, f64::min), bound(|p| p.1, f64::min));
        let to = (bound(|p| p.0, f64::max), bound(|p| p.1, f64::max));
        self.shade(from, to, ink, |x, y| {
            let next = corners.iter().cycle().skip(1);
            // A point is inside when a ray from it crosses an odd number of sides.
            corners
                .iter()
                .zip(next)
                .filter(|(a, b)| {
                    (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0
                })
                .count()
                % 2
                == 1
        });
    }
}

/// The point `radius` units from `centre` at an angle in turns.
pub(super) fn around(centre: Point, radius: f64, turns: f64) -> Point {
    let angle = turns * TAU;
    (
        centre.0 + radius * angle.cos(),
        centre.1 + radius * angle.sin(),
    )
}

/// The corners of a star, or of a regular polygon where both radii agree.
pub(super) fn star(centre: Point, tips: u32, outer: f64, inner: f64, turns: f64) -> Vec<Point> {
    (0..tips * 2)
        .map(|corner| {
            let radius = if corner % 2 == 0 { outer } else { inner };
            around(
                centre,
                radius,
                turns + f64::from(corner) / f64::from(tips * 2),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inked(canvas: Canvas) -> usize {
        canvas.into_pixels().iter().filter(|&&ink| ink == 1).count()
    }

    #[test]
    fn shapes_cover_their_area() {
        let mut canvas = Canvas::new(100, 100);
        canvas.rect((10.0, 10.0), (30.0, 20.0), 1);
        assert_eq!(inked(canvas), 200);

        let mut canvas = Canvas::new(100, 100);
        canvas.disc((50.0, 50.0), 20.0, 1);
        assert!((1200..1310).contains(&inked(canvas)));

        let mut canvas = Canvas::new(100, 100);
        canvas.polygon(&[(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)], 1);
        assert!((4900..5100).contains(&inked(canvas)));
    }

    #[test]
    fn shapes_beyond_the_edge_are_clipped() {
        let mut canvas = Canvas::new(10, 10);
        canvas.disc((-500.0, 900.0), 30.0, 1);
        canvas.line((-1e9, 50.0), (1e9, 50.0), 10.0, 2);
        canvas.polygon(&[], 1);
        canvas.rect((f64::NAN, 0.0), (3.0, f64::INFINITY), 1);
        assert_eq!(canvas.into_pixels().len(), 100);
    }
}
