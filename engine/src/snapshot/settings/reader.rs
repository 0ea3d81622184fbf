//! Values of settings: texts, flags, sizes, ages, rates.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::size::parse_size;
use crate::snapshot::error::{Result, SnapshotError};

/// Settings while they are read.
pub(super) struct Reader<'a> {
    pub(super) repository: &'a str,
    pub(super) left: Map<String, Value>,
}

impl Reader<'_> {
    pub(super) fn wrong(&self, reason: impl Into<String>) -> SnapshotError {
        SnapshotError::Settings {
            repository: self.repository.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>> {
        match self.left.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
            // The value is not shown: it may be a key.
            Some(_) => Err(self.wrong(format!("setting [{key}] is a text"))),
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<bool> {
        match self.text(key)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(self.wrong(format!(
                "Failed to parse value [{other}] for setting [{key}]: only [true] or [false] are allowed"
            ))),
        }
    }

    /// A size such as `40mb`.
    pub(super) fn size(&mut self, key: &str) -> Result<Option<u64>> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        parse_size(&text).map(Some).ok_or_else(|| {
            self.wrong(format!(
                "failed to parse setting [{key}] with value [{text}] as a size in bytes"
            ))
        })
    }

    /// A whole number.
    pub(super) fn count(&mut self, key: &str) -> Result<Option<usize>> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        text.trim().parse().map(Some).map_err(|_| {
            self.wrong(format!(
                "failed to parse setting [{key}] with value [{text}] as a whole number"
            ))
        })
    }

    /// An age such as `30d`.
    pub(super) fn age(&mut self, key: &str) -> Result<Option<Duration>> {
        let Some(text) = self.text(key)? else {
            return Ok(None);
        };
        parse_age(&text).map(Some).ok_or_else(|| {
            self.wrong(format!(
                "failed to parse setting [{key}] with value [{text}] as a time value: a whole \
                 number and one of s, m, h, d, w"
            ))
        })
    }

    /// A rate; zero and below is none.
    pub(super) fn rate(&mut self, key: &str, default: Option<u64>) -> Result<Option<u64>> {
        if self
            .left
            .get(key)
            .is_some_and(|v| v.as_i64() == Some(-1) || v == "-1")
        {
            self.left.remove(key);
            return Ok(None);
        }
        Ok(match self.size(key)? {
            None => default,
            Some(0) => None,
            rate => rate,
        })
    }
}

/// `90s`, `15m`, `12h`, `30d`, `8w`.
pub fn parse_age(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let seconds: u64 = match unit.trim() {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        "w" => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    Some(Duration::from_secs(number.checked_mul(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read() {
        for (text, seconds) in [
            ("90s", 90),
            ("2m", 120),
            (" 30d ", 2_592_000),
            ("1 w", 604_800),
        ] {
            let age = Duration::from_secs(seconds);
            assert_eq!(parse_age(text), Some(age), "{text}");
        }
        for bad in [
            "",
            "30",
            "d",
            "-1d",
            "1.5h",
            "1y",
            "99999999999999999999s",
            "18446744073709551615w",
        ] {
            assert_eq!(parse_age(bad), None, "{bad}");
        }
    }
}
