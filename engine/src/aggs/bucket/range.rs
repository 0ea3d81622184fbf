//! `range` and `date_range`: a bucket for each of several intervals, which may overlap.

use serde_json::{Map, Value};

use crate::aggs::Finish;
use crate::aggs::node::Node;
use crate::aggs::parse::{Params, Read, float, wrong_type};
use crate::aggs::partial::{Bucket, merge_all};
use crate::aggs::run::{Doc, Run, Source, Wants, runs};
use crate::aggs::value::Format;
use crate::clock;
use crate::error::{EngineError, Result};
use crate::query::ast::{ParseError, Scalar};
use crate::query::date;

/// The most ranges of one aggregation.
const MAX_RANGES: usize = 1_000;

/// `range` or `date_range`.
#[derive(Debug)]
pub(crate) struct Ranges {
    source: Source,
    ranges: Vec<RangeSpec>,
    keyed: bool,
    dates: bool,
    zone: Option<String>,
}

#[derive(Debug)]
struct RangeSpec {
    key: Option<String>,
    from: Option<End>,
    to: Option<End>,
}

/// An end as it was written: dates depend on the field's format.
#[derive(Debug, Clone)]
enum End {
    Number(f64),
    Date(Scalar),
}

/// The buckets in one index, ordered by their ends.
#[derive(Debug)]
pub(crate) struct RangesPartial {
    format: Format,
    buckets: Vec<RangeBucket>,
}

#[derive(Debug)]
struct RangeBucket {
    key: Option<String>,
    from: f64,
    to: f64,
    bucket: Bucket,
}

impl Ranges {
    pub(crate) fn read_numbers(params: &mut Params<'_>) -> Read<Self> {
        Self::read(params, false)
    }

    pub(crate) fn read_dates(params: &mut Params<'_>) -> Read<Self> {
        Self::read(params, true)
    }

    fn read(params: &mut Params<'_>, dates: bool) -> Read<Self> {
        let zone = if dates {
            params.text("time_zone")?
        } else {
            None
        };
        let offset = match &zone {
            None => date::Zone::UTC,
            Some(zone) => date::Zone::named(zone)
                .map_err(|error| ParseError::illegal(error.to_string()).within("time_zone"))?,
        };
        let Some(Value::Array(items)) = params.get("ranges") else {
            return Err(ParseError::illegal(format!(
                "No [ranges] specified for the [{}] aggregation",
                params.name()
            )));
        };
        if items.is_empty() || items.len() > MAX_RANGES {
            return Err(ParseError::illegal(format!(
                "[{}] needs at least one and at most {MAX_RANGES} [ranges]",
                params.name()
            )));
        }
        let items = items.iter().enumerate();
        let ranges = items
            .map(|(at, item)| {
                read_range(item, dates).map_err(|error| error.at_index(at).within("ranges"))
            })
            .collect::<Read<Vec<_>>>()?;
        Ok(Self {
            source: Source::read(params)?.in_zone(offset, zone.as_deref()),
            ranges,
            keyed: params.flag("keyed", false)?,
            dates,
            zone,
        })
    }

    pub(crate) fn collect(
        &self,
        run: &Run<'_>,
        subs: &[Node],
        docs: &[Doc],
    ) -> Result<RangesPartial> {
        let wants = if self.dates {
            Wants::Dates
        } else {
            Wants::Numbers
        };
        let bound = self.source.bind(run, wants)?;
        let formats = self.source.format().or(bound.field().date_format());
        let now = clock::now_nanos();
        let mut ends = Vec::with_capacity(self.ranges.len());
        for spec in &self.ranges {
            let from = self.end(spec.from.as_ref(), f64::NEG_INFINITY, formats, now)?;
            let to = self.end(spec.to.as_ref(), f64::INFINITY, formats, now)?;
            ends.push((from, to, spec.key.clone()));
        }
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut parts: Vec<Vec<Doc>> = ends.iter().map(|_| Vec::new()).collect();
        let mut values = Vec::new();
        for (_, part) in runs(docs) {
            run.check()?;
            for doc in part {
                bound.values(*doc, &mut values)?;
                for ((from, to, _), docs) in ends.iter().zip(&mut parts) {
                    let inside = |value: &u64| {
                        let value = bound.number(*value);
                        value >= *from && value < *to
                    };
                    if values.iter().any(inside) {
                        docs.push(*doc);
                    }
                }
            }
        }
        run.take(parts.len())?;
        let buckets = ends.into_iter().zip(parts).map(|((from, to, key), docs)| {
            Ok(RangeBucket {
                key,
                from,
                to,
                bucket: run.bucket(subs, &docs)?,
            })
        });
        Ok(RangesPartial {
            buckets: buckets.collect::<Result<_>>()?,
            format: bound.format,
        })
    }

