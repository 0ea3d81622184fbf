//! `terms`: a bucket for each value, the most frequent first.
//!
//! Values are counted first; then the buckets that can be in the answer are chosen; what lies below
//! is computed for those alone. What the order needs of it is computed for all.

mod include;
mod reduce;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::aggs::Finish;
use crate::aggs::node::Node;
use crate::aggs::order::Order;
use crate::aggs::parse::{Params, Read};
use crate::aggs::partial::{Bucket, Partial};
use crate::aggs::run::{Bound, Doc, Run, Source, Wants, runs};
use crate::aggs::value::{Format, Key, ValueKind};
use crate::error::Result;
use crate::query::ast::ParseError;

use include::Selection;

/// Buckets without anything below them are cheap: as many are kept at least, for exact sums of
/// several indices.
const CHEAP: usize = 1_000;

/// `terms`.
#[derive(Debug)]
pub(crate) struct Terms {
    source: Source,
    size: usize,
    shard_size: usize,
    /// The buckets that a shard of Elasticsearch would keep.
    told_size: usize,
    least: u64,
    order: Order,
    selection: Selection,
    show_errors: bool,
}

/// The buckets in one index, in order.
#[derive(Debug)]
pub(crate) struct TermsPartial {
    kind: ValueKind,
    format: Format,
    buckets: Vec<TermsBucket>,
    /// The documents of buckets that were left out.
    other: u64,
    /// How many documents a bucket may have that was left out; `None` when nobody knows.
    error: Option<u64>,
    /// Whether other indices were added.
    merged: bool,
}

#[derive(Debug)]
struct TermsBucket {
    key: Key,
    bucket: Bucket,
    error: Option<u64>,
}

