//! Dates as text, by a format's name or pattern.

use time::{OffsetDateTime, UtcOffset, Weekday};

use super::named::pattern_of;
use super::{DateError, Zone};

/// Prints dates in one format and zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatePrinter {
    style: Style,
    zone: Zone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Style {
    EpochMillis,
    EpochSecond,
    Pattern(Vec<Item>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Field(char, usize),
    Literal(String),
}

const ISO: &str = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl DatePrinter {
    /// Reads a `format`; of several between `||`, the first prints. `None` is ISO 8601 with
    /// milliseconds.
    ///
    /// # Errors
    /// When the format is unknown.
    pub fn new(formats: Option<&str>, zone: Zone) -> Result<Self, DateError> {
        let first = formats.and_then(|formats| formats.split("||").next());
        let style = match first.map(str::trim) {
            None => pattern(ISO)?,
            Some("epoch_millis") => Style::EpochMillis,
            Some("epoch_second") => Style::EpochSecond,
            Some(name) => pattern(named(name))?,
        };
        Ok(Self { style, zone })
    }

    /// Prints an instant in milliseconds since 1970.
    pub fn print(&self, millis: i64) -> String {
        let items = match &self.style {
            Style::EpochMillis => return millis.to_string(),
            Style::EpochSecond => return epoch_second(millis),
            Style::Pattern(items) => items,
        };
        let date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
            .ok()
            .and_then(|date| self.zone.shown(date));
        // Outside of the calendar there is only the number.
        let Some(date) = date else {
            return millis.to_string();
        };
        let mut out = String::with_capacity(32);
        for item in items {
            match item {
                Item::Literal(text) => out.push_str(text),
                Item::Field(letter, count) => field(&mut out, date, *letter, *count),
            }
        }
        out
    }
}

fn epoch_second(millis: i64) -> String {
    let (seconds, rest) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    if rest == 0 {
        seconds.to_string()
    } else {
        format!("{seconds}.{rest:03}")
    }
}

/// The pattern of a named format; other names are patterns themselves.
fn named(name: &str) -> &str {
    match name.strip_prefix("strict_").unwrap_or(name) {
        "date_optional_time" | "date_optional_time_nanos" | "date_time" | "iso8601" => ISO,
        "date_time_no_millis" => "yyyy-MM-dd'T'HH:mm:ssXXX",
        "date" => "yyyy-MM-dd",
        "year_month" => "yyyy-MM",
        "year" => "yyyy",
        "date_hour_minute_second" => "yyyy-MM-dd'T'HH:mm:ss",
        _ => pattern_of(name).unwrap_or(name),
    }
}

fn pattern(pattern: &str) -> Result<Style, DateError> {
    let mut items: Vec<Item> = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' if letters.peek() == Some(&'\'') => {
                letters.next();
                literal(&mut items, '\'');
            }
            '\'' => loop {
                match letters.next() {
                    Some('\'') if letters.peek() == Some(&'\'') => {
                        letters.next();
                        literal(&mut items, '\'');
                    }
                    Some('\'') => break,
                    Some(quoted) => literal(&mut items, quoted),
                    None => return Err(DateError::new(pattern, "a quote stays open")),
                }
            },
            letter if letter.is_ascii_alphabetic() => {
                if !"yuYMLdDwHhkKmsSnaXxZEe".contains(letter) {
                    return Err(DateError::new(
                        pattern,
                        format!("unknown letter [{letter}] in the format"),
                    ));
                }
                match items.last_mut() {
                    Some(Item::Field(same, count)) if *same == letter => {
                        *count += 1;
                        if *count > 9 {
                            return Err(DateError::new(pattern, "too many equal letters"));
                        }
                    }
                    _ => items.push(Item::Field(letter, 1)),
                }
            }
            other => literal(&mut items, other),
        }
    }
    if items.is_empty() {
        return Err(DateError::new(pattern, "the format is empty"));
    }
    Ok(Style::Pattern(items))
}

fn literal(items: &mut Vec<Item>, letter: char) {
    match items.last_mut() {
        Some(Item::Literal(text)) => text.push(letter),
        _ => items.push(Item::Literal(letter.into())),
    }
}

