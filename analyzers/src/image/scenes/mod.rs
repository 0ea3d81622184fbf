//! The scenes of an animation, each with its place and its vector.
//!
//! An animation is found by any of its scenes, so it gets a vector for each:
//! frames that differ enough from all others chosen, at most [`MOST_SCENES`].
//! Frames are looked at one by one as they are decoded; what is kept between
//! them is a thumbnail and a bounded number of candidates.

mod candidates;
mod thumbnail;

use super::descriptor::Descriptor;
use super::{ImageError, Limits, RgbaImage, frames};
use candidates::Candidates;
use thumbnail::Gate;

/// The most scenes of one picture.
pub const MOST_SCENES: usize = 8;

/// Two frames nearer than this (as a cosine) are one scene: a still of either
/// is then found as the same picture.
pub const ONE_SCENE: f32 = Descriptor::SAME;

/// One moment of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Number of the frame, from 0.
    pub frame: u32,
    /// Seconds from the start of the loop to this frame.
    pub time: f64,
    /// How the frame looks; of length 1.
    pub vector: Vec<f32>,
}

/// Describes a picture by its scenes, in order; a still has one.
///
/// # Errors
/// As [`probe`](super::probe); also when the file holds no frame.
pub fn embed_picture(bytes: &[u8], limits: &Limits) -> Result<Vec<Scene>, ImageError> {
    let mut gate = Gate::default();
    let mut candidates = Candidates::default();
    for frame in frames(bytes, limits)? {
        let frame = frame?;
        if gate.admits(&frame.image) {
            candidates.offer(Scene {
                frame: frame.index,
                time: frame.start_seconds,
                vector: Descriptor::describe(&frame.image).to_vec(),
            });
        }
    }
    Ok(candidates.choose(MOST_SCENES, ONE_SCENE))
}

