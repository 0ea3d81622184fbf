//! `composite`: a bucket for each combination of several sources' values, page by page.

mod slot;
mod source;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::aggs::Finish;
use crate::aggs::node::Node;
use crate::aggs::parse::{Params, Read, wrong_type};
use crate::aggs::partial::Bucket;
use crate::aggs::run::{Doc, Run, runs};
use crate::aggs::value::{Format, Key, ValueKind};
use crate::error::{EngineError, Result};
use crate::query::ast::ParseError;

use slot::Slot;
use source::{BoundSource, CompositeSource};

/// The most sources.
const MAX_SOURCES: usize = 32;
/// The most buckets of a page.
const MAX_SIZE: u64 = 65_536;
/// The most combinations of one document's values.
const MAX_COMBINATIONS: usize = 65_536;

/// `composite`.
#[derive(Debug)]
pub(crate) struct Composite {
    sources: Vec<CompositeSource>,
    size: usize,
    after: Option<Map<String, Value>>,
}

/// A page of buckets in one index, in order.
#[derive(Debug)]
pub(crate) struct CompositePartial {
    buckets: Vec<(Vec<Slot>, Bucket)>,
    /// How each source's values print.
    prints: Vec<(ValueKind, Format)>,
}

impl Composite {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        let items = match params.get("sources") {
            Some(Value::Array(items)) => items,
            Some(other) => return Err(wrong_type("a list", other).within("sources")),
            None => return Err(ParseError::illegal("Required [sources]")),
        };
        if items.is_empty() || items.len() > MAX_SOURCES {
            return Err(ParseError::illegal(format!(
                "Composite [sources] must have at least one and at most {MAX_SOURCES} sources"
            )));
        }
        let mut sources: Vec<CompositeSource> = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let source = CompositeSource::read(item)
                .map_err(|error| error.at_index(at).within("sources"))?;
            if sources.iter().any(|known| known.name == source.name) {
                return Err(ParseError::illegal(format!(
                    "Composite source names must be unique, found duplicates: [{}]",
                    source.name
                )));
            }
            sources.push(source);
        }
        let size = params.count("size")?.unwrap_or(10);
        if !(1..=MAX_SIZE).contains(&size) {
            return Err(ParseError::illegal(format!(
                "[size] must be between 1 and {MAX_SIZE}. Found [{size}] in [{}]",
                params.name()
            )));
        }
        let after = match params.get("after") {
            None => None,
            Some(Value::Object(after)) => Some(after.clone()),
            Some(other) => return Err(wrong_type("an object", other).within("after")),
        };
        if let Some(after) = &after {
            if after.len() != sources.len() {
                return Err(ParseError::illegal(format!(
                    "[after] has {} value(s) but [sources] has {}",
                    after.len(),
                    sources.len()
                )));
            }
            if let Some(source) = sources
                .iter()
                .find(|source| !after.contains_key(&source.name))
            {
                return Err(ParseError::illegal(format!(
                    "Missing value for [after.{}]",
                    source.name
                )));
            }
        }
        Ok(Self {
            sources,
            size: usize::try_from(size).unwrap_or(usize::MAX),
            after,
        })
    }

    pub(crate) fn collect(
        &self,
        run: &Run<'_>,
        subs: &[Node],
        docs: &[Doc],
    ) -> Result<CompositePartial> {
        let bound = self
            .sources
            .iter()
            .map(|source| source.bind(run, docs))
            .collect::<Result<Vec<_>>>()?;
        let after = match &self.after {
            None => None,
            Some(after) => {
                let slots = bound.iter().map(|source| {
                    let value = after.get(&source.spec.name).unwrap_or(&Value::Null);
                    source.after(value)
                });
                Some(slots.collect::<Result<Vec<Slot>>>()?)
            }
        };
        let mut page: BTreeMap<Vec<Slot>, Vec<Doc>> = BTreeMap::new();
        let mut keys: Vec<Vec<Slot>> = Vec::new();
        for (_, part) in runs(docs) {
            run.check()?;
            for doc in part {
                combinations(&bound, *doc, &mut keys)?;
                for key in keys.drain(..) {
                    if after.as_ref().is_some_and(|after| key <= *after) {
                        continue;
                    }
                    let full = page.len() >= self.size;
                    let past = full && page.last_key_value().is_some_and(|(last, _)| key > *last);
                    if past {
                        continue;
                    }
                    page.entry(key).or_default().push(*doc);
                    if page.len() > self.size {
                        page.pop_last();
                    }
                }
            }
        }
        run.take(page.len())?;
        let buckets = page
            .into_iter()
            .map(|(key, docs)| Ok((key, run.bucket(subs, &docs)?)))
            .collect::<Result<_>>()?;
        Ok(CompositePartial {
            buckets,
            prints: bound.iter().map(BoundSource::print).collect(),
        })
    }

    pub(crate) fn merge(
        &self,
        subs: &[Node],
        into: &mut CompositePartial,
        from: CompositePartial,
    ) -> Result<()> {
        let parts = self.sources.iter().zip(into.prints.iter_mut());
        for ((source, (kind, format)), (other, other_format)) in parts.zip(from.prints) {
            *kind = kind.joined(other, &source.name)?;
            if format.is_plain() {
                *format = other_format;
            }
        }
        let mut all: BTreeMap<Vec<Slot>, Bucket> = BTreeMap::new();
        for (mut key, bucket) in into.buckets.drain(..).chain(from.buckets) {
            for (slot, (kind, _)) in key.iter_mut().zip(&into.prints) {
                slot.promote(*kind);
            }
            match all.get_mut(&key) {
                Some(known) => known.merge(subs, bucket)?,
                None => {
                    all.insert(key, bucket);
                }
            }
        }
        into.buckets = all.into_iter().take(self.size).collect();
        Ok(())
    }

    pub(crate) fn finish(
        &self,
        subs: &[Node],
        partial: &CompositePartial,
        out: &mut Map<String, Value>,
        end: &mut Finish,
    ) -> Result<()> {
        end.take(partial.buckets.len())?;
        let each =
            |key: &[Slot], print: fn(&CompositeSource, &Key, ValueKind, &Format) -> Value| {
                let parts = self.sources.iter().zip(&partial.prints).zip(key);
                parts
                    .map(|((source, (kind, format)), slot)| {
                        (
                            source.name.clone(),
                            print(source, slot.key(), *kind, format),
                        )
                    })
                    .collect::<Map<String, Value>>()
            };
        let printed = |key: &[Slot]| each(key, CompositeSource::printed);
        if let Some((last, _)) = partial.buckets.last() {
            let after = each(last, CompositeSource::printed_after);
            out.insert("after_key".to_owned(), after.into());
        }
        let mut buckets = Vec::with_capacity(partial.buckets.len());
        for (key, bucket) in &partial.buckets {
            let mut body = Map::new();
            body.insert("key".to_owned(), printed(key).into());
            bucket.finish(subs, &mut body, end)?;
            buckets.push(Value::Object(body));
        }
        out.insert("buckets".to_owned(), json!(buckets));
        Ok(())
    }
}

/// The combinations of a document's values; none when a source has nothing to give.
fn combinations(bound: &[BoundSource<'_>], doc: Doc, keys: &mut Vec<Vec<Slot>>) -> Result<()> {
    keys.clear();
    keys.push(Vec::with_capacity(bound.len()));
    for source in bound {
        let slots = source.slots(doc)?;
        if keys.len().saturating_mul(slots.len()) > MAX_COMBINATIONS {
            return Err(EngineError::Limit(format!(
                "the values of a document have more than {MAX_COMBINATIONS} combinations in a \
                 [composite] aggregation"
            )));
        }
        let before = std::mem::take(keys);
        for key in &before {
            for slot in &slots {
                let mut key = key.clone();
                key.push(slot.clone());
                keys.push(key);
            }
        }
    }
    Ok(())
}
