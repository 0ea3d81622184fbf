//! Keys of values that are no document's own: of other segments' hits, and of `search_after`.

use serde_json::Value;

use super::bits::{
    FIRST, LAST, beside, bits_in, directed, float_bits, place_of, term_of, whole_bits,
};
use super::{SegmentKey, SortValue};
use crate::error::{EngineError, Result};
use crate::query::plan::Numbers;
use crate::request::{Missing, Sort, SortField};
use crate::search::Context;

impl SegmentKey {
    /// The key of a hit's own value, exactly; see [`Self::value`].
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "whole numbers as the column's own kind"
    )]
    pub(crate) fn exactly(&self, sort: &Sort, value: &SortValue) -> u128 {
        let order = sort.order();
        let columns: &[Numbers] = match self {
            Self::Number(number) => &number.columns,
            Self::Score(_)
            | Self::Doc(..)
            | Self::Index(..)
            | Self::Words { .. }
            | Self::Text { .. } => &[],
        };
        let bits = match (value, self) {
            (SortValue::Missing, _) => {
                let first = matches!(
                    sort,
                    Sort::Field(SortField {
                        missing: Missing::First,
                        ..
                    })
                );
                return if first { FIRST } else { LAST };
            }
            (SortValue::Text(text), Self::Text { column, .. }) => place_of(column.as_ref(), text),
            (SortValue::Text(text), Self::Words { words, .. }) => words.place_of(text),
            (SortValue::Text(text), Self::Index(_, name)) => beside(text, name),
            (SortValue::Address(text), Self::Text { column, .. }) => {
                place_of(column.as_ref(), text)
            }
            (SortValue::Text(_) | SortValue::Address(_), _) => 0,
            (SortValue::Whole(place), Self::Doc(..)) => *place as u64,
            (SortValue::Whole(whole), _) => match columns.first() {
                Some(Numbers::U64(_)) => *whole as u64,
                Some(Numbers::F64(_)) => float_bits(*whole as f64),
                _ => whole_bits(*whole),
            },
            (SortValue::Instant(nanos) | SortValue::Nanos(nanos), _) => whole_bits(*nanos),
            (SortValue::Unsigned(whole), _) => match columns.first() {
                Some(Numbers::U64(_)) => *whole,
                Some(Numbers::F64(_)) => float_bits(*whole as f64),
                _ => whole_bits(i64::MAX),
            },
            (SortValue::Single(float), _) => match columns.first() {
                Some(Numbers::F64(_)) => float_bits(*float),
                _ => bits_in(columns, *float),
            },
            (SortValue::Float(float), Self::Score(_)) => float_bits(*float),
            (SortValue::Float(float), _) => match columns.first() {
                Some(Numbers::F64(_)) => float_bits(*float),
                _ => bits_in(columns, *float),
            },
            (SortValue::Bool(flag), _) => u64::from(*flag),
        };
        directed(bits, order)
    }

    /// The key of a value of `search_after`.
    pub(crate) fn after(&self, context: &Context, sort: &Sort, value: &Value) -> Result<u128> {
        let wrong = || {
            EngineError::IllegalArgument(format!("Failed to parse search_after value [{value}]"))
        };
        if value.is_null() {
            let first = matches!(
                sort,
                Sort::Field(SortField {
                    missing: Missing::First,
                    ..
                })
            );
            return Ok(if first { FIRST } else { LAST });
        }
        Ok(match self {
            #[expect(clippy::cast_possible_truncation, reason = "scores are single floats")]
            Self::Score(order) => {
                let score = value.as_f64().ok_or_else(wrong)? as f32;
                directed(float_bits(score.into()), *order)
            }
            Self::Doc(order, _) => directed(value.as_u64().ok_or_else(wrong)?, *order),
            Self::Index(order, name) => {
                directed(beside(value.as_str().ok_or_else(wrong)?, name), *order)
            }
            Self::Number(number) => number.after(context, sort, value)?.ok_or_else(wrong)?,
            Self::Words { words, order, .. } => {
                directed(words.place_of(value.as_str().ok_or_else(wrong)?), *order)
            }
            Self::Text {
                column, order, ip, ..
            } => {
                let text = term_of(value.as_str().ok_or_else(wrong)?, *ip);
                directed(place_of(column.as_ref(), &text), *order)
            }
        })
    }
}
