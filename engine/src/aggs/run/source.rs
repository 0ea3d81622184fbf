//! Where an aggregation takes its values from.

use std::rc::Rc;

use serde_json::Value;

use super::field::{Field, decode, encode, number_key};
use super::{Doc, Run};
use crate::aggs::parse::{Params, Read};
use crate::aggs::value::{Decimal, Format, Key, ValueKind};
use crate::clock;
use crate::error::{EngineError, Result};
use crate::mapping::NumberKind;
use crate::query::ast::Scalar;
use crate::query::date::{self, DatePrinter, Zone};
use crate::query::values;

/// Where an aggregation takes its values from, as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The path.
    pub(crate) field: String,
    /// The type of the aggregation, for messages.
    aggregation: String,
    missing: Option<Value>,
    format: Option<String>,
    zone: Zone,
    /// The zone as it was written.
    zone_name: Option<String>,
}

/// What an aggregation can work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Numbers, dates, booleans.
    Numbers,
    /// Dates, and numbers as milliseconds.
    Dates,
    /// Anything.
    Any,
}

/// The values of an aggregation in one index.
pub(crate) struct Bound {
    /// What they are.
    pub(crate) kind: ValueKind,
    /// How they print.
    pub(crate) format: Format,
    field: Rc<Field>,
    missing: Option<u64>,
}

impl Source {
    /// Reads `field`, `missing` and `format`.
    pub(crate) fn read(params: &mut Params<'_>) -> Read<Self> {
        params.ignore(&["value_type"]);
        Ok(Self {
            field: params.field()?,
            aggregation: params.kind().to_owned(),
            missing: params.get("missing").cloned(),
            format: params.text("format")?,
            zone: Zone::UTC,
            zone_name: None,
        })
    }

    /// The same with dates read and printed in a zone; `name` is the zone as it was written.
    pub(crate) fn in_zone(mut self, zone: Zone, name: Option<&str>) -> Self {
        self.zone = zone;
        self.zone_name = name.map(str::to_owned);
        self
    }

    /// The format that was asked for.
    pub(crate) fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    /// Finds the values in an index.
    pub(crate) fn bind(&self, run: &Run<'_>, wants: Wants) -> Result<Bound> {
        let field = run.field(&self.field, &self.aggregation)?;
        let mut kind = field.kind();
        let refused = match wants {
            Wants::Any => false,
            Wants::Numbers => kind == ValueKind::Text,
            Wants::Dates => matches!(kind, ValueKind::Text),
        };
        if refused {
            return Err(EngineError::IllegalArgument(format!(
                "Field [{}] of type [keyword] is not supported for aggregation [{}]",
                self.field, self.aggregation
            )));
        }
        if kind == ValueKind::Unmapped
            && let Some(missing) = &self.missing
        {
            kind = match (wants, missing) {
                (Wants::Dates, _) => ValueKind::Date,
                (_, Value::Bool(_)) => ValueKind::Bool,
                (Wants::Any, Value::String(_)) => ValueKind::Text,
                (_, Value::Number(number)) if number.is_i64() => ValueKind::Whole,
                _ => ValueKind::Float,
            };
        }
        let date_format = self.format.as_deref().or(field.date_format());
        let format = match kind {
            ValueKind::Date => Format::Date(self.printer(date_format)?),
            ValueKind::Unmapped if wants == Wants::Dates => {
                Format::Date(self.printer(date_format)?)
            }
            ValueKind::Bool => Format::Bool,
            ValueKind::Whole | ValueKind::Float if wants == Wants::Dates => {
                Format::Date(self.printer(date_format)?)
            }
            ValueKind::Whole | ValueKind::Float => match &self.format {
                Some(pattern) => Format::Decimal(Decimal::parse(pattern)?),
                None => Format::Plain,
            },
            ValueKind::Text | ValueKind::Unmapped => Format::Plain,
        };
        let missing = match &self.missing {
            None => None,
            Some(value) => Some(self.encoded(&field, kind, value)?),
        };
        Ok(Bound {
            kind,
            format,
            field,
            missing,
        })
    }

    fn printer(&self, format: Option<&str>) -> Result<DatePrinter> {
        DatePrinter::new(format, self.zone.clone())
            .map_err(|error| EngineError::IllegalArgument(error.to_string()))
    }

    /// A value of the request as the column would have it.
    fn encoded(&self, field: &Field, kind: ValueKind, value: &Value) -> Result<u64> {
        match self.key(kind, field.date_format(), value)? {
            Key::Text(text) => field.intern(&text),
            Key::Whole(whole) => Ok(encode(whole as f64, whole, kind)),
            key => Ok(encode(key.number().unwrap_or_default(), 0, kind)),
        }
    }

