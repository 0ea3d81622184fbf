//! Buckets: documents put together, with aggregations within. One file (or folder) for each.

mod composite;
mod filter;
mod filters;
mod histogram;
mod missing;
mod range;
mod terms;

pub(crate) use composite::{Composite, CompositePartial};
pub(crate) use filter::Filter;
pub(crate) use filters::Filters;
pub(crate) use histogram::{DateHistogram, Histogram, HistogramPartial};
pub(crate) use missing::MissingBucket;
pub(crate) use range::{Ranges, RangesPartial};
pub(crate) use terms::{Terms, TermsPartial};
