//! JPEG: marker walk and decoding.

mod decode;
mod markers;

pub(super) use decode::{shots, verify};
