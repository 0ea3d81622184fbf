//! One picture: decoded, searched for defects, drawn.

use std::io::Cursor;
use std::thread;
use std::time::Instant;

use analyzers::embed::ModelError;
use analyzers::image::detector::{Detection, Detector};
use analyzers::image::{Limits, first_frame};
use image::codecs::jpeg::JpegEncoder;

/// The quality of drawn pictures.
const QUALITY: u8 = 90;

/// What became of a picture.
#[derive(Debug)]
pub struct Examined {
    /// What was found.
    pub detection: Detection,
    /// The picture with what was found drawn on it (JPEG).
    pub drawn: Vec<u8>,
    /// How long it took.
    pub seconds: f64,
}

/// Examines a picture; of an animation, its first frame. Between its steps the core goes to whoever waits for it.
///
/// # Errors
/// When the bytes are no picture, or the network fails.
pub fn examine(detector: &Detector, bytes: &[u8], limits: &Limits) -> Result<Examined, ModelError> {
    let started = Instant::now();
    let picture = first_frame(bytes, limits)?;
    thread::yield_now();
    let detection = detector.detect(&picture)?;
    thread::yield_now();
    let canvas = detection.drawn(&picture);
    drop(picture);
    thread::yield_now();
    let mut drawn = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut drawn, QUALITY)
        .encode_image(&canvas)
        .map_err(|error| ModelError::Compute(format!("the result cannot be drawn: {error}")))?;
    Ok(Examined {
        detection,
        drawn: drawn.into_inner(),
        seconds: started.elapsed().as_secs_f64(),
    })
}
