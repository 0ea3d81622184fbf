//! Sort keys: within a segment as integers, between segments as values.

mod bits;
mod given;
mod number;
mod segment;
mod value;

pub(crate) use segment::SegmentKey;
pub use value::SortValue;
pub(crate) use value::{compare, shown};
