//! Metrics: numbers about documents. One file for each.

mod cardinality;
mod count;
mod digest;
mod distinct;
mod percentiles;
mod stats;
mod sum;
mod top_hits;

pub(crate) use cardinality::Cardinality;
pub(crate) use count::ValueCount;
pub(crate) use digest::Digest;
pub(crate) use distinct::Distinct;
pub(crate) use percentiles::Percentiles;
pub(crate) use stats::{StatsMetric, StatsPartial, Which};
pub(crate) use top_hits::{TopHits, TopHitsPartial};
