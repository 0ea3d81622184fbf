//! Date formats.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset, Weekday};

use super::named::{is_iso, pattern_of};
use super::pattern::{self, Item, with_any_fraction};
use super::{DateError, Zone, nanos_of};

/// The formats that a field's dates may have, tried in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormats(Vec<Format>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Format {
    /// ISO 8601 as far as it is given.
    Iso,
    EpochMillis,
    EpochSecond,
    /// `yyyyMMdd`.
    Pattern(Vec<Item>),
}

impl Default for DateFormats {
    fn default() -> Self {
        Self(vec![Format::Iso, Format::EpochMillis])
    }
}

impl DateFormats {
    /// Reads a `format` parameter.
    ///
    /// # Errors
    /// When a format is unknown.
    pub fn parse(formats: Option<&str>) -> Result<Self, DateError> {
        let Some(formats) = formats else {
            return Ok(Self::default());
        };
        formats
            .split("||")
            .map(|name| Format::named(name.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Reads a date; one that names a span stands for its first or last instant.
    pub(super) fn read(&self, text: &str, zone: &Zone, last: bool) -> Result<i64, DateError> {
        let mut reason = DateError::new(text, "it fits none of the field's formats");
        for format in &self.0 {
            if let Some(result) = format.read(text, zone, last) {
                match result {
                    Ok(nanos) => return Ok(nanos),
                    Err(error) => reason = error,
                }
            }
        }
        Err(reason)
    }
}

/// Reads a date without rounding.
///
/// # Errors
/// When it fits none of the formats.
pub fn parse_date_strict(text: &str, formats: &DateFormats) -> Result<i64, DateError> {
    formats.read(text, &Zone::UTC, false)
}

impl Format {
    fn named(name: &str) -> Result<Self, DateError> {
        Ok(match name {
            "epoch_millis" => Self::EpochMillis,
            "epoch_second" => Self::EpochSecond,
            name if is_iso(name) => Self::Iso,
            name => Self::Pattern(match pattern_of(name) {
                Some(known) => with_any_fraction(pattern::parse(known)?),
                None => pattern::parse(name)?,
            }),
        })
    }

    /// The instant of a text; `None` when it is of another format.
    fn read(&self, text: &str, zone: &Zone, last: bool) -> Option<Result<i64, DateError>> {
        match self {
            Self::EpochMillis | Self::EpochSecond => {
                let factor = if *self == Self::EpochMillis {
                    1_000_000
                } else {
                    1_000_000_000
                };
                let nanos = match text.parse::<i128>() {
                    Ok(number) => number.checked_mul(factor)?,
                    Err(_) => float_nanos(text.parse().ok()?, factor)?,
                };
                Some(
                    i64::try_from(nanos)
                        .map_err(|_| DateError::new(text, "the date is outside 1677 to 2262")),
                )
            }
            Self::Iso => Some(nanos_of(text, parts_of(text)?.instant(zone, last)?)),
            Self::Pattern(items) => Some(nanos_of(
                text,
                pattern::read(items, text)?.instant(zone, last)?,
            )),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "checked to be within range"
)]
fn float_nanos(number: f64, factor: i128) -> Option<i128> {
    let nanos = number * factor as f64;
    (nanos.is_finite() && nanos.abs() < 1e19).then_some(nanos as i128)
}

/// What a date says; what it leaves out is filled in.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Parts {
    pub(super) year: i32,
    pub(super) month: Option<u8>,
    pub(super) day: Option<u8>,
    /// The day of the year, instead of month and day.
    pub(super) ordinal: Option<u16>,
    /// The year of a week, and the week and day of the week, instead of the date.
    pub(super) week_year: Option<i32>,
    pub(super) week: Option<u8>,
    pub(super) weekday: Option<u8>,
    pub(super) hour: Option<u8>,
    pub(super) minute: Option<u8>,
    pub(super) second: Option<u8>,
    pub(super) nano: Option<u32>,
    pub(super) offset: Option<UtcOffset>,
    pub(super) afternoon: Option<bool>,
}

impl Parts {
    /// The day. A month or a day that is missing is the first, whichever end is meant.
    fn date(self) -> Option<Date> {
        if let Some(year) = self.week_year {
            let weekday = Weekday::Monday.nth_next(self.weekday.unwrap_or(1).checked_sub(1)?);
            return Date::from_iso_week_date(year, self.week.unwrap_or(1), weekday).ok();
        }
        if let Some(day) = self.ordinal {
            return Date::from_ordinal_date(self.year, day).ok();
        }
        let month = Month::try_from(self.month.unwrap_or(1)).ok()?;
        Date::from_calendar_date(self.year, month, self.day.unwrap_or(1)).ok()
    }

    /// A time that is missing is the first or the last of its day.
    fn instant(self, zone: &Zone, last: bool) -> Option<OffsetDateTime> {
        let date = self.date()?;
        let fill = |given: Option<u8>, end: u8| given.unwrap_or(if last { end } else { 0 });
        let hour = match (self.hour, self.afternoon) {
            (Some(hour), Some(afternoon)) => hour % 12 + if afternoon { 12 } else { 0 },
            (hour, _) => fill(hour, 23),
        };
        let nano = self.nano.unwrap_or(if last { 999_999_999 } else { 0 });
        let time =
            Time::from_hms_nano(hour, fill(self.minute, 59), fill(self.second, 59), nano).ok()?;
        let local = PrimitiveDateTime::new(date, time);
        match self.offset {
            Some(offset) => Some(local.assume_offset(offset)),
            None => zone.moment(local),
        }
    }
}

/// `+08:00`, `+0800`, `+08` or `Z`.
pub(super) fn offset(text: &str) -> Option<UtcOffset> {
    if matches!(text, "Z" | "z") {
        return Some(UtcOffset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text
        .get(1..)?
        .chars()
        .filter(|letter| *letter != ':')
        .collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i8 = digits.get(..2)?.parse().ok()?;
    let minutes: i8 = digits
        .get(2..)
        .filter(|rest| !rest.is_empty())
        .map_or(Some(0), |rest| rest.parse().ok())?;
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

/// A cursor over a date's text.
pub(super) struct Scan<'a> {
    pub(super) rest: &'a str,
}

impl Scan<'_> {
    pub(super) fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if count < least {
            return None;
        }
        let (number, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        number.parse().ok()
    }

    pub(super) fn two(&mut self) -> Option<u8> {
        self.digits(2, 2)
            .and_then(|number| u8::try_from(number).ok())
    }

    pub(super) fn take(&mut self, letter: char) -> bool {
        match self.rest.strip_prefix(letter) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn fraction(&mut self) -> Option<u32> {
        let before = self.rest.len();
        let number = self.digits(1, 9)?;
        let digits = before - self.rest.len();
        Some(number * 10u32.pow(u32::try_from(9 - digits).ok()?))
    }
}

/// ISO 8601: a year, and as much of the rest as is there.
fn parts_of(text: &str) -> Option<Parts> {
    let mut scan = Scan { rest: text };
    let mut parts = Parts {
        year: i32::try_from(scan.digits(4, 4)?).ok()?,
        ..Parts::default()
    };
    if scan.take('-') {
        parts.month = Some(scan.two()?);
        if scan.take('-') {
            parts.day = Some(scan.two()?);
        }
    }
    if scan.rest.is_empty() {
        return Some(parts);
    }
    parts.day?;
    if !scan.take('T') {
        return None;
    }
    if scan.rest.is_empty() {
        return Some(parts);
    }
    parts.hour = Some(scan.two()?);
    if scan.take(':') {
        parts.minute = Some(scan.two()?);
        if scan.take(':') {
            parts.second = Some(scan.two()?);
            if scan.take('.') || scan.take(',') {
                parts.nano = Some(scan.fraction()?);
            }
        }
    }
    if !scan.rest.is_empty() {
        parts.offset = Some(offset(scan.rest)?);
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_formats_and_patterns_read() {
        // 2024-05-01T12:00:05.678Z, a Wednesday, the 122nd day, in week 18.
        let at = 1_714_564_805_678_000_000;
        let midnight = 1_714_521_600_000_000_000;
        for (format, text, expected) in [
            ("basic_ordinal_date", "2024122", midnight),
            ("basic_ordinal_date_time", "2024122T120005.678Z", at),
            ("strict_basic_week_date", "2024W183", midnight),
            ("basic_week_date_time", "2024W183T140005.678+0200", at),
            ("week_date", "2024-W18-3", midnight),
            ("strict_week_date_time", "2024-W18-3T12:00:05.678Z", at),
            ("ordinal_date", "2024-122", midnight),
            ("strict_ordinal_date_time", "2024-122T12:00:05.678000Z", at),
            (
                "date_hour_minute_second_fraction",
                "2024-05-01T12:00:05.678",
                at,
            ),
            ("strict_date_hour", "2024-05-01T00", midnight),
            (
                "weekyear_week",
                "2024-W18",
                midnight - 2 * 86_400_000_000_000,
            ),
            ("hour_minute", "00:01", 60_000_000_000),
            ("t_time_no_millis", "T00:00:01Z", 1_000_000_000),
            ("basic_time", "000001.5Z", 1_500_000_000),
            ("year_month_day", "2024-05-01", midnight),
            (
                "dd/MMM/yyyy:HH:mm:ss Z",
                "01/May/2024:12:00:05 +0000",
                at - 678_000_000,
            ),
            ("EEE, d MMMM yyyy", "Wed, 1 May 2024", midnight),
            (
                "h 'o''clock' a, d.M.yyyy",
                "12 o'clock AM, 1.5.2024",
                midnight,
            ),
        ] {
            let formats = DateFormats::parse(Some(format)).unwrap();
            assert_eq!(parse_date_strict(text, &formats), Ok(expected), "{format}");
        }
        for format in ["basic_nothing", "yyyy-qq", "", "yyyy'"] {
            assert!(DateFormats::parse(Some(format)).is_err(), "{format}");
        }
        let formats = DateFormats::parse(Some("ordinal_date")).unwrap();
        assert!(parse_date_strict("2023-366", &formats).is_err());
    }
}
