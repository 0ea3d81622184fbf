//! Bounds of time.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::flags::timestamp;

/// Which end of a span a time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// The first moment that counts.
    Since,
    /// The last one: a day or a second counts to its end.
    Until,
}

/// The characters of a day.
const DAY: usize = 10;

/// A day or a time, as the database has times; `None` where the text is neither.
pub(super) fn moment(text: &str, bound: Bound) -> Option<String> {
    let text = text.trim();
    let (day, clock) = text.split_at_checked(DAY)?;
    let (whole, unit) = if clock.is_empty() {
        (format!("{day}T00:00:00Z"), Duration::DAY)
    } else {
        let clock = clock.strip_prefix(['T', 't', ' '])?;
        // A plus that a client did not encode has arrived as a space.
        let clock = clock.replace(' ', "+");
        let zoned = clock.ends_with(['Z', 'z']) || clock.contains(['+', '-']);
        let zone = if zoned { "" } else { "Z" };
        (format!("{day}T{clock}{zone}"), precision(&clock))
    };
    let start = OffsetDateTime::parse(&whole, &Rfc3339).ok()?;
    let start = start.checked_to_offset(UtcOffset::UTC)?;
    let time = match bound {
        Bound::Since => start,
        Bound::Until => start.checked_add(unit - Duration::MILLISECOND)?,
    };
    Some(timestamp(time))
}

/// How long the last digit of a time lasts, at least a millisecond.
fn precision(clock: &str) -> Duration {
    let fraction = clock.split_once('.').map_or("", |(_, fraction)| fraction);
    match fraction.bytes().take_while(u8::is_ascii_digit).count() {
        0 => Duration::SECOND,
        1 => Duration::milliseconds(100),
        2 => Duration::milliseconds(10),
        _ => Duration::MILLISECOND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_with_both_ends() {
        let table = [
            (
                "2026-11-21",
                "2026-11-21T00:00:00.000Z",
                "2026-11-21T23:59:59.999Z",
            ),
            (
                "2024-02-29T10:00:00Z",
                "2024-02-29T10:00:00.000Z",
                "2024-02-29T10:00:00.999Z",
            ),
            (
                "2026-11-21 10:00:00",
                "2026-11-21T10:00:00.000Z",
                "2026-11-21T10:00:00.999Z",
            ),
            (
                "2026-11-21T10:00:00.5Z",
                "2026-11-21T10:00:00.500Z",
                "2026-11-21T10:00:00.599Z",
            ),
            (
                "2026-11-21T10:00:00.1234+02:00",
                "2026-11-21T08:00:00.123Z",
                "2026-11-21T08:00:00.123Z",
            ),
            (
                "2026-11-21T01:00:00 02:00",
                "2026-11-20T23:00:00.000Z",
                "2026-11-20T23:00:00.999Z",
            ),
        ];
        for (text, since, until) in table {
            assert_eq!(moment(text, Bound::Since).as_deref(), Some(since), "{text}");
            assert_eq!(moment(text, Bound::Until).as_deref(), Some(until), "{text}");
        }
        for bad in [
            "",
            "x",
            "2026-13-01",
            "2026-02-30",
            "2026-1-1",
            "2026-11-21T",
            "2026-11-21X10:00:00Z",
            "2026-11-21T25:00:00Z",
            "21.11.2026 10:00",
            "ÄÄÄÄÄÄÄÄÄÄÄ",
            "9999-12-31T23:59:59-23:59",
        ] {
            assert_eq!(moment(bad, Bound::Until), None, "{bad}");
        }
    }
}
