//! How much of which colour a picture has, wherever it lies.

use std::f32::consts::TAU;

use super::planes::Planes;

/// Hues told apart, all around the circle.
const HUES: usize = 12;
/// Greys told apart.
const GREYS: usize = 8;
/// Values of the block: hues of dark pixels, hues of light ones, greys.
pub(super) const HIST: usize = 2 * HUES + GREYS;
/// Colourfulness from which a pixel counts as a colour and no longer as grey.
const COLOURFUL: f32 = 0.12;
/// Brightness from which a pixel counts as light.
const LIGHT: f32 = 0.45;

/// Square roots of each bin's share of the pixels.
pub(super) fn hist(planes: &Planes) -> [f32; HIST] {
    let mut hues = [[0.0; HUES]; 2];
    let mut greys = [0.0; GREYS];
    let colours = planes
        .cb32
        .iter()
        .flatten()
        .zip(planes.cr32.iter().flatten());
    for (&y, (&cb, &cr)) in planes.y32.iter().flatten().zip(colours) {
        let colour = ((cb * cb + cr * cr).sqrt() / COLOURFUL).min(1.0);
        if colour > 0.0 {
            let hue = (cr.atan2(cb) / TAU).rem_euclid(1.0) * HUES as f32;
            let [dark, light] = &mut hues;
            let bins = if y < LIGHT { dark } else { light };
            split(bins, hue, colour, true);
        }
        let level = (y.clamp(0.0, 1.0) * GREYS as f32 - 0.5).clamp(0.0, (GREYS - 1) as f32);
        split(&mut greys, level, 1.0 - colour, false);
    }
    let mut result = [0.0; HIST];
    let bins = hues.iter().flatten().chain(&greys);
    for (target, bin) in result.iter_mut().zip(bins) {
        *target = (bin / 1024.0).sqrt();
    }
    result
}

/// Shares `amount` between the two bins around `position`.
fn split(bins: &mut [f32], position: f32, amount: f32, round: bool) {
    let below = position.floor();
    let part = position - below;
    // Rounding can reach the end of the circle, which is its beginning.
    let first = if round {
        below as usize % bins.len()
    } else {
        below as usize
    };
    let second = if round {
        (first + 1) % bins.len()
    } else {
        first + 1
    };
    for (bin, share) in [(first, 1.0 - part), (second, part)] {
        if let Some(bin) = bins.get_mut(bin) {
            *bin += amount * share;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_share_by_nearness_and_close_the_circle() {
        let mut bins = [0.0; 4];
        split(&mut bins, 3.25, 2.0, true);
        assert_eq!(bins, [0.5, 0.0, 0.0, 1.5]);
        let mut bins = [0.0; 4];
        split(&mut bins, 3.0, 2.0, false);
        assert_eq!(bins, [0.0, 0.0, 0.0, 2.0]);
        let mut bins = [0.0; 4];
        split(&mut bins, 4.0, 1.0, true);
        assert_eq!(bins, [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn shares_of_all_pixels_add_up() {
        let colours = Box::new(std::array::from_fn(|y| {
            std::array::from_fn(|x| [x as f32 / 63.0, y as f32 / 63.0, 0.3, 1.0])
        }));
        let sum: f32 = hist(&Planes::new(&colours)).iter().map(|v| v * v).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }
}
