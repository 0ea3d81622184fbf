//! Where fields come from.

use serde_json::{Map, Value as Json};

use super::Value;

/// A record, by its fields. The views of tags need not be among them.
pub trait Record {
    /// A field's value; null where there is none.
    fn field(&self, name: &str) -> Value<'_>;

    /// Hears that an answer depends on how a whole number was written, with a fraction or without: a
    /// record that gives one for the other is in doubt then.
    fn doubt(&self) {}
}

impl Record for Map<String, Json> {
    fn field(&self, name: &str) -> Value<'_> {
        self.get(name).map_or(Value::Null, Value::from_json)
    }
}

impl Record for Json {
    fn field(&self, name: &str) -> Value<'_> {
        self.get(name).map_or(Value::Null, Value::from_json)
    }
}
