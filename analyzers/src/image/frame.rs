//! Streaming composited frames.

use image::RgbaImage;

use super::error::ImageError;
use super::format::{Format, sniff};
use super::guard::guard;
use super::limits::Limits;
use super::{gif, jpeg, png, webp};

/// One frame as a viewer would show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The whole picture at this moment, canvas sized.
    pub image: RgbaImage,
    /// Position in the animation, from 0.
    pub index: u32,
    /// Seconds from the start of the loop.
    pub start_seconds: f64,
    /// Seconds this frame stays, as the file states it.
    pub delay_seconds: f64,
}

/// A decoded picture and the seconds it stays.
pub(super) type Shot = (RgbaImage, f64);

/// What a format module gives: pictures with their delays, in order.
pub(super) type Shots<'a> = Box<dyn Iterator<Item = Result<Shot, ImageError>> + 'a>;

/// The frames of a picture, decoded as they are asked for.
///
/// Ends after the first error.
pub struct Frames<'a> {
    format: Format,
    shots: Option<Shots<'a>>,
    next_index: u32,
    elapsed: f64,
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, ImageError>;

    fn next(&mut self) -> Option<Self::Item> {
        let shots = self.shots.as_mut()?;
        match guard(self.format, || shots.next().transpose()) {
            Ok(Some((image, delay_seconds))) => {
                let frame = Frame {
                    image,
                    index: self.next_index,
                    start_seconds: self.elapsed,
                    delay_seconds,
                };
                self.next_index = self.next_index.saturating_add(1);
                self.elapsed += delay_seconds;
                Some(Ok(frame))
            }
            Ok(None) => {
                self.shots = None;
                None
            }
            Err(error) => {
                self.shots = None;
                Some(Err(error))
            }
        }
    }
}

impl std::iter::FusedIterator for Frames<'_> {}

impl std::fmt::Debug for Frames<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Frames")
            .field("format", &self.format)
            .field("next_index", &self.next_index)
            .finish_non_exhaustive()
    }
}

/// Opens a picture for reading frame by frame; a still has one frame.
///
/// The structure and the declared sizes are checked here. Damage inside a
/// frame's data is reported when that frame is reached.
///
/// # Errors
/// As [`probe`](super::probe).
pub fn frames<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Frames<'a>, ImageError> {
    let format = sniff(bytes).ok_or(ImageError::UnsupportedFormat)?;
    let shots = guard(format, || match format {
        Format::Gif => gif::shots(bytes, limits),
        Format::Png => png::shots(bytes, limits),
        Format::Jpeg => jpeg::shots(bytes, limits),
        Format::WebP => webp::shots(bytes, limits),
    })?;
    Ok(Frames {
        format,
        shots: Some(shots),
        next_index: 0,
        elapsed: 0.0,
    })
}

/// Decodes the first frame only: a still's picture, an animation's opening.
///
/// # Errors
/// As [`frames`].
pub fn first_frame(bytes: &[u8], limits: &Limits) -> Result<RgbaImage, ImageError> {
    let mut all = frames(bytes, limits)?;
    let format = all.format;
    all.next()
        .unwrap_or_else(|| Err(ImageError::corrupt(format, "it holds no picture")))
        .map(|frame| frame.image)
}
