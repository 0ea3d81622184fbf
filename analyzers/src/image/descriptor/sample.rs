//! From a picture of any size to 64 × 64 colours between 0 and 1.
//!
//! The result is that of scaling the picture, laid on white, to 128 × 128 with
//! a triangle filter and averaging blocks of 2 × 2. Both steps are linear, so
//! one pass over the source with the combined weights does them, holding no
//! more than one row.

use super::super::RgbaImage;

/// Side of the result.
pub(super) const SIDE: usize = 64;

/// A pixel between 0 and 1; the fourth value is padding that lets a pixel be
/// handled as one vector.
type Pixel = [f32; 4];

/// Red, green, blue and padding of each pixel.
pub(super) type Colours = Box<[[Pixel; SIDE]; SIDE]>;

/// Scales a picture down (or up).
pub(super) fn sample(image: &RgbaImage) -> Colours {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut result: Colours = Box::new([[[0.0; 4]; SIDE]; SIDE]);
    if width == 0 || height == 0 {
        // Decoders refuse such pictures; one made by hand is blank.
        return Box::new([[[1.0; 4]; SIDE]; SIDE]);
    }
    let across = taps(width);
    let down = taps(height);
    let mut line = vec![[0.0; 4]; width];
    let mut scaled = [[0.0; 4]; SIDE];
    for (y, row) in image.rows().enumerate() {
        for (target, pixel) in line.iter_mut().zip(row) {
            *target = on_white(pixel.0);
        }
        for (target, taps) in scaled.iter_mut().zip(&across) {
            let source = line.get(taps.start..).unwrap_or_default();
            *target = [0.0; 4];
            for (&weight, pixel) in taps.weights.iter().zip(source) {
                add(target, weight, pixel);
            }
        }
        for (target, taps) in result.iter_mut().zip(&down) {
            let weight = y
                .checked_sub(taps.start)
                .and_then(|at| taps.weights.get(at));
            if let Some(&weight) = weight {
                for (target, pixel) in target.iter_mut().zip(&scaled) {
                    add(target, weight, pixel);
                }
            }
        }
    }
    result
}

fn on_white([r, g, b, alpha]: [u8; 4]) -> Pixel {
    let cover = f32::from(alpha) * (1.0 / (255.0 * 255.0));
    [r, g, b, 255].map(|value| 1.0 - (255.0 - f32::from(value)) * cover)
}

fn add(target: &mut Pixel, weight: f32, pixel: &Pixel) {
    for (target, value) in target.iter_mut().zip(pixel) {
        *target += weight * value;
    }
}

/// Which source pixels make one pixel of the result, and in which shares.
struct Taps {
    start: usize,
    weights: Vec<f32>,
}

/// The shares along one axis of `length` source pixels.
fn taps(length: usize) -> Vec<Taps> {
    let fine: Vec<Taps> = (0..2 * SIDE)
        .map(|position| triangle(position, length))
        .collect();
    fine.chunks_exact(2)
        .map(|pair| {
            let start = pair.iter().map(|taps| taps.start).min().unwrap_or(0);
            let end = pair.iter().map(|taps| taps.start + taps.weights.len());
            let mut weights = vec![0.0; end.max().unwrap_or(start) - start];
            for taps in pair {
                let places = weights.iter_mut().skip(taps.start - start);
                for (place, weight) in places.zip(&taps.weights) {
                    *place += 0.5 * weight;
                }
            }
            Taps { start, weights }
        })
        .collect()
}

/// The triangle filter around position `position` of 128.
fn triangle(position: usize, length: usize) -> Taps {
    let scale = length as f64 / (2 * SIDE) as f64;
    // Where the picture grows, the filter interpolates between neighbours.
    let reach = scale.max(1.0);
    let centre = (position as f64 + 0.5) * scale;
    let start = ((centre - reach).floor().max(0.0) as usize).min(length - 1);
    let end = ((centre + reach).ceil() as usize).clamp(start + 1, length);
    let share = |at: usize| (1.0 - ((at as f64 + 0.5 - centre) / reach).abs()).max(0.0);
    let total: f64 = (start..end).map(share).sum();
    let weights = (start..end).map(|at| (share(at) / total) as f32).collect();
    Taps { start, weights }
}

#[cfg(test)]
mod tests {
    use image::imageops::FilterType;
    use image::{DynamicImage, Rgba};

    use super::*;

    fn noise(width: u32, height: u32) -> RgbaImage {
        let mut state = width * 31 + height;
        RgbaImage::from_fn(width, height, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let alpha = if (x / 9 + y / 7) % 3 == 0 { 120 } else { 255 };
            Rgba([(state >> 24) as u8, (x * 3) as u8, (y * 5) as u8, alpha])
        })
    }

    #[test]
    fn equals_scaling_and_averaging_in_two_steps() {
        for (width, height) in [(300, 200), (128, 128), (64, 500), (17, 9), (1, 1), (2, 900)] {
            let picture = noise(width, height);
            let white = RgbaImage::from_fn(width, height, |x, y| {
                let [r, g, b, a] = picture.get_pixel(x, y).0.map(f32::from);
                let over = |value: f32| (value * a / 255.0 + 255.0 - a).round() as u8;
                Rgba([over(r), over(g), over(b), 255])
            });
            let scaled = DynamicImage::from(white)
                .resize_exact(128, 128, FilterType::Triangle)
                .to_rgba8();
            let ours = sample(&picture);
            for (y, row) in ours.iter().enumerate() {
                for (x, pixel) in row.iter().enumerate() {
                    for (channel, value) in pixel.iter().take(3).enumerate() {
                        let sum: f32 = [(0, 0), (0, 1), (1, 0), (1, 1)]
                            .map(|(dx, dy)| {
                                let (x, y) = (2 * x as u32 + dx, 2 * y as u32 + dy);
                                f32::from(scaled.get_pixel(x, y).0[channel])
                            })
                            .iter()
                            .sum();
                        // The other way rounds to whole values three times.
                        let difference = (sum / 4.0 - 255.0 * value).abs();
                        assert!(
                            difference < 1.5,
                            "{width}×{height} at {x},{y}: {difference}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn shares_add_up_and_stay_inside() {
        for length in [1, 2, 63, 64, 65, 127, 128, 129, 1000, 65_535] {
            for taps in taps(length) {
                let total: f32 = taps.weights.iter().sum();
                assert!((total - 1.0).abs() < 1e-4);
                assert!(taps.start + taps.weights.len() <= length);
            }
        }
    }

    #[test]
    fn nothing_is_white() {
        assert_eq!(sample(&RgbaImage::new(0, 5))[10][10][..3], [1.0; 3]);
        assert_eq!(
            sample(&RgbaImage::new(5, 5))[10][10].map(f32::round),
            [1.0; 4]
        );
    }
}