    /// A value of the request as a key of a kind.
    pub(crate) fn key(
        &self,
        kind: ValueKind,
        date_format: Option<&str>,
        value: &Value,
    ) -> Result<Key> {
        let wrong = |reason: String| {
            EngineError::IllegalArgument(format!("on field [{}]: {reason}", self.field))
        };
        let float = |value: &Value| match values::number(NumberKind::Double, value) {
            Ok(tantivy::schema::OwnedValue::F64(float)) => Ok(float),
            Ok(_) => Err(wrong(format!("[{value}] is no number"))),
            Err(reason) => Err(wrong(reason)),
        };
        Ok(match kind {
            ValueKind::Text | ValueKind::Unmapped => match value {
                Value::String(text) => Key::Text(text.as_str().into()),
                Value::Number(_) | Value::Bool(_) => Key::Text(value.to_string().into()),
                other => return Err(wrong(format!("[{other}] is no value"))),
            },
            ValueKind::Whole => match values::number(NumberKind::Long, value) {
                Ok(tantivy::schema::OwnedValue::I64(whole)) => Key::Whole(whole),
                Ok(_) => return Err(wrong(format!("[{value}] is no whole number"))),
                Err(reason) => return Err(wrong(reason)),
            },
            ValueKind::Float => Key::Float(crate::aggs::value::Real::new(float(value)?)),
            ValueKind::Bool => match value {
                Value::Number(_) => Key::Whole(i64::from(float(value)? != 0.0)),
                other => Key::Whole(values::boolean(other).map_err(wrong)?.into()),
            },
            ValueKind::Date => match value {
                Value::Number(number) if number.is_i64() => {
                    Key::Whole(number.as_i64().unwrap_or_default())
                }
                other => {
                    let read = self
                        .date(self.format.as_deref().or(date_format), other)
                        .or_else(|error| self.date(date_format, other).map_err(|_| error));
                    Key::Whole(read.map_err(wrong)?.div_euclid(1_000_000))
                }
            },
        })
    }

    /// An instant in nanoseconds; a text without a zone is of the aggregation's.
    fn date(&self, format: Option<&str>, value: &Value) -> Result<i64, String> {
        match (value, &self.zone_name) {
            (Value::String(text), Some(zone)) => {
                let text = Scalar::from(text.as_str());
                date::parse_bound(&text, format, clock::now_nanos(), false, Some(zone))
                    .map_err(|error| error.to_string())
            }
            _ => values::date(format, value),
        }
    }
}

impl Bound {
    /// The field.
    pub(crate) fn field(&self) -> &Field {
        &self.field
    }

    /// The values of a document, or what stands in for them; numbers may be there several times.
    pub(crate) fn values(&self, doc: Doc, out: &mut Vec<u64>) -> Result<()> {
        self.field.values(doc, out)?;
        if out.is_empty() {
            out.extend(self.missing);
        }
        Ok(())
    }

    /// How many values a document has, or what stands in for them.
    pub(crate) fn count(&self, doc: Doc, scratch: &mut Vec<u64>) -> Result<u64> {
        let count = self.field.count(doc, scratch)?;
        Ok(if count == 0 {
            u64::from(self.missing.is_some())
        } else {
            count
        })
    }

    /// The different values of a document, in order.
    pub(crate) fn distinct(&self, doc: Doc, out: &mut Vec<u64>) -> Result<()> {
        self.values(doc, out)?;
        if out.len() > 1 {
            out.sort_unstable();
            out.dedup();
        }
        Ok(())
    }

    /// The number that a value is.
    pub(crate) fn number(&self, value: u64) -> f64 {
        decode(value, self.kind)
    }

    /// The whole number that a value of whole numbers is.
    pub(crate) fn whole(&self, value: u64) -> i64 {
        tantivy::u64_to_i64(value)
    }

    /// The key that a value makes.
    pub(crate) fn key(&self, value: u64) -> Key {
        match self.kind {
            ValueKind::Text => Key::Text(self.field.text(value)),
            kind => number_key(value, kind),
        }
    }

    /// Calls back with every number of some documents.
    pub(crate) fn for_each_number(
        &self,
        run: &Run<'_>,
        docs: &[Doc],
        mut each: impl FnMut(f64),
    ) -> Result<()> {
        let mut out = Vec::new();
        for (_, part) in super::runs(docs) {
            run.check()?;
            for doc in part {
                self.values(*doc, &mut out)?;
                for value in &out {
                    each(self.number(*value));
                }
            }
        }
        Ok(())
    }
}
