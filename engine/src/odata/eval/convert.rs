//! `cast` and `isof`.

use super::Value;
use crate::odata::expr::{EdmType, Literal, double_text, guid_text};
use crate::odata::temporal::DateTime;

/// A value as another type; null when it cannot be.
pub(super) fn cast<'a>(value: Value<'a>, edm: EdmType) -> Value<'a> {
    match edm {
        EdmType::String => match written(&value) {
            Some(text) => Value::from(text),
            None => match value {
                Value::Text(_) => value,
                _ => Value::Null,
            },
        },
        EdmType::Boolean => match &value {
            Value::Bool(flag) => Value::Bool(*flag),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Value::Bool(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Value::Bool(false),
            _ => Value::Null,
        },
        EdmType::Byte | EdmType::SByte | EdmType::Int16 | EdmType::Int32 | EdmType::Int64 => {
            number(&value)
                .and_then(|number| whole(&number))
                .filter(|whole| fits(*whole, edm))
                .map_or(Value::Null, Value::Int)
        }
        EdmType::Decimal | EdmType::Double => number(&value)
            .and_then(|number| number.double())
            .map_or(Value::Null, Value::Double),
        #[expect(clippy::cast_possible_truncation, reason = "that is what is asked for")]
        EdmType::Single => number(&value)
            .and_then(|number| number.double())
            .map_or(Value::Null, |number| {
                Value::Double(f64::from(number as f32))
            }),
        EdmType::Date => value
            .date()
            .or_else(|| value.date_time().map(DateTime::date))
            .map_or(Value::Null, Value::Date),
        EdmType::DateTimeOffset => value.instant().map_or(Value::Null, Value::DateTime),
        EdmType::TimeOfDay => value
            .time_of_day()
            .or_else(|| value.date_time().map(DateTime::time))
            .map_or(Value::Null, Value::Time),
        EdmType::Duration => value.duration().map_or(Value::Null, Value::Duration),
        EdmType::Guid => value.guid().map_or(Value::Null, Value::Guid),
        EdmType::Binary | EdmType::Stream => Value::Null,
    }
}

/// Whether a value is of a type, or becomes one without loss. Texts that read as dates, spans or ids
/// are of those types too.
pub(super) fn is_of(value: &Value<'_>, edm: EdmType) -> bool {
    match edm {
        EdmType::String => value.text().is_some(),
        EdmType::Boolean => value.truth().is_some(),
        EdmType::Byte | EdmType::SByte | EdmType::Int16 | EdmType::Int32 | EdmType::Int64 => {
            matches!(value, Value::Int(whole) if fits(*whole, edm))
        }
        EdmType::Decimal | EdmType::Double | EdmType::Single => value.double().is_some(),
        EdmType::Date => value.date().is_some(),
        EdmType::DateTimeOffset => value.date_time().is_some(),
        EdmType::TimeOfDay => value.time_of_day().is_some(),
        EdmType::Duration => value.duration().is_some(),
        EdmType::Guid => value.guid().is_some(),
        EdmType::Binary | EdmType::Stream => false,
    }
}

fn fits(whole: i64, edm: EdmType) -> bool {
    match edm {
        EdmType::Byte => u8::try_from(whole).is_ok(),
        EdmType::SByte => i8::try_from(whole).is_ok(),
        EdmType::Int16 => i16::try_from(whole).is_ok(),
        EdmType::Int32 => i32::try_from(whole).is_ok(),
        _ => true,
    }
}

/// A number, also one in a text.
fn number(value: &Value<'_>) -> Option<Value<'static>> {
    match value {
        Value::Int(number) => Some(Value::Int(*number)),
        Value::Double(number) => Some(Value::Double(*number)),
        Value::Text(text) => match text.trim() {
            "INF" => Some(Value::Double(f64::INFINITY)),
            "-INF" => Some(Value::Double(f64::NEG_INFINITY)),
            "NaN" => Some(Value::Double(f64::NAN)),
            text => match Literal::number(text)? {
                Literal::Int(number) => Some(Value::Int(number)),
                Literal::Double(number) => Some(Value::Double(number)),
                _ => None,
            },
        },
        _ => None,
    }
}

/// A number without its fraction, when that fits 64 bits.
fn whole(number: &Value<'_>) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    match number {
        Value::Int(number) => Some(*number),
        #[expect(clippy::cast_possible_truncation, reason = "within range")]
        Value::Double(number) => {
            (*number >= -LIMIT && *number < LIMIT).then(|| number.trunc() as i64)
        }
        _ => None,
    }
}

/// A value that is no text, as one.
fn written(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Double(number) => double_text(*number),
        Value::Date(date) => date.to_string(),
        Value::Time(time) => time.to_string(),
        Value::DateTime(at) => at.to_string(),
        Value::Duration(span) => span.to_string(),
        Value::Guid(guid) => guid_text(*guid),
        Value::Null | Value::Text(_) | Value::List(_) | Value::Object(_) => return None,
    })
}
