//! `avg`, `sum`, `min`, `max`, `stats` and `extended_stats`: one pass for all of them.

use serde_json::{Map, Value};

use super::sum::Sum;
use crate::aggs::parse::{Params, Read};
use crate::aggs::run::{Doc, Run, Source, Wants};
use crate::aggs::value::Format;
use crate::error::Result;
use crate::query::ast::ParseError;

/// Which of the numbers are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Avg,
    Sum,
    Min,
    Max,
    Stats,
    Extended,
}

/// One of the aggregations.
#[derive(Debug)]
pub(crate) struct StatsMetric {
    which: Which,
    source: Source,
    sigma: f64,
}

/// What is known of the numbers.
#[derive(Debug)]
pub(crate) struct StatsPartial {
    which: Which,
    count: u64,
    sum: Sum,
    squares: Sum,
    min: f64,
    max: f64,
    format: Format,
}

const BASIC: [&str; 5] = ["count", "min", "max", "avg", "sum"];
const SPREAD: [&str; 7] = [
    "sum_of_squares",
    "variance",
    "variance_population",
    "variance_sampling",
    "std_deviation",
    "std_deviation_population",
    "std_deviation_sampling",
];
const BOUNDS: [&str; 6] = [
    "upper",
    "lower",
    "upper_population",
    "lower_population",
    "upper_sampling",
    "lower_sampling",
];

impl StatsMetric {
    pub(crate) fn read(which: Which, params: &mut Params<'_>) -> Read<Self> {
        let sigma = match which {
            Which::Extended => params.float("sigma")?.unwrap_or(2.0),
            _ => 2.0,
        };
        if sigma < 0.0 {
            return Err(ParseError::illegal(format!(
                "[sigma] must be greater than or equal to 0. Found [{sigma}] in [{}]",
                params.name()
            )));
        }
        Ok(Self {
            which,
            source: Source::read(params)?,
            sigma,
        })
    }

    /// How many standard deviations the bounds are away.
    pub(crate) fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Whether buckets can be sorted by a value of it.
    pub(crate) fn has_property(&self, value: &str) -> bool {
        match self.which {
            Which::Stats => BASIC.contains(&value),
            Which::Extended => {
                BASIC.contains(&value)
                    || SPREAD.contains(&value)
                    || bound_of(value).is_some_and(|bound| BOUNDS.contains(&bound))
            }
            _ => matches!(value, "" | "value"),
        }
    }

    pub(crate) fn collect(&self, run: &Run<'_>, docs: &[Doc]) -> Result<StatsPartial> {
        let bound = self.source.bind(run, Wants::Numbers)?;
        let mut partial = StatsPartial {
            which: self.which,
            count: 0,
            sum: Sum::default(),
            squares: Sum::default(),
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            format: bound.format.clone(),
        };
        let squares = self.which == Which::Extended;
        bound.for_each_number(run, docs, |value| {
            partial.count += 1;
            partial.sum.add(value);
            if squares {
                partial.squares.add(value * value);
            }
            partial.min = partial.min.min(value);
            partial.max = partial.max.max(value);
        })?;
        Ok(partial)
    }

    pub(crate) fn finish(&self, partial: &StatsPartial, out: &mut Map<String, Value>) {
        let some = partial.count > 0;
        let value = |name: &str| partial.property(name, self.sigma);
        match self.which {
            Which::Avg | Which::Sum | Which::Min | Which::Max => {
                let value = value("value");
                // A sum of nothing is 0; of nothing else there is a value.
                let there = some || self.which == Which::Sum;
                put(out, "value", there.then_some(value));
                if let Some(text) = partial.format.number(value).filter(|_| there) {
                    out.insert("value_as_string".to_owned(), text.into());
                }
                return;
            }
            Which::Stats | Which::Extended => {}
        }
        out.insert("count".to_owned(), partial.count.into());
        let names = BASIC.iter().skip(1);
        for name in names.clone() {
            put(out, name, (some || *name == "sum").then(|| value(name)));
        }
        if some {
            for name in names {
                if let Some(text) = partial.format.number(value(name)) {
                    out.insert(format!("{name}_as_string"), text.into());
                }
            }
        }
        if self.which == Which::Extended {
            for name in SPREAD {
                put(out, name, some.then(|| value(name)));
            }
            let mut bounds = Map::new();
            for name in BOUNDS {
                let value = value(&format!("std_deviation_bounds.{name}"));
                put(&mut bounds, name, some.then_some(value));
            }
            out.insert("std_deviation_bounds".to_owned(), bounds.into());
            if some && !partial.format.is_plain() {
                for name in SPREAD {
                    if let Some(text) = partial.format.number(value(name)) {
                        out.insert(format!("{name}_as_string"), text.into());
                    }
                }
                let mut texts = Map::new();
                for name in BOUNDS {
                    let value = value(&format!("std_deviation_bounds.{name}"));
                    if let Some(text) = partial.format.number(value) {
                        texts.insert(name.to_owned(), text.into());
                    }
                }
                out.insert("std_deviation_bounds_as_string".to_owned(), texts.into());
            }
        }
    }
}

/// Writes a number; what JSON has no number for is written as text, as Elasticsearch does.
fn put(out: &mut Map<String, Value>, name: &str, value: Option<f64>) {
    let value = match value {
        None => Value::Null,
        Some(value) if value.is_finite() => Value::from(value),
        Some(value) => Value::from(crate::aggs::value::double_text(value)),
    };
    out.insert(name.to_owned(), value);
}

/// The part of `std_deviation_bounds.upper` or `std_upper` that names the bound.
fn bound_of(name: &str) -> Option<&str> {
    name.strip_prefix("std_deviation_bounds.")
        .or_else(|| name.strip_prefix("std_"))
}

impl StatsPartial {
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum.merge(other.sum);
        self.squares.merge(other.squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        if self.format.is_plain() {
            self.format = other.format;
        }
    }

    /// One of its numbers by name.
    pub(crate) fn property(&self, name: &str, sigma: f64) -> f64 {
        let count = self.count as f64;
        let sum = self.sum.get();
        let average = sum / count;
        // Rounding must not make a variance negative.
        let spread = (self.squares.get() - sum * sum / count).max(0.0);
        let population = spread / count;
        let sampling = if self.count > 1 {
            spread / (count - 1.0)
        } else {
            f64::NAN
        };
        match name {
            "" | "value" => match self.which {
                Which::Sum => sum,
                Which::Min => self.min,
                Which::Max => self.max,
                _ => average,
            },
            "count" => count,
            "min" => self.min,
            "max" => self.max,
            "avg" => average,
            "sum" => sum,
            "sum_of_squares" => self.squares.get(),
            "variance" | "variance_population" => population,
            "variance_sampling" => sampling,
            "std_deviation" | "std_deviation_population" => population.sqrt(),
            "std_deviation_sampling" => sampling.sqrt(),
            other => match bound_of(other) {
                Some("upper" | "upper_population") => average + sigma * population.sqrt(),
                Some("lower" | "lower_population") => average - sigma * population.sqrt(),
                Some("upper_sampling") => average + sigma * sampling.sqrt(),
                Some("lower_sampling") => average - sigma * sampling.sqrt(),
                _ => f64::NAN,
            },
        }
    }
}
