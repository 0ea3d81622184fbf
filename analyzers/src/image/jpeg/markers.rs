//! Walking the markers of a JPEG.
//!
//! The decoder fills the missing part of a file that was cut short with grey
//! and reports success, so completeness is checked here: every segment and
//! every scan must be there, up to the end-of-image marker.

use super::super::error::ImageError;
use super::super::format::Format;
use super::super::limits::Limits;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DHT: u8 = 0xC4;
const JPG: u8 = 0xC8;
const DAC: u8 = 0xCC;

/// What the markers of a complete JPEG declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Reads the layout and checks it against the limits.
pub(super) fn layout(bytes: &[u8], limits: &Limits) -> Result<Layout, ImageError> {
    let mut at = 2;
    let mut size: Option<Layout> = None;
    let mut scans = 0u64;
    loop {
        let marker = marker(bytes, &mut at)?;
        match marker {
            EOI if scans > 0 => break,
            EOI => return Err(corrupt("it holds no image data")),
            SOI => return Err(corrupt(format!("a second start of image at byte {at}"))),
            // Restart and TEM markers stand alone.
            0x01 | 0xD0..=0xD7 => {}
            _ => {
                let body = segment(bytes, &mut at)?;
                if is_frame_header(marker) {
                    if size.is_some() {
                        return Err(corrupt("it holds more than one frame"));
                    }
                    size = Some(frame_header(body, limits)?);
                } else if marker == SOS {
                    let Some(size) = size else {
                        return Err(corrupt("image data comes before the frame header"));
                    };
                    scans += 1;
                    let pixels = u64::from(size.width) * u64::from(size.height);
                    limits.check_total(pixels.saturating_mul(scans))?;
                    skip_scan(bytes, &mut at);
                }
            }
        }
    }
    size.ok_or_else(|| corrupt("it has no frame header"))
}

fn corrupt(reason: impl Into<String>) -> ImageError {
    ImageError::corrupt(Format::Jpeg, reason)
}

fn cut_short() -> ImageError {
    corrupt("it is cut short before the end-of-image marker")
}

fn is_frame_header(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, DHT | JPG | DAC)
}

/// The next marker; bytes between segments are skipped as decoders do.
fn marker(bytes: &[u8], at: &mut usize) -> Result<u8, ImageError> {
    loop {
        let rest = bytes.get(*at..).unwrap_or_default();
        let offset = rest
            .iter()
            .position(|&byte| byte == 0xFF)
            .ok_or_else(cut_short)?;
        *at += offset + 1;
        match bytes.get(*at) {
            None => return Err(cut_short()),
            // A fill byte: the marker's 0xFF is the next one.
            Some(0xFF) => {}
            Some(0) => *at += 1,
            Some(&code) => {
                *at += 1;
                return Ok(code);
            }
        }
    }
}

/// A segment's body, behind its length.
fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], ImageError> {
    let Some(&[high, low]) = bytes.get(*at..*at + 2) else {
        return Err(cut_short());
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length < 2 {
        return Err(corrupt(format!(
            "a segment of length {length} at byte {at}"
        )));
    }
    let body = bytes.get(*at + 2..*at + length).ok_or_else(cut_short)?;
    *at += length;
    Ok(body)
}

fn frame_header(body: &[u8], limits: &Limits) -> Result<Layout, ImageError> {
    let Some(&[_precision, h1, h0, w1, w0, _components]) = body.get(..6) else {
        return Err(corrupt("its frame header is too short"));
    };
    let height = u32::from(u16::from_be_bytes([h1, h0]));
    let width = u32::from(u16::from_be_bytes([w1, w0]));
    if width == 0 || height == 0 {
        return Err(corrupt(format!("its size is {width}×{height} pixels")));
    }
    limits.check_size(width, height)?;
    Ok(Layout { width, height })
}

/// Moves behind entropy-coded data, to the marker that ends it.
fn skip_scan(bytes: &[u8], at: &mut usize) {
    while let Some(&byte) = bytes.get(*at) {
        if byte == 0xFF {
            match bytes.get(*at + 1) {
                Some(0 | 0xD0..=0xD7) => *at += 1,
                Some(0xFF) => {}
                _ => return,
            }
        }
        *at += 1;
    }
}
