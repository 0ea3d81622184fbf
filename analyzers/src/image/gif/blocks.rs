//! Walking the blocks of a GIF without decompressing anything.

use super::super::error::ImageError;
use super::super::format::Format;
use super::super::limits::Limits;

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;
const GRAPHIC_CONTROL: u8 = 0xF9;

/// What the blocks of a complete GIF declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Width of the logical screen.
    pub(super) width: u32,
    /// Height of the logical screen.
    pub(super) height: u32,
    /// Number of image blocks.
    pub(super) frames: u32,
    /// Sum of the frames' delays, in 1/100 s.
    pub(super) centiseconds: u64,
    /// Bytes up to and without the trailer.
    pub(super) end: usize,
}

/// Reads the layout and checks it against the limits.
///
/// A file whose last image is complete but that lacks the trailer byte is
/// accepted, as every viewer does; one that ends inside a block is not.
pub(super) fn layout(bytes: &[u8], limits: &Limits) -> Result<Layout, ImageError> {
    let mut cursor = Cursor { bytes, at: 6 };
    let width = u32::from(cursor.short("the screen descriptor")?);
    let height = u32::from(cursor.short("the screen descriptor")?);
    let flags = cursor.byte("the screen descriptor")?;
    cursor.skip(2, "the screen descriptor")?;
    if width == 0 || height == 0 {
        return Err(corrupt(format!("its screen is {width}×{height} pixels")));
    }
    let pixels = limits.check_size(width, height)?;
    let global_palette = cursor.palette(flags)?;

    let mut layout = Layout {
        width,
        height,
        frames: 0,
        centiseconds: 0,
        end: 0,
    };
    let mut total = 0u64;
    let mut delay = None;
    loop {
        layout.end = cursor.at;
        match cursor.next() {
            Some(TRAILER) => break,
            // Some writers leave a stray terminator between blocks.
            Some(0) => {}
            Some(EXTENSION) => {
                if cursor.byte("an extension")? == GRAPHIC_CONTROL {
                    delay = Some(cursor.graphic_control()?);
                }
                cursor.sub_blocks("an extension")?;
            }
            Some(IMAGE) => {
                let area = cursor.image(layout.frames, global_palette, limits)?;
                layout.frames = layout.frames.saturating_add(1);
                limits.check_frames(layout.frames)?;
                total = total.saturating_add(pixels.max(area));
                limits.check_total(total)?;
                layout.centiseconds += u64::from(delay.take().unwrap_or(0));
            }
            Some(other) => {
                let at = layout.end;
                return Err(corrupt(format!("unknown block 0x{other:02x} at byte {at}")));
            }
            None if delay.is_some() => {
                return Err(corrupt("it ends before the image that was announced"));
            }
            None => break,
        }
    }
    if layout.frames == 0 {
        return Err(corrupt("it holds no image"));
    }
    Ok(layout)
}

fn corrupt(reason: impl Into<String>) -> ImageError {
    ImageError::corrupt(Format::Gif, reason)
}

/// A position in the file.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn byte(&mut self, inside: &str) -> Result<u8, ImageError> {
        self.next().ok_or_else(|| {
            corrupt(format!(
                "it is cut short in {inside}, at byte {}",
                self.bytes.len()
            ))
        })
    }

    fn short(&mut self, inside: &str) -> Result<u16, ImageError> {
        Ok(u16::from_le_bytes([self.byte(inside)?, self.byte(inside)?]))
    }

    fn skip(&mut self, count: usize, inside: &str) -> Result<(), ImageError> {
        let end = self.at.saturating_add(count);
        if end > self.bytes.len() {
            self.at = self.bytes.len();
            self.byte(inside)?;
        }
        self.at = end;
        Ok(())
    }

    /// Skips the colour table that `flags` announce; tells whether there is one.
    fn palette(&mut self, flags: u8) -> Result<bool, ImageError> {
        if flags & 0x80 == 0 {
            return Ok(false);
        }
        self.skip(3 << ((flags & 7) + 1), "a colour table")?;
        Ok(true)
    }

    /// Skips data sub-blocks up to and including their terminator.
    fn sub_blocks(&mut self, inside: &str) -> Result<(), ImageError> {
        loop {
            let length = self.byte(inside)?;
            if length == 0 {
                return Ok(());
            }
            self.skip(usize::from(length), inside)?;
        }
    }

    /// Reads a graphic control extension's delay and leaves the position at
    /// its terminator.
    fn graphic_control(&mut self) -> Result<u16, ImageError> {
        const INSIDE: &str = "a graphic control extension";
        if self.byte(INSIDE)? != 4 {
            return Err(corrupt(format!(
                "a graphic control extension of the wrong length at byte {}",
                self.at
            )));
        }
        self.skip(1, INSIDE)?;
        let delay = self.short(INSIDE)?;
        self.skip(1, INSIDE)?;
        Ok(delay)
    }

    /// Skips one image block and returns its area.
    fn image(
        &mut self,
        index: u32,
        global_palette: bool,
        limits: &Limits,
    ) -> Result<u64, ImageError> {
        let inside = format!("frame {index}");
        self.skip(4, &inside)?;
        let width = u32::from(self.short(&inside)?);
        let height = u32::from(self.short(&inside)?);
        if width == 0 || height == 0 {
            return Err(corrupt(format!("{inside} is {width}×{height} pixels")));
        }
        let area = limits.check_size(width, height)?;
        let flags = self.byte(&inside)?;
        if !self.palette(flags)? && !global_palette {
            return Err(corrupt(format!("{inside} has no colour table")));
        }
        self.skip(1, &inside)?;
        self.sub_blocks(&inside)?;
        Ok(area)
    }
}