/// Describes a picture by its scenes with another encoder.
///
/// Which frames are scenes is decided by the descriptor, which is cheap; only
/// those are given to `encode`. The file is decoded a second time up to the
/// last scene, so that no more than one frame is held at once.
///
/// # Errors
/// As [`embed_picture`], and whatever `encode` reports.
pub fn embed_picture_with<E: From<ImageError>>(
    bytes: &[u8],
    limits: &Limits,
    mut encode: impl FnMut(&RgbaImage) -> Result<Vec<f32>, E>,
) -> Result<Vec<Scene>, E> {
    let mut scenes = embed_picture(bytes, limits)?;
    let mut waiting = scenes.iter_mut().peekable();
    for frame in frames(bytes, limits)? {
        let Some(scene) = waiting.peek_mut() else {
            break;
        };
        let frame = frame?;
        if frame.index == scene.frame {
            scene.vector = encode(&frame.image)?;
            waiting.next();
        }
    }
    drop(waiting);
    Ok(scenes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;
    use std::path::Path;

    use gif::Encoder;
    use image::codecs::jpeg::JpegEncoder;
    use image::{DynamicImage, ImageFormat, imageops};

    use super::super::samples;
    use super::*;

    /// A GIF whose frames show a bar at the given places, ten frames a second.
    fn bars(places: &[u16]) -> Vec<u8> {
        let mut file = Vec::new();
        let palette = [0, 0, 0, 255, 255, 255];
        let mut encoder = Encoder::new(&mut file, 48, 48, &palette).unwrap();
        for place in places {
            let mut frame = samples::gif_frame(48, 48, 0, 10);
            for (at, pixel) in frame.buffer.to_mut().iter_mut().enumerate() {
                let (x, y) = ((at % 48) as u16, (at / 48) as u16);
                *pixel = u8::from(x / 6 == *place || (y / 6 == *place && *place % 2 == 0));
            }
            encoder.write_frame(&frame).unwrap();
        }
        drop(encoder);
        file
    }

    fn places(scenes: &[Scene]) -> Vec<(u32, u32)> {
        scenes
            .iter()
            .map(|scene| (scene.frame, (scene.time * 10.0).round() as u32))
            .collect()
    }

    #[test]
    fn a_still_has_one_scene() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let scenes = embed_picture(&samples::still(format), &Limits::default()).unwrap();
            assert_eq!(places(&scenes), [(0, 0)]);
            assert_eq!(scenes[0].vector.len(), Descriptor::DIMS);
        }
    }

    #[test]
    fn a_scene_for_each_different_picture() {
        let file = bars(&[0, 0, 0, 3, 3, 0, 0, 6, 6, 3]);
        let scenes = embed_picture(&file, &Limits::default()).unwrap();
        assert_eq!(places(&scenes), [(0, 0), (3, 3), (7, 7)]);
    }

    #[test]
    fn no_more_scenes_than_allowed() {
        let all: Vec<u16> = (0..8).chain(20..29).chain(0..8).collect();
        let scenes = embed_picture(&bars(&all), &Limits::default()).unwrap();
        assert_eq!(scenes.len(), MOST_SCENES);
        assert!(scenes.is_sorted_by(|a, b| a.frame < b.frame));
        assert_eq!(scenes[0].frame, 0);
    }

    #[test]
    fn another_encoder_sees_the_same_frames() {
        let file = bars(&[0, 0, 3, 3, 6, 6, 6]);
        let own = embed_picture(&file, &Limits::default()).unwrap();
        let mut seen = 0;
        let scenes = embed_picture_with(&file, &Limits::default(), |image| {
            seen += 1;
            let bright = image.pixels().filter(|pixel| pixel.0[0] > 0).count();
            Ok::<_, ImageError>(vec![bright as f32])
        })
        .unwrap();
        assert_eq!(places(&scenes), places(&own));
        assert_eq!(seen, 3);
        let bright: Vec<f32> = scenes.into_iter().flat_map(|scene| scene.vector).collect();
        assert_eq!(
            bright,
            [6.0 * 48.0 * 2.0 - 36.0, 6.0 * 48.0, 6.0 * 48.0 * 2.0 - 36.0]
        );
    }

    /// With the sample corpus beside the checkout: a smaller, compressed still
    /// of a scene finds that scene of that GIF first.
    #[test]
    fn stills_of_real_scenes_find_them() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/pictures");
        let Ok(entries) = fs::read_dir(&folder) else {
            crate::skips::skip(crate::skips::Lack::Corpus, "the real pictures are not here");
            return;
        };
        let limits = Limits::default();
        let (mut known, mut stills) = (Vec::new(), Vec::new());
        for entry in entries {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let scenes = embed_picture_with(&bytes, &limits, |image| {
                let (width, height) = (image.width() / 2, image.height() / 2);
                let small = DynamicImage::from(imageops::thumbnail(image, width, height));
                let mut still = Cursor::new(Vec::new());
                let jpeg = JpegEncoder::new_with_quality(&mut still, 40);
                small.to_rgb8().write_with_encoder(jpeg).unwrap();
                stills.push(still.into_inner());
                Ok::<_, ImageError>(Descriptor::describe(image).to_vec())
            });
            known.extend(
                scenes
                    .unwrap()
                    .into_iter()
                    .map(|scene| (path.clone(), scene)),
            );
        }
        assert_eq!(known.len(), stills.len());
        for ((path, scene), still) in known.iter().zip(&stills) {
            let asked = embed_picture(still, &limits).unwrap();
            let likeness = |vector: &[f32]| -> f32 {
                let both = vector.iter().zip(&asked[0].vector);
                both.map(|(a, b)| a * b).sum()
            };
            let first = known
                .iter()
                .max_by(|(_, a), (_, b)| likeness(&a.vector).total_cmp(&likeness(&b.vector)));
            let (found, hit) = first.unwrap();
            assert_eq!((found, hit.frame), (path, scene.frame));
            assert!(likeness(&hit.vector) >= Descriptor::SAME, "{path:?}");
        }
    }

    #[test]
    fn damage_and_other_files_are_reported() {
        let mut file = bars(&[0, 1, 2]);
        file.truncate(file.len() - 40);
        let cut = embed_picture(&file, &Limits::default()).unwrap_err();
        assert!(matches!(cut, ImageError::Corrupt { .. }), "{cut}");
        assert_eq!(
            embed_picture(b"text", &Limits::default()),
            Err(ImageError::UnsupportedFormat)
        );
        let few = Limits {
            max_frames: 2,
            ..Limits::default()
        };
        let long = embed_picture(&bars(&[0, 1, 2]), &few)
            .unwrap_err()
            .to_string();
        assert!(long.contains("frames") && long.contains('2'), "{long}");
    }
}
