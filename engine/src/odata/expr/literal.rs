//! Values as they are written in a query.

use std::fmt;

use crate::odata::temporal::{Date, DateTime, Duration, TimeOfDay};

/// A value.
#[derive(Debug, Clone)]
pub enum Literal {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number of 64 bits.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// A text.
    String(String),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(TimeOfDay),
    /// An instant.
    DateTime(DateTime),
    /// A span of time.
    Duration(Duration),
    /// A globally unique id.
    Guid(u128),
}

/// Numbers are equal when they are written so: NaN is NaN, and −0 is not 0.
impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Int(one), Self::Int(two)) => one == two,
            (Self::Double(one), Self::Double(two)) => {
                one.to_bits() == two.to_bits() || (one.is_nan() && two.is_nan())
            }
            (Self::String(one), Self::String(two)) => one == two,
            (Self::Date(one), Self::Date(two)) => one == two,
            (Self::Time(one), Self::Time(two)) => one == two,
            (Self::DateTime(one), Self::DateTime(two)) => one == two,
            (Self::Duration(one), Self::Duration(two)) => one == two,
            (Self::Guid(one), Self::Guid(two)) => one == two,
            _ => false,
        }
    }
}

impl Literal {
    /// What kind of value it is, in words.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Double(_) => "a number",
            Self::String(_) => "a string",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time of day",
            Self::DateTime(_) => "a date and time",
            Self::Duration(_) => "a duration",
            Self::Guid(_) => "a GUID",
        }
    }

    /// A number as text: whole when it fits 64 bits, else a double.
    pub fn number(text: &str) -> Option<Self> {
        let plain = text.strip_prefix('+').unwrap_or(text);
        let digits = plain.strip_prefix('-').unwrap_or(plain);
        if !digits.starts_with(|letter: char| letter.is_ascii_digit())
            || !digits.ends_with(|letter: char| letter.is_ascii_digit())
        {
            return None;
        }
        if digits.bytes().all(|byte| byte.is_ascii_digit())
            && let Ok(whole) = plain.parse()
        {
            return Some(Self::Int(whole));
        }
        plain.parse().ok().map(Self::Double)
    }
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Literal {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Literal {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Literal {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

/// A number as OData writes it; always with a fraction or exponent.
pub(crate) fn double_text(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "INF" } else { "-INF" }.to_owned()
    } else {
        format!("{value:?}")
    }
}

/// A GUID's text.
pub(crate) fn guid_text(guid: u128) -> String {
    let hex = format!("{guid:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

/// Reads a GUID.
pub(crate) fn guid(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    shaped
        .then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok())
        .flatten()
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Double(number) => f.write_str(&double_text(*number)),
            Self::String(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Date(date) => write!(f, "{date}"),
            Self::Time(time) => write!(f, "{time}"),
            Self::DateTime(at) => write!(f, "{at}"),
            Self::Duration(span) => write!(f, "duration'{span}'"),
            Self::Guid(guid) => f.write_str(&guid_text(*guid)),
        }
    }
}
