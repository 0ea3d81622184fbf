//! WebP: container walk and decoding.

mod container;
mod decode;

pub(super) use decode::{shots, verify};
