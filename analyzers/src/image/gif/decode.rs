//! Decompressing GIF frames one at a time.

use std::io::{Chain, Read};
use std::num::NonZeroU64;

use gif::{DecodeOptions, Decoder, DisposalMethod, MemoryLimit};
use image::Rgba;

use super::super::canvas::{Canvas, Disposal, Rect};
use super::super::error::ImageError;
use super::super::format::Format;
use super::super::frame::{Shot, Shots};
use super::super::guard::guard;
use super::super::limits::Limits;
use super::super::probe::Outline;
use super::blocks::{Layout, layout};

/// The file up to the trailer, then a trailer: one that lacks it reads alike.
type Source<'a> = Chain<&'a [u8], &'static [u8]>;

const TRAILER: &[u8] = &[0x3B];

/// Decodes every frame into one reused buffer.
pub(in super::super) fn verify(bytes: &[u8], limits: &Limits) -> Result<Outline, ImageError> {
    let layout = layout(bytes, limits)?;
    guard(Format::Gif, || {
        let mut reader = FrameReader::open(bytes, &layout, limits)?;
        let mut frames = 0u32;
        while reader.advance()? {
            frames = frames.saturating_add(1);
        }
        if frames != layout.frames {
            return Err(ImageError::corrupt(
                Format::Gif,
                format!("{frames} of its {} frames decode", layout.frames),
            ));
        }
        Ok(())
    })?;
    let duration = if layout.frames > 1 {
        layout.centiseconds as f64 / 100.0
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
    let layout = layout(bytes, limits)?;
    let mut reader = FrameReader::open(bytes, &layout, limits)?;
    let mut canvas = Canvas::new(layout.width, layout.height);
    let animated = layout.frames > 1;
    Ok(Box::new(std::iter::from_fn(move || {
        let step = reader.advance().map(|more| {
            more.then(|| {
                let (image, delay) = reader.compose(&mut canvas);
                (image, if animated { delay } else { 0.0 })
            })
        });
        step.transpose()
    })))
}

/// A decoder with the buffer its frames share.
struct FrameReader<'a> {
    decoder: Decoder<Source<'a>>,
    index: u32,
    rect: Rect,
    disposal: Disposal,
    transparent: Option<u8>,
    delay_seconds: f64,
    palette: Vec<u8>,
    indices: Vec<u8>,
}

impl<'a> FrameReader<'a> {
    fn open(bytes: &'a [u8], layout: &Layout, limits: &Limits) -> Result<Self, ImageError> {
        let mut options = DecodeOptions::new();
        options.allow_unknown_blocks(true);
        if let Some(limit) = NonZeroU64::new(limits.max_pixels) {
            options.set_memory_limit(MemoryLimit::Bytes(limit));
        }
        let body = bytes.get(..layout.end).unwrap_or(bytes);
        let decoder = options
            .read_info(body.chain(TRAILER))
            .map_err(|error| ImageError::corrupt(Format::Gif, error.to_string()))?;
        Ok(Self {
            decoder,
            index: 0,
            rect: Rect {
                left: 0,
                top: 0,
                width: 0,
                height: 0,
            },
            disposal: Disposal::Keep,
            transparent: None,
            delay_seconds: 0.0,
            palette: Vec::new(),
            indices: Vec::new(),
        })
    }

    /// Decodes the next frame; false after the last.
    fn advance(&mut self) -> Result<bool, ImageError> {
        let index = self.index;
        let damaged = |error: gif::DecodingError| {
            ImageError::corrupt(Format::Gif, format!("frame {index}: {error}"))
        };
        let Some(frame) = self.decoder.next_frame_info().map_err(damaged)? else {
            return Ok(false);
        };
        self.rect = Rect {
            left: u32::from(frame.left),
            top: u32::from(frame.top),
            width: u32::from(frame.width),
            height: u32::from(frame.height),
        };
        self.disposal = match frame.dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
            DisposalMethod::Background => Disposal::Clear,
            DisposalMethod::Previous => Disposal::Restore,
        };
        self.transparent = frame.transparent;
        self.delay_seconds = f64::from(frame.delay) / 100.0;
        let palette = self.decoder.palette().map_err(damaged)?;
        self.palette.clear();
        self.palette.extend_from_slice(palette);
        self.indices.resize(self.decoder.buffer_size(), 0);
        self.decoder
            .read_into_buffer(&mut self.indices)
            .map_err(damaged)?;
        self.index = self.index.saturating_add(1);
        Ok(true)
    }

    /// Draws the frame that [`Self::advance`] decoded.
    fn compose(&self, canvas: &mut Canvas) -> Shot {
        let image = canvas.compose(self.rect, self.disposal, |column, row, _| {
            let at = row as usize * self.rect.width as usize + column as usize;
            let index = *self.indices.get(at)?;
            if self.transparent == Some(index) {
                return None;
            }
            let start = usize::from(index) * 3;
            match self.palette.get(start..start + 3) {
                Some(&[red, green, blue]) => Some(Rgba([red, green, blue, 255])),
                // An index beyond the table shows as black, as viewers do.
                _ => Some(Rgba([0, 0, 0, 255])),
            }
        });
        (image, self.delay_seconds)
    }
}
