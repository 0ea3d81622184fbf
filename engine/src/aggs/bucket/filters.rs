//! `filters`: a bucket for each of several queries, and one for the rest.

use serde_json::{Map, Value};

use crate::aggs::Finish;
use crate::aggs::node::Node;
use crate::aggs::parse::{Params, Read, wrong_type};
use crate::aggs::partial::Bucket;
use crate::aggs::run::{Doc, Run};
use crate::error::Result;
use crate::query::ast::{ParseError, Query};

/// The most filters of one aggregation.
const MAX_FILTERS: usize = 1_000;

/// `filters`.
#[derive(Debug)]
pub(crate) struct Filters {
    filters: Vec<(Option<String>, Query)>,
    other: Option<String>,
    keyed: bool,
}

impl Filters {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        let mut filters = Vec::new();
        let named = match params.get("filters") {
            Some(Value::Object(object)) => {
                for (name, body) in object {
                    let query = Query::from_json(body).map_err(|error| error.within(name))?;
                    filters.push((Some(name.clone()), query));
                }
                filters.sort_by(|(a, _), (b, _)| a.cmp(b));
                true
            }
            Some(Value::Array(items)) => {
                for (at, body) in items.iter().enumerate() {
                    let query = Query::from_json(body).map_err(|error| error.at_index(at))?;
                    filters.push((None, query));
                }
                false
            }
            Some(other) => return Err(wrong_type("an object or a list", other).within("filters")),
            None => return Err(ParseError::illegal("[filters] cannot be null.")),
        };
        if filters.is_empty() || filters.len() > MAX_FILTERS {
            return Err(ParseError::illegal(format!(
                "[filters] must have at least one and at most {MAX_FILTERS} filters"
            )));
        }
        let key = params.text("other_bucket_key")?;
        // A key asks for the bucket, unless it is refused explicitly.
        let wanted = params.flag("other_bucket", key.is_some())?;
        Ok(Self {
            filters,
            other: wanted.then(|| key.unwrap_or_else(|| "_other_".to_owned())),
            keyed: params.flag("keyed", true)? && named,
        })
    }

    pub(crate) fn collect(
        &self,
        run: &Run<'_>,
        subs: &[Node],
        docs: &[Doc],
    ) -> Result<Vec<Bucket>> {
        run.take(self.filters.len() + 1)?;
        let mut buckets = Vec::with_capacity(self.filters.len() + 1);
        let mut rest = match self.other {
            Some(_) => docs.to_vec(),
            None => Vec::new(),
        };
        for (_, query) in &self.filters {
            let matching = run.matching(query, docs)?;
            if self.other.is_some() {
                rest.retain(|doc| matching.binary_search(doc).is_err());
            }
            buckets.push(run.bucket(subs, &matching)?);
        }
        if self.other.is_some() {
            buckets.push(run.bucket(subs, &rest)?);
        }
        Ok(buckets)
    }

    pub(crate) fn finish(
        &self,
        subs: &[Node],
        buckets: &[Bucket],
        out: &mut Map<String, Value>,
        end: &mut Finish,
    ) -> Result<()> {
        end.take(buckets.len())?;
        let names = self.filters.iter().map(|(name, _)| name.as_ref());
        let names = names.chain(self.other.as_ref().map(Some));
        let mut list = Vec::new();
        let mut object = Map::new();
        for (name, bucket) in names.zip(buckets) {
            let mut body = Map::new();
            match (name, self.keyed) {
                (Some(name), true) => {
                    bucket.finish(subs, &mut body, end)?;
                    object.insert(name.clone(), Value::Object(body));
                    continue;
                }
                (Some(name), false) if self.filters.iter().any(|(name, _)| name.is_some()) => {
                    body.insert("key".to_owned(), name.as_str().into());
                }
                _ => {}
            }
            bucket.finish(subs, &mut body, end)?;
            list.push(Value::Object(body));
        }
        let buckets = if self.keyed {
            Value::Object(object)
        } else {
            Value::Array(list)
        };
        out.insert("buckets".to_owned(), buckets);
        Ok(())
    }
}
