//! Readers of single values, as lenient as Elasticsearch's: a boolean or
//! number may also come as a string.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::query::ast::ParseError;

/// The result of reading something.
pub(super) type Read<T> = Result<T, ParseError>;

/// The most values that one list of a request may hold.
const MAX_VALUES: usize = 4_096;

/// Puts what was read into its slot, plain or optional.
pub(super) fn set<T, S: From<T>>(slot: &mut S, value: Read<T>) -> Read<()> {
    *slot = S::from(value?);
    Ok(())
}

/// What the language calls a JSON value of this kind.
pub(super) fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "VALUE_NULL",
        Value::Bool(_) => "VALUE_BOOLEAN",
        Value::Number(_) => "VALUE_NUMBER",
        Value::String(_) => "VALUE_STRING",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

/// A value of the wrong kind.
pub(super) fn unexpected(wanted: &str, value: &Value) -> ParseError {
    ParseError::parsing(format!("expected {wanted} but found [{}]", token(value)))
}

/// A parameter that a part of the request does not have.
pub(super) fn unsupported(part: &str, key: &str) -> ParseError {
    ParseError::parsing(format!("[{part}] does not support [{key}]"))
}

pub(super) fn object(value: &Value) -> Read<&Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| unexpected("an object", value))
}

/// The only entry of an object such as `{"title": …}`.
pub(super) fn only_entry(value: &Value) -> Read<(&str, &Value)> {
    let mut entries = object(value)?.iter();
    match (entries.next(), entries.next()) {
        (Some((key, inner)), None) => Ok((key, inner)),
        _ => Err(ParseError::parsing(
            "expected an object with exactly one key",
        )),
    }
}

pub(super) fn boolean(value: &Value) -> Read<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        Value::String(text) => Err(ParseError::illegal(format!(
            "Failed to parse value [{text}] as only [true] or [false] are allowed."
        ))),
        other => Err(unexpected("a boolean", other)),
    }
}

/// A finite number of single precision.
#[expect(clippy::cast_possible_truncation, reason = "scores are single floats")]
pub(super) fn float(value: &Value) -> Read<f32> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        other => return Err(unexpected("a number", other)),
    };
    number
        .map(|number| number as f32)
        .filter(|number| number.is_finite())
        .ok_or_else(|| ParseError::illegal(format!("[{value}] is no number that a float can hold")))
}

/// A whole number that is not negative.
pub(super) fn count(value: &Value) -> Read<u64> {
    let number = match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            // `10.0` is a whole number too.
            let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
            format!("{float:.0}").parse().ok()
        }),
        Value::String(text) => text.trim().parse().ok(),
        other => return Err(unexpected("a number", other)),
    };
    number.ok_or_else(|| {
        ParseError::illegal(format!("[{value}] is no whole number that is not negative"))
    })
}

/// A whole number of a narrower type.
pub(super) fn narrow<T: TryFrom<u64>>(value: &Value) -> Read<T> {
    T::try_from(count(value)?)
        .map_err(|_| ParseError::illegal(format!("value [{value}] is out of range")))
}

/// A string; numbers and booleans are taken as written.
pub(super) fn string(value: &Value) -> Read<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        other => Err(unexpected("a string", other)),
    }
}

/// A list, of whatever `read` reads; a single value is a list of one.
pub(super) fn one_or_many<T>(
    value: &Value,
    mut read: impl FnMut(&Value) -> Read<T>,
) -> Read<Vec<T>> {
    let Value::Array(items) = value else {
        return Ok(vec![read(value)?]);
    };
    if items.len() > MAX_VALUES {
        return Err(ParseError::illegal(format!(
            "a list of [{}] values is longer than the allowed maximum of [{MAX_VALUES}]",
            items.len()
        )));
    }
    let items = items.iter().enumerate();
    items
        .map(|(at, item)| read(item).map_err(|error| error.at_index(at)))
        .collect()
}

pub(super) fn strings(value: &Value) -> Read<Vec<String>> {
    one_or_many(value, string)
}

/// A word of a fixed list, by the `from_word` of its type.
pub(super) fn word<T>(value: &Value, from_word: fn(&str) -> Option<T>) -> Read<T> {
    let Value::String(text) = value else {
        return Err(unexpected("a string", value));
    };
    from_word(text).ok_or_else(|| {
        let shown: String = text.chars().take(100).collect();
        ParseError::illegal(format!("unknown value [{shown}]"))
    })
}

/// A time such as `500ms` or `1m`.
pub(super) fn duration(value: &Value) -> Read<Duration> {
    let text = string(value)?;
    let wrong = || {
        let shown: String = text.chars().take(100).collect();
        ParseError::illegal(format!(
            "failed to parse [{shown}] as a time value: unit is missing or unrecognized"
        ))
    };
    let trimmed = text.trim();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = trimmed.split_at_checked(digits).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let nanos: u64 = match unit.trim() {
        "nanos" => 1,
        "micros" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(nanos)
        .map(Duration::from_nanos)
        .ok_or_else(|| ParseError::illegal(format!("time value [{trimmed}] is out of range")))
}
