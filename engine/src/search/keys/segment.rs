//! Keys of documents within a segment.

use serde_json::Value;
use tantivy::{DateTime, DocId, Score, SegmentReader};

use super::SortValue;
use super::bits::{
    FIRST, FLAG, LAST, OWN_NAME, UNSIGNED, WHOLE, beside, bits_in, directed, float_bits, pick,
    picked_float, place_of, term_of, unsigned_value, whole_bits,
};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::plan::Numbers;
use crate::query::{date, ip};
use crate::request::{Missing, Order, Sort, SortField, SortMode};
use crate::search::Context;

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
        let counted = matches!(mode, SortMode::Avg | SortMode::Sum | SortMode::Median);
        let strings = matches!(
            kind,
            Some(FieldType::Keyword { .. } | FieldType::Flattened { .. } | FieldType::Ip)
        );
        if strings && counted {
            return Err(EngineError::query(
                path,
                "we only support AVG, MEDIAN and SUM on number based fields",
            ));
        }
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
                        let mapping = &context.definition.mapping;
                        let format =
                            match sort {
                                Sort::Field(field) => field.format.as_deref().or_else(|| {
                                    match &mapping.field(&field.field)?.kind {
                                        FieldType::Date { format } => format.as_deref(),
                                        _ => None,
                                    }
                                }),
                                _ => None,
                            };
                        let given = text.as_str().into();
                        whole_bits(date::parse_value(&given, format).map_err(|_| wrong())?)
                    }
                    Value::Number(number) => match (number.as_i64(), columns.first()) {
                        (Some(whole), Some(Numbers::I64(_)) | None) => whole_bits(whole),
                        _ => bits_in(columns, number.as_f64().ok_or_else(wrong)?),
                    },
                    // Clients that keep large numbers exactly send them as strings.
                    Value::String(text) => match (text.parse::<i64>(), columns.first()) {
                        (Ok(whole), Some(Numbers::I64(_)) | None) => whole_bits(whole),
                        _ => bits_in(columns, text.parse::<f64>().map_err(|_| wrong())?),
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
