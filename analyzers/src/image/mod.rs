//! Pictures: what a file is, whether it decodes, and its frames.
//!
//! Bytes come from strangers. Every function here first reads the file's
//! *structure* (a few bytes for each block, without decompressing anything),
//! compares what the file declares with [`Limits`], and only then hands the
//! bytes to a decoder, one frame at a time.
//!
//! - [`sniff`] tells the format by content.
//! - [`probe`] decodes everything once, keeps nothing and reports
//!   [`PictureInfo`].
//! - [`frames`] streams composited frames; [`first_frame`] is its first.
//! - [`Descriptor`] tells how a picture looks, as a vector;
//!   [`embed_picture`] gives one for each scene of an animation.
//! - [`ImageModel`] does the same with learned weights; [`PictureEmbedder`] is
//!   whichever of both is set.
//! - [`detector::Detector`] finds the defects of surfaces.
//! - [`png_text`] and [`GenerationParameters`] read what image generators
//!   write into PNG files.

mod canvas;
mod descriptor;
pub mod detector;
mod embedder;
mod error;
mod format;
mod frame;
mod generation;
mod gif;
mod guard;
mod jpeg;
mod limits;
mod model;
mod png;
mod probe;
#[cfg(test)]
mod samples;
mod scenes;
#[cfg(test)]
mod tests;
mod webp;

pub use ::image::RgbaImage;
pub use descriptor::Descriptor;
pub use embedder::PictureEmbedder;
pub use error::ImageError;
pub use format::{Format, sniff};
pub use frame::{Frame, Frames, first_frame, frames};
pub use generation::{GenerationParameters, RESERVED_NAMES};
pub use limits::Limits;
pub use model::ImageModel;
pub use png::text::{TextChunk, png_text};
pub use probe::{PictureInfo, probe};
pub use scenes::{MOST_SCENES, ONE_SCENE, Scene, embed_picture, embed_picture_with};
