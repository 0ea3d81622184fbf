//! `histogram` and `date_histogram`: buckets of equal width, or of calendar units.

mod bounds;
mod dates;
mod interval;
mod numbers;
mod rounding;

pub(crate) use dates::DateHistogram;
pub(crate) use interval::{read_interval, read_offset};
pub(crate) use numbers::Histogram;
pub(crate) use rounding::Rounding;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::aggs::node::Node;
use crate::aggs::order::Order;
use crate::aggs::partial::{Bucket, merge_all};
use crate::aggs::run::{Bound, Doc, Run, runs};
use crate::aggs::value::{Format, Key, double_text};
use crate::aggs::{Finish, MAX_BUCKETS};
use crate::error::{EngineError, Result};

/// The first and last bucket that have to be there, whatever the documents.
type Extended = (Option<i64>, Option<i64>);

/// The buckets in one index. A slot counts intervals, or is milliseconds.
#[derive(Debug)]
pub(crate) struct HistogramPartial {
    format: Format,
    buckets: BTreeMap<i64, Bucket>,
    /// What stands where no documents are.
    empty: Bucket,
    extended: Extended,
}

/// How buckets are written.
struct Shape<'a> {
    subs: &'a [Node],
    order: &'a Order,
    keyed: bool,
    /// The fewest documents of a bucket that is given.
    least: u64,
}

impl HistogramPartial {
    /// Puts documents into the buckets of their values.
    fn collect(
        run: &Run<'_>,
        subs: &[Node],
        docs: &[Doc],
        bound: &Bound,
        extended: Extended,
        slot: impl Fn(f64) -> Result<Option<i64>>,
    ) -> Result<Self> {
        let mut pairs: Vec<(i64, Doc)> = Vec::new();
        let mut values = Vec::new();
        for (_, part) in runs(docs) {
            run.check()?;
            for doc in part {
                bound.values(*doc, &mut values)?;
                for value in &values {
                    if let Some(slot) = slot(bound.number(*value))? {
                        pairs.push((slot, *doc));
                    }
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut buckets = BTreeMap::new();
        let mut docs = Vec::new();
        for group in pairs.chunk_by(|a, b| a.0 == b.0) {
            let Some((slot, _)) = group.first() else {
                continue;
            };
            run.take(1)?;
            docs.clear();
            docs.extend(group.iter().map(|(_, doc)| *doc));
            buckets.insert(*slot, run.bucket(subs, &docs)?);
        }
        Ok(Self {
            format: bound.format.clone(),
            buckets,
            empty: run.empty_bucket(subs)?,
            extended,
        })
    }

    pub(crate) fn merge(&mut self, subs: &[Node], other: Self) -> Result<()> {
        if self.format.is_plain() {
            self.format = other.format;
        }
        for (slot, bucket) in other.buckets {
            match self.buckets.get_mut(&slot) {
                Some(into) => into.merge(subs, bucket)?,
                None => {
                    self.buckets.insert(slot, bucket);
                }
            }
        }
        // Nothing and nothing is nothing, but by now of a known type.
        merge_all(subs, &mut self.empty.subs, other.empty.subs)
    }

    /// The buckets in order of their slots, with the empty ones between them.
    fn filled(&self, next: impl Fn(i64) -> Option<i64>) -> Result<Vec<(i64, &Bucket)>> {
        let (low, high) = self.extended;
        let known = (self.buckets.keys().next(), self.buckets.keys().next_back());
        let first = known.0.copied().into_iter().chain(low).min();
        let last = known.1.copied().into_iter().chain(high).max();
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Vec::new());
        };
        if self.buckets.is_empty() && (low.is_none() || high.is_none()) {
            return Ok(Vec::new());
        }
        let mut rows: Vec<(i64, &Bucket)> = Vec::new();
        let mut at = Some(first);
        let mut pending = self.buckets.iter().peekable();
        while let Some(slot) = at.filter(|slot| *slot <= last) {
            match pending.next_if(|(next, _)| **next <= slot) {
                Some((found, bucket)) => rows.push((*found, bucket)),
                None => rows.push((slot, &self.empty)),
            }
            if rows.len() > MAX_BUCKETS {
                return Err(EngineError::TooManyBuckets {
                    limit: MAX_BUCKETS,
                    found: rows.len(),
                });
            }
            at = next(slot).filter(|next| *next > slot);
        }
        rows.extend(pending.map(|(slot, bucket)| (*slot, bucket)));
        Ok(rows)
    }

    /// Writes the buckets.
    fn finish(
        &self,
        shape: &Shape<'_>,
        next: impl Fn(i64) -> Option<i64>,
        key: impl Fn(i64) -> Key,
        out: &mut Map<String, Value>,
        end: &mut Finish,
    ) -> Result<()> {
        let rows = if shape.least == 0 {
            self.filled(next)?
        } else {
            let enough = |(_, bucket): &(&i64, &Bucket)| bucket.count >= shape.least;
            let rows = self.buckets.iter().filter(enough);
            rows.map(|(slot, bucket)| (*slot, bucket)).collect()
        };
        let mut rows: Vec<(Key, &Bucket)> = rows
            .into_iter()
            .map(|(slot, bucket)| (key(slot), bucket))
            .collect();
        rows.sort_by(|a, b| shape.order.compare(shape.subs, (&a.0, a.1), (&b.0, b.1)));
        end.take(rows.len())?;
        let mut list = Vec::new();
        let mut object = Map::new();
        for (key, bucket) in rows {
            let mut body = Map::new();
            let text = self.format.key(&key);
            if let Some(text) = &text {
                body.insert("key_as_string".to_owned(), text.as_str().into());
            }
            body.insert("key".to_owned(), key.to_json());
            bucket.finish(shape.subs, &mut body, end)?;
            if shape.keyed {
                let name = text.unwrap_or_else(|| double_text(key.number().unwrap_or_default()));
                object.insert(name, Value::Object(body));
            } else {
                list.push(Value::Object(body));
            }
        }
        let buckets = if shape.keyed {
            Value::Object(object)
        } else {
            Value::Array(list)
        };
        out.insert("buckets".to_owned(), buckets);
        Ok(())
    }
}
