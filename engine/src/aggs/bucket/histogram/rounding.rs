//! Rounding dates down to the beginning of an interval.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime};

use crate::query::date::Zone;

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// An interval of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// So many milliseconds.
    Fixed(i64),
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday.
    Week,
    /// So many months of the calendar: 1, 3 or 12.
    Months(i64),
}

impl Step {
    /// The beginning of the interval that a local time is in.
    fn floor(self, local: i64) -> Option<i64> {
        match self {
            Self::Fixed(width) => local.checked_sub(local.rem_euclid(width)),
            Self::Day => local.checked_sub(local.rem_euclid(DAY)),
            // The first Monday of 1970 was the 5th of January.
            Self::Week => local.checked_sub(local.checked_sub(4 * DAY)?.rem_euclid(7 * DAY)),
            Self::Months(width) => {
                let months = months_of(local)?;
                start_of(months - months.rem_euclid(width))
            }
        }
    }

    /// The beginning of the interval after the one that begins at a local time.
    fn next(self, start: i64) -> Option<i64> {
        match self {
            Self::Fixed(width) => start.checked_add(width),
            Self::Day => start.checked_add(DAY),
            Self::Week => start.checked_add(7 * DAY),
            Self::Months(width) => start_of(months_of(start)? + width),
        }
    }
}

/// Rounds instants, in milliseconds, down to the beginning of an interval by the clocks of a zone.
///
/// Where clocks are set, intervals are shorter or longer, as Elasticsearch has them: what is skipped
/// begins as much later, a day that begins twice begins the first time, and an hour that comes twice is
/// two intervals.
#[derive(Debug, Clone)]
pub(crate) struct Rounding {
    pub(crate) step: Step,
    pub(crate) zone: Zone,
    /// How much later intervals begin.
    pub(crate) offset: i64,
}

impl Rounding {
    /// The beginning of the interval that an instant is in; `None` outside of the calendar.
    pub(crate) fn floor(&self, millis: i64) -> Option<i64> {
        self.begin(millis.checked_sub(self.offset)?)?
            .checked_add(self.offset)
    }

    /// The beginning of the interval after the one that begins at an instant.
    pub(crate) fn next(&self, start: i64) -> Option<i64> {
        let start = start.checked_sub(self.offset)?;
        let ahead = self.ahead(start);
        let next = match self.step {
            Step::Fixed(width) => self.begin(start.checked_add(width)?)?,
            _ => start,
        };
        let next = if next > start {
            next
        } else {
            // A day whose midnight is skipped begins later than it would.
            let first = self.step.floor(start.checked_add(ahead)?)?;
            self.moment(self.step.next(first)?, ahead)?
        };
        next.checked_add(self.offset)
    }

    fn begin(&self, millis: i64) -> Option<i64> {
        let ahead = self.ahead(millis);
        self.moment(self.step.floor(millis.checked_add(ahead)?)?, ahead)
    }

    /// How far clocks are ahead of UTC at an instant.
    fn ahead(&self, millis: i64) -> i64 {
        let offset = self.zone.offset_at(millis.div_euclid(1_000));
        i64::from(offset.whole_seconds()) * 1_000
    }

    /// The instant at which clocks show a time, near one at which they are so far ahead.
    fn moment(&self, local: i64, ahead: i64) -> Option<i64> {
        let same = local.checked_sub(ahead)?;
        let is_fixed = matches!(self.step, Step::Fixed(_));
        if self.zone.is_fixed() || is_fixed && self.ahead(same) == ahead {
            return Some(same);
        }
        let local =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(local) * 1_000_000).ok()?;
        let local = PrimitiveDateTime::new(local.date(), local.time());
        i64::try_from(self.zone.moment(local)?.unix_timestamp_nanos() / 1_000_000).ok()
    }
}

/// Months since the year 0.
fn months_of(millis: i64) -> Option<i64> {
    let date = OffsetDateTime::from_unix_timestamp(millis.div_euclid(1_000)).ok()?;
    Some(i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1)
}

fn start_of(months: i64) -> Option<i64> {
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, 1).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp() * 1_000)
}

#[cfg(test)]
mod tests {
    use super::super::interval::{calendar, millis};
    use super::*;
    use crate::query::date::{format_millis, parse_value};

    const HOUR: i64 = DAY / 24;

    fn at(text: &str) -> i64 {
        parse_value(&text.into(), None).unwrap() / 1_000_000
    }

    fn shown(millis: i64) -> String {
        format_millis(millis * 1_000_000)
    }

