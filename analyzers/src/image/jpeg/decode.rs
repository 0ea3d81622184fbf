//! Decoding JPEG pictures.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, ImageDecoder};

use super::super::error::ImageError;
use super::super::format::Format;
use super::super::frame::Shots;
use super::super::guard::guard;
use super::super::limits::Limits;
use super::super::probe::Outline;
use super::markers::layout;

/// Decodes the whole picture.
pub(in super::super) fn verify(bytes: &[u8], limits: &Limits) -> Result<Outline, ImageError> {
    let layout = layout(bytes, limits)?;
    guard(Format::Jpeg, || decode(bytes).map(drop))?;
    Ok(Outline {
        width: layout.width,
        height: layout.height,
        frames: 1,
        duration: 0.0,
    })
}

/// The picture as the only frame.
pub(in super::super) fn shots<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<Shots<'a>, ImageError> {
    layout(bytes, limits)?;
    Ok(Box::new(std::iter::once_with(move || {
        decode(bytes).map(|picture| (picture.into_rgba8(), 0.0))
    })))
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, ImageError> {
    let damaged = |error: image::ImageError| ImageError::corrupt(Format::Jpeg, error.to_string());
    let mut decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    // The sizes were checked; the decoder's own default would be no limit.
    decoder
        .set_limits(image::Limits::no_limits())
        .map_err(damaged)?;
    DynamicImage::from_decoder(decoder).map_err(damaged)
}
