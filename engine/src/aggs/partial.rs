//! What an index found, before it is merged and written.

use serde_json::{Map, Value};

use super::Finish;
use super::bucket::{CompositePartial, HistogramPartial, RangesPartial, TermsPartial};
use super::metric::{Digest, Distinct, StatsPartial, TopHitsPartial};
use super::node::Node;
use crate::error::{EngineError, Result};

/// What an index found for one aggregation.
#[derive(Debug)]
pub(crate) enum Partial {
    /// Not computed yet: a `terms` may still drop the bucket.
    Pending,
    Terms(TermsPartial),
    Single(Bucket),
    Many(Vec<Bucket>),
    Ranges(RangesPartial),
    Histogram(HistogramPartial),
    Composite(CompositePartial),
    Stats(StatsPartial),
    Count(u64),
    Cardinality(Box<Distinct>),
    Percentiles(Digest),
    TopHits(TopHitsPartial),
}

/// Documents that belong together, and what is known of them.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    /// How many.
    pub(crate) count: u64,
    /// The aggregations below, in the order of the request.
    pub(crate) subs: Vec<Partial>,
}

impl Bucket {
    /// Adds another index's documents of the same bucket.
    pub(crate) fn merge(&mut self, nodes: &[Node], other: Self) -> Result<()> {
        self.count += other.count;
        merge_all(nodes, &mut self.subs, other.subs)
    }

    /// Writes the count and what lies below.
    pub(crate) fn finish(
        &self,
        nodes: &[Node],
        out: &mut Map<String, Value>,
        end: &mut Finish,
    ) -> Result<()> {
        out.insert("doc_count".to_owned(), Value::from(self.count));
        finish_all(nodes, &self.subs, out, end)
    }
}

/// Merges the results of sibling aggregations.
pub(crate) fn merge_all(nodes: &[Node], into: &mut [Partial], from: Vec<Partial>) -> Result<()> {
    for (node, (into, from)) in nodes.iter().zip(into.iter_mut().zip(from)) {
        node.merge(into, from)?;
    }
    Ok(())
}

/// Writes the results of sibling aggregations.
pub(crate) fn finish_all(
    nodes: &[Node],
    partials: &[Partial],
    out: &mut Map<String, Value>,
    end: &mut Finish,
) -> Result<()> {
    for (node, partial) in nodes.iter().zip(partials) {
        out.insert(node.name.clone(), node.finish(partial, end)?);
    }
    Ok(())
}

/// A result that is of another aggregation: a fault of ours.
pub(crate) fn mismatch(name: &str) -> EngineError {
    EngineError::Internal(format!(
        "the result of aggregation [{name}] has another shape than the aggregation"
    ))
}
