//! `percentiles`.

use serde_json::{Map, Value};

use super::Digest;
use crate::aggs::parse::{Params, Read, float, wrong_type};
use crate::aggs::run::{Doc, Run, Source, Wants};
use crate::aggs::value::double_text;
use crate::error::Result;
use crate::query::ast::ParseError;

const DEFAULT: [f64; 7] = [1.0, 5.0, 25.0, 50.0, 75.0, 95.0, 99.0];
/// The most percents of one aggregation.
const MAX_PERCENTS: usize = 1_000;
/// The largest compression: what it stands for in memory.
const MAX_COMPRESSION: f64 = 10_000.0;

/// `percentiles`.
#[derive(Debug)]
pub(crate) struct Percentiles {
    source: Source,
    percents: Vec<f64>,
    keyed: bool,
    compression: f64,
}

impl Percentiles {
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        let mut percents = DEFAULT.to_vec();
        if let Some(value) = params.get("percents") {
            let Value::Array(items) = value else {
                return Err(wrong_type("a list", value).within("percents"));
            };
            if items.is_empty() || items.len() > MAX_PERCENTS {
                return Err(ParseError::illegal(format!(
                    "[percents] must not be empty and have at most {MAX_PERCENTS} values: [{}]",
                    params.name()
                )));
            }
            percents = items.iter().map(float).collect::<Read<_>>()?;
            if let Some(wrong) = percents.iter().find(|p| !(0.0..=100.0).contains(*p)) {
                return Err(ParseError::illegal(format!(
                    "percent must be in [0,100], got [{}]: [{}]",
                    double_text(*wrong),
                    params.name()
                )));
            }
            percents.sort_unstable_by(f64::total_cmp);
            percents.dedup();
        }
        let mut compression = 100.0;
        match params.get("tdigest") {
            None => {}
            Some(Value::Object(object)) => {
                for (key, value) in object {
                    match key.as_str() {
                        "compression" => compression = float(value)?,
                        "execution_hint" => {}
                        other => {
                            return Err(ParseError::parsing(format!(
                                "[tdigest] unknown field [{other}]"
                            )));
                        }
                    }
                }
            }
            Some(other) => return Err(wrong_type("an object", other).within("tdigest")),
        }
        if !(0.0..=MAX_COMPRESSION).contains(&compression) {
            return Err(ParseError::illegal(format!(
                "[compression] must be between 0 and {MAX_COMPRESSION}. Found [{compression}] in \
                 [{}]",
                params.name()
            )));
        }
        if params.has("hdr") {
            return Err(ParseError::illegal(
                "[hdr] of a [percentiles] aggregation is not supported",
            ));
        }
        Ok(Self {
            percents,
            keyed: params.flag("keyed", true)?,
            compression: compression.max(20.0),
            source: Source::read(params)?,
        })
    }

    /// Whether buckets can be sorted by a percent.
    pub(crate) fn has(&self, percent: &str) -> bool {
        percent
            .parse()
            .is_ok_and(|percent: f64| self.percents.contains(&percent))
    }

    pub(crate) fn collect(&self, run: &Run<'_>, docs: &[Doc]) -> Result<Digest> {
        let bound = self.source.bind(run, Wants::Numbers)?;
        let mut digest = Digest::new(self.compression, bound.format.clone());
        bound.for_each_number(run, docs, |value| digest.add(value))?;
        digest.settle();
        Ok(digest)
    }

    pub(crate) fn finish(&self, digest: &Digest, out: &mut Map<String, Value>) {
        let results = self.percents.iter().map(|percent| {
            let value = digest.quantile(percent / 100.0);
            let text = value.and_then(|value| digest.format.number(value));
            (*percent, value.map_or(Value::Null, Value::from), text)
        });
        let values = if self.keyed {
            let mut values = Map::new();
            for (percent, value, text) in results {
                let name = double_text(percent);
                if let Some(text) = text {
                    values.insert(name.clone(), value);
                    values.insert(format!("{name}_as_string"), text.into());
                } else {
                    values.insert(name, value);
                }
            }
            Value::Object(values)
        } else {
            let entry = |(percent, value, text): (f64, Value, Option<String>)| {
                let mut entry = Map::new();
                entry.insert("key".to_owned(), percent.into());
                entry.insert("value".to_owned(), value);
                if let Some(text) = text {
                    entry.insert("value_as_string".to_owned(), text.into());
                }
                Value::Object(entry)
            };
            results.map(entry).collect()
        };
        out.insert("values".to_owned(), values);
    }
}
