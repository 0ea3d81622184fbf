//! Decoding WebP pictures and animations.

use std::io::Cursor;

use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage};

use super::super::error::ImageError;
use super::super::format::Format;
use super::super::frame::{Shot, Shots};
use super::super::guard::guard;
use super::super::limits::Limits;
use super::super::probe::Outline;
use super::container::{Layout, layout};

/// Decodes the picture or every frame of the animation.
pub(in super::super) fn verify(bytes: &[u8], limits: &Limits) -> Result<Outline, ImageError> {
    let layout = layout(bytes, limits)?;
    guard(Format::WebP, || {
        decode(bytes, &layout)?.try_for_each(|shot| shot.map(drop))
    })?;
    let duration = if layout.frames > 1 {
        layout.milliseconds as f64 / 1000.0
    } else {
        0.0
    };
    Ok(Outline {
        width: layout.width,
        height: layout.height,
        frames: layout.frames,
        duration,
    })
}

/// Streams the composited frames.
pub(in super::super) fn shots<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<Shots<'a>, ImageError> {
    decode(bytes, &layout(bytes, limits)?)
}

fn decode<'a>(bytes: &'a [u8], layout: &Layout) -> Result<Shots<'a>, ImageError> {
    let body = bytes.get(..layout.length).unwrap_or(bytes);
    let mut decoder = WebPDecoder::new(Cursor::new(body)).map_err(damaged)?;
    if !layout.animated {
        return Ok(Box::new(std::iter::once_with(move || {
            let picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
            Ok((picture.into_rgba8(), 0.0))
        })));
    }
    // Viewers ignore the background colour a file asks for.
    decoder
        .set_background_color(image::Rgba([0, 0, 0, 0]))
        .map_err(damaged)?;
    let expected = layout.frames;
    let mut decoded = 0u32;
    let mut frames = decoder.into_frames();
    Ok(Box::new(std::iter::from_fn(move || match frames.next() {
        Some(Ok(frame)) => {
            decoded = decoded.saturating_add(1);
            Some(Ok(shot(frame, expected)))
        }
        Some(Err(error)) => Some(Err(damaged(error))),
        None if decoded < expected => {
            let reason = format!("{decoded} of its {expected} frames decode");
            decoded = expected;
            Some(Err(ImageError::corrupt(Format::WebP, reason)))
        }
        None => None,
    })))
}

fn shot(frame: image::Frame, frames: u32) -> Shot {
    let (numerator, denominator) = frame.delay().numer_denom_ms();
    let delay = if frames > 1 && denominator > 0 {
        f64::from(numerator) / f64::from(denominator) / 1000.0
    } else {
        0.0
    };
    (frame.into_buffer(), delay)
}

fn damaged(error: image::ImageError) -> ImageError {
    ImageError::corrupt(Format::WebP, error.to_string())
}
