//! Intervals of dates as requests write them.

use super::rounding::Step;
use crate::aggs::parse::Read;
use crate::query::ast::ParseError;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A calendar unit: `month`, `1M`.
pub(super) fn calendar(text: &str) -> Option<Step> {
    Some(match text {
        "second" | "1s" => Step::Fixed(1_000),
        "minute" | "1m" => Step::Fixed(MINUTE),
        "hour" | "1h" => Step::Fixed(HOUR),
        "day" | "1d" => Step::Day,
        "week" | "1w" => Step::Week,
        "month" | "1M" => Step::Months(1),
        "quarter" | "1q" => Step::Months(3),
        "year" | "1y" => Step::Months(12),
        _ => return None,
    })
}

/// Whole milliseconds of `90m`, `-6h` or a plain number of them.
pub(super) fn millis(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = rest.split_at_checked(digits)?;
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return None,
    };
    number
        .parse::<i64>()
        .ok()?
        .checked_mul(factor)?
        .checked_mul(sign)
}

/// Reads `calendar_interval`, `fixed_interval` or the older `interval`.
pub(crate) fn read_interval(
    calendar_interval: Option<&str>,
    fixed_interval: Option<&str>,
    interval: Option<&str>,
) -> Read<Step> {
    let fixed = |text: &str| match millis(text) {
        Some(width) if width > 0 && text.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
            Ok(Step::Fixed(width))
        }
        _ => Err(ParseError::illegal(format!(
            "failed to parse setting [date_histogram.fixedInterval] with value [{text}] as a time \
             value: unit is missing or unrecognized"
        ))),
    };
    match (calendar_interval, fixed_interval, interval) {
        (Some(text), None, None) => calendar(text).ok_or_else(|| {
            ParseError::illegal(format!(
                "The supplied interval [{text}] could not be parsed as a calendar interval."
            ))
        }),
        (None, Some(text), None) => fixed(text),
        (None, None, Some(text)) => calendar(text).map_or_else(|| fixed(text), Ok),
        (None, None, None) => Err(ParseError::illegal(
            "Invalid interval specified, must be non-null and non-empty",
        )),
        _ => Err(ParseError::illegal(
            "Cannot use [calendar_interval], [fixed_interval] and [interval] together.",
        )),
    }
}

/// Reads `offset`, such as `+6h`.
pub(crate) fn read_offset(text: Option<&str>) -> Read<i64> {
    text.map_or(Ok(0), |text| {
        millis(text).ok_or_else(|| {
            ParseError::illegal(format!(
                "failed to parse [offset] with value [{text}] as a time value"
            ))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_intervals() {
        assert_eq!(
            read_interval(None, Some("90m"), None),
            Ok(Step::Fixed(90 * MINUTE))
        );
        assert_eq!(
            read_interval(None, None, Some("month")),
            Ok(Step::Months(1))
        );
        for (calendar, fixed, reason) in [
            (
                Some("2M"),
                None,
                "The supplied interval [2M] could not be parsed",
            ),
            (
                None,
                Some("0d"),
                "[date_histogram.fixedInterval] with value [0d]",
            ),
            (
                None,
                Some("99999999999999d"),
                "with value [99999999999999d]",
            ),
            (None, None, "Invalid interval specified"),
            (Some("1d"), Some("1d"), "Cannot use [calendar_interval]"),
        ] {
            let error = read_interval(calendar, fixed, None)
                .unwrap_err()
                .to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert_eq!(read_offset(Some("-6h")), Ok(-6 * HOUR));
        let error = read_offset(Some("six")).unwrap_err().to_string();
        assert!(error.contains("[offset] with value [six]"), "{error}");
    }
}
