//! Dates as Elasticsearch writes them: formats, date math, time zones.
//!
//! Instants are `i64` nanoseconds since 1970, UTC, which reach from 1677 to
//! 2262; a date outside is an error.

mod format;
mod math;
mod named;
mod pattern;
mod print;
mod zone;

pub use format::{DateFormats, parse_date_strict};
pub use math::parse_duration_ms;
pub use print::DatePrinter;
pub use zone::Zone;

use time::OffsetDateTime;

use crate::query::ast::Scalar;

/// A date that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to parse date field [{text}]: {reason}")]
pub struct DateError {
    /// The date as it was written.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl DateError {
    pub(crate) fn new(text: &str, reason: impl Into<String>) -> Self {
        Self {
            text: text.chars().take(100).collect(),
            reason: reason.into(),
        }
    }
}

/// A date of a document.
///
/// # Errors
/// When it fits none of the formats (`||` between them; `None` for the default).
pub fn parse_value(value: &Scalar, formats: Option<&str>) -> Result<i64, DateError> {
    let formats = DateFormats::parse(formats)?;
    match value {
        Scalar::Bool(flag) => Err(DateError::new(&flag.to_string(), "a boolean is no date")),
        other => formats.read(&text_of(other), &Zone::UTC, false),
    }
}

/// A date of a query: date math is allowed, and what names a span (a day, a month) stands for
/// its first instant, or with `round_up` for its last.
///
/// # Errors
/// When it cannot be understood.
pub fn parse_bound(
    value: &Scalar,
    formats: Option<&str>,
    now: i64,
    round_up: bool,
    zone: Option<&str>,
) -> Result<i64, DateError> {
    let zone = &zone.map_or(Ok(Zone::UTC), Zone::named)?;
    let formats = DateFormats::parse(formats)?;
    let text = text_of(value);
    if let Some(rest) = text.strip_prefix("now") {
        return math::apply(&text, now, rest, zone, round_up);
    }
    match text.split_once("||") {
        Some((date, rest)) => {
            let anchor = formats.read(date, zone, false)?;
            math::apply(&text, anchor, rest, zone, round_up)
        }
        None => formats.read(&text, zone, round_up),
    }
}

/// An instant as RFC 3339 with milliseconds, `2024-05-01T12:00:00.000Z`.
pub fn format_millis(nanos: i64) -> String {
    let Ok(date) = OffsetDateTime::from_unix_timestamp_nanos(nanos.into()) else {
        return String::new();
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        date.hour(),
        date.minute(),
        date.second(),
        date.millisecond()
    )
}

fn text_of(value: &Scalar) -> String {
    match value {
        Scalar::String(text) => text.trim().to_owned(),
        Scalar::Int(number) => number.to_string(),
        Scalar::UInt(number) => number.to_string(),
        Scalar::Float(number) => number.to_string(),
        Scalar::Bool(flag) => flag.to_string(),
    }
}

/// An instant as nanoseconds, when they fit.
pub(crate) fn nanos_of(text: &str, date: OffsetDateTime) -> Result<i64, DateError> {
    i64::try_from(date.unix_timestamp_nanos())
        .map_err(|_| DateError::new(text, "the date is outside 1677 to 2262"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> String {
        format_millis(parse_value(&text.into(), None).unwrap())
    }

    fn bound(text: &str, up: bool) -> String {
        let now = parse_value(&"2024-05-15T10:20:30Z".into(), None).unwrap();
        format_millis(parse_bound(&text.into(), None, now, up, None).unwrap())
    }

    #[test]
    fn reads_the_default_formats() {
        for (text, expected) in [
            ("2024", "2024-01-01T00:00:00.000Z"),
            ("2024-02", "2024-02-01T00:00:00.000Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000Z"),
            ("2024-02-29T12:30Z", "2024-02-29T12:30:00.000Z"),
            ("2024-02-29T12:30:15.5+08:00", "2024-02-29T04:30:15.500Z"),
            ("1714564800000", "2024-05-01T12:00:00.000Z"),
            ("-1000", "1969-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(at(text), expected);
        }
        for wrong in [
            "2024-13-01",
            "2024-02-30",
            "yesterday",
            "",
            "2024-02-29 12:30",
            "9999-01-01",
        ] {
            assert!(parse_value(&wrong.into(), None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reads_other_formats() {
        let custom = Some("yyyy-MM-dd HH:mm:ss||epoch_second");
        let nanos = parse_value(&"2024-05-01 12:00:00".into(), custom).unwrap();
        assert_eq!(format_millis(nanos), "2024-05-01T12:00:00.000Z");
        assert_eq!(
            parse_value(&Scalar::Int(1_714_564_800), custom).unwrap(),
            nanos
        );
        assert!(parse_value(&"2024-05-01".into(), custom).is_err());
    }

    #[test]
    fn does_date_math() {
        for (text, up, expected) in [
            ("now", false, "2024-05-15T10:20:30.000Z"),
            ("now-1d", false, "2024-05-14T10:20:30.000Z"),
            ("now/d", false, "2024-05-15T00:00:00.000Z"),
            ("now/d", true, "2024-05-15T23:59:59.999Z"),
            ("now-1M/M", false, "2024-04-01T00:00:00.000Z"),
            ("2024-01-31||+1M", false, "2024-02-29T00:00:00.000Z"),
            ("2024-05-15||/w", false, "2024-05-13T00:00:00.000Z"),
            ("2024-05", true, "2024-05-01T23:59:59.999Z"),
            ("2024", true, "2024-01-01T23:59:59.999Z"),
            ("2024-05-15", true, "2024-05-15T23:59:59.999Z"),
        ] {
            assert_eq!(bound(text, up), expected, "{text}");
        }
        let now = 0;
        for wrong in [
            "now+",
            "now+1",
            "now+1x",
            "nowish",
            "now/dd",
            "now+99999999999y",
        ] {
            assert!(
                parse_bound(&wrong.into(), None, now, false, None).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn applies_time_zones() {
        let zone = Some("+08:00");
        let nanos = parse_bound(&"2024-05-15".into(), None, 0, false, zone).unwrap();
        assert_eq!(format_millis(nanos), "2024-05-14T16:00:00.000Z");
        // Days of the calendar have 23 to 25 hours.
        let now = parse_value(&"2024-03-31T10:20:30Z".into(), None).unwrap();
        for (text, up, expected) in [
            ("2024-07-01", false, "2024-06-30T22:00:00.000Z"),
            ("2024-07-01T12:00:00Z", false, "2024-07-01T12:00:00.000Z"),
            ("now/d", false, "2024-03-30T23:00:00.000Z"),
            ("now/d", true, "2024-03-31T21:59:59.999Z"),
            ("now-1d", false, "2024-03-30T11:20:30.000Z"),
            ("now-24h", false, "2024-03-30T10:20:30.000Z"),
            ("now/M", false, "2024-02-29T23:00:00.000Z"),
            ("now/M", true, "2024-03-31T21:59:59.999Z"),
            ("now+1M/y", false, "2023-12-31T23:00:00.000Z"),
            (
                "2024-10-27T00:59:00Z||+1h/h",
                false,
                "2024-10-27T01:00:00.000Z",
            ),
        ] {
            let zone = Some("Europe/Berlin");
            let nanos = parse_bound(&text.into(), None, now, up, zone).unwrap();
            assert_eq!(format_millis(nanos), expected, "{text}");
        }
    }
}
