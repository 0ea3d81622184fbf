//! Date formats.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

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

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Field(char, usize),
    Literal(char),
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
            "strict_date_optional_time"
            | "date_optional_time"
            | "strict_date_optional_time_nanos"
            | "strict_date_time"
            | "date_time"
            | "strict_date_time_no_millis"
            | "date_time_no_millis"
            | "strict_date"
            | "date"
            | "iso8601"
            | "strict_year_month"
            | "year_month"
            | "strict_year"
            | "year"
            | "strict_date_hour_minute_second"
            | "date_hour_minute_second" => Self::Iso,
            "epoch_millis" => Self::EpochMillis,
            "epoch_second" => Self::EpochSecond,
            "basic_date" => Self::pattern("yyyyMMdd")?,
            "basic_date_time" => Self::pattern("yyyyMMdd'T'HHmmss.SSSX")?,
            "basic_date_time_no_millis" => Self::pattern("yyyyMMdd'T'HHmmssX")?,
            pattern => Self::pattern(pattern)?,
        })
    }

    fn pattern(pattern: &str) -> Result<Self, DateError> {
        let mut items: Vec<Item> = Vec::new();
        let letters = pattern.chars();
        let mut quoted = false;
        for letter in letters {
            match letter {
                '\'' => quoted = !quoted,
                letter if !quoted && letter.is_ascii_alphabetic() => {
                    if !"yuMdHhmsSXxZa".contains(letter) {
                        return Err(DateError::new(
                            pattern,
                            format!("unknown letter [{letter}] in the format"),
                        ));
                    }
                    match items.last_mut() {
                        Some(Item::Field(same, count)) if *same == letter => *count += 1,
                        _ => items.push(Item::Field(letter, 1)),
                    }
                }
                other => items.push(Item::Literal(other)),
            }
        }
        if items.is_empty() || quoted {
            return Err(DateError::new(
                pattern,
                "the format is empty or a quote stays open",
            ));
        }
        Ok(Self::Pattern(items))
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
                read_pattern(items, text)?.instant(zone, last)?,
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
struct Parts {
    year: i32,
    month: Option<u8>,
    day: Option<u8>,
    hour: Option<u8>,
    minute: Option<u8>,
    second: Option<u8>,
    nano: Option<u32>,
    offset: Option<UtcOffset>,
    afternoon: Option<bool>,
}

impl Parts {
    fn instant(self, zone: &Zone, last: bool) -> Option<OffsetDateTime> {
        // A month or a day that is missing is the first, whichever end is meant; a time goes to its end.
        let month = Month::try_from(self.month.unwrap_or(1)).ok()?;
        let day = self.day.unwrap_or(1);
        let date = Date::from_calendar_date(self.year, month, day).ok()?;
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
struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
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

    fn two(&mut self) -> Option<u8> {
        self.digits(2, 2)
            .and_then(|number| u8::try_from(number).ok())
    }

    fn take(&mut self, letter: char) -> bool {
        match self.rest.strip_prefix(letter) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn fraction(&mut self) -> Option<u32> {
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

fn read_pattern(items: &[Item], text: &str) -> Option<Parts> {
    let mut scan = Scan { rest: text };
    let mut parts = Parts {
        year: 1970,
        ..Parts::default()
    };
    for item in items {
        match item {
            Item::Literal(letter) => {
                if !scan.take(*letter) {
                    return None;
                }
            }
            Item::Field('y' | 'u', 2) => parts.year = 2000 + i32::from(scan.two()?),
            Item::Field('y' | 'u', _) => parts.year = i32::try_from(scan.digits(4, 4)?).ok()?,
            Item::Field('S', count) => {
                let (given, rest) = scan.rest.split_at_checked(*count)?;
                let mut fraction = Scan { rest: given };
                parts.nano = Some(fraction.fraction()?);
                scan.rest = rest;
            }
            Item::Field('X' | 'x' | 'Z', _) => {
                let end = scan
                    .rest
                    .find(|letter: char| !(letter.is_ascii_digit() || "+-:Zz".contains(letter)))
                    .unwrap_or(scan.rest.len());
                let (zone, rest) = scan.rest.split_at_checked(end)?;
                parts.offset = Some(offset(zone)?);
                scan.rest = rest;
            }
            Item::Field('a', _) => {
                let (half, rest) = scan.rest.split_at_checked(2)?;
                parts.afternoon = Some(match half {
                    "AM" | "am" => false,
                    "PM" | "pm" => true,
                    _ => return None,
                });
                scan.rest = rest;
            }
            Item::Field(letter, count) => {
                let number = scan.digits((*count).min(2), 2)?;
                let number = u8::try_from(number).ok()?;
                match letter {
                    'M' => parts.month = Some(number),
                    'd' => parts.day = Some(number),
                    'H' | 'h' => parts.hour = Some(number),
                    'm' => parts.minute = Some(number),
                    _ => parts.second = Some(number),
                }
            }
        }
    }
    scan.rest.is_empty().then_some(parts)
}