fn field(out: &mut String, date: OffsetDateTime, letter: char, count: usize) {
    let number = |out: &mut String, value: u32| out.push_str(&format!("{value:0count$}"));
    let hour = u32::from(date.hour());
    match letter {
        'y' | 'u' if count == 2 => {
            out.push_str(&format!("{:02}", date.year().rem_euclid(100)));
        }
        'y' | 'u' => out.push_str(&format!("{:0count$}", date.year())),
        'M' | 'L' if count >= 3 => {
            let name = MONTHS
                .get(usize::from(u8::from(date.month())).saturating_sub(1))
                .copied()
                .unwrap_or_default();
            out.push_str(if count == 3 {
                name.get(..3).unwrap_or(name)
            } else {
                name
            });
        }
        'M' | 'L' => number(out, u8::from(date.month()).into()),
        'd' => number(out, date.day().into()),
        'D' => number(out, date.ordinal().into()),
        'Y' => {
            let (year, _, _) = date.to_iso_week_date();
            out.push_str(&format!("{year:0count$}"));
        }
        'w' => number(out, date.iso_week().into()),
        'H' => number(out, hour),
        'k' => number(out, if hour == 0 { 24 } else { hour }),
        'K' => number(out, hour % 12),
        'h' => number(out, if hour % 12 == 0 { 12 } else { hour % 12 }),
        'm' => number(out, date.minute().into()),
        's' => number(out, date.second().into()),
        'S' => {
            let nanos = format!("{:09}", date.nanosecond());
            out.push_str(nanos.get(..count.min(9)).unwrap_or(&nanos));
        }
        'n' => number(out, date.nanosecond()),
        'a' => out.push_str(if hour < 12 { "AM" } else { "PM" }),
        'E' => weekday(out, date.weekday(), count),
        'e' => number(out, date.weekday().number_from_monday().into()),
        _ => zone(out, date.offset(), letter, count),
    }
}

fn weekday(out: &mut String, day: Weekday, count: usize) {
    let name = day.to_string();
    out.push_str(if count <= 3 {
        name.get(..3).unwrap_or(&name)
    } else {
        &name
    });
}

fn zone(out: &mut String, offset: UtcOffset, letter: char, count: usize) {
    if letter == 'X' && offset.is_utc() {
        out.push('Z');
        return;
    }
    let (hours, minutes, _) = offset.as_hms();
    let sign = if offset.is_negative() { '-' } else { '+' };
    let (hours, minutes) = (hours.unsigned_abs(), minutes.unsigned_abs());
    match (letter, count) {
        ('X' | 'x', 1) if minutes == 0 => out.push_str(&format!("{sign}{hours:02}")),
        ('X' | 'x', 1 | 2 | 4) | ('Z', 1..=3) => {
            out.push_str(&format!("{sign}{hours:02}{minutes:02}"));
        }
        _ => out.push_str(&format!("{sign}{hours:02}:{minutes:02}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_714_564_805_678;

    fn printed(format: &str) -> String {
        DatePrinter::new(Some(format), Zone::UTC).unwrap().print(AT)
    }

    #[test]
    fn prints_names_and_patterns() {
        for (format, expected) in [
            (
                "strict_date_optional_time||epoch_millis",
                "2024-05-01T12:00:05.678Z",
            ),
            ("epoch_millis", "1714564805678"),
            ("epoch_second", "1714564805.678"),
            ("yyyy-MM-dd", "2024-05-01"),
            ("MM-yyyy", "05-2024"),
            ("yyyy/MM/dd HH:mm:ss", "2024/05/01 12:00:05"),
            ("EEE, d MMM yy h:mm a", "Wed, 1 May 24 12:00 PM"),
            ("yyyy 'o''clock' X", "2024 o'clock Z"),
            ("basic_date", "20240501"),
            ("week_date", "2024-W18-3"),
            ("strict_basic_ordinal_date", "2024122"),
        ] {
            assert_eq!(printed(format), expected, "{format}");
        }
        for (format, reason) in [("yyyy-qq", "qq"), ("yyyy'", "a quote stays open")] {
            let error = DatePrinter::new(Some(format), Zone::UTC).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn prints_in_a_zone() {
        let zone = Zone::named("-03:30").unwrap();
        let printer = DatePrinter::new(None, zone).unwrap();
        assert_eq!(printer.print(AT), "2024-05-01T08:30:05.678-03:30");
        assert_eq!(printer.print(i64::MAX), i64::MAX.to_string());
    }
}
