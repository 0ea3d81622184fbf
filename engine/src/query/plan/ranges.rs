//! `range`: numbers and dates by column, strings by term.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use tantivy::columnar::Column;
use tantivy::{BitSet, DateTime, DocId, SegmentReader};

use super::columns::{Numbers, numbers};
use super::leaf::{exact_number, scalar_json, scalar_text};
use super::sets::{Docs, SegmentSet, set_query};
use super::{Planned, Planner, none};
use crate::error::{EngineError, Result};
use crate::mapping::{Field, FieldType};
use crate::query::ast::{Range, Scalar};
use crate::query::{date, ip};
use crate::text::TermSource;

/// A bound of a range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Whole(i128),
    Float(f64),
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
struct End<T> {
    at: T,
    included: bool,
}

impl Planner<'_> {
    pub(super) fn plan_range(&self, clause: &Range) -> Result<Planned> {
        let path = clause.field.as_str();
        let Some(field) = self.field(path) else {
            return Ok(none());
        };
        let low = end(clause.gte.as_ref(), clause.gt.as_ref());
        let high = end(clause.lte.as_ref(), clause.lt.as_ref());
        if low.is_none() && high.is_none() {
            return Ok(self.plan_exists(path));
        }
        match &field.kind {
            FieldType::Object { .. }
            | FieldType::Vector(_)
            | FieldType::Completion(_)
            | FieldType::Alias { .. } => Ok(none()),
            FieldType::Ip => {
                let address = |end: End<&Scalar>| {
                    ip::parse(&scalar_text(end.at))
                        .map(|at| (at, end.included))
                        .map_err(|reason| EngineError::query(path, reason))
                };
                let low = low.map(address).transpose()?;
                let high = high.map(address).transpose()?;
                Ok(self.address_range(path, low, high))
            }
            FieldType::Text { .. } | FieldType::Keyword { .. } | FieldType::Flattened { .. } => {
                let Some(source) = self.term_source(path, &field) else {
                    return Ok(none());
                };
                let text = |end: End<&Scalar>| End {
                    at: self.exact_text(&field, end.at),
                    included: end.included,
                };
                let set = TermRange {
                    source,
                    low: low.map(text),
                    high: high.map(text),
                };
                Ok(set_query(set, &self.errors))
            }
            _ => {
                let low = low
                    .map(|low| self.bound(&field, clause, low, true))
                    .transpose()?;
                let high = high
                    .map(|high| self.bound(&field, clause, high, false))
                    .transpose()?;
                Ok(set_query(
                    NumberRange {
                        path: path.to_owned(),
                        low,
                        high,
                    },
                    &self.errors,
                ))
            }
        }
    }

    /// The documents with an address between two, each with whether it is one of them.
    pub(super) fn address_range(
        &self,
        path: &str,
        low: Option<(IpAddr, bool)>,
        high: Option<(IpAddr, bool)>,
    ) -> Planned {
        let end = |(address, included)| End {
            at: ip::key(address),
            included,
        };
        let set = TermRange {
            source: TermSource::json(self.context.schema.keywords, &ip::key_path(path)),
            low: low.map(end),
            high: high.map(end),
        };
        set_query(set, &self.errors)
    }

    /// A bound as the field's numbers; a date that names a span stands for its right end.
    fn bound(
        &self,
        field: &Field,
        clause: &Range,
        end: End<&Scalar>,
        lower: bool,
    ) -> Result<End<Number>> {
        let path = clause.field.as_str();
        let at = match &field.kind {
            FieldType::Date { format } => {
                // `gt` and `lte` mean the last instant of what the bound names.
                let round_up = lower != end.included;
                let format = clause.format.as_deref().or(format.as_deref());
                let nanos = date::parse_bound(
                    end.at,
                    format,
                    self.now(),
                    round_up,
                    clause.time_zone.as_deref(),
                )
                .map_err(|error| EngineError::Date {
                    field: path.to_owned(),
                    reason: error.to_string(),
                })?;
                Number::Whole(nanos.into())
            }
            FieldType::Boolean => match exact_number(field, &scalar_json(end.at)) {
                Ok(tantivy::schema::OwnedValue::Bool(flag)) => Number::Whole(flag.into()),
                _ => {
                    return Err(EngineError::query(
                        path,
                        format!(
                            "Can't parse boolean value [{}], expected [true] or [false]",
                            scalar_text(end.at)
                        ),
                    ));
                }
            },
            kind => number_of(end.at).ok_or_else(|| {
                EngineError::query(
                    path,
                    format!(
                        "[{}] is no number, the field is a {}",
                        scalar_text(end.at),
                        kind.name()
                    ),
                )
            })?,
        };
        Ok(End {
            at,
            included: end.included,
        })
    }
}

fn end<'a>(included: Option<&'a Scalar>, excluded: Option<&'a Scalar>) -> Option<End<&'a Scalar>> {
    included.map(|at| End { at, included: true }).or_else(|| {
        excluded.map(|at| End {
            at,
            included: false,
        })
    })
}

pub(super) fn number_of(scalar: &Scalar) -> Option<Number> {
    match scalar {
        Scalar::Int(number) => Some(Number::Whole((*number).into())),
        Scalar::UInt(number) => Some(Number::Whole((*number).into())),
        Scalar::Float(number) => Some(Number::Float(*number)),
        Scalar::Bool(_) => None,
        Scalar::String(text) => {
            let text = text.trim();
            text.parse::<i128>().map(Number::Whole).ok().or_else(|| {
                text.parse()
                    .ok()
                    .filter(|number: &f64| number.is_finite())
                    .map(Number::Float)
            })
        }
    }
}

