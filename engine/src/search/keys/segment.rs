//! Keys of documents within a segment.

use serde_json::Value;
use tantivy::{DocId, Score, SegmentReader};

use super::SortValue;
use super::bits::{FIRST, LAST, OWN_NAME, directed, float_bits, place_of, term_of};
use super::number::NumberKey;
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ip;
use crate::query::plan::Planner;
use crate::request::{Bounds, Missing, Order, Sort, SortMode};
use crate::search::{Context, FieldWords, has_fielddata};

/// One sort level in one segment. Keys are integers of which the smallest comes first; they hold
/// a class in the high half, so that missing values need no value of their own.
pub(crate) enum SegmentKey {
    Score(Order),
    /// By place, counted from where the index begins among those that are searched.
    Doc(Order, u64),
    /// By the name of the index, which all of its documents share.
    Index(Order, String),
    Number(NumberKey),
    /// By a word of a text that is mapped with `fielddata`.
    Words {
        words: FieldWords,
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
        let mapped = context.definition.mapping.field(path);
        let kind = mapped.map(|field| field.kind.clone());
        let counted = matches!(mode, SortMode::Avg | SortMode::Sum | SortMode::Median);
        let strings = matches!(
            kind,
            Some(
                FieldType::Text { .. }
                    | FieldType::Keyword { .. }
                    | FieldType::Flattened { .. }
                    | FieldType::Ip
            )
        );
        if strings && counted {
            return Err(EngineError::query(
                path,
                "we only support AVG, MEDIAN and SUM on number based fields",
            ));
        }
        match &kind {
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
                let columns = crate::query::plan::numbers(reader, path)?;
                NumberKey::new(columns, field, kind.as_ref()).map(Self::Number)
            }
            Some(FieldType::Text { .. }) if mapped.is_some_and(|field| has_fielddata(field)) => {
                let bounds = Bounds::new(context.limits.query_timeout, u64::MAX);
                let planner = Planner::new(context, &bounds);
                let source = mapped.and_then(|field| planner.term_source(path, field));
                let source = source.ok_or_else(|| {
                    EngineError::query(path, "a text without words cannot be sorted")
                })?;
                Ok(Self::Words {
                    words: FieldWords::read(reader, &source, || bounds.check_time())?,
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
            None if field.unmapped_type.is_some() => {
                NumberKey::new(Vec::new(), field, None).map(Self::Number)
            }
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
            Self::Number(number) => number.key(doc),
            Self::Words {
                words,
                order,
                missing,
                mode,
            } => match (picked(words.of(doc), *mode), missing) {
                (Some(word), _) => directed(2 * u64::from(word) + 1, *order),
                (None, Missing::First) => FIRST,
                (None, Missing::Last) => LAST,
                (None, Missing::Value(value)) => {
                    let text = value.as_str().unwrap_or_default();
                    directed(words.place_of(text), *order)
                }
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

    /// The value that a document's key stands for.
    pub(crate) fn value(&self, doc: DocId, ord: u64, score: Score) -> Result<SortValue> {
        Ok(match self {
            Self::Score(_) => SortValue::Float(score.into()),
            Self::Doc(_, base) => SortValue::Whole(i64::try_from(base + ord).unwrap_or(i64::MAX)),
            Self::Index(_, name) => SortValue::Text(name.clone()),
            Self::Number(number) => number.value(doc),
            Self::Words { words, mode, .. } => {
                let word = picked(words.of(doc), *mode);
                let text = word.and_then(|word| words.terms().get(word as usize));
                text.map_or_else(|| self.stand_in(), |text| SortValue::Text(text.to_string()))
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

    /// What stands in for a text that is not there.
    fn stand_in(&self) -> SortValue {
        match self {
            Self::Text {
                missing: Missing::Value(Value::String(text)),
                ip: true,
                ..
            } => SortValue::Address(term_of(text, true)),
            Self::Text {
                missing: Missing::Value(Value::String(text)),
                ..
            }
            | Self::Words {
                missing: Missing::Value(Value::String(text)),
                ..
            } => SortValue::Text(text.clone()),
            Self::Text {
                missing: Missing::Value(value),
                ..
            } => super::number::sort_value(value),
            Self::Score(_)
            | Self::Doc(..)
            | Self::Index(..)
            | Self::Number(_)
            | Self::Words { .. }
            | Self::Text { .. } => SortValue::Missing,
        }
    }
}

/// The word that counts of some, ascending.
fn picked(words: &[u32], mode: SortMode) -> Option<u32> {
    match mode {
        SortMode::Max => words.last().copied(),
        SortMode::Min | SortMode::Avg | SortMode::Sum | SortMode::Median => words.first().copied(),
    }
}
