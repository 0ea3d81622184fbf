//! What the descriptor as a whole promises.

use image::{Rgba, RgbaImage, imageops};
use proptest::prelude::*;

use super::Descriptor;

/// A picture of a few soft spots, different for each seed.
fn picture(seed: u32, width: u32, height: u32) -> RgbaImage {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let spots: Vec<[f32; 6]> = (0..6).map(|_| std::array::from_fn(|_| next())).collect();
    RgbaImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
        let mut colour = [60.0, 70.0, 80.0];
        for &[at_x, at_y, size, red, green, blue] in &spots {
            let distance = ((x - at_x).powi(2) + (y - at_y).powi(2)).sqrt();
            let cover = ((0.05 + 0.25 * size - distance) * 40.0).clamp(0.0, 1.0);
            for (value, spot) in colour.iter_mut().zip([red, green, blue]) {
                *value += cover * (255.0 * spot - *value);
            }
        }
        let [r, g, b] = colour.map(|value| value as u8);
        Rgba([r, g, b, 255])
    })
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn vectors_have_length_one_and_repeat() {
    for seed in 0..4 {
        let picture = picture(seed, 90, 70);
        let vector = Descriptor::describe(&picture);
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-5);
        assert_eq!(vector, Descriptor::describe(&picture));
    }
}

#[test]
fn flat_and_empty_pictures_have_vectors_too() {
    let red = RgbaImage::from_pixel(20, 20, Rgba([200, 0, 0, 255]));
    let blue = RgbaImage::from_pixel(20, 20, Rgba([0, 0, 200, 255]));
    let (red, blue) = (Descriptor::describe(&red), Descriptor::describe(&blue));
    assert!((cosine(&red, &red) - 1.0).abs() < 1e-5);
    assert!(cosine(&red, &blue) < 0.5);
    for empty in [
        RgbaImage::new(0, 0),
        RgbaImage::new(3, 0),
        RgbaImage::new(1, 1),
    ] {
        let vector = Descriptor::describe(&empty);
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-5);
    }
}

#[test]
fn copies_are_near_and_others_are_not() {
    let original = picture(7, 200, 150);
    let vector = Descriptor::describe(&original);
    let small = imageops::thumbnail(&original, 60, 45);
    assert!(cosine(&vector, &Descriptor::describe(&small)) > Descriptor::SAME);
    let mut darker = original.clone();
    for pixel in darker.pixels_mut() {
        let [r, g, b, a] = pixel.0;
        *pixel = Rgba(
            [r, g, b]
                .map(|v| (f32::from(v) * 0.8) as u8)
                .into_iter()
                .chain([a])
                .collect::<Vec<_>>()
                .try_into()
                .unwrap(),
        );
    }
    assert!(cosine(&vector, &Descriptor::describe(&darker)) > Descriptor::SAME);
    for seed in 8..16 {
        let other = Descriptor::describe(&picture(seed, 200, 150));
        assert!(cosine(&vector, &other) < Descriptor::SIMILAR);
    }
}

#[test]
fn clear_parts_count_as_white() {
    let mut cut = picture(3, 64, 64);
    let mut white = cut.clone();
    for (x, _, pixel) in cut.enumerate_pixels_mut() {
        if x < 20 {
            pixel.0[3] = 0;
        }
    }
    for (x, _, pixel) in white.enumerate_pixels_mut() {
        if x < 20 {
            *pixel = Rgba([255; 4]);
        }
    }
    let (cut, white) = (Descriptor::describe(&cut), Descriptor::describe(&white));
    assert!(cosine(&cut, &white) > 0.99999);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn mirroring_the_vector_is_mirroring_the_picture(
        width in 1u32..90,
        height in 1u32..90,
        pixels in proptest::collection::vec(any::<[u8; 4]>(), 1..200),
        block in 1u32..12,
    ) {
        let picture = RgbaImage::from_fn(width, height, |x, y| {
            let at = (x / block) * 31 + (y / block) * 17;
            Rgba(pixels[at as usize % pixels.len()])
        });
        let there = Descriptor::describe(&imageops::flip_horizontal(&picture));
        let here = Descriptor::mirror(&Descriptor::describe(&picture)).unwrap();
        let difference: f32 = there.iter().zip(&here).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        prop_assert!(difference < 2e-3, "{difference}");
        prop_assert!(there.iter().all(|value| value.is_finite()));
    }
}
