//! Sort keys: within a segment as integers, between segments as values.

use std::cmp::Ordering;

use serde_json::{Number, Value};
use tantivy::columnar::Column;
use tantivy::{DateTime, DocId, Score, SegmentReader};

use super::Context;
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::plan::Numbers;
use crate::query::{date, ip};
use crate::request::{Missing, Order, Sort, SortField, SortMode};

/// A sort value of a hit.
#[derive(Debug, Clone, PartialEq)]
pub enum SortValue {
    /// The document has none.
    Missing,
    /// A whole number, or a place in the index.
    Whole(i64),
    /// An instant in nanoseconds since 1970, which is printed in milliseconds.
    Instant(i64),
    /// A number or a score.
    Float(f64),
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
            Self::Whole(value) => Value::from(*value),
            Self::Instant(nanos) => Value::from(nanos.div_euclid(1_000_000)),
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
            (Self::Whole(a), Self::Whole(b)) | (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Whole(a), Self::Float(b)) => (*a as f64).total_cmp(b),
            (Self::Float(a), Self::Whole(b)) => a.total_cmp(&(*b as f64)),
            (Self::Text(a), Self::Text(b)) | (Self::Address(a), Self::Address(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (a, b) => a.kind().cmp(&b.kind()),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Missing => 4,
            Self::Bool(_) => 0,
            Self::Whole(_) | Self::Instant(_) | Self::Float(_) => 1,
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
            (SortValue::Instant(nanos), Some(Sort::Field(field))) => match &field.format {
                Some(format) => {
                    let own = context.definition.mapping.field(&field.field);
                    let own = own.and_then(|own| own.date_format());
                    let format = if format == "use_field_mapping" {
                        own
                    } else {
                        Some(format.as_str())
                    };
                    let printer = date::DatePrinter::new(format, time::UtcOffset::UTC)
                        .map_err(|error| EngineError::query(&field.field, error))?;
                    Ok(Value::from(printer.print(nanos.div_euclid(1_000_000))))
                }
                None => Ok(key.to_json()),
            },
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

/// One sort level in one segment. Keys are integers of which the smallest comes first; they hold
/// a class in the high half, so that missing values need no value of their own.
pub(crate) enum SegmentKey {
    Score(Order),
    /// By place, counted from where the index begins among those that are searched.
    Doc(Order, u64),
    /// By the name of the index, which all of its documents share.
    Index(Order, String),
    Number {
        columns: Vec<Numbers>,
        order: Order,
        missing: Missing,
        mode: SortMode,
    },
    Text {
        column: Option<tantivy::columnar::StrColumn>,
        /// Whether the terms are addresses, see [`crate::query::ip`].
        ip: bool,
        order: Order,
        missing: Missing,
        mode: SortMode,
    },
}

/// Where an index's own name stands among the names of indices.
const OWN_NAME: u64 = 1;

/// Where a name stands beside an index's own.
fn beside(text: &str, own: &str) -> u64 {
    match text.cmp(own) {
        Ordering::Less => OWN_NAME - 1,
        Ordering::Equal => OWN_NAME,
        Ordering::Greater => OWN_NAME + 1,
    }
}

const FIRST: u128 = 0;
const PRESENT: u128 = 1 << 64;
const LAST: u128 = 2 << 64;

impl SegmentKey {
    pub(crate) fn open(context: &Context, reader: &SegmentReader, sort: &Sort) -> Result<Self> {
        let field = match sort {
            Sort::Score(order) => return Ok(Self::Score(*order)),
            Sort::Doc(order) => return Ok(Self::Doc(*order, context.doc_base)),
            Sort::Field(field) => field,
        };
        if field.field == "_index" {
            return Ok(Self::Index(field.order, context.index.to_string()));
        }
        if field.field == "_id" {
            return Err(EngineError::IllegalArgument(
                "Fielddata access on the _id field is disallowed: sort by a field that holds it"
                    .to_owned(),
            ));
        }
        let path = context.definition.mapping.concrete(&field.field);
        let order = field.order;
        let mode = field.effective_mode();
        let missing = field.missing.clone();
        let kind = context
            .definition
            .mapping
            .field(path)
            .map(|field| field.kind.clone());
        match kind {
            Some(FieldType::Keyword { .. } | FieldType::Flattened { .. }) => Ok(Self::Text {
                column: reader.fast_fields().str(&format!("kw.{path}"))?,
                ip: false,
                order,
                missing,
                mode,
            }),
            Some(FieldType::Ip) => Ok(Self::Text {
                column: reader
                    .fast_fields()
                    .str(&format!("kw.{}", ip::key_path(path)))?,
                ip: true,
                order,
                missing,
                mode,
            }),
            Some(FieldType::Number(_) | FieldType::Boolean | FieldType::Date { .. }) => {
                Ok(Self::Number {
                    columns: crate::query::plan::numbers(reader, path)?,
                    order,
                    missing,
                    mode,
                })
            }
            Some(FieldType::Text { .. }) => Err(EngineError::IllegalArgument(format!(
                "Text fields are not optimised for operations that require per-document field \
                 data like aggregations and sorting. Please use a keyword field instead of [{path}]"
            ))),
            Some(FieldType::Completion(_) | FieldType::Alias { .. }) => {
                Err(EngineError::query(path, "a completion cannot be sorted"))
            }
            Some(FieldType::Object { .. }) => {
                Err(EngineError::query(path, "an object cannot be sorted"))
            }
            Some(FieldType::Vector(_)) => {
                Err(EngineError::query(path, "a vector cannot be sorted"))
            }
            None if field.unmapped_type.is_some() => Ok(Self::Number {
                columns: Vec::new(),
                order,
                missing,
                mode,
            }),
            None => Err(EngineError::query(
                path,
                format!("No mapping found for [{path}] in order to sort on"),
            )),
        }
    }

    /// The document's key.
    pub(crate) fn key(&self, doc: DocId, ord: u64, score: Score) -> u128 {
        match self {
            Self::Score(order) => directed(float_bits(score.into()), *order),
            Self::Doc(order, base) => directed(base + ord, *order),
            Self::Index(order, _) => directed(OWN_NAME, *order),
            Self::Number {
                columns,
                order,
                missing,
                mode,
            } => match self.number(columns, doc, *mode) {
                Some(bits) => directed(bits, *order),
                None => Self::absent(missing, *order, columns),
            },
            Self::Text {
                column,
                ip,
                order,
                missing,
                mode,
            } => {
                let found = column.as_ref().and_then(|column| {
                    let ords = column.ords().values_for_doc(doc);
                    if *mode == SortMode::Max {
                        ords.max()
                    } else {
                        ords.min()
                    }
                });
                match (found, missing) {
                    (Some(ord), _) => directed(2 * ord + 1, *order),
                    (None, Missing::First) => FIRST,
                    (None, Missing::Last) => LAST,
                    (None, Missing::Value(value)) => {
                        let text = term_of(value.as_str().unwrap_or_default(), *ip);
                        directed(place_of(column.as_ref(), &text), *order)
                    }
                }
            }
        }
    }

    fn absent(missing: &Missing, order: Order, columns: &[Numbers]) -> u128 {
        match missing {
            Missing::First => FIRST,
            Missing::Last => LAST,
            Missing::Value(value) => match value.as_f64() {
                Some(number) => directed(bits_in(columns, number), order),
                None => LAST,
            },
        }
    }

    fn number(&self, columns: &[Numbers], doc: DocId, mode: SortMode) -> Option<u64> {
        columns.iter().find_map(|column| match column {
            Numbers::I64(column) => pick(column, doc, mode, |v| v, WHOLE).map(whole_bits),
            Numbers::U64(column) => pick(column, doc, mode, |v| v, UNSIGNED),
            Numbers::F64(column) => picked_float(column, doc, mode).map(float_bits),
            Numbers::Bool(column) => pick(column, doc, mode, |v| v, FLAG).map(u64::from),
            Numbers::Date(column) => {
                pick(column, doc, mode, DateTime::into_timestamp_nanos, WHOLE).map(whole_bits)
            }
        })
    }

    /// The value that a document's key stands for.
    pub(crate) fn value(&self, doc: DocId, ord: u64, score: Score) -> Result<SortValue> {
        Ok(match self {
            Self::Score(_) => SortValue::Float(score.into()),
            Self::Doc(_, base) => SortValue::Whole(i64::try_from(base + ord).unwrap_or(i64::MAX)),
            Self::Index(_, name) => SortValue::Text(name.clone()),
            Self::Number { columns, mode, .. } => {
                let found = columns.iter().find_map(|column| match column {
                    Numbers::I64(column) => {
                        pick(column, doc, *mode, |v| v, WHOLE).map(SortValue::Whole)
                    }
                    Numbers::U64(column) => {
                        pick(column, doc, *mode, |v| v, UNSIGNED).map(unsigned_value)
                    }
                    Numbers::F64(column) => picked_float(column, doc, *mode).map(SortValue::Float),
                    Numbers::Bool(column) => {
                        pick(column, doc, *mode, |v| v, FLAG).map(SortValue::Bool)
                    }
                    Numbers::Date(column) => {
                        pick(column, doc, *mode, DateTime::into_timestamp_nanos, WHOLE)
                            .map(SortValue::Instant)
                    }
                });
                found.unwrap_or_else(|| self.stand_in())
            }
            Self::Text {
                column, mode, ip, ..
            } => {
                let Some(column) = column else {
                    return Ok(self.stand_in());
                };
                let ords = column.ords().values_for_doc(doc);
                let ord = if *mode == SortMode::Max {
                    ords.max()
                } else {
                    ords.min()
                };
                let Some(ord) = ord else {
                    return Ok(self.stand_in());
                };
                let mut text = String::new();
                column
                    .ord_to_str(ord, &mut text)
                    .map_err(tantivy::TantivyError::from)?;
                if *ip {
                    SortValue::Address(text)
                } else {
                    SortValue::Text(text)
                }
            }
        })
    }

    fn stand_in(&self) -> SortValue {
        let missing = match self {
            Self::Number { missing, .. } | Self::Text { missing, .. } => missing,
            _ => return SortValue::Missing,
        };
        match missing {
            Missing::Value(Value::String(text)) if matches!(self, Self::Text { ip: true, .. }) => {
                SortValue::Address(term_of(text, true))
            }
            Missing::Value(Value::String(text)) => SortValue::Text(text.clone()),
            Missing::Value(value) => match (value.as_i64(), value.as_f64()) {
                (Some(whole), _) => SortValue::Whole(whole),
                (None, Some(float)) => SortValue::Float(float),
                _ => SortValue::Missing,
            },
            _ => SortValue::Missing,
        }
    }

    /// The key of a hit's own value, exactly; see [`Self::value`].
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "whole numbers as the column's own kind"
    )]
    pub(crate) fn exactly(&self, sort: &Sort, value: &SortValue) -> u128 {
        let order = sort.order();
        let columns: &[Numbers] = match self {
            Self::Number { columns, .. } => columns,
            _ => &[],
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
            (SortValue::Instant(nanos), _) => whole_bits(*nanos),
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
            Self::Number { columns, order, .. } => {
                let is_date = columns
                    .iter()
                    .any(|column| matches!(column, Numbers::Date(_)))
                    || matches!(sort, Sort::Field(field) if matches!(
                        context.definition.mapping.field(&field.field).map(|field| &field.kind),
                        Some(FieldType::Date { .. })
                    ));
                let bits = match value {
                    Value::Number(number) if is_date => {
                        let millis = number.as_i64().ok_or_else(wrong)?;
                        // A hit's `sort` has milliseconds: everything within that one is before.
                        let nanos = match order {
                            Order::Asc => millis.saturating_mul(1_000_000).saturating_add(999_999),
                            Order::Desc => millis.saturating_mul(1_000_000),
                        };
                        whole_bits(nanos)
                    }
                    Value::String(text) if is_date => {
                        let format = match sort {
                            Sort::Field(field) => field.format.as_deref(),
                            _ => None,
                        };
                        let given = text.as_str().into();
                        whole_bits(date::parse_value(&given, format).map_err(|_| wrong())?)
                    }
                    Value::Number(number) => match (number.as_i64(), columns.first()) {
                        (Some(whole), Some(Numbers::I64(_)) | None) => whole_bits(whole),
                        _ => bits_in(columns, number.as_f64().ok_or_else(wrong)?),
                    },
                    Value::Bool(flag) => u64::from(*flag),
                    _ => return Err(wrong()),
                };
                directed(bits, *order)
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

/// A whole number as a sort value; what is past the signed ones compares as a float.
#[expect(clippy::cast_precision_loss, reason = "order between segments only")]
fn unsigned_value(value: u64) -> SortValue {
    i64::try_from(value).map_or(SortValue::Float(value as f64), SortValue::Whole)
}

/// The term of a text: addresses are kept as digits.
fn term_of(text: &str, is_ip: bool) -> String {
    if is_ip && let Ok(address) = ip::parse(text) {
        return ip::key(address);
    }
    text.to_owned()
}

fn directed(bits: u64, order: Order) -> u128 {
    PRESENT
        | u128::from(match order {
            Order::Asc => bits,
            Order::Desc => !bits,
        })
}

fn whole_bits(value: i64) -> u64 {
    tantivy::i64_to_u64(value)
}

fn float_bits(value: f64) -> u64 {
    tantivy::f64_to_u64(value)
}

/// A number in the encoding of a path's first column.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float casts saturate, which keeps the order"
)]
fn bits_in(columns: &[Numbers], number: f64) -> u64 {
    match columns.first() {
        Some(Numbers::I64(_)) | None => whole_bits(number as i64),
        Some(Numbers::U64(_)) => number as u64,
        Some(Numbers::F64(_)) => float_bits(number),
        Some(Numbers::Bool(_)) => u64::from(number != 0.0),
        Some(Numbers::Date(_)) => whole_bits((number as i64).saturating_mul(1_000_000)),
    }
}

/// Where a text stands among the terms of a column: odd when it is one of them, even between two.
fn place_of(column: Option<&tantivy::columnar::StrColumn>, text: &str) -> u64 {
    use tantivy::termdict::TermOrdinal;
    let Some(column) = column else { return 0 };
    let dictionary = column.dictionary();
    if let Ok(Some(ord)) = dictionary.term_ord(text.as_bytes()) {
        return 2 * ord + 1;
    }
    // The number of terms below it, by bisection.
    let (mut low, mut high): (TermOrdinal, TermOrdinal) = (0, dictionary.num_terms() as u64);
    let mut term = Vec::new();
    while low < high {
        let middle = low.midpoint(high);
        term.clear();
        match dictionary.ord_to_term(middle, &mut term) {
            Ok(true) if term.as_slice() < text.as_bytes() => low = middle + 1,
            _ => high = middle,
        }
    }
    2 * low
}

fn pick<T, U>(
    column: &Column<T>,
    doc: DocId,
    mode: SortMode,
    convert: impl Fn(T) -> U,
    (average, sum): (impl Fn(&[U]) -> Option<U>, impl Fn(&[U]) -> Option<U>),
) -> Option<U>
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
    U: Ord + Copy,
{
    let values = column.values_for_doc(doc).map(convert);
    match mode {
        SortMode::Min => values.min(),
        SortMode::Max => values.max(),
        SortMode::Median => {
            let mut all: Vec<U> = values.collect();
            all.sort_unstable();
            all.get(all.len() / 2).copied()
        }
        SortMode::Avg => average(&values.collect::<Vec<_>>()),
        SortMode::Sum => sum(&values.collect::<Vec<_>>()),
    }
}

/// The mean and the sum of a document's values; sums that do not fit stop at the largest.
type Totals<T> = (fn(&[T]) -> Option<T>, fn(&[T]) -> Option<T>);

const WHOLE: Totals<i64> = (
    |values| {
        let count = i128::try_from(values.len())
            .ok()
            .filter(|count| *count > 0)?;
        i64::try_from(values.iter().map(|value| i128::from(*value)).sum::<i128>() / count).ok()
    },
    |values| values.iter().copied().reduce(i64::saturating_add),
);
const UNSIGNED: Totals<u64> = (
    |values| {
        let count = u128::try_from(values.len())
            .ok()
            .filter(|count| *count > 0)?;
        u64::try_from(values.iter().map(|value| u128::from(*value)).sum::<u128>() / count).ok()
    },
    |values| values.iter().copied().reduce(u64::saturating_add),
);
const FLAG: Totals<bool> = (
    |values| values.first().copied(),
    |values| values.first().copied(),
);

#[expect(clippy::cast_precision_loss, reason = "a document's values are few")]
fn picked_float(column: &Column<f64>, doc: DocId, mode: SortMode) -> Option<f64> {
    let mut all: Vec<f64> = column.values_for_doc(doc).collect();
    all.sort_by(f64::total_cmp);
    match mode {
        _ if all.is_empty() => None,
        SortMode::Min => all.first().copied(),
        SortMode::Max => all.last().copied(),
        SortMode::Median => all.get(all.len() / 2).copied(),
        SortMode::Sum => Some(all.iter().sum()),
        SortMode::Avg => Some(all.iter().sum::<f64>() / all.len() as f64),
    }
}
