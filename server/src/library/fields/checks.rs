//! What names and values of fields may be.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

use super::{LibraryError, Result};
use crate::library::{OWN_FIELDS, VECTORS};

/// The longest title or uploader, in bytes: an exact value of the index.
pub(super) const MAX_TEXT: usize = 32_000;
/// The longest label (category, tag, key, path, name), in bytes.
pub(super) const MAX_LABEL: usize = 4_096;
/// The most tags of a picture.
pub(super) const MAX_TAGS: usize = 1_000;
/// The most metadata fields of a picture.
pub(super) const MAX_METADATA: usize = 512;
/// The longest name of a metadata field, in bytes.
pub(super) const MAX_NAME: usize = 128;

pub(super) fn check_name(name: &str) -> std::result::Result<(), String> {
    if OWN_FIELDS.contains(&name) || name == VECTORS {
        return Err("is a field of the record itself, not metadata".to_owned());
    }
    if name.len() > MAX_NAME {
        return Err(format!("has a name longer than {MAX_NAME} bytes"));
    }
    let bad = name.is_empty()
        || name.starts_with(['_', '$'])
        || name.chars().any(|c| c.is_control() || c == '.');
    if bad {
        return Err(
            "has a name that is empty, begins with _ or $, or holds a dot or control character"
                .to_owned(),
        );
    }
    Ok(())
}

pub(super) fn check_value(value: &Value) -> std::result::Result<(), String> {
    let scalar = |value: &Value| match value {
        Value::String(text) if text.len() > MAX_TEXT => {
            Err(format!("is longer than {MAX_TEXT} bytes"))
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(()),
        other => Err(format!(
            "must be a string, a number, a boolean or a list of these, not {other}"
        )),
    };
    match value {
        Value::Array(items) if items.len() > MAX_TAGS => {
            Err(format!("has more than {MAX_TAGS} values"))
        }
        Value::Array(items) => items.iter().try_for_each(scalar),
        one => scalar(one),
    }
}

/// A text that is not too long; a blank one is as good as none.
pub(super) fn filled(field: &str, text: &str, max: usize) -> Result<Option<String>> {
    if text.len() > max {
        return Err(LibraryError::field(
            field,
            format!("is {} bytes long; at most {max} are allowed", text.len()),
        ));
    }
    Ok((!text.trim().is_empty()).then(|| text.to_owned()))
}

pub(super) fn whole(field: &str, text: &str) -> Result<Option<i64>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        LibraryError::field(field, format!("must be a whole number, not \"{shown}\""))
    })
}

/// A moment in RFC 3339, or a bare date; as RFC 3339 in UTC.
pub(super) fn moment(field: &str, text: &str) -> Result<String> {
    let day = time::macros::format_description!("[year]-[month]-[day]");
    let second = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let parsed = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| PrimitiveDateTime::parse(text, &second).map(PrimitiveDateTime::assume_utc))
        .or_else(|_| Date::parse(text, &day).map(|date| date.midnight().assume_utc()));
    parsed
        .ok()
        .and_then(|moment| moment.checked_to_offset(UtcOffset::UTC))
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            LibraryError::field(
                field,
                format!("must be a time such as 2026-01-31T08:00:00Z, not \"{shown}\""),
            )
        })
}

/// Now, to the millisecond, in RFC 3339.
pub fn now() -> String {
    let nanos = i128::from(engine::clock::now_millis()) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}