    fn end(&self, end: Option<&End>, open: f64, formats: Option<&str>, now: i64) -> Result<f64> {
        match end {
            None => Ok(open),
            Some(End::Number(number)) => Ok(*number),
            Some(End::Date(scalar)) => {
                let zone = self.zone.as_deref();
                let read = date::parse_bound(scalar, formats, now, false, zone)
                    .or_else(|error| {
                        // The field's default format, for a format that only prints.
                        date::parse_bound(scalar, None, now, false, zone).map_err(|_| error)
                    })
                    .map_err(|error| EngineError::Parse(ParseError::parsing(error.to_string())))?;
                Ok(read.div_euclid(1_000_000) as f64)
            }
        }
    }

    pub(crate) fn finish(
        &self,
        subs: &[Node],
        partial: &RangesPartial,
        out: &mut Map<String, Value>,
        end: &mut Finish,
    ) -> Result<()> {
        end.take(partial.buckets.len())?;
        let mut list = Vec::new();
        let mut object = Map::new();
        for range in &partial.buckets {
            let text = |at: f64| {
                if at.is_finite() {
                    partial.format.text(at)
                } else {
                    "*".to_owned()
                }
            };
            let key = range
                .key
                .clone()
                .unwrap_or_else(|| format!("{}-{}", text(range.from), text(range.to)));
            let mut body = Map::new();
            if !self.keyed {
                body.insert("key".to_owned(), key.as_str().into());
            }
            for (name, at) in [("from", range.from), ("to", range.to)] {
                if at.is_finite() {
                    body.insert(name.to_owned(), at.into());
                    if let Some(text) = partial.format.number(at) {
                        body.insert(format!("{name}_as_string"), text.into());
                    }
                }
            }
            range.bucket.finish(subs, &mut body, end)?;
            if self.keyed {
                object.insert(key, Value::Object(body));
            } else {
                list.push(Value::Object(body));
            }
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

impl RangesPartial {
    pub(crate) fn merge(&mut self, subs: &[Node], other: Self) -> Result<()> {
        if self.format.is_plain() {
            self.format = other.format;
        }
        for (into, from) in self.buckets.iter_mut().zip(other.buckets) {
            into.bucket.count += from.bucket.count;
            merge_all(subs, &mut into.bucket.subs, from.bucket.subs)?;
        }
        Ok(())
    }
}

fn read_range(value: &Value, dates: bool) -> Read<RangeSpec> {
    let Value::Object(object) = value else {
        return Err(wrong_type("an object", value));
    };
    let mut spec = RangeSpec {
        key: None,
        from: None,
        to: None,
    };
    for (name, value) in object {
        let end = || match value {
            Value::Null => Ok(None),
            Value::String(text) if dates => Ok(Some(End::Date(text.as_str().into()))),
            value => float(value).map(End::Number).map(Some),
        };
        match name.as_str() {
            "key" => match value {
                Value::String(text) => spec.key = Some(text.clone()),
                other => return Err(wrong_type("a string", other).within("key")),
            },
            "from" => spec.from = end().map_err(|error| error.within("from"))?,
            "to" => spec.to = end().map_err(|error| error.within("to"))?,
            other => {
                return Err(ParseError::parsing(format!(
                    "[range] unknown field [{other}]"
                )));
            }
        }
    }
    Ok(spec)
}
