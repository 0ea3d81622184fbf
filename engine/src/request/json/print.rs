//! Printing values, and objects without defaults.

use std::time::Duration;

use serde_json::{Map, Number, Value};

/// An object being printed.
#[derive(Default)]
pub(super) struct Out(pub(super) Map<String, Value>);

impl Out {
    pub(super) fn put(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    pub(super) fn some<T: Into<Value>>(&mut self, key: &str, value: Option<T>) -> &mut Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    pub(super) fn unless<T: PartialEq + Into<Value>>(
        &mut self,
        key: &str,
        value: T,
        default: T,
    ) -> &mut Self {
        if value == default {
            self
        } else {
            self.put(key, value)
        }
    }

    /// A list, unless it is empty.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        items: &[T],
        print: impl Fn(&T) -> Value,
    ) -> &mut Self {
        if items.is_empty() {
            return self;
        }
        self.put(key, items.iter().map(print).collect::<Value>())
    }
}

/// A number that prints as short as single precision allows (`0.1`, not
/// `0.10000000149011612`) and reads back the same.
#[expect(
    clippy::cast_possible_truncation,
    reason = "compared with the number it came from"
)]
pub(super) fn float(value: f32) -> Value {
    let exact = f64::from(value);
    let short = value
        .to_string()
        .parse::<f64>()
        .ok()
        .filter(|short| (*short as f32).to_bits() == value.to_bits());
    Number::from_f64(short.unwrap_or(exact)).map_or(Value::Null, Value::Number)
}

/// A time in the largest unit that leaves nothing over.
pub(super) fn duration(value: Duration) -> String {
    const UNITS: [(u128, &str); 7] = [
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "micros"),
        (1, "nanos"),
    ];
    let nanos = value.as_nanos();
    if nanos == 0 {
        return "0ms".to_owned();
    }
    UNITS
        .iter()
        .find(|(size, _)| nanos.is_multiple_of(*size))
        .map(|(size, unit)| format!("{}{unit}", nanos / size))
        .unwrap_or_default()
}

pub(super) fn strings(items: &[String]) -> Value {
    items.iter().map(String::as_str).collect()
}
