//! Times of day.

use std::fmt;

use super::scan::Scan;
use super::{SECOND, fraction};

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    /// Nanoseconds since midnight.
    pub nanos: i64,
}

impl TimeOfDay {
    /// Hour, minute, second and nanosecond.
    pub fn parts(self) -> (i64, i64, i64, i64) {
        let seconds = self.nanos / SECOND;
        (
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60,
            self.nanos % SECOND,
        )
    }

    /// Reads a whole text.
    pub fn parse(text: &str) -> Option<Self> {
        let (time, taken) = Self::prefix(text)?;
        (taken == text.len()).then_some(time)
    }

    /// Reads the beginning of a text; also how many bytes that took.
    pub fn prefix(text: &str) -> Option<(Self, usize)> {
        let mut scan = Scan::new(text);
        let time = Self::scan(&mut scan)?;
        Some((time, scan.taken()))
    }

    pub(super) fn scan(scan: &mut Scan<'_>) -> Option<Self> {
        let hour = scan.two(24)?;
        if !scan.take(':') {
            return None;
        }
        let minute = scan.two(60)?;
        let mut nanos = (hour * 60 + minute) * 60 * SECOND;
        if scan.take(':') {
            nanos += scan.two(60)? * SECOND;
            if scan.take('.') {
                nanos += scan.fraction()?;
            }
        }
        Some(Self { nanos })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second, nanos) = self.parts();
        write!(f, "{hour:02}:{minute:02}:{second:02}{}", fraction(nanos))
    }
}
