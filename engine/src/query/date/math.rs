//! Date math: `now-1d/d`, `2024-01-01||+1M`.

use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::{DateError, Zone, nanos_of};

/// More days than any date has; `time` panics where there are very many more.
const MOST_DAYS: i64 = 10_000_000;

/// Applies `+1d`, `-2h`, `/M` and so on to an instant.
pub(super) fn apply(
    text: &str,
    anchor: i64,
    mut rest: &str,
    zone: &Zone,
    round_up: bool,
) -> Result<i64, DateError> {
    let wrong = |reason: &str| DateError::new(text, reason);
    let mut date = OffsetDateTime::from_unix_timestamp_nanos(anchor.into())
        .ok()
        .and_then(|date| zone.shown(date))
        .ok_or_else(|| wrong("the date is out of range"))?;
    while let Some(operator) = rest.chars().next() {
        rest = rest.get(operator.len_utf8()..).unwrap_or_default();
        let rounds = match operator {
            '/' => true,
            '+' | '-' => false,
            _ => return Err(wrong("date math is `+`, `-` or `/`, a number and a unit")),
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).unwrap_or(("", rest));
        let amount: i64 = match (number, rounds) {
            ("", _) => 1,
            (_, true) => return Err(wrong("rounding takes a unit only")),
            (number, false) => number
                .parse()
                .map_err(|_| wrong("the number is too large"))?,
        };
        let unit = after
            .chars()
            .next()
            .ok_or_else(|| wrong("a unit is missing"))?;
        rest = after.get(unit.len_utf8()..).unwrap_or_default();
        let moved = if rounds {
            floor(date, unit, zone).and_then(|start| {
                if round_up {
                    shift(start, unit, 1, zone)?.checked_sub(Duration::NANOSECOND)
                } else {
                    Some(start)
                }
            })
        } else {
            let amount = if operator == '-' { -amount } else { amount };
            shift(date, unit, amount, zone)
        };
        if !"yMwdhHms".contains(unit) {
            return Err(wrong("a unit is one of y, M, w, d, h, H, m, s"));
        }
        date = moved.ok_or_else(|| wrong("the date is out of range"))?;
    }
    nanos_of(text, date)
}

/// Days and what is longer go by the clocks of the zone, the rest by what passes.
fn shift(date: OffsetDateTime, unit: char, amount: i64, zone: &Zone) -> Option<OffsetDateTime> {
    let days = |days: i64| {
        let days = Duration::days(
            amount
                .checked_mul(days)
                .filter(|days| days.abs() < MOST_DAYS)?,
        );
        settled(date.checked_add(days)?, zone)
    };
    let seconds = match unit {
        'y' => return settled(months(date, amount.checked_mul(12)?)?, zone),
        'M' => return settled(months(date, amount)?, zone),
        'w' => return days(7),
        'd' => return days(1),
        'h' | 'H' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    zone.shown(date.checked_add(Duration::seconds(amount.checked_mul(seconds)?))?)
}

/// What the clocks of a zone show, as the moment that it is.
fn settled(shown: OffsetDateTime, zone: &Zone) -> Option<OffsetDateTime> {
    zone.moment(PrimitiveDateTime::new(shown.date(), shown.time()))
}

/// The same day so many months on, or the last day of a shorter month.
fn months(date: OffsetDateTime, amount: i64) -> Option<OffsetDateTime> {
    let index = (i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1)
        .checked_add(amount)?;
    let year = i32::try_from(index.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(index.rem_euclid(12) + 1).ok()?).ok()?;
    let day = date.day().min(month.length(year));
    Some(date.replace_date(Date::from_calendar_date(year, month, day).ok()?))
}

fn floor(date: OffsetDateTime, unit: char, zone: &Zone) -> Option<OffsetDateTime> {
    let midnight = date.replace_time(Time::MIDNIGHT);
    let day = match unit {
        'y' => midnight
            .replace_month(Month::January)
            .ok()?
            .replace_day(1)
            .ok(),
        'M' => midnight.replace_day(1).ok(),
        'w' => midnight.checked_sub(Duration::days(
            date.weekday().number_days_from_monday().into(),
        )),
        'd' => Some(midnight),
        'h' | 'H' => return Some(date.replace_time(Time::from_hms(date.hour(), 0, 0).ok()?)),
        'm' => {
            return Some(date.replace_time(Time::from_hms(date.hour(), date.minute(), 0).ok()?));
        }
        's' => return date.replace_nanosecond(0).ok(),
        _ => None,
    };
    settled(day?, zone)
}

/// A span such as `10d`, `1.5h` or `500ms`, in milliseconds.
pub fn parse_duration_ms(text: &str) -> Option<f64> {
    let split = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(split)?;
    let factor = match unit {
        "d" => 86_400_000.0,
        "h" => 3_600_000.0,
        "m" => 60_000.0,
        "s" => 1_000.0,
        "ms" => 1.0,
        "micros" => 1e-3,
        "nanos" => 1e-6,
        _ => return None,
    };
    number
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map(|number| number * factor)
}