#[derive(Debug)]
struct NumberRange {
    path: String,
    low: Option<End<Number>>,
    high: Option<End<Number>>,
}

impl NumberRange {
    /// The range among whole numbers, both ends included.
    #[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
    fn whole(&self) -> (i128, i128) {
        let low = match self.low {
            None => i128::MIN,
            Some(End {
                at: Number::Whole(at),
                included: true,
            }) => at,
            Some(End {
                at: Number::Whole(at),
                included: false,
            }) => at.saturating_add(1),
            Some(End {
                at: Number::Float(at),
                included: true,
            }) => at.ceil() as i128,
            Some(End {
                at: Number::Float(at),
                included: false,
            }) => (at.floor() as i128).saturating_add(1),
        };
        let high = match self.high {
            None => i128::MAX,
            Some(End {
                at: Number::Whole(at),
                included: true,
            }) => at,
            Some(End {
                at: Number::Whole(at),
                included: false,
            }) => at.saturating_sub(1),
            Some(End {
                at: Number::Float(at),
                included: true,
            }) => at.floor() as i128,
            Some(End {
                at: Number::Float(at),
                included: false,
            }) => (at.ceil() as i128).saturating_sub(1),
        };
        (low, high)
    }

    /// The range among floats, both ends included.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a bound past 2^53 is compared as its nearest float"
    )]
    fn float(&self) -> (f64, f64) {
        let value = |number| match number {
            Number::Whole(at) => at as f64,
            Number::Float(at) => at,
        };
        let low = self.low.map_or(f64::NEG_INFINITY, |end| {
            if end.included {
                value(end.at)
            } else {
                value(end.at).next_up()
            }
        });
        let high = self.high.map_or(f64::INFINITY, |end| {
            if end.included {
                value(end.at)
            } else {
                value(end.at).next_down()
            }
        });
        (low, high)
    }
}

fn within<T>(column: &Column<T>, range: RangeInclusive<T>, docs: &mut Vec<DocId>)
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    // Narrow to what the column holds: the column's own packing can only look for that.
    let (low, high) = (*range.start(), *range.end());
    if column.num_docs() == 0 || low > high || high < column.min_value() || low > column.max_value()
    {
        return;
    }
    let low = if low < column.min_value() {
        column.min_value()
    } else {
        low
    };
    let high = if high > column.max_value() {
        column.max_value()
    } else {
        high
    };
    let mut found = Vec::new();
    column.get_docids_for_value_range(low..=high, 0..column.num_docs(), &mut found);
    docs.append(&mut found);
}

impl SegmentSet for NumberRange {
    fn docs(&self, reader: &SegmentReader) -> Result<Docs> {
        let columns = numbers(reader, &self.path)?;
        let (low, high) = self.whole();
        let mut docs = Vec::new();
        for column in &columns {
            match column {
                Numbers::I64(column) => {
                    if let Some(range) = clamp(low, high, i64::MIN, i64::MAX) {
                        within(column, range, &mut docs);
                    }
                }
                Numbers::U64(column) => {
                    if let Some(range) = clamp(low, high, u64::MIN, u64::MAX) {
                        within(column, range, &mut docs);
                    }
                }
                Numbers::F64(column) => {
                    let (low, high) = self.float();
                    within(column, low..=high, &mut docs);
                }
                Numbers::Bool(column) => {
                    for doc in 0..reader.max_doc() {
                        if column
                            .values_for_doc(doc)
                            .any(|flag| (low..=high).contains(&i128::from(flag)))
                        {
                            docs.push(doc);
                        }
                    }
                }
                Numbers::Date(column) => {
                    if let Some(range) = clamp(low, high, i64::MIN, i64::MAX) {
                        let (low, high) = range.into_inner();
                        let range = DateTime::from_timestamp_nanos(low)
                            ..=DateTime::from_timestamp_nanos(high);
                        within(column, range, &mut docs);
                    }
                }
            }
        }
        Ok(Docs::from_unsorted(docs))
    }
}

/// A range of whole numbers as a type can hold it; `None` when it holds nothing.
fn clamp<T: TryFrom<i128> + Into<i128> + Copy>(
    low: i128,
    high: i128,
    min: T,
    max: T,
) -> Option<RangeInclusive<T>> {
    let low = low.max(min.into());
    let high = high.min(max.into());
    if low > high {
        return None;
    }
    Some(T::try_from(low).ok()?..=T::try_from(high).ok()?)
}

/// Strings between strings, by bytes.
#[derive(Debug)]
struct TermRange {
    source: TermSource,
    low: Option<End<String>>,
    high: Option<End<String>>,
}

impl SegmentSet for TermRange {
    fn docs(&self, reader: &SegmentReader) -> Result<Docs> {
        let mut bits = BitSet::with_max_value(reader.max_doc());
        let inverted = reader.inverted_index(self.source.field)?;
        crate::text::for_each_term(reader, &self.source, "", |text, info| {
            let above = self
                .low
                .as_ref()
                .is_none_or(|low| text > low.at.as_str() || (low.included && text == low.at));
            let below = self
                .high
                .as_ref()
                .is_none_or(|high| text < high.at.as_str() || (high.included && text == high.at));
            if above && below {
                super::patterns::add_postings(&inverted, info, &mut bits)?;
            }
            Ok(())
        })?;
        Ok(Docs::Bits(bits))
    }
}
