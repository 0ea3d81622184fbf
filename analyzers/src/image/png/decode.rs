//! Decoding PNG pictures and animations.

use std::io::Cursor;

use image::{Rgba, RgbaImage};
use png::{BlendOp, ColorType, Decoder, DisposeOp, Reader, Transformations};

use super::super::canvas::{Canvas, Disposal, Rect, blend};
use super::super::error::ImageError;
use super::super::frame::{Shot, Shots};
use super::super::guard::guard;
use super::super::limits::Limits;
use super::super::probe::Outline;
use super::chunks::{Layout, corrupt, delay_seconds, layout};

type PngReader<'a> = Reader<Cursor<&'a [u8]>>;

/// Decodes every frame row by row, to the end of the file.
pub(in super::super) fn verify(bytes: &[u8], limits: &Limits) -> Result<Outline, ImageError> {
    let layout = layout(bytes, limits)?;
    guard(super::super::Format::Png, || {
        let mut reader = open(bytes, Transformations::IDENTITY)?;
        let images = layout.frames + u32::from(layout.separate_default);
        for index in 0..images {
            let failed = |error| damaged(&layout, index, error);
            if index > 0 {
                reader.next_frame_info().map_err(failed)?;
            }
            while reader.next_interlaced_row().map_err(failed)?.is_some() {}
        }
        reader.finish().map_err(|error| corrupt(error.to_string()))
    })?;
    Ok(Outline {
        width: layout.width,
        height: layout.height,
        frames: layout.frames,
        duration: layout.seconds,
    })
}

/// Streams the composited frames.
pub(in super::super) fn shots<'a>(
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<Shots<'a>, ImageError> {
    let layout = layout(bytes, limits)?;
    let transformations = Transformations::normalize_to_color8() | Transformations::ALPHA;
    let mut reader = open(bytes, transformations)?;
    if layout.separate_default {
        reader
            .next_frame_info()
            .map_err(|error| damaged(&layout, 0, error))?;
    }
    let mut canvas = None;
    let mut buffer = Vec::new();
    let mut done = 0u32;
    Ok(Box::new(std::iter::from_fn(move || {
        if done == layout.frames {
            return None;
        }
        let index = done;
        done += 1;
        let canvas = canvas.get_or_insert_with(|| Canvas::new(layout.width, layout.height));
        Some(shot(&mut reader, canvas, &mut buffer, &layout, index))
    })))
}

fn open(bytes: &[u8], transformations: Transformations) -> Result<PngReader<'_>, ImageError> {
    // What the decoder would allocate is bounded by the sizes checked before;
    // its own limit adds up over frames and would refuse long animations.
    let limits = png::Limits { bytes: usize::MAX };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(transformations);
    decoder
        .read_info()
        .map_err(|error| corrupt(error.to_string()))
}

/// Decodes the reader's next image and draws it.
fn shot(
    reader: &mut PngReader<'_>,
    canvas: &mut Canvas,
    buffer: &mut Vec<u8>,
    layout: &Layout,
    index: u32,
) -> Result<Shot, ImageError> {
    let failed = |error| damaged(layout, index, error);
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| corrupt("it is too large for this machine"))?;
    // Zeroed, so that nothing of the frame before shows through.
    buffer.clear();
    buffer.resize(size, 0);
    let output = reader.next_frame(buffer).map_err(failed)?;
    let channels = match output.color_type {
        ColorType::Rgba => 4,
        ColorType::GrayscaleAlpha => 2,
        other => return Err(corrupt(format!("unexpected colour type {other:?}"))),
    };
    let info = reader.info();
    // Rows of interlaced frames are laid out at the width of the canvas.
    let stride = if info.interlaced {
        info.width as usize * channels
    } else {
        output.line_size
    };
    let control = info.frame_control;
    let pixel = |column: u32, row: u32| -> Option<Rgba<u8>> {
        let start = row as usize * stride + column as usize * channels;
        match *buffer.get(start..start + channels)? {
            [red, green, blue, alpha] => Some(Rgba([red, green, blue, alpha])),
            [grey, alpha] => Some(Rgba([grey, grey, grey, alpha])),
            _ => None,
        }
    };
    let Some(control) = control else {
        let image = RgbaImage::from_fn(layout.width, layout.height, |column, row| {
            pixel(column, row).unwrap_or(Rgba([0, 0, 0, 0]))
        });
        return Ok((image, 0.0));
    };
    let rect = Rect {
        left: control.x_offset,
        top: control.y_offset,
        width: output.width,
        height: output.height,
    };
    let disposal = match control.dispose_op {
        DisposeOp::None => Disposal::Keep,
        DisposeOp::Background => Disposal::Clear,
        // The standard reads this so on the first frame.
        DisposeOp::Previous if index == 0 => Disposal::Clear,
        DisposeOp::Previous => Disposal::Restore,
    };
    let image = canvas.compose(rect, disposal, |column, row, under| {
        let over = pixel(column, row)?;
        Some(match control.blend_op {
            BlendOp::Source => over,
            BlendOp::Over => blend(over, under),
        })
    });
    let delay = if layout.frames > 1 {
        delay_seconds(control.delay_num, control.delay_den)
    } else {
        0.0
    };
    Ok((image, delay))
}

fn damaged(layout: &Layout, index: u32, error: png::DecodingError) -> ImageError {
    if layout.frames > 1 {
        corrupt(format!("frame {index}: {error}"))
    } else {
        corrupt(error.to_string())
    }
}