impl Terms {
    pub(crate) fn read(params: &mut Params<'_>, subs: &[Node]) -> Read<Self> {
        let size = params.count("size")?.unwrap_or(10);
        if size == 0 {
            return Err(ParseError::illegal(format!(
                "[size] must be greater than 0. Found [0] in [{}]",
                params.name()
            )));
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let own = params.count("shard_size")?;
        let suggested = size.saturating_add(size / 2).saturating_add(10);
        let cheap = if subs.is_empty() { CHEAP } else { 0 };
        let told_size = own
            .and_then(|own| usize::try_from(own).ok())
            .unwrap_or(suggested)
            .max(size);
        let shard_size = told_size.max(cheap);
        params.ignore(&["shard_min_doc_count", "execution_hint", "collect_mode"]);
        let order = match params.get("order") {
            None => Order::by_count(),
            Some(order) => Order::read(order, subs)?,
        };
        Ok(Self {
            source: Source::read(params)?,
            size,
            shard_size,
            told_size,
            least: params.count("min_doc_count")?.unwrap_or(1),
            order,
            selection: Selection::read(params)?,
            show_errors: params.flag("show_term_doc_count_error", false)?,
        })
    }

    pub(crate) fn collect(
        &self,
        run: &Run<'_>,
        name: &str,
        subs: &[Node],
        docs: &[Doc],
    ) -> Result<TermsPartial> {
        let bound = self.source.bind(run, Wants::Any)?;
        let counts = self.counts(run, name, &bound, docs)?;
        let mut candidates: Vec<(u64, Key, Bucket)> = counts
            .into_iter()
            .map(|(value, count)| {
                let bucket = Bucket {
                    count,
                    subs: Vec::new(),
                };
                (value, bound.key(value), bucket)
            })
            .collect();
        let needed = self.order.children();
        if !needed.is_empty() {
            run.take(candidates.len())?;
            let docs = grouped(
                run,
                &bound,
                docs,
                candidates.iter().map(|(value, ..)| *value),
            )?;
            for ((_, _, bucket), docs) in candidates.iter_mut().zip(&docs) {
                for (at, node) in subs.iter().enumerate() {
                    bucket.subs.push(if needed.contains(&at) {
                        node.collect(run, docs)?
                    } else {
                        Partial::Pending
                    });
                }
            }
        }
        let compare = |a: &(u64, Key, Bucket), b: &(u64, Key, Bucket)| {
            self.order.compare(subs, (&a.1, &a.2), (&b.1, &b.2))
        };
        let total: u64 = candidates.iter().map(|(_, _, bucket)| bucket.count).sum();
        let full = candidates.len() >= self.told_size;
        let pruned = candidates.len() > self.shard_size;
        if pruned {
            candidates.select_nth_unstable_by(self.shard_size, compare);
            candidates.truncate(self.shard_size);
        }
        candidates.sort_unstable_by(compare);
        // By count a bucket that was left out has no more documents than the last that was not; by
        // anything else but the key nobody knows.
        let error = match candidates.last() {
            _ if self.order.is_key() => Some(0),
            Some((_, _, last)) if self.order.is_count_descending() => {
                Some(if pruned { last.count } else { 0 })
            }
            Some(_) if full => None,
            Some(_) | None => Some(0),
        };
        run.take(candidates.len())?;
        if !subs.is_empty() {
            let docs = grouped(
                run,
                &bound,
                docs,
                candidates.iter().map(|(value, ..)| *value),
            )?;
            for ((_, _, bucket), docs) in candidates.iter_mut().zip(&docs) {
                if bucket.subs.is_empty() {
                    bucket.subs = run.subs(subs, docs)?;
                    continue;
                }
                for (node, sub) in subs.iter().zip(&mut bucket.subs) {
                    if matches!(sub, Partial::Pending) {
                        *sub = node.collect(run, docs)?;
                    }
                }
            }
        }
        let kept: u64 = candidates.iter().map(|(_, _, bucket)| bucket.count).sum();
        Ok(TermsPartial {
            kind: bound.kind,
            format: bound.format,
            buckets: candidates
                .into_iter()
                .map(|(_, key, bucket)| TermsBucket {
                    key,
                    bucket,
                    error: Some(0),
                })
                .collect(),
            other: total - kept,
            error,
            merged: false,
        })
    }

    /// How many documents have each value.
    fn counts(
        &self,
        run: &Run<'_>,
        name: &str,
        bound: &Bound,
        docs: &[Doc],
    ) -> Result<Vec<(u64, u64)>> {
        bound.field().prepare(run, docs)?;
        let mut counts = counted(run, bound, docs)?;
        if self.least == 0 && !run.fills() {
            // Values of other documents are given with a count of 0.
            let living = run.living()?;
            bound.field().prepare(run, &living)?;
            let mut all: HashMap<u64, u64> = counted(run, bound, &living)?
                .into_iter()
                .map(|(value, _)| (value, 0))
                .collect();
            all.extend(counts);
            counts = all.into_iter().collect();
        }
        let chosen = self.selection.bind(name, &self.source, bound)?;
        if !chosen.is_all() {
            counts.retain(|(value, _)| chosen.accepts(&bound.key(*value)));
        }
        Ok(counts)
    }

    pub(crate) fn finish(
        &self,
        subs: &[Node],
        partial: &TermsPartial,
        out: &mut Map<String, Value>,
        end: &mut Finish,
    ) -> Result<()> {
        reduce::finish(self, subs, partial, out, end)
    }

    pub(crate) fn merge(
        &self,
        name: &str,
        subs: &[Node],
        into: &mut TermsPartial,
        from: TermsPartial,
    ) -> Result<()> {
        reduce::merge(self, name, subs, into, from)
    }
}

/// How many of some documents have each value.
fn counted(run: &Run<'_>, bound: &Bound, docs: &[Doc]) -> Result<Vec<(u64, u64)>> {
    let mut values = Vec::new();
    if bound.kind == ValueKind::Text {
        // Strings are numbered from 0.
        let mut counts: Vec<u64> = Vec::new();
        for (_, part) in runs(docs) {
            run.check()?;
            for doc in part {
                bound.values(*doc, &mut values)?;
                for value in &values {
                    let at = usize::try_from(*value).unwrap_or(usize::MAX);
                    if counts.len() <= at {
                        counts.resize(at + 1, 0);
                    }
                    if let Some(count) = counts.get_mut(at) {
                        *count += 1;
                    }
                }
            }
        }
        let counts = (0..).zip(counts).filter(|(_, count)| *count > 0);
        return Ok(counts.collect());
    }
    let mut all = Vec::new();
    for (_, part) in runs(docs) {
        run.check()?;
        for doc in part {
            bound.distinct(*doc, &mut values)?;
            all.append(&mut values);
        }
    }
    all.sort_unstable();
    let groups = all.chunk_by(|a, b| a == b);
    Ok(groups
        .filter_map(|group| Some((*group.first()?, group.len() as u64)))
        .collect())
}

/// The documents of each of some values.
fn grouped(
    run: &Run<'_>,
    bound: &Bound,
    docs: &[Doc],
    wanted: impl Iterator<Item = u64>,
) -> Result<Vec<Vec<Doc>>> {
    let slots: HashMap<u64, usize> = wanted.zip(0..).collect();
    let mut groups: Vec<Vec<Doc>> = Vec::new();
    groups.resize_with(slots.len(), Vec::new);
    let mut values = Vec::new();
    for (_, part) in runs(docs) {
        run.check()?;
        for doc in part {
            bound.distinct(*doc, &mut values)?;
            for value in &values {
                let group = slots.get(value).and_then(|slot| groups.get_mut(*slot));
                if let Some(group) = group {
                    group.push(*doc);
                }
            }
        }
    }
    Ok(groups)
}
