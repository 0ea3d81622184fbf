//! Keys of numbers, booleans and dates.

use serde_json::Value;
use tantivy::DocId;

use super::SortValue;
use super::bits::{
    FIRST, FLAG, LAST, UNSIGNED, WHOLE, bits_in, directed, float_bits, instant, pick, picked_float,
    unsigned_value, whole_bits, whole_millis,
};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::date;
use crate::query::plan::Numbers;
use crate::request::{Missing, Order, Sort, SortField, SortMode};
use crate::search::{Context, held, is_narrow};

/// A sort level of numbers in one segment.
pub(crate) struct NumberKey {
    pub(super) columns: Vec<Numbers>,
    order: Order,
    missing: Missing,
    mode: SortMode,
    /// The type of floats that are narrower than their column.
    narrow: Option<FieldType>,
    is_date: bool,
    /// Whether dates are told apart within a millisecond.
    nanos: bool,
}

impl NumberKey {
    /// The level of a field of a type; `None` for one that is not mapped.
    ///
    /// # Errors
    /// When what stands in for missing values is no number.
    pub(super) fn new(
        columns: Vec<Numbers>,
        field: &SortField,
        kind: Option<&FieldType>,
    ) -> Result<Self> {
        Ok(Self {
            columns,
            order: field.order,
            missing: stand_in(&field.missing, kind)?,
            mode: field.effective_mode(),
            narrow: kind.filter(|kind| is_narrow(kind)).cloned(),
            is_date: matches!(kind, Some(FieldType::Date { .. })),
            nanos: field.numeric_type.as_deref() == Some("date_nanos"),
        })
    }

    fn float(&self, value: f64) -> f64 {
        self.narrow.as_ref().map_or(value, |kind| held(kind, value))
    }

    /// The document's key.
    pub(super) fn key(&self, doc: DocId) -> u128 {
        let mode = self.mode;
        let bits = self.columns.iter().find_map(|column| match column {
            Numbers::I64(column) => pick(column, doc, mode, |v| v, WHOLE).map(whole_bits),
            Numbers::U64(column) => pick(column, doc, mode, |v| v, UNSIGNED),
            Numbers::F64(column) => {
                picked_float(column, doc, mode).map(|value| float_bits(self.float(value)))
            }
            Numbers::Bool(column) => pick(column, doc, mode, |v| v, FLAG).map(u64::from),
            Numbers::Date(column) => {
                pick(column, doc, mode, |at| instant(at, self.nanos), WHOLE).map(whole_bits)
            }
        });
        match (bits, &self.missing) {
            (Some(bits), _) => directed(bits, self.order),
            (None, Missing::First) => FIRST,
            (None, Missing::Last) => LAST,
            (None, Missing::Value(value)) => match (value.as_i64(), self.columns.first()) {
                (Some(whole), Some(Numbers::I64(_)) | None) => {
                    directed(whole_bits(whole), self.order)
                }
                _ => match value.as_f64() {
                    Some(number) => directed(bits_in(&self.columns, number), self.order),
                    None => LAST,
                },
            },
        }
    }

    /// The value that the document's key stands for.
    pub(super) fn value(&self, doc: DocId) -> SortValue {
        let mode = self.mode;
        let found = self.columns.iter().find_map(|column| match column {
            Numbers::I64(column) => pick(column, doc, mode, |v| v, WHOLE).map(SortValue::Whole),
            Numbers::U64(column) => pick(column, doc, mode, |v| v, UNSIGNED).map(unsigned_value),
            Numbers::F64(column) => picked_float(column, doc, mode).map(|value| {
                if self.narrow.is_some() {
                    SortValue::Single(self.float(value))
                } else {
                    SortValue::Float(value)
                }
            }),
            Numbers::Bool(column) => pick(column, doc, mode, |v| v, FLAG).map(SortValue::Bool),
            Numbers::Date(column) => {
                let kind = if self.nanos {
                    SortValue::Nanos
                } else {
                    SortValue::Instant
                };
                pick(column, doc, mode, |at| instant(at, self.nanos), WHOLE).map(kind)
            }
        });
        found.unwrap_or_else(|| match &self.missing {
            Missing::Value(value) => sort_value(value),
            Missing::First | Missing::Last => SortValue::Missing,
        })
    }

