//! How values print.

use super::{Decimal, Key};
use crate::query::date::DatePrinter;

/// How the values of a field print beside their plain form.
#[derive(Debug, Clone, Default)]
pub(crate) enum Format {
    /// They have no other form.
    #[default]
    Plain,
    /// `true` and `false`.
    Bool,
    /// Dates.
    Date(DatePrinter),
    /// Numbers by a pattern.
    Decimal(Decimal),
}

impl Format {
    /// Whether values have a form of their own beside the plain one.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Self::Plain)
    }

    /// The form of a number; `None` when there is only the plain one.
    pub(crate) fn number(&self, value: f64) -> Option<String> {
        match self {
            Self::Plain => None,
            Self::Bool => Some((value != 0.0).to_string()),
            Self::Date(printer) => Some(printer.print(value as i64)),
            Self::Decimal(decimal) => Some(decimal.print(value)),
        }
    }

    /// The form of a key; `None` when there is only the plain one.
    pub(crate) fn key(&self, key: &Key) -> Option<String> {
        match (self, key) {
            (Self::Date(printer), Key::Whole(millis)) => Some(printer.print(*millis)),
            (_, key) => self.number(key.number()?),
        }
    }

    /// A number as text, in its own form or as Java prints it.
    pub(crate) fn text(&self, value: f64) -> String {
        self.number(value).unwrap_or_else(|| double_text(value))
    }
}

/// A float as Java prints it: `1.0`, `1.0E7`.
pub(crate) fn double_text(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}Infinity");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((digits, power)) if digits.contains('.') => format!("{digits}E{power}"),
        Some((digits, power)) => format!("{digits}.0E{power}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_java_does() {
        for (value, text) in [
            (0.0, "0.0"),
            (5.0, "5.0"),
            (-50.5, "-50.5"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (1.234e10, "1.234E10"),
            (0.001, "0.001"),
            (0.00015, "1.5E-4"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(double_text(value), text);
        }
    }
}
