//! Damaged, cut short and oversized files: errors, never a panic.

use image::ImageFormat;
use png::AnimationControl;
use proptest::prelude::*;

use super::super::samples::{
    animated_gif, animated_webp, apng, gif, gif_frame, noisy_jpeg, png_header, riff_chunk, still,
    webp,
};
use super::super::{ImageError, Limits, frames, probe};

fn refused(bytes: &[u8]) -> ImageError {
    probe(bytes, &Limits::default()).unwrap_err()
}

fn over(what: &'static str, limit: u64, actual: u64) -> ImageError {
    ImageError::TooLarge {
        what,
        limit,
        actual,
    }
}

fn every_kind() -> Vec<Vec<u8>> {
    vec![
        animated_gif(),
        apng(2, false),
        apng(2, true),
        still(ImageFormat::Png),
        still(ImageFormat::Jpeg),
        still(ImageFormat::WebP),
        animated_webp(&[10, 20]),
    ]
}

fn touch(bytes: &[u8]) -> bool {
    if let Ok(all) = frames(bytes, &Limits::default()) {
        all.for_each(drop);
    }
    probe(bytes, &Limits::default()).is_ok()
}

#[test]
fn files_cut_short_are_refused() {
    for file in every_kind() {
        for length in 0..file.len() {
            let whole = touch(&file[..length]);
            // A GIF may lack its trailer or, cut between blocks, its last
            // frames: nothing in the file tells how many there are.
            let cut_between_blocks = file.starts_with(b"GIF") && file[length..][0] != 0;
            assert!(!whole || cut_between_blocks, "{length} of {}", file.len());
        }
    }
}

#[test]
fn a_gif_is_refused_inside_any_frame() {
    let file = animated_gif();
    let whole = (0..file.len()).filter(|&length| touch(&file[..length]));
    // After the first and the second frame, and without the trailer.
    assert_eq!(whole.count(), 3);
    let message = refused(&file[..file.len() - 3]).to_string();
    assert!(
        message.starts_with("the GIF file can't be decoded: it is cut short in frame 2"),
        "{message}"
    );
}

#[test]
fn a_jpeg_cut_in_its_data_is_refused() {
    let file = noisy_jpeg();
    assert!(touch(&file));
    for length in [file.len() / 2, file.len() * 9 / 10, file.len() - 2] {
        assert!(
            refused(&file[..length])
                .to_string()
                .contains("cut short before the end-of-image marker")
        );
    }
}

#[test]
fn other_content_is_no_picture() {
    assert_eq!(refused(b""), ImageError::UnsupportedFormat);
    assert_eq!(refused(b"<svg/>"), ImageError::UnsupportedFormat);
    assert_eq!(
        frames(b"BM....", &Limits::default()).err(),
        Some(ImageError::UnsupportedFormat)
    );
}

#[test]
fn declared_sizes_are_refused_before_decoding() {
    let pixels = |side: u64| over("pixels", 100_000_000, side * side);
    assert_eq!(refused(&png_header(50_000, 50_000, None)), pixels(50_000));
    assert_eq!(
        refused(&png_header(70_000, 1, None)),
        over("pixels a side", 65_535, 70_000)
    );

    let mut large_screen = animated_gif();
    large_screen[6..10].fill(0xFF);
    assert_eq!(refused(&large_screen), pixels(65_535));

    let mut large_jpeg = still(ImageFormat::Jpeg);
    let header = large_jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    large_jpeg[header + 5..header + 9].fill(0xFF);
    assert_eq!(refused(&large_jpeg), pixels(65_535));

    let vp8x = riff_chunk(b"VP8X", &[2, 0, 0, 0, 0xFF, 0xFF, 0, 0xFF, 0xFF, 0]);
    assert_eq!(
        refused(&webp(&[vp8x])),
        over("pixels a side", 65_535, 65_536)
    );
    let vp8l = riff_chunk(b"VP8L", &[0x2F, 0xFF, 0xFF, 0xFF, 0x0F]);
    assert_eq!(refused(&webp(&[vp8l])), pixels(16_384));
}

#[test]
fn bitstreams_have_the_size_their_frame_declares() {
    let file = animated_webp(&[10, 20]);
    let at = file.windows(4).position(|name| name == b"VP8L").unwrap();
    let mut huge = file.clone();
    huge[at + 9..at + 12].fill(0xFF);
    assert!(
        refused(&huge)
            .to_string()
            .contains("frame 0 is not of the size it declares")
    );
}

#[test]
fn too_many_frames_name_the_limit() {
    let many: Vec<_> = (0..10_000).map(|_| gif_frame(1, 1, 1, 1)).collect();
    assert_eq!(refused(&gif(1, 1, &many)), over("frames", 2_000, 2_001));
    let control = AnimationControl {
        num_frames: u32::MAX,
        num_plays: 0,
    };
    assert_eq!(
        refused(&png_header(1, 1, Some(control))),
        over("frames", 2_000, u64::from(u32::MAX))
    );
    let limits = Limits {
        max_frames: 2,
        ..Limits::default()
    };
    assert_eq!(
        probe(&animated_webp(&[1, 1, 1]), &limits),
        Err(over("frames", 2, 3))
    );
}

#[test]
fn all_frames_together_are_bounded() {
    let limits = Limits {
        max_total_pixels: 100,
        ..Limits::default()
    };
    let error = over("pixels in all frames", 100, 144);
    assert_eq!(probe(&animated_gif(), &limits), Err(error.clone()));
    assert_eq!(frames(&animated_gif(), &limits).err(), Some(error));
    for (picture, pixels) in [
        (animated_webp(&[1]), 192),
        (apng(20, false), 252),
        (still(ImageFormat::Jpeg), 192),
    ] {
        let error = over("pixels in all frames", 100, pixels);
        assert_eq!(probe(&picture, &limits), Err(error));
    }
}

#[test]
fn reading_frames_ends_after_an_error() {
    let mut file = apng(3, false);
    let at = file.windows(4).rposition(|name| name == b"fdAT").unwrap();
    file[at + 12] ^= 0xFF;
    let shown: Vec<bool> = frames(&file, &Limits::default())
        .unwrap()
        .map(|frame| frame.is_ok())
        .collect();
    assert_eq!(shown, [true, true, false]);
    assert!(refused(&file).to_string().contains("frame 2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damage_never_panics(
        kind in 0usize..7,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = every_kind().swap_remove(kind);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        touch(&file);
    }

    #[test]
    fn noise_behind_a_signature_never_panics(
        kind in 0usize..7,
        kept in 4usize..60,
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut file = every_kind().swap_remove(kind);
        file.truncate(kept);
        file.extend(noise);
        touch(&file);
    }
}