    /// The key of a value of `search_after`; `None` for one that is no number.
    pub(super) fn after(
        &self,
        context: &Context,
        sort: &Sort,
        value: &Value,
    ) -> Result<Option<u128>> {
        let Sort::Field(field) = sort else {
            return Ok(None);
        };
        let is_date = self.is_date
            || self
                .columns
                .iter()
                .any(|column| matches!(column, Numbers::Date(_)));
        let bits = match value {
            Value::Number(number) if is_date => number.as_i64().map(|at| {
                // As a hit's `sort` prints it.
                let unit = if self.nanos { 1 } else { 1_000_000 };
                whole_bits(at.saturating_mul(unit))
            }),
            Value::String(text) if is_date => {
                let own = context.definition.mapping.field(&field.field);
                let own = own.and_then(|own| own.date_format());
                let format = field.format.as_deref().or(own);
                let at = date::parse_value(&text.as_str().into(), format).ok();
                at.map(|at| whole_bits(if self.nanos { at } else { whole_millis(at) }))
            }
            Value::Number(number) => self.bits(number.as_i64(), number.as_u64(), number.as_f64()),
            // Clients that keep large numbers exactly send them as strings.
            Value::String(text) => {
                self.bits(text.parse().ok(), text.parse().ok(), text.parse().ok())
            }
            Value::Bool(flag) => Some(u64::from(*flag)),
            _ => None,
        };
        Ok(bits.map(|bits| directed(bits, self.order)))
    }

    /// A number in the encoding of the column, by the form of it that fits exactly.
    fn bits(&self, whole: Option<i64>, unsigned: Option<u64>, float: Option<f64>) -> Option<u64> {
        match (self.columns.first(), whole, unsigned) {
            (Some(Numbers::I64(_)) | None, Some(whole), _) => Some(whole_bits(whole)),
            (Some(Numbers::U64(_)), _, Some(unsigned)) => Some(unsigned),
            _ => float.map(|float| bits_in(&self.columns, self.float(float))),
        }
    }
}

/// What stands in for missing values, as a value of the field: whole numbers have no fraction.
fn stand_in(missing: &Missing, kind: Option<&FieldType>) -> Result<Missing> {
    let Missing::Value(given) = missing else {
        return Ok(missing.clone());
    };
    let whole = match kind {
        Some(FieldType::Number(kind)) => kind.is_whole(),
        Some(FieldType::Boolean | FieldType::Date { .. }) => true,
        _ => return Ok(missing.clone()),
    };
    let refused =
        |text: &str| EngineError::IllegalArgument(format!("For input string: \"{text}\""));
    let value = match given {
        Value::String(text) if whole => text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| refused(text))?,
        Value::String(text) => text
            .parse::<f64>()
            .map(Value::from)
            .map_err(|_| refused(text))?,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "casts saturate, as Java's do"
        )]
        Value::Number(number)
            if whole && number.as_u64().is_none() && number.as_i64().is_none() =>
        {
            Value::from(number.as_f64().unwrap_or_default() as i64)
        }
        other => other.clone(),
    };
    Ok(Missing::Value(value))
}

/// A number of a request as a sort value.
pub(super) fn sort_value(value: &Value) -> SortValue {
    match (value.as_i64(), value.as_u64(), value.as_f64()) {
        (Some(whole), ..) => SortValue::Whole(whole),
        (None, Some(whole), _) => SortValue::Unsigned(whole),
        (None, None, Some(float)) => SortValue::Float(float),
        (None, None, None) => SortValue::Missing,
    }
}
