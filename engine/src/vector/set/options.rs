//! What a set of vectors is, and how it is kept.

use super::super::build::BuildOptions;
use super::super::error::{Result, VectorError};
use super::super::metric::{MAX_DIMS, Metric};
use super::super::segment::{MAX_MODEL_NAME, MAX_VECTORS, Model};

/// What all vectors of a set have in common. It is stored and never changes:
/// another model means another set, built beside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorSpec {
    /// The values of a vector.
    pub dims: usize,
    /// The measure.
    pub metric: Metric,
    /// What made the vectors.
    pub model: Model,
}

impl VectorSpec {
    /// Vectors that come from outside.
    pub fn new(dims: usize, metric: Metric) -> Self {
        Self {
            dims,
            metric,
            model: Model::default(),
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        let wrong = |what, value: usize, allowed| {
            Err(VectorError::Option {
                what,
                value: value as u64,
                allowed,
            })
        };
        if !(1..=MAX_DIMS).contains(&self.dims) {
            return wrong("dims", self.dims, "1 to 4096");
        }
        if self.model.name.len() > MAX_MODEL_NAME {
            return wrong(
                "the length of the model's name",
                self.model.name.len(),
                "at most 200 bytes",
            );
        }
        Ok(())
    }
}

impl std::fmt::Display for VectorSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} dimensions by {}", self.dims, self.metric.name())?;
        if !self.model.name.is_empty() {
            write!(
                f,
                " from model {} version {}",
                self.model.name, self.model.version
            )?;
        }
        Ok(())
    }
}

/// When segments become one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MergePolicy {
    /// So many segments of about one size are merged; also how much larger each
    /// size is than the one below.
    pub factor: usize,
    /// Segments with fewer vectors count as this large.
    pub floor: usize,
    /// No merge makes a segment with more vectors.
    pub largest: usize,
    /// A segment with a larger share of deleted vectors is written anew.
    pub deleted: f64,
}

impl Default for MergePolicy {
    fn default() -> Self {
        Self {
            factor: 4,
            floor: 10_000,
            largest: 8_000_000,
            deleted: 0.3,
        }
    }
}

/// How a set is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SetOptions {
    /// How segments are built.
    pub build: BuildOptions,
    /// So many fresh vectors make a segment.
    pub seal_at: usize,
    /// When segments become one.
    pub merge: MergePolicy,
}

impl Default for SetOptions {
    fn default() -> Self {
        Self {
            build: BuildOptions::default(),
            seal_at: 10_000,
            merge: MergePolicy::default(),
        }
    }
}

impl SetOptions {
    pub(super) fn check(&self) -> Result<()> {
        self.build.check()?;
        let wrong = |what, value: usize, allowed| {
            Err(VectorError::Option {
                what,
                value: value as u64,
                allowed,
            })
        };
        if self.seal_at == 0 {
            return wrong("seal_at", 0, "1 and more");
        }
        if !(2..=100).contains(&self.merge.factor) {
            return wrong("merge.factor", self.merge.factor, "2 to 100");
        }
        if self.merge.largest as u64 > MAX_VECTORS {
            return wrong("merge.largest", self.merge.largest, "at most 2147483647");
        }
        Ok(())
    }
}
