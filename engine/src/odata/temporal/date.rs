//! Days.

use std::fmt;

use super::calendar;
use super::scan::Scan;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since 1970-01-01.
    pub days: i64,
}

impl Date {
    /// A day; `None` when there is no such day.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let fits = calendar::YEARS.contains(&year)
            && (1..=12).contains(&month)
            && (1..=calendar::month_length(year, month)).contains(&day);
        fits.then(|| Self {
            days: calendar::days(year, month, day),
        })
    }

    /// The day so many days after 1970-01-01, when it is in range.
    pub fn from_days(days: i64) -> Option<Self> {
        // The bound keeps the calendar's arithmetic from overflowing.
        (days.abs() < 400_000_000).then_some(())?;
        calendar::YEARS
            .contains(&calendar::civil(days).0)
            .then_some(Self { days })
    }

    /// Year, month and day.
    pub fn parts(self) -> (i64, i64, i64) {
        calendar::civil(self.days)
    }

    /// Reads a whole text.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, taken) = Self::prefix(text)?;
        (taken == text.len()).then_some(date)
    }

    /// Reads the beginning of a text; also how many bytes that took.
    pub fn prefix(text: &str) -> Option<(Self, usize)> {
        let mut scan = Scan::new(text);
        let date = Self::scan(&mut scan)?;
        Some((date, scan.taken()))
    }

    pub(super) fn scan(scan: &mut Scan<'_>) -> Option<Self> {
        let negative = scan.take('-');
        let digits = scan.digits(4, 6)?;
        // More than four digits do not begin with a zero.
        if digits.len() > 4 && digits.starts_with('0') {
            return None;
        }
        let year: i64 = digits.parse().ok()?;
        let year = if negative { -year } else { year };
        if !scan.take('-') {
            return None;
        }
        let month = scan.two(13)?;
        if !scan.take('-') {
            return None;
        }
        let day = scan.two(32)?;
        Self::new(year, month, day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{month:02}-{day:02}", year.abs())
    }
}
