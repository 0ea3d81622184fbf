//! Vectors: segments with a graph, memory-mapped, searched where they lie.
//!
//! New vectors go to a buffer that is searched exactly. Sealing makes of it an
//! immutable segment: hnsw_rs links the vectors, the graph is frozen into a
//! flat file, and searches walk that file without reading it in. `docs/format.md`
//! describes the bytes.

mod buffer;
pub mod build;
mod error;
mod metric;
mod quantise;
pub mod search;
pub mod segment;
mod set;
#[allow(
    unsafe_code,
    reason = "instructions found at run time, and bytes seen as numbers"
)]
pub mod simd;

#[cfg(test)]
mod testing;

pub use build::{BuildOptions, Progress, Row};
pub use error::{Result, VectorError};
pub use metric::{MAX_DIMS, Metric};
pub use search::{Allowed, Budget, Precision, SearchOptions, SearchReport, Strategy, VectorHit};
pub use segment::{Model, Segment};
pub use set::{
    DocumentVector, DurableFiles, KnnAnswer, KnnReport, KnnRequest, MAX_K, MergePolicy,
    SegmentStats, SetOptions, SetStats, VectorSet, VectorSnapshot, VectorSpec,
};
