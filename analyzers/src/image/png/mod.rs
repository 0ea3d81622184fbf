//! PNG and animated PNG: chunk walk, text, verification and frames.

mod chunks;
mod decode;
pub(super) mod text;

pub(super) use decode::{shots, verify};
