//! Single values as the index compares them, for documents and queries alike.

use analyzers::text::Registry;
use serde_json::Value;
use tantivy::schema::OwnedValue;

use crate::mapping::NumberKind;
use crate::query::ast::Scalar;

/// What a normalizer makes of a text; the text itself when there is none.
pub fn normalized(registry: &Registry, normalizer: Option<&str>, text: &str) -> String {
    normalizer
        .and_then(|name| registry.normalizer(name))
        .and_then(|normalizer| normalizer.analyze(text).into_iter().next())
        .map_or_else(|| text.to_owned(), |token| token.text)
}

/// A number of a kind; strings that hold one are taken, as Elasticsearch does.
///
/// # Errors
/// What is wrong with it.
pub fn number(kind: NumberKind, value: &Value) -> Result<OwnedValue, String> {
    let refused = || format!("[{value}] is no {}", kind.as_str());
    if kind == NumberKind::UnsignedLong {
        return unsigned(value).map(OwnedValue::U64);
    }
    if kind.is_whole() {
        let whole = match value {
            Value::Number(number) => match number.as_i64() {
                Some(whole) => whole,
                None => truncated(number.as_f64().ok_or_else(refused)?).ok_or_else(refused)?,
            },
            Value::String(text) => match text.trim().parse::<i64>() {
                Ok(whole) => whole,
                Err(_) => {
                    truncated(text.trim().parse().map_err(|_| refused())?).ok_or_else(refused)?
                }
            },
            _ => return Err(refused()),
        };
        let (low, high) = kind.bounds();
        if whole < low || whole > high {
            return Err(format!(
                "Value [{whole}] is out of range for a {}",
                kind.as_str()
            ));
        }
        return Ok(OwnedValue::I64(whole));
    }
    let float = match value {
        Value::Number(number) => number.as_f64().ok_or_else(refused)?,
        Value::String(text) => text.trim().parse().map_err(|_| refused())?,
        _ => return Err(refused()),
    };
    if !float.is_finite() {
        return Err(format!(
            "[{}] supports only finite values, but got [{value}]",
            kind.as_str()
        ));
    }
    Ok(OwnedValue::F64(match kind {
        NumberKind::ScaledFloat(factor) => factor.round(float),
        _ => float,
    }))
}

/// A whole number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the bounds are checked first"
)]
fn unsigned(value: &Value) -> Result<u64, String> {
    const LIMIT: f64 = 18_446_744_073_709_551_616.0;
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return Err(format!("[{value}] is no unsigned_long")),
    };
    if let Ok(whole) = text.parse() {
        return Ok(whole);
    }
    let float: f64 = text
        .parse()
        .map_err(|_| format!("[{value}] is no unsigned_long"))?;
    if (0.0..LIMIT).contains(&float) {
        Ok(float.trunc() as u64)
    } else {
        Err(format!("Value [{text}] is out of range for unsigned long"))
    }
}

/// A float without its fraction, when it fits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the bounds are checked first"
)]
fn truncated(float: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (float.is_finite() && float > -LIMIT && float < LIMIT).then(|| float.trunc() as i64)
}

/// A boolean; `"true"`, `"false"` and the empty string (false) are taken.
///
/// # Errors
/// What is wrong with it.
pub fn boolean(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" || text.is_empty() => Ok(false),
        other => Err(format!(
            "Failed to parse value [{other}] as only [true] or [false] are allowed."
        )),
    }
}

/// An instant in nanoseconds since 1970, UTC.
///
/// # Errors
/// What is wrong with it.
pub fn date(format: Option<&str>, value: &Value) -> Result<i64, String> {
    let scalar = match value {
        Value::String(text) => Scalar::from(text.as_str()),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Scalar::Int(whole),
            None => Scalar::Float(
                number
                    .as_f64()
                    .ok_or_else(|| format!("[{value}] is no date"))?,
            ),
        },
        other => return Err(format!("[{other}] is no date")),
    };
    super::date::parse_value(&scalar, format).map_err(|error| error.to_string())
}
