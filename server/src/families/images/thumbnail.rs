//! Thumbnails: made when they are asked for, and kept in memory for a while.

use std::collections::{HashMap, VecDeque};
use std::io::Cursor;

use analyzers::image::{Format, Limits, first_frame, frames};
use bytes::Bytes;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use parking_lot::Mutex;

use super::answer::ImagesError;
use crate::app::App;
use crate::library::LibraryError;

/// The most pixels of a side.
const MAX_SIDE: u32 = 4_096;
/// The most bytes that are kept.
const MAX_KEPT: usize = 64 << 20;

/// What thumbnail is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wanted {
    width: Option<u32>,
    height: Option<u32>,
    format: Option<Format>,
    frame: Option<u32>,
}

impl Wanted {
    /// Reads the parameters; `None` where there are none.
    ///
    /// # Errors
    /// When one is out of range.
    pub fn read(
        width: Option<&str>,
        height: Option<&str>,
        format: Option<&str>,
        frame: Option<&str>,
    ) -> Result<Option<Self>, ImagesError> {
        let side = |name: &str, text: Option<&str>| match text {
            None => Ok(None),
            Some(text) => match text.parse::<u32>() {
                Ok(side) if (1..=MAX_SIDE).contains(&side) => Ok(Some(side)),
                _ => Err(ImagesError::bad(
                    "InvalidParameter",
                    format!("[{name}] must be a whole number from 1 to {MAX_SIDE}, not [{text}]"),
                    name,
                )),
            },
        };
        let format = match format.map(str::to_ascii_lowercase).as_deref() {
            None => None,
            Some("jpeg" | "jpg") => Some(Format::Jpeg),
            Some("png") => Some(Format::Png),
            Some("webp") => Some(Format::WebP),
            Some("gif") => Some(Format::Gif),
            Some(other) => {
                return Err(ImagesError::bad(
                    "InvalidParameter",
                    format!("[format] must be jpeg, png, webp or gif, not [{other}]"),
                    "format",
                ));
            }
        };
        let frame = match frame.map(str::parse) {
            None => None,
            Some(Ok(frame)) => Some(frame),
            Some(Err(_)) => {
                return Err(ImagesError::bad(
                    "InvalidParameter",
                    "[frame] must be a whole number from 0",
                    "frame",
                ));
            }
        };
        let wanted = Self {
            width: side("w", width)?,
            height: side("h", height)?,
            format,
            frame,
        };
        let none = Self {
            width: None,
            height: None,
            format: None,
            frame: None,
        };
        Ok((wanted != none).then_some(wanted))
    }

    /// What tells it apart among the thumbnails of a picture.
    pub fn tag(self) -> String {
        let side = |side: Option<u32>| side.map_or_else(String::new, |side| side.to_string());
        let format = self.format.map_or("auto", Format::as_str);
        let frame = self.frame.unwrap_or(0);
        format!(
            "{}x{}-{format}-{frame}",
            side(self.width),
            side(self.height)
        )
    }
}

#[derive(Debug, Default)]
struct Kept {
    by_key: HashMap<(String, Wanted), (Bytes, Format)>,
    /// The oldest first.
    order: VecDeque<(String, Wanted)>,
    bytes: usize,
}

/// The thumbnails that were made lately.
#[derive(Debug, Default)]
pub struct Thumbnails(Mutex<Kept>);

impl Thumbnails {
    /// The thumbnail of a picture, made where it is not kept.
    ///
    /// # Errors
    /// When the file cannot be decoded.
    pub fn get(
        &self,
        app: &App,
        hash: &str,
        file: &[u8],
        wanted: Wanted,
    ) -> Result<(Bytes, Format), ImagesError> {
        let key = (hash.to_owned(), wanted);
        if let Some(kept) = self.0.lock().by_key.get(&key) {
            return Ok(kept.clone());
        }
        let limits = app.settings.limits.pictures();
        let picture = match wanted.frame {
            None => first_frame(file, &limits).map_err(LibraryError::from)?,
            Some(number) => nth_frame(file, &limits, number)?,
        };
        let made = make(picture, wanted)?;
        let mut kept = self.0.lock();
        if kept.by_key.insert(key.clone(), made.clone()).is_none() {
            kept.bytes += made.0.len();
            kept.order.push_back(key);
        }
        while kept.bytes > MAX_KEPT {
            let Some(oldest) = kept.order.pop_front() else {
                break;
            };
            if let Some((bytes, _)) = kept.by_key.remove(&oldest) {
                kept.bytes = kept.bytes.saturating_sub(bytes.len());
            }
        }
        Ok(made)
    }
}

/// A frame of an animation, counted from 0.
fn nth_frame(file: &[u8], limits: &Limits, number: u32) -> Result<image::RgbaImage, ImagesError> {
    let mut count = 0;
    for frame in frames(file, limits).map_err(LibraryError::from)? {
        let frame = frame.map_err(LibraryError::from)?;
        if frame.index == number {
            return Ok(frame.image);
        }
        count = frame.index.saturating_add(1);
    }
    Err(ImagesError::bad(
        "InvalidParameter",
        format!("[frame] is {number}; the picture has {count} frames, counted from 0"),
        "frame",
    ))
}

/// Fits a picture into the wanted size; small ones stay as they are.
fn make(picture: image::RgbaImage, wanted: Wanted) -> Result<(Bytes, Format), ImagesError> {
    let (width, height) = picture.dimensions();
    let most = (
        wanted.width.unwrap_or(u32::MAX),
        wanted.height.unwrap_or(u32::MAX),
    );
    let clear = picture.pixels().any(|pixel| pixel.0[3] < 255);
    let mut picture = DynamicImage::ImageRgba8(picture);
    if width > most.0 || height > most.1 {
        let fit = (most.0.min(MAX_SIDE * 4), most.1.min(MAX_SIDE * 4));
        picture = picture.resize(fit.0, fit.1, FilterType::CatmullRom);
    }
    let format = wanted
        .format
        .unwrap_or(if clear { Format::Png } else { Format::Jpeg });
    let (encoded, picture) = match format {
        Format::Jpeg => (ImageFormat::Jpeg, on_white(&picture)),
        Format::Png => (ImageFormat::Png, picture),
        Format::WebP => (ImageFormat::WebP, picture),
        Format::Gif => (ImageFormat::Gif, picture),
    };
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, encoded).map_err(|error| {
        tracing::error!(%error, "a thumbnail could not be encoded");
        ImagesError::bad(
            "InvalidImage",
            "the picture cannot be shown in this format",
            "",
        )
    })?;
    Ok((Bytes::from(bytes.into_inner()), format))
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    let rgba = picture.to_rgba8();
    let mut rgb = image::RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [r, g, b, alpha] = from.0.map(u32::from);
        let mix = |value: u32| ((value * alpha + 255 * (255 - alpha)) / 255) as u8;
        to.0 = [mix(r), mix(g), mix(b)];
    }
    DynamicImage::ImageRgb8(rgb)
}
