//! The type of a field that a document brings and the mapping does not know.

use serde_json::Value;

use super::{Field, FieldType, NumberKind};
use crate::query::date::{DateFormats, parse_date_strict};

/// Strings longer than this are not kept as exact values.
const DYNAMIC_IGNORE_ABOVE: usize = 256;

/// The field that a value (no object, no list, not null) makes: strings become
/// text with a `keyword` beside it, or dates when they are written so; whole
/// numbers become long, others float (kept in full width); booleans stay.
pub fn infer(value: &Value, date_detection: bool) -> Option<Field> {
    Some(match value {
        Value::Bool(_) => Field::of(FieldType::Boolean),
        Value::Number(number) if number.is_i64() => Field::of(FieldType::Number(NumberKind::Long)),
        Value::Number(_) => Field::of(FieldType::Number(NumberKind::Double)),
        Value::String(text) if date_detection && looks_like_date(text) => {
            Field::of(FieldType::Date { format: None })
        }
        Value::String(_) => {
            let mut field = Field::of(FieldType::Text {
                analyzer: "standard".to_owned(),
                search_analyzer: None,
            });
            let mut keyword = Field::of(FieldType::Keyword { normalizer: None });
            keyword.ignore_above = Some(DYNAMIC_IGNORE_ABOVE);
            field.fields.insert("keyword".to_owned(), keyword);
            field
        }
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    })
}

/// Elasticsearch's `strict_date_optional_time`, of which a bare year is none here:
/// a title `2024` should not turn a field into a date.
fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && parse_date_strict(text, &DateFormats::default()).is_ok()
}
