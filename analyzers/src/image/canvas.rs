//! Compositing the partial frames of GIF and animated PNG.

use image::{Rgba, RgbaImage};

/// Where a frame goes on the canvas; parts outside are clipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What happens to a frame's area before the next frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposal {
    /// The frame stays.
    Keep,
    /// The area becomes transparent.
    Clear,
    /// The area returns to what it was before the frame.
    Restore,
}

/// The picture as built up so far.
#[derive(Debug)]
pub(super) struct Canvas {
    image: RgbaImage,
    /// What to undo before the next frame is drawn.
    pending: Option<(Rect, Undo)>,
}

#[derive(Debug)]
enum Undo {
    Clear,
    /// Saved pixels of the (clipped) area, row by row.
    Restore(Vec<Rgba<u8>>),
}

impl Canvas {
    /// An empty, transparent canvas. The caller has checked the size.
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self {
            image: RgbaImage::new(width, height),
            pending: None,
        }
    }

    /// Draws a frame and returns the picture it makes. `source` gives the
    /// colour at a column and row of the frame; `None` leaves the canvas as
    /// it is there.
    pub(super) fn compose(
        &mut self,
        rect: Rect,
        disposal: Disposal,
        mut source: impl FnMut(u32, u32, Rgba<u8>) -> Option<Rgba<u8>>,
    ) -> RgbaImage {
        self.dispose();
        let rect = self.clip(rect);
        let undo = match disposal {
            Disposal::Keep => None,
            Disposal::Clear => Some(Undo::Clear),
            Disposal::Restore => Some(Undo::Restore(self.copy(rect))),
        };
        self.pending = undo.map(|undo| (rect, undo));
        for row in 0..rect.height {
            for column in 0..rect.width {
                if let Some(pixel) = self
                    .image
                    .get_pixel_mut_checked(rect.left + column, rect.top + row)
                    && let Some(colour) = source(column, row, *pixel)
                {
                    *pixel = colour;
                }
            }
        }
        self.image.clone()
    }

    /// Carries out what the previous frame asked for.
    fn dispose(&mut self) {
        let Some((rect, undo)) = self.pending.take() else {
            return;
        };
        let mut saved = match undo {
            Undo::Clear => Vec::new(),
            Undo::Restore(pixels) => pixels,
        }
        .into_iter();
        for row in 0..rect.height {
            for column in 0..rect.width {
                if let Some(pixel) = self
                    .image
                    .get_pixel_mut_checked(rect.left + column, rect.top + row)
                {
                    *pixel = saved.next().unwrap_or(Rgba([0, 0, 0, 0]));
                }
            }
        }
    }

    /// The part of `rect` that lies on the canvas.
    fn clip(&self, rect: Rect) -> Rect {
        let left = rect.left.min(self.image.width());
        let top = rect.top.min(self.image.height());
        Rect {
            left,
            top,
            width: rect.width.min(self.image.width() - left),
            height: rect.height.min(self.image.height() - top),
        }
    }

    /// The pixels of a clipped area, row by row.
    fn copy(&self, rect: Rect) -> Vec<Rgba<u8>> {
        let mut pixels = Vec::with_capacity(rect.width as usize * rect.height as usize);
        for row in 0..rect.height {
            for column in 0..rect.width {
                pixels.extend(
                    self.image
                        .get_pixel_checked(rect.left + column, rect.top + row),
                );
            }
        }
        pixels
    }
}

/// Draws `over` on `under` by their alpha ("source over").
pub(super) fn blend(over: Rgba<u8>, under: Rgba<u8>) -> Rgba<u8> {
    let [.., over_alpha] = over.0;
    match over_alpha {
        255 => return over,
        0 => return under,
        _ => {}
    }
    let [.., under_alpha] = under.0;
    let front = u32::from(over_alpha) * 255;
    let back = u32::from(under_alpha) * (255 - u32::from(over_alpha));
    let total = front + back;
    let mix = |top: u8, bottom: u8| {
        let sum = u32::from(top) * front + u32::from(bottom) * back;
        u8::try_from((sum + total / 2) / total).unwrap_or(u8::MAX)
    };
    let [r, g, b, _] = over.0;
    let [under_r, under_g, under_b, _] = under.0;
    let alpha = u8::try_from((total + 127) / 255).unwrap_or(u8::MAX);
    Rgba([mix(r, under_r), mix(g, under_g), mix(b, under_b), alpha])
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Rgba<u8> = Rgba([255, 0, 0, 255]);
    const BLUE: Rgba<u8> = Rgba([0, 0, 255, 255]);
    const CLEAR: Rgba<u8> = Rgba([0, 0, 0, 0]);

    fn rect(left: u32, top: u32, width: u32, height: u32) -> Rect {
        Rect {
            left,
            top,
            width,
            height,
        }
    }

    #[test]
    fn disposal_restores_clears_or_keeps() {
        let mut canvas = Canvas::new(2, 1);
        canvas.compose(rect(0, 0, 2, 1), Disposal::Keep, |_, _, _| Some(RED));
        let second = canvas.compose(rect(1, 0, 1, 1), Disposal::Restore, |_, _, _| Some(BLUE));
        assert_eq!(*second.get_pixel(1, 0), BLUE);
        let third = canvas.compose(rect(0, 0, 1, 1), Disposal::Clear, |_, _, _| None);
        assert_eq!((*third.get_pixel(0, 0), *third.get_pixel(1, 0)), (RED, RED));
        let fourth = canvas.compose(rect(0, 0, 0, 0), Disposal::Keep, |_, _, _| None);
        assert_eq!(
            (*fourth.get_pixel(0, 0), *fourth.get_pixel(1, 0)),
            (CLEAR, RED)
        );
    }

    #[test]
    fn frames_beyond_the_canvas_are_clipped() {
        let mut canvas = Canvas::new(2, 2);
        let shown = canvas.compose(rect(1, 1, 9, 9), Disposal::Restore, |_, _, _| Some(RED));
        assert_eq!(*shown.get_pixel(1, 1), RED);
        assert_eq!(*shown.get_pixel(0, 0), CLEAR);
        let far = canvas.compose(rect(500, 500, 9, 9), Disposal::Clear, |_, _, _| Some(RED));
        assert_eq!(*far.get_pixel(1, 1), CLEAR);
    }

    #[test]
    fn blending_by_alpha() {
        assert_eq!(blend(RED, BLUE), RED);
        assert_eq!(blend(CLEAR, BLUE), BLUE);
        assert_eq!(
            blend(Rgba([255, 0, 0, 128]), BLUE),
            Rgba([128, 0, 127, 255])
        );
        assert_eq!(
            blend(Rgba([10, 20, 30, 128]), CLEAR),
            Rgba([10, 20, 30, 128])
        );
    }
}
