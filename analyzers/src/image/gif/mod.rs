//! GIF: structure walk, full verification and composited frames.

mod blocks;
mod decode;

pub(super) use decode::{shots, verify};
