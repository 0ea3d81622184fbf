//! Walking the RIFF chunks of a WebP file.
//!
//! The decoder stops silently where an animation was cut short, and sizes its
//! buffers by the bitstream's own header, so both are checked here: every
//! chunk must be complete, and every bitstream must have the size its frame
//! declares.

use super::super::error::ImageError;
use super::super::format::Format;
use super::super::limits::Limits;

const ANIMATION_FLAG: u8 = 0x02;

/// What the chunks of a complete WebP file declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) frames: u32,
    pub(super) milliseconds: u64,
    pub(super) animated: bool,
    /// Length of the RIFF file; what follows belongs to nobody.
    pub(super) length: usize,
}

/// Reads the layout and checks it against the limits.
pub(super) fn layout(bytes: &[u8], limits: &Limits) -> Result<Layout, ImageError> {
    let declared = bytes.get(4..8).map_or(0, |field| little_endian(field, 4));
    let length = (declared as usize).saturating_add(8);
    let Some(body) = bytes.get(12..length) else {
        return Err(corrupt(format!(
            "it is cut short: {length} bytes are declared, {} are there",
            bytes.len()
        )));
    };
    let mut chunks = Chunks { rest: body };
    let Some(first) = chunks.next().transpose()? else {
        return Err(corrupt("it holds no image"));
    };
    let mut layout = Layout {
        width: 0,
        height: 0,
        frames: 1,
        milliseconds: 0,
        animated: false,
        length,
    };
    if first.name != *b"VP8X" {
        let (width, height) = bitstream_size(&first)?
            .ok_or_else(|| corrupt(format!("it begins with an unknown chunk {}", first.label())))?;
        limits.check_size(width, height)?;
        (layout.width, layout.height) = (width, height);
        return Ok(layout);
    }

    let Some(header) = first.data.get(..10) else {
        return Err(corrupt("its VP8X header is too short"));
    };
    layout.animated = header
        .first()
        .is_some_and(|flags| flags & ANIMATION_FLAG != 0);
    layout.width = little_endian(header.get(4..7).unwrap_or_default(), 3) + 1;
    layout.height = little_endian(header.get(7..10).unwrap_or_default(), 3) + 1;
    let canvas = limits.check_size(layout.width, layout.height)?;
    let mut images = 0u32;
    for chunk in chunks {
        let chunk = chunk?;
        if layout.animated && chunk.name == *b"ANMF" {
            let index = images;
            images = images.saturating_add(1);
            limits.check_frames(images)?;
            limits.check_total(canvas.saturating_mul(u64::from(images)))?;
            layout.milliseconds += animation_frame(chunk.data, index, &layout)?;
        } else if !layout.animated
            && let Some(size) = bitstream_size(&chunk)?
        {
            images = images.saturating_add(1);
            if size != (layout.width, layout.height) {
                return Err(corrupt("its image is not of the size its header declares"));
            }
        }
    }
    if images == 0 {
        return Err(corrupt("it holds no image"));
    }
    if layout.animated {
        layout.frames = images;
    }
    Ok(layout)
}

/// Checks one animation frame and returns its duration in milliseconds.
fn animation_frame(data: &[u8], index: u32, layout: &Layout) -> Result<u64, ImageError> {
    let field = |from: usize| {
        data.get(from..from + 3)
            .map(|bytes| little_endian(bytes, 3))
            .ok_or_else(|| corrupt(format!("frame {index} is too short")))
    };
    let (left, top) = (field(0)? * 2, field(3)? * 2);
    let (width, height) = (field(6)? + 1, field(9)? + 1);
    if left + width > layout.width || top + height > layout.height {
        return Err(corrupt(format!("frame {index} lies outside the picture")));
    }
    let duration = field(12)?;
    let mut images = 0;
    let sub_chunks = Chunks {
        rest: data.get(16..).unwrap_or_default(),
    };
    for chunk in sub_chunks {
        if let Some(size) = bitstream_size(&chunk?)? {
            images += 1;
            if size != (width, height) {
                return Err(corrupt(format!(
                    "frame {index} is not of the size it declares"
                )));
            }
        }
    }
    if images == 0 {
        return Err(corrupt(format!("frame {index} holds no image")));
    }
    Ok(u64::from(duration))
}

/// The size an image bitstream states; `None` for any other chunk.
fn bitstream_size(chunk: &Chunk<'_>) -> Result<Option<(u32, u32)>, ImageError> {
    let short = || corrupt(format!("its {} chunk is too short", chunk.label()));
    let size = match &chunk.name {
        b"VP8 " => {
            let Some(&[w0, w1, h0, h1]) = chunk.data.get(6..10) else {
                return Err(short());
            };
            let width = u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF);
            let height = u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF);
            (width, height)
        }
        b"VP8L" => {
            let bits = little_endian(chunk.data.get(1..5).ok_or_else(short)?, 4);
            ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
        }
        _ => return Ok(None),
    };
    if size.0 == 0 || size.1 == 0 {
        return Err(corrupt(format!("its size is {}×{} pixels", size.0, size.1)));
    }
    Ok(Some(size))
}

fn corrupt(reason: impl Into<String>) -> ImageError {
    ImageError::corrupt(Format::WebP, reason)
}

/// An unsigned little-endian number of up to four bytes.
fn little_endian(bytes: &[u8], width: usize) -> u32 {
    bytes
        .iter()
        .take(width)
        .rev()
        .fold(0, |sum, &byte| (sum << 8) | u32::from(byte))
}

/// One RIFF chunk.
struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
}

impl Chunk<'_> {
    fn label(&self) -> String {
        self.name.escape_ascii().to_string()
    }
}

/// The chunks of a RIFF body; ends at its end or after an error.
struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, ImageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let rest = std::mem::take(&mut self.rest);
        let Some((name, behind)) = rest.split_first_chunk::<4>() else {
            return Some(Err(corrupt("a chunk header is cut short")));
        };
        let Some((length, behind)) = behind.split_first_chunk::<4>() else {
            return Some(Err(corrupt("a chunk header is cut short")));
        };
        let length = u32::from_le_bytes(*length) as usize;
        let Some((data, behind)) = behind.split_at_checked(length) else {
            return Some(Err(corrupt(format!(
                "the chunk {} is cut short: {length} bytes are declared, {} are there",
                name.escape_ascii(),
                behind.len()
            ))));
        };
        // Chunks are padded to an even length.
        self.rest = behind.get(length % 2..).unwrap_or_default();
        Some(Ok(Chunk { name: *name, data }))
    }
}
