//! The parameters of one aggregation, read strictly.

use serde_json::{Map, Value};

use crate::query::ast::ParseError;

/// The result of reading something.
pub(crate) type Read<T> = Result<T, ParseError>;

/// What the language calls a JSON value of this kind.
pub(super) fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "VALUE_NULL",
        Value::Bool(_) => "VALUE_BOOLEAN",
        Value::Number(_) => "VALUE_NUMBER",
        Value::String(_) => "VALUE_STRING",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}

/// A value of the wrong kind.
pub(crate) fn wrong_type(wanted: &str, value: &Value) -> ParseError {
    ParseError::parsing(format!("expected {wanted} but found [{}]", token(value)))
}

/// The parameters of one aggregation; those that nobody asks for are unknown.
pub(crate) struct Params<'a> {
    name: &'a str,
    kind: &'a str,
    object: &'a Map<String, Value>,
    known: Vec<&'static str>,
    any: bool,
}

impl<'a> Params<'a> {
    pub(crate) fn new(name: &'a str, kind: &'a str, object: &'a Map<String, Value>) -> Self {
        Self {
            name,
            kind,
            object,
            known: Vec::new(),
            any: false,
        }
    }

    /// The aggregation's name.
    pub(crate) fn name(&self) -> &'a str {
        self.name
    }

    /// The aggregation's type.
    pub(crate) fn kind(&self) -> &'a str {
        self.kind
    }

    /// All of them, read by other means.
    pub(crate) fn whole_body(&mut self) -> &'a Map<String, Value> {
        self.any = true;
        self.object
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    pub(crate) fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Accepts parameters that change nothing here.
    pub(crate) fn ignore(&mut self, names: &[&'static str]) {
        self.known.extend_from_slice(names);
    }

    /// Fails when there is a parameter that nobody asked for.
    pub(crate) fn done(&self) -> Read<()> {
        if self.any {
            return Ok(());
        }
        let unknown = self
            .object
            .keys()
            .find(|key| !self.known.contains(&key.as_str()));
        match unknown {
            None => Ok(()),
            Some(key) => Err(ParseError::parsing(format!(
                "[{}] unknown field [{key}]",
                self.kind
            ))),
        }
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Read<Option<String>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(value.to_string())),
            Some(other) => Err(wrong_type("a string", other).within(name)),
        }
    }

    /// The path that is aggregated.
    pub(crate) fn field(&mut self) -> Read<String> {
        self.text("field")?.ok_or_else(|| {
            ParseError::illegal("Required one of fields [field, script], but none were specified. ")
        })
    }

    pub(crate) fn float(&mut self, name: &'static str) -> Read<Option<f64>> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => float(value).map(Some).map_err(|error| error.within(name)),
        }
    }

    pub(crate) fn count(&mut self, name: &'static str) -> Read<Option<u64>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            other => return Err(wrong_type("a number", other).within(name)),
        };
        match number.map(u64::try_from) {
            Some(Ok(count)) => Ok(Some(count)),
            Some(Err(_)) => Err(ParseError::illegal(format!(
                "[{name}] must be greater than or equal to 0. Found [{value}] in [{}]",
                self.name
            ))),
            None => Err(ParseError::illegal(format!(
                "[{name}] of [{}] is a whole number, not [{value}]",
                self.name
            ))),
        }
    }

    pub(crate) fn flag(&mut self, name: &'static str, default: bool) -> Read<bool> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(other) => Err(wrong_type("a boolean", other).within(name)),
        }
    }
}

/// A finite number, which may come as a string.
pub(crate) fn float(value: &Value) -> Read<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        other => return Err(wrong_type("a number", other)),
    };
    number
        .filter(|number: &f64| number.is_finite())
        .ok_or_else(|| ParseError::illegal(format!("[{value}] is no finite number")))
}
