//! Numbers by a pattern, `0.00` or `#,##0.## EUR`.

use crate::error::{EngineError, Result};

/// The most digits that a pattern may ask for.
const MAX_DIGITS: usize = 64;

/// Prints numbers by a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    prefix: String,
    suffix: String,
    least_whole: usize,
    least_fraction: usize,
    most_fraction: usize,
    group: usize,
    percent: bool,
}

impl Decimal {
    /// Reads a pattern.
    pub(crate) fn parse(pattern: &str) -> Result<Self> {
        let wrong = || {
            EngineError::IllegalArgument(format!(
                "Invalid format: [{pattern}]: a number's format is made of [#], [0], [,], [.] and \
                 text around them"
            ))
        };
        let is_digit = |letter: char| matches!(letter, '#' | '0' | ',' | '.');
        let start = pattern.find(is_digit).ok_or_else(wrong)?;
        let end = pattern.rfind(is_digit).ok_or_else(wrong)? + 1;
        let prefix = pattern.get(..start).ok_or_else(wrong)?;
        let suffix = pattern.get(end..).ok_or_else(wrong)?;
        let digits = pattern.get(start..end).ok_or_else(wrong)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fits = whole
            .chars()
            .all(|letter| matches!(letter, '#' | '0' | ','))
            && !whole.contains("0#")
            && fraction.chars().all(|letter| matches!(letter, '#' | '0'))
            && !fraction.contains("#0")
            && digits.len() <= MAX_DIGITS
            && !pattern.contains(';');
        if !fits {
            return Err(wrong());
        }
        Ok(Self {
            prefix: prefix.replace('\'', ""),
            suffix: suffix.replace('\'', ""),
            least_whole: whole.matches('0').count(),
            least_fraction: fraction.matches('0').count(),
            most_fraction: fraction.len(),
            group: whole.rfind(',').map_or(0, |at| whole.len() - at - 1),
            percent: suffix.contains('%') || prefix.contains('%'),
        })
    }

    /// Prints a number; halves go to the even neighbour.
    pub(crate) fn print(&self, value: f64) -> String {
        if !value.is_finite() {
            return super::double_text(value);
        }
        let value = if self.percent { value * 100.0 } else { value };
        let text = format!("{:.*}", self.most_fraction, value.abs());
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut fraction = fraction.to_owned();
        while fraction.len() > self.least_fraction && fraction.ends_with('0') {
            fraction.pop();
        }
        let mut whole = whole.trim_start_matches('0').to_owned();
        while whole.len() < self.least_whole {
            whole.insert(0, '0');
        }
        if whole.is_empty() && fraction.is_empty() {
            whole.push('0');
        }
        let mut out = String::new();
        if value < 0.0 && (whole.contains(|c| c != '0') || fraction.contains(|c| c != '0')) {
            out.push('-');
        }
        out.push_str(&self.prefix);
        for (at, digit) in whole.chars().enumerate() {
            let left = whole.len() - at;
            if self.group > 0 && at > 0 && left.is_multiple_of(self.group) {
                out.push(',');
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push('.');
            out.push_str(&fraction);
        }
        out.push_str(&self.suffix);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_by_pattern() {
        for (pattern, value, text) in [
            ("0.00", 3.0, "3.00"),
            ("0.0#", 2.125, "2.12"),
            ("#,##0", 1_234_567.0, "1,234,567"),
            ("$0.00", -1.5, "-$1.50"),
            ("0%", 0.25, "25%"),
            ("000", 7.0, "007"),
            ("#,##0.00 EUR", 1_234.5, "1,234.50 EUR"),
        ] {
            assert_eq!(
                Decimal::parse(pattern).unwrap().print(value),
                text,
                "{pattern}"
            );
        }
        for pattern in ["abc", "0.#0", "0.0E0"] {
            let error = Decimal::parse(pattern).unwrap_err().to_string();
            let expected = format!("Invalid format: [{pattern}]: a number's format is made of");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}
