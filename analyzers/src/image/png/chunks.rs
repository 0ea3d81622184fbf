//! Walking the chunks of a PNG without decompressing anything.

use super::super::error::ImageError;
use super::super::format::Format;
use super::super::limits::Limits;

/// What the chunks of a complete PNG declare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Frames of the animation; 1 for a still.
    pub(super) frames: u32,
    /// Sum of the frames' delays.
    pub(super) seconds: f64,
    /// The first image is for viewers that don't animate, and not a frame.
    pub(super) separate_default: bool,
}

/// One chunk: its type and its data.
pub(super) struct Chunk<'a> {
    pub(super) name: [u8; 4],
    pub(super) data: &'a [u8],
}

/// The chunks of a file, up to and with `IEND`.
pub(super) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
    done: bool,
}

/// The chunks behind the signature.
pub(super) fn chunks(bytes: &[u8]) -> Chunks<'_> {
    Chunks {
        bytes,
        at: 8,
        done: false,
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, ImageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let chunk = self.read();
        self.done = chunk.as_ref().map_or(true, |chunk| chunk.name == *b"IEND");
        Some(chunk)
    }
}

impl<'a> Chunks<'a> {
    fn read(&mut self) -> Result<Chunk<'a>, ImageError> {
        let at = self.at;
        let rest = self.bytes.get(at..).unwrap_or_default();
        let head = rest.split_first_chunk::<4>();
        let Some((length, Some((name, data)))) =
            head.map(|(length, rest)| (length, rest.split_first_chunk::<4>()))
        else {
            return Err(corrupt(format!(
                "it is cut short before the chunk at byte {at}"
            )));
        };
        let length = u32::from_be_bytes(*length) as usize;
        // The checksum behind the data must be there too.
        let Some(data) = data.get(..length).filter(|_| data.len() - length >= 4) else {
            return Err(corrupt(format!(
                "it is cut short in the chunk {} at byte {at}",
                name.escape_ascii()
            )));
        };
        self.at += length + 12;
        Ok(Chunk { name: *name, data })
    }
}

/// Reads the layout and checks it against the limits.
pub(super) fn layout(bytes: &[u8], limits: &Limits) -> Result<Layout, ImageError> {
    let mut all = chunks(bytes);
    let header = all.next().transpose()?;
    let Some((width, height)) = header
        .filter(|chunk| chunk.name == *b"IHDR")
        .and_then(|chunk| Some((number(chunk.data, 0)?, number(chunk.data, 4)?)))
    else {
        return Err(corrupt("it doesn't begin with its header"));
    };
    if width == 0 || height == 0 {
        return Err(corrupt(format!("its size is {width}×{height} pixels")));
    }
    let pixels = limits.check_size(width, height)?;

    let mut announced = None;
    let mut controls = 0u32;
    let mut seconds = 0.0;
    let mut image_data = false;
    let mut separate_default = false;
    for chunk in all {
        let chunk = chunk?;
        match &chunk.name {
            b"IDAT" if !image_data => {
                image_data = true;
                separate_default = controls == 0;
            }
            b"acTL" if !image_data => {
                let frames = number(chunk.data, 0)
                    .filter(|&frames| frames > 0)
                    .ok_or_else(|| corrupt("it announces an animation without frames"))?;
                limits.check_frames(frames)?;
                let total = pixels.saturating_mul(u64::from(frames) + 1);
                limits.check_total(total)?;
                announced = Some(frames);
            }
            b"fcTL" => {
                controls = controls.saturating_add(1);
                seconds += delay(chunk.data);
            }
            _ => {}
        }
    }
    if !image_data {
        return Err(corrupt("it holds no image data"));
    }
    let Some(frames) = announced else {
        return Ok(Layout {
            width,
            height,
            frames: 1,
            seconds: 0.0,
            separate_default: false,
        });
    };
    if controls != frames {
        return Err(corrupt(format!(
            "{controls} of its {frames} animation frames are there"
        )));
    }
    Ok(Layout {
        width,
        height,
        frames,
        seconds: if frames > 1 { rounded(seconds) } else { 0.0 },
        separate_default,
    })
}

/// The delay of a frame control chunk, in seconds.
fn delay(control: &[u8]) -> f64 {
    let Some(&[n1, n0, d1, d0]) = control.get(20..24) else {
        return 0.0;
    };
    delay_seconds(u16::from_be_bytes([n1, n0]), u16::from_be_bytes([d1, d0]))
}

/// To the microsecond, to shed what adding fractions left over.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// A delay fraction in seconds; a denominator of 0 stands for 100.
pub(super) fn delay_seconds(numerator: u16, denominator: u16) -> f64 {
    let denominator = if denominator == 0 { 100 } else { denominator };
    f64::from(numerator) / f64::from(denominator)
}

fn number(data: &[u8], from: usize) -> Option<u32> {
    let field = data.get(from..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*field))
}

pub(super) fn corrupt(reason: impl Into<String>) -> ImageError {
    ImageError::corrupt(Format::Png, reason)
}
