//! Instants with the offset that they were written with.

use std::fmt;

use super::scan::Scan;
use super::{DAY, Date, SECOND, TimeOfDay};

/// An instant, and the offset of the clock that showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// Nanoseconds since 1970, UTC.
    pub nanos: i128,
    /// Minutes that the clock is ahead of UTC.
    pub offset: i64,
}

impl DateTime {
    /// An instant in UTC, when it is in range.
    pub fn utc(nanos: i128) -> Option<Self> {
        Self::with_offset(nanos, 0)
    }

    /// An instant, when it is in range.
    pub fn with_offset(nanos: i128, offset: i64) -> Option<Self> {
        let at = Self { nanos, offset };
        let days = i64::try_from(at.local().div_euclid(DAY.into())).ok()?;
        Date::from_days(days).map(|_| at)
    }

    /// Midnight of a day, UTC.
    pub fn midnight(date: Date) -> Self {
        Self {
            nanos: i128::from(date.days) * i128::from(DAY),
            offset: 0,
        }
    }

    /// The first instant of the first year.
    pub fn min() -> Self {
        Self {
            nanos: -62_135_596_800 * i128::from(SECOND),
            offset: 0,
        }
    }

    /// The last instant of the year 9999.
    pub fn max() -> Self {
        Self {
            nanos: 253_402_300_800 * i128::from(SECOND) - 1,
            offset: 0,
        }
    }

    fn local(self) -> i128 {
        self.nanos + i128::from(self.offset * 60) * i128::from(SECOND)
    }

    /// The day that the clock shows.
    pub fn date(self) -> Date {
        let days = self.local().div_euclid(DAY.into());
        Date {
            days: i64::try_from(days).unwrap_or_default(),
        }
    }

    /// The time that the clock shows.
    pub fn time(self) -> TimeOfDay {
        let nanos = self.local().rem_euclid(DAY.into());
        TimeOfDay {
            nanos: i64::try_from(nanos).unwrap_or_default(),
        }
    }

    /// Reads a whole text.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, taken) = Self::prefix(text)?;
        (taken == text.len()).then_some(at)
    }

    /// Reads the beginning of a text; also how many bytes that took.
    pub fn prefix(text: &str) -> Option<(Self, usize)> {
        let mut scan = Scan::new(text);
        let date = Date::scan(&mut scan)?;
        if !scan.take('T') {
            return None;
        }
        let time = TimeOfDay::scan(&mut scan)?;
        let offset = if scan.take('Z') {
            0
        } else {
            // A plus that a form's decoding took for a space is still a plus.
            let ahead = scan.take('+') || scan.take(' ');
            if !ahead && !scan.take('-') {
                return None;
            }
            let hours = scan.two(24)?;
            if !scan.take(':') {
                return None;
            }
            let minutes = hours * 60 + scan.two(60)?;
            if ahead { minutes } else { -minutes }
        };
        let nanos = i128::from(date.days) * i128::from(DAY) + i128::from(time.nanos)
            - i128::from(offset * 60) * i128::from(SECOND);
        Some((Self::with_offset(nanos, offset)?, scan.taken()))
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date(), self.time())?;
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_instants() {
        for text in [
            "2024-01-01T00:00:00Z",
            "2024-02-29T23:59:59.5+08:00",
            "0001-01-01T00:00:00Z",
            "-0044-03-15T12:00:00-05:30",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            assert_eq!(DateTime::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(DateTime::min().to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(
            DateTime::max().to_string(),
            "9999-12-31T23:59:59.999999999Z"
        );
        let at = DateTime::parse("2024-01-01T02:00+08:00").unwrap();
        assert_eq!(at.date().to_string(), "2024-01-01");
        assert_eq!(
            at.nanos,
            DateTime::parse("2023-12-31T18:00Z").unwrap().nanos
        );
        for wrong in [
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-13-01T00:00Z",
            "2024-02-30T00:00Z",
            "2024-01-01T24:00Z",
            "2024-01-01T00:00:00+8:00",
        ] {
            assert_eq!(DateTime::parse(wrong), None, "{wrong}");
        }
    }
}
