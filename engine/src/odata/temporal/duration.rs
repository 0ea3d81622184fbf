//! Spans of days and seconds.

use std::fmt;

use super::scan::Scan;
use super::{DAY, SECOND, fraction};

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    /// Nanoseconds.
    pub nanos: i128,
}

impl Duration {
    /// The longest span, either way: a million years.
    const LIMIT: i128 = 366_000_000 * DAY as i128;

    /// A span, when it is in range.
    pub fn new(nanos: i128) -> Option<Self> {
        (nanos.abs() <= Self::LIMIT).then_some(Self { nanos })
    }

    /// A span of seconds, when it is in range.
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        let nanos = seconds * SECOND as f64;
        // Float casts saturate; what is out of range is refused after.
        nanos
            .is_finite()
            .then(|| Self::new(nanos as i128))
            .flatten()
    }

    /// The span in seconds.
    pub fn seconds(self) -> f64 {
        self.nanos as f64 / SECOND as f64
    }

    /// Reads a whole text, such as `-P1DT2H30M1.5S`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut scan = Scan::new(text);
        let negative = scan.take('-');
        if !negative {
            scan.take('+');
        }
        if !scan.take('P') {
            return None;
        }
        let mut nanos = 0_i128;
        let mut any = false;
        if scan.digit_next() {
            let days: i128 = scan.digits(1, 18)?.parse().ok()?;
            if !scan.take('D') {
                return None;
            }
            nanos += days * i128::from(DAY);
            any = true;
        }
        if scan.take('T') {
            any = false;
            // Each unit at most once, the larger before the smaller.
            let mut least = 0;
            while scan.digit_next() {
                let number: i128 = scan.digits(1, 18)?.parse().ok()?;
                let (unit, seconds) = if scan.take('H') {
                    (1, 3_600)
                } else if scan.take('M') {
                    (2, 60)
                } else {
                    if scan.take('.') {
                        nanos += i128::from(scan.fraction()?);
                    }
                    if !scan.take('S') {
                        return None;
                    }
                    (3, 1)
                };
                if unit <= least {
                    return None;
                }
                least = unit;
                nanos += number * seconds * i128::from(SECOND);
                any = true;
            }
        }
        if !any || !scan.at_end() {
            return None;
        }
        Self::new(if negative { -nanos } else { nanos })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nanos < 0 { "-" } else { "" };
        let nanos = self.nanos.abs();
        let days = nanos / i128::from(DAY);
        let rest = i64::try_from(nanos % i128::from(DAY)).unwrap_or_default();
        write!(f, "{sign}P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if rest == 0 {
            return f.write_str(if days > 0 { "" } else { "T0S" });
        }
        let seconds = rest / SECOND;
        f.write_str("T")?;
        if seconds >= 3_600 {
            write!(f, "{}H", seconds / 3_600)?;
        }
        if seconds / 60 % 60 > 0 {
            write!(f, "{}M", seconds / 60 % 60)?;
        }
        if seconds % 60 > 0 || rest % SECOND > 0 {
            write!(f, "{}{}S", seconds % 60, fraction(rest % SECOND))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_spans() {
        for text in ["P1D", "PT0S", "-P1DT2H30M1.5S", "PT1H", "PT0.25S", "P400D"] {
            assert_eq!(Duration::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Duration::parse("PT90M").unwrap().to_string(), "PT1H30M");
        for wrong in ["P", "PT", "P1DT", "1D", "P1H", "PT1M1H", "PT1S1S", "P1Dx"] {
            assert_eq!(Duration::parse(wrong), None, "{wrong}");
        }
    }
}
