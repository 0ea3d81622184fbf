//! Verifying a whole file and reporting what it is.

use super::error::ImageError;
use super::format::{Format, sniff};
use super::generation::GenerationParameters;
use super::limits::Limits;
use super::{gif, jpeg, png, webp};

/// What a verified picture file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureInfo {
    /// The format, told by content.
    pub format: Format,
    /// Width in pixels as stored: the logical screen of a GIF, and not turned
    /// by an EXIF orientation.
    pub width: u32,
    /// Height in pixels as stored.
    pub height: u32,
    /// Number of frames; 1 for a still. An animated PNG's separate default
    /// image is not a frame.
    pub frames: u32,
    /// Seconds one loop takes by the delays the file states; a delay of 0
    /// counts as 0 although viewers slow such frames down. 0 for a still.
    pub duration: f64,
    /// What an image generator wrote into the file.
    pub parameters: Option<GenerationParameters>,
}

/// Size and timing, as the format modules report them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outline {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) frames: u32,
    pub(super) duration: f64,
}

/// Decodes a picture completely, one frame at a time, and keeps none of it.
///
/// # Errors
/// [`ImageError::UnsupportedFormat`] for other content,
/// [`ImageError::TooLarge`] when the file declares more than `limits` allow
/// (nothing is allocated for it), [`ImageError::Corrupt`] when any frame is
/// damaged or missing.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<PictureInfo, ImageError> {
    let format = sniff(bytes).ok_or(ImageError::UnsupportedFormat)?;
    let mut parameters = None;
    let outline = match format {
        Format::Gif => gif::verify(bytes, limits)?,
        Format::Png => {
            let outline = png::verify(bytes, limits)?;
            parameters = png::text::png_text(bytes, limits)?
                .into_iter()
                .find(|chunk| chunk.keyword == "parameters")
                .map(|chunk| GenerationParameters::parse(&chunk.text));
            outline
        }
        Format::Jpeg => jpeg::verify(bytes, limits)?,
        Format::WebP => webp::verify(bytes, limits)?,
    };
    Ok(PictureInfo {
        format,
        width: outline.width,
        height: outline.height,
        frames: outline.frames,
        duration: outline.duration,
        parameters,
    })
}
