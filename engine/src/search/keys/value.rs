//! Sort values of hits, and their order.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use crate::error::{EngineError, Result};
use crate::query::{date, ip};
use crate::request::{Missing, Order, Sort, SortField};
use crate::search::Context;
use crate::search::single::shortest;

/// A sort value of a hit.
#[derive(Debug, Clone, PartialEq)]
pub enum SortValue {
    /// The document has none.
    Missing,
    /// A whole number, or a place in the index.
    Whole(i64),
    /// An instant in nanoseconds since 1970, a whole number of milliseconds, which is printed so.
    Instant(i64),
    /// An instant in nanoseconds since 1970, which is printed so.
    Nanos(i64),
    /// A whole number past those with a sign.
    Unsigned(u64),
    /// A number or a score.
    Float(f64),
    /// A float of single precision or less.
    Single(f64),
    /// A string.
    Text(String),
    /// An address, as the digits of [`crate::query::ip::key`], which sort as addresses do.
    Address(String),
    /// A boolean.
    Bool(bool),
}

impl SortValue {
    /// The value as a hit's `sort` prints it.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Missing => Value::Null,
            Self::Whole(value) | Self::Nanos(value) => Value::from(*value),
            Self::Instant(nanos) => Value::from(nanos.div_euclid(1_000_000)),
            Self::Unsigned(value) => Value::from(*value),
            Self::Single(value) => Value::from(shortest(*value)),
            Self::Float(value) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Address(key) => Value::from(ip::from_key(key).unwrap_or_else(|| key.clone())),
            Self::Bool(flag) => Value::from(*flag),
        }
    }

    /// Ascending order of two values that are there.
    #[expect(
        clippy::cast_precision_loss,
        reason = "whole numbers meet floats only across segments"
    )]
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b))
            | (Self::Instant(a), Self::Instant(b))
            | (Self::Nanos(a), Self::Nanos(b)) => a.cmp(b),
            (Self::Unsigned(a), Self::Unsigned(b)) => a.cmp(b),
            (Self::Whole(_), Self::Unsigned(_)) => Ordering::Less,
            (Self::Unsigned(_), Self::Whole(_)) => Ordering::Greater,
            (Self::Float(a) | Self::Single(a), Self::Float(b) | Self::Single(b)) => a.total_cmp(b),
            (Self::Whole(a), Self::Float(b) | Self::Single(b)) => (*a as f64).total_cmp(b),
            (Self::Float(a) | Self::Single(a), Self::Whole(b)) => a.total_cmp(&(*b as f64)),
            (Self::Unsigned(a), Self::Float(b) | Self::Single(b)) => (*a as f64).total_cmp(b),
            (Self::Float(a) | Self::Single(a), Self::Unsigned(b)) => a.total_cmp(&(*b as f64)),
            (Self::Text(a), Self::Text(b)) | (Self::Address(a), Self::Address(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (a, b) => a.kind().cmp(&b.kind()),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Missing => 4,
            Self::Bool(_) => 0,
            Self::Whole(_)
            | Self::Unsigned(_)
            | Self::Instant(_)
            | Self::Nanos(_)
            | Self::Float(_)
            | Self::Single(_) => 1,
            Self::Text(_) => 2,
            Self::Address(_) => 3,
        }
    }
}

/// The keys of a hit as its `sort` prints them.
pub(crate) fn shown(context: &Context, sort: &[Sort], keys: &[SortValue]) -> Result<Vec<Value>> {
    let levels = keys.iter().enumerate();
    levels
        .map(|(at, key)| match (key, sort.get(at)) {
            // Booleans are sorted as numbers.
            (SortValue::Bool(flag), _) => Ok(Value::from(u8::from(*flag))),
            (SortValue::Instant(nanos) | SortValue::Nanos(nanos), Some(Sort::Field(field))) => {
                match &field.format {
                    Some(format) => {
                        let own = context.definition.mapping.field(&field.field);
                        let own = own.and_then(|own| own.date_format());
                        let format = if format == "use_field_mapping" {
                            own
                        } else {
                            Some(format.as_str())
                        };
                        let printer = date::DatePrinter::new(format, date::Zone::UTC)
                            .map_err(|error| EngineError::query(&field.field, error))?;
                        Ok(Value::from(printer.print(nanos.div_euclid(1_000_000))))
                    }
                    None => Ok(key.to_json()),
                }
            }
            _ => Ok(key.to_json()),
        })
        .collect()
}

/// Compares the keys of two hits in the order that a sort asks for.
pub(crate) fn compare(sort: &[Sort], a: &[SortValue], b: &[SortValue]) -> Ordering {
    for (sort, (a, b)) in sort.iter().zip(a.iter().zip(b)) {
        let missing_first = matches!(
            sort,
            Sort::Field(SortField {
                missing: Missing::First,
                ..
            })
        );
        let order = match (a, b) {
            (SortValue::Missing, SortValue::Missing) => Ordering::Equal,
            (SortValue::Missing, _) if missing_first => Ordering::Less,
            (SortValue::Missing, _) => Ordering::Greater,
            (_, SortValue::Missing) if missing_first => Ordering::Greater,
            (_, SortValue::Missing) => Ordering::Less,
            (a, b) => match sort.order() {
                Order::Asc => a.compare(b),
                Order::Desc => b.compare(a),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}