    #[test]
    fn rounds_down_and_steps_on() {
        let moment = at("2024-02-29T13:14:15.678Z");
        for (interval, start, next) in [
            ("1m", "2024-02-29T13:14:00.000Z", "2024-02-29T13:15:00.000Z"),
            (
                "day",
                "2024-02-29T00:00:00.000Z",
                "2024-03-01T00:00:00.000Z",
            ),
            ("1w", "2024-02-26T00:00:00.000Z", "2024-03-04T00:00:00.000Z"),
            (
                "month",
                "2024-02-01T00:00:00.000Z",
                "2024-03-01T00:00:00.000Z",
            ),
            ("1q", "2024-01-01T00:00:00.000Z", "2024-04-01T00:00:00.000Z"),
            (
                "year",
                "2024-01-01T00:00:00.000Z",
                "2025-01-01T00:00:00.000Z",
            ),
        ] {
            let rounding = Rounding {
                step: calendar(interval).unwrap(),
                zone: Zone::UTC,
                offset: 0,
            };
            let floor = rounding.floor(moment).unwrap();
            assert_eq!(shown(floor), start, "{interval}");
            assert_eq!(shown(rounding.next(floor).unwrap()), next, "{interval}");
            assert_eq!(rounding.floor(floor), Some(floor));
            assert_eq!(
                rounding.floor(rounding.next(floor).unwrap() - 1),
                Some(floor)
            );
        }
    }

    #[test]
    fn knows_zones_offsets_and_times_before_1970() {
        let rounding = Rounding {
            step: Step::Fixed(DAY),
            zone: Zone::named("-01:00").unwrap(),
            offset: 6 * HOUR,
        };
        let start = rounding.floor(at("2015-10-01T05:30:00Z")).unwrap();
        assert_eq!(shown(start), "2015-09-30T07:00:00.000Z");
        let plain = Rounding {
            step: Step::Months(1),
            zone: Zone::UTC,
            offset: 0,
        };
        let start = plain.floor(at("1969-12-31T23:59:59Z")).unwrap();
        assert_eq!(shown(start), "1969-12-01T00:00:00.000Z");
    }

    /// The intervals from one instant to another, as UTC has them.
    fn intervals(zone: &str, interval: &str, from: &str, to: &str) -> Vec<String> {
        let rounding = Rounding {
            step: calendar(interval)
                .or_else(|| millis(interval).map(Step::Fixed))
                .unwrap(),
            zone: Zone::named(zone).unwrap(),
            offset: 0,
        };
        let end = at(to);
        let first = rounding.floor(at(from)).unwrap();
        let starts = std::iter::successors(Some(first), |start| rounding.next(*start));
        let starts: Vec<i64> = starts.take_while(|start| *start < end).collect();
        for pair in starts.windows(2) {
            // Every instant of an interval is in it.
            for moment in (pair[0]..pair[1]).step_by(600_000) {
                assert_eq!(rounding.floor(moment), Some(pair[0]), "{zone} {interval}");
            }
        }
        starts.into_iter().map(shown).collect()
    }

    #[test]
    fn clocks_are_set() {
        assert_eq!(
            intervals(
                "Europe/Berlin",
                "day",
                "2024-03-30T12:00:00Z",
                "2024-04-01T12:00:00Z"
            ),
            [
                "2024-03-29T23:00:00.000Z",
                "2024-03-30T23:00:00.000Z",
                "2024-03-31T22:00:00.000Z",
            ]
        );
        // Fixed days begin at midnight too.
        assert_eq!(
            intervals(
                "Europe/Berlin",
                "24h",
                "2024-10-26T12:00:00Z",
                "2024-10-29T00:00:00Z"
            ),
            [
                "2024-10-25T22:00:00.000Z",
                "2024-10-26T22:00:00.000Z",
                "2024-10-27T23:00:00.000Z",
                "2024-10-28T23:00:00.000Z",
            ]
        );
        // The hour that comes twice is two.
        assert_eq!(
            intervals(
                "Europe/Berlin",
                "hour",
                "2024-10-26T23:30:00Z",
                "2024-10-27T03:00:00Z"
            ),
            [
                "2024-10-26T23:00:00.000Z",
                "2024-10-27T00:00:00.000Z",
                "2024-10-27T01:00:00.000Z",
                "2024-10-27T02:00:00.000Z",
            ]
        );
        assert_eq!(
            intervals(
                "America/New_York",
                "month",
                "2024-02-15T00:00:00Z",
                "2024-05-01T00:00:00Z"
            ),
            [
                "2024-02-01T05:00:00.000Z",
                "2024-03-01T05:00:00.000Z",
                "2024-04-01T04:00:00.000Z",
            ]
        );
        // In Havana, midnight comes twice: the day begins the first time.
        assert_eq!(
            intervals(
                "America/Havana",
                "day",
                "2024-11-03T05:30:00Z",
                "2024-11-04T12:00:00Z"
            ),
            ["2024-11-03T04:00:00.000Z", "2024-11-04T05:00:00.000Z"]
        );
        // In Beirut, there is a day without a midnight.
        assert_eq!(
            intervals(
                "Asia/Beirut",
                "day",
                "2024-03-30T23:00:00Z",
                "2024-04-01T00:00:00Z"
            ),
            ["2024-03-30T22:00:00.000Z", "2024-03-31T21:00:00.000Z"]
        );
    }
}
