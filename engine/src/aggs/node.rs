//! One aggregation of a request, with those below it.

use serde_json::{Map, Value};

use super::Finish;
use super::bucket::{
    Composite, DateHistogram, Filter, Filters, Histogram, MissingBucket, Ranges, Terms,
};
use super::metric::{Cardinality, Percentiles, StatsMetric, TopHits, ValueCount};
use super::partial::{Partial, mismatch};
use super::run::{Doc, Run};
use crate::error::Result;

/// One aggregation of a request.
#[derive(Debug)]
pub(crate) struct Node {
    /// Its name in the answer.
    pub(crate) name: String,
    /// What the answer repeats.
    pub(crate) meta: Option<Value>,
    /// What it computes.
    pub(crate) kind: Kind,
    /// What is computed within each of its buckets.
    pub(crate) subs: Vec<Node>,
}

/// What an aggregation computes.
#[derive(Debug)]
pub(crate) enum Kind {
    Terms(Terms),
    Filter(Filter),
    Filters(Filters),
    Missing(MissingBucket),
    Ranges(Ranges),
    Histogram(Histogram),
    DateHistogram(Box<DateHistogram>),
    Composite(Composite),
    Stats(StatsMetric),
    ValueCount(ValueCount),
    Cardinality(Cardinality),
    Percentiles(Percentiles),
    TopHits(Box<TopHits>),
}

impl Node {
    /// Whether it or something below wants scores.
    pub(crate) fn needs_scores(&self) -> bool {
        matches!(&self.kind, Kind::TopHits(hits) if hits.needs_scores())
            || self.subs.iter().any(Self::needs_scores)
    }

    /// Computes it over documents of one index.
    pub(crate) fn collect(&self, run: &Run<'_>, docs: &[Doc]) -> Result<Partial> {
        run.check()?;
        let subs = &self.subs;
        Ok(match &self.kind {
            Kind::Terms(terms) => Partial::Terms(terms.collect(run, &self.name, subs, docs)?),
            Kind::Filter(filter) => Partial::Single(filter.collect(run, subs, docs)?),
            Kind::Filters(filters) => Partial::Many(filters.collect(run, subs, docs)?),
            Kind::Missing(missing) => Partial::Single(missing.collect(run, subs, docs)?),
            Kind::Ranges(ranges) => Partial::Ranges(ranges.collect(run, subs, docs)?),
            Kind::Histogram(histogram) => {
                Partial::Histogram(histogram.collect(run, &self.name, subs, docs)?)
            }
            Kind::DateHistogram(histogram) => {
                Partial::Histogram(histogram.collect(run, subs, docs)?)
            }
            Kind::Composite(composite) => Partial::Composite(composite.collect(run, subs, docs)?),
            Kind::Stats(stats) => Partial::Stats(stats.collect(run, docs)?),
            Kind::ValueCount(count) => Partial::Count(count.collect(run, docs)?),
            Kind::Cardinality(cardinality) => {
                Partial::Cardinality(Box::new(cardinality.collect(run, docs)?))
            }
            Kind::Percentiles(percentiles) => Partial::Percentiles(percentiles.collect(run, docs)?),
            Kind::TopHits(hits) => Partial::TopHits(hits.collect(run, docs)?),
        })
    }

    /// Adds what another index found.
    pub(crate) fn merge(&self, into: &mut Partial, from: Partial) -> Result<()> {
        let subs = &self.subs;
        match (&self.kind, into, from) {
            (Kind::Terms(terms), Partial::Terms(into), Partial::Terms(from)) => {
                terms.merge(&self.name, subs, into, from)
            }
            (_, Partial::Single(into), Partial::Single(from)) => into.merge(subs, from),
            (_, Partial::Many(into), Partial::Many(from)) => {
                for (into, from) in into.iter_mut().zip(from) {
                    into.merge(subs, from)?;
                }
                Ok(())
            }
            (_, Partial::Ranges(into), Partial::Ranges(from)) => into.merge(subs, from),
            (_, Partial::Histogram(into), Partial::Histogram(from)) => into.merge(subs, from),
            (Kind::Composite(composite), Partial::Composite(into), Partial::Composite(from)) => {
                composite.merge(subs, into, from)
            }
            (_, Partial::Stats(into), Partial::Stats(from)) => {
                into.merge(from);
                Ok(())
            }
            (_, Partial::Count(into), Partial::Count(from)) => {
                *into += from;
                Ok(())
            }
            (_, Partial::Cardinality(into), Partial::Cardinality(from)) => {
                into.merge(*from);
                Ok(())
            }
            (_, Partial::Percentiles(into), Partial::Percentiles(from)) => {
                into.merge(from);
                Ok(())
            }
            (Kind::TopHits(hits), Partial::TopHits(into), Partial::TopHits(from)) => {
                hits.merge(into, from);
                Ok(())
            }
            _ => Err(mismatch(&self.name)),
        }
    }

    /// Writes its result.
    pub(crate) fn finish(&self, partial: &Partial, end: &mut Finish) -> Result<Value> {
        let mut out = Map::new();
        if let Some(meta) = &self.meta {
            out.insert("meta".to_owned(), meta.clone());
        }
        let subs = &self.subs;
        match (&self.kind, partial) {
            (Kind::Terms(terms), Partial::Terms(partial)) => {
                terms.finish(subs, partial, &mut out, end)?;
            }
            (Kind::Filters(filters), Partial::Many(buckets)) => {
                filters.finish(subs, buckets, &mut out, end)?;
            }
            (_, Partial::Single(bucket)) => bucket.finish(subs, &mut out, end)?,
            (Kind::Ranges(ranges), Partial::Ranges(partial)) => {
                ranges.finish(subs, partial, &mut out, end)?;
            }
            (Kind::Histogram(histogram), Partial::Histogram(partial)) => {
                histogram.finish(subs, partial, &mut out, end)?;
            }
            (Kind::DateHistogram(histogram), Partial::Histogram(partial)) => {
                histogram.finish(subs, partial, &mut out, end)?;
            }
            (Kind::Composite(composite), Partial::Composite(partial)) => {
                composite.finish(subs, partial, &mut out, end)?;
            }
            (Kind::Stats(stats), Partial::Stats(partial)) => stats.finish(partial, &mut out),
            (Kind::ValueCount(_), Partial::Count(count)) => {
                out.insert("value".to_owned(), Value::from(*count));
            }
            (Kind::Cardinality(_), Partial::Cardinality(partial)) => {
                out.insert("value".to_owned(), Value::from(partial.estimate()));
            }
            (Kind::Percentiles(percentiles), Partial::Percentiles(partial)) => {
                percentiles.finish(partial, &mut out);
            }
            (Kind::TopHits(hits), Partial::TopHits(partial)) => hits.finish(partial, &mut out),
            _ => return Err(mismatch(&self.name)),
        }
        Ok(Value::Object(out))
    }
}
