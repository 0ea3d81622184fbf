//! `_source`, in all its forms.

use serde_json::{Value, json};

use super::print::{Out, strings as print_strings};
use super::read::{set, strings, unexpected, unsupported};
use crate::query::ast::ParseError;
use crate::request::SourceFilter;

impl SourceFilter {
    /// Reads a boolean, a pattern, a list of them, or `{"includes": …, "excludes": …}`.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn from_json(value: &Value) -> Result<Self, ParseError> {
        let (mut includes, mut excludes) = (Vec::new(), Vec::new());
        match value {
            Value::Bool(true) => return Ok(Self::All),
            Value::Bool(false) => return Ok(Self::None),
            Value::Object(object) => {
                for (key, value) in object {
                    match key.as_str() {
                        "includes" | "include" => set(&mut includes, strings(value)),
                        "excludes" | "exclude" => set(&mut excludes, strings(value)),
                        other => Err(unsupported("_source", other)),
                    }
                    .map_err(|error| error.within(key))?;
                }
            }
            Value::Number(_) => {
                return Err(unexpected(
                    "one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT]",
                    value,
                ));
            }
            patterns => includes = strings(patterns)?,
        }
        if includes.is_empty() && excludes.is_empty() {
            return Ok(Self::All);
        }
        Ok(Self::Filter { includes, excludes })
    }

    /// The filter as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::All => json!(true),
            Self::None => json!(false),
            Self::Filter { includes, excludes } => {
                let mut out = Out::default();
                if !includes.is_empty() {
                    out.put("includes", print_strings(includes));
                }
                if !excludes.is_empty() {
                    out.put("excludes", print_strings(excludes));
                }
                Value::Object(out.0)
            }
        }
    }
}
