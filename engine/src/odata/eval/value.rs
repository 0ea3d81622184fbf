//! Values while an expression is evaluated.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde_json::{Map, Value as Json};

use crate::odata::expr::{Literal, guid};
use crate::odata::temporal::{Date, DateTime, Duration, TimeOfDay};

/// A value of a record or an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// None.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number of 64 bits.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// A text.
    Text(Cow<'a, str>),
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
    /// Several values, none of them null or a list; never empty.
    List(Vec<Value<'a>>),
    /// An object.
    Object(&'a Map<String, Json>),
}

impl<'a> Value<'a> {
    /// A value of a record. Lists in lists are joined, as the index joins them.
    pub fn from_json(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(flag) => Self::Bool(*flag),
            Json::Number(number) => match number.as_i64() {
                Some(whole) => Self::Int(whole),
                None => number.as_f64().map_or(Self::Null, Self::Double),
            },
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Array(items) => Self::list(items.iter().map(Self::from_json)),
            Json::Object(object) => Self::Object(object),
        }
    }

    /// A value of an expression.
    pub fn from_literal(literal: &'a Literal) -> Self {
        match literal {
            Literal::Null => Self::Null,
            Literal::Bool(flag) => Self::Bool(*flag),
            Literal::Int(number) => Self::Int(*number),
            Literal::Double(number) => Self::Double(*number),
            Literal::String(text) => Self::Text(Cow::Borrowed(text)),
            Literal::Date(date) => Self::Date(*date),
            Literal::Time(time) => Self::Time(*time),
            Literal::DateTime(at) => Self::DateTime(*at),
            Literal::Duration(span) => Self::Duration(*span),
            Literal::Guid(guid) => Self::Guid(*guid),
        }
    }

    /// The value as an expression writes it; `None` for lists and objects.
    pub fn to_literal(&self) -> Option<Literal> {
        Some(match self {
            Self::Null => Literal::Null,
            Self::Bool(flag) => Literal::Bool(*flag),
            Self::Int(number) => Literal::Int(*number),
            Self::Double(number) => Literal::Double(*number),
            Self::Text(text) => Literal::String(text.clone().into_owned()),
            Self::Date(date) => Literal::Date(*date),
            Self::Time(time) => Literal::Time(*time),
            Self::DateTime(at) => Literal::DateTime(*at),
            Self::Duration(span) => Literal::Duration(*span),
            Self::Guid(guid) => Literal::Guid(*guid),
            Self::List(_) | Self::Object(_) => return None,
        })
    }

    /// Several values as one: nulls are left out, and nothing is null.
    pub(in crate::odata) fn list(values: impl Iterator<Item = Self>) -> Self {
        let mut items = Vec::new();
        for value in values {
            match value {
                Self::Null => {}
                Self::List(inner) => items.extend(inner),
                other => items.push(other),
            }
        }
        if items.is_empty() {
            Self::Null
        } else {
            Self::List(items)
        }
    }

    /// Whether it is a double that is a whole number, which may have been written as one.
    pub(super) fn is_whole_double(&self) -> bool {
        matches!(self, Self::Double(number) if number.fract() == 0.0)
    }

    /// The same value on its own. Objects do not compare: an empty one stands for each.
    pub(in crate::odata) fn into_owned(self) -> Value<'static> {
        static OBJECT: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Int(number) => Value::Int(number),
            Self::Double(number) => Value::Double(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Date(date) => Value::Date(date),
            Self::Time(time) => Value::Time(time),
            Self::DateTime(at) => Value::DateTime(at),
            Self::Duration(span) => Value::Duration(span),
            Self::Guid(guid) => Value::Guid(guid),
            Self::List(items) => Value::List(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(_) => Value::Object(&OBJECT),
        }
    }

    /// The items of a list; a single value is a list of one, null of none.
    pub fn into_items(self) -> Vec<Self> {
        match self {
            Self::Null => Vec::new(),
            Self::List(items) => items,
            one => vec![one],
        }
    }

    /// A field of an object; of a list's objects, a list.
    pub(super) fn member(&self, name: &str) -> Self {
        match self {
            Self::Object(object) => object.get(name).map_or(Self::Null, Self::from_json),
            Self::List(items) => Self::list(items.iter().map(|item| item.member(name))),
            _ => Self::Null,
        }
    }

    /// What it is as a condition: `None` for neither true nor false.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn double(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "whole numbers become doubles")]
            Self::Int(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Text(text) => Date::parse(text),
            _ => None,
        }
    }

    pub(super) fn date_time(&self) -> Option<DateTime> {
        match self {
            Self::DateTime(at) => Some(*at),
            Self::Text(text) => DateTime::parse(text),
            _ => None,
        }
    }

    /// The same value, with texts that are dates as what they tell.
    pub(in crate::odata) fn instants(self) -> Self {
        match self {
            Self::Text(_) | Self::Date(_) => self.instant().map_or(self, Self::DateTime),
            Self::List(items) => Self::List(items.into_iter().map(Self::instants).collect()),
            other => other,
        }
    }

    /// An instant, or the midnight of a day.
    pub(super) fn instant(&self) -> Option<DateTime> {
        self.date_time()
            .or_else(|| self.date().map(DateTime::midnight))
    }

    pub(super) fn time_of_day(&self) -> Option<TimeOfDay> {
        match self {
            Self::Time(time) => Some(*time),
            Self::Text(text) => TimeOfDay::parse(text),
            _ => None,
        }
    }

    pub(super) fn duration(&self) -> Option<Duration> {
        match self {
            Self::Duration(span) => Some(*span),
            Self::Text(text) => Duration::parse(text),
            _ => None,
        }
    }

    pub(super) fn guid(&self) -> Option<u128> {
        match self {
            Self::Guid(guid) => Some(*guid),
            Self::Text(text) => guid(text),
            _ => None,
        }
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

/// A number of items or characters.
pub(super) fn count(number: usize) -> Value<'static> {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}
