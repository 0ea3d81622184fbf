//! Parameters of a clause, read strictly.

use serde_json::{Map, Value};

use super::kind;
use crate::query::ast::{Fuzziness, MinimumShouldMatch, ParseError, Scalar};

/// The parameters of one clause; those that were never asked for are unknown.
pub(super) struct Params<'a> {
    clause: &'a str,
    object: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Params<'a> {
    pub(super) fn of(clause: &'a str, value: &'a Value) -> Result<Self, ParseError> {
        match value.as_object() {
            Some(object) => Ok(Self::new(clause, object)),
            None => Err(ParseError::parsing(format!(
                "[{clause}] query malformed, expected an object, got {}",
                kind(value)
            ))),
        }
    }

    pub(super) fn new(clause: &'a str, object: &'a Map<String, Value>) -> Self {
        Self {
            clause,
            object,
            known: Vec::new(),
        }
    }

    pub(super) fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name)
    }

    /// Fails when there is a parameter that nobody asked for.
    pub(super) fn done(&self) -> Result<(), ParseError> {
        match self
            .object
            .keys()
            .find(|key| !self.known.contains(&key.as_str()))
        {
            None => Ok(()),
            Some(key) => Err(ParseError::parsing(format!(
                "[{}] query does not support [{key}]",
                self.clause
            ))),
        }
    }

    pub(super) fn wrong(&self, name: &str, value: &Value) -> ParseError {
        let shown: String = value.to_string().chars().take(100).collect();
        ParseError::parsing(format!(
            "[{}] failed to parse field [{name}] of [{shown}]",
            self.clause
        ))
        .within(name)
    }

    pub(super) fn required(&mut self, name: &'static str) -> Result<&'a Value, ParseError> {
        let clause = self.clause;
        self.get(name)
            .ok_or_else(|| ParseError::illegal(format!("[{clause}] requires '{name}' field")))
    }

    pub(super) fn scalar(&mut self, name: &'static str) -> Result<Option<Scalar>, ParseError> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => scalar(value)
                .map(Some)
                .ok_or_else(|| self.wrong(name, value)),
        }
    }

    pub(super) fn required_scalar(&mut self, name: &'static str) -> Result<Scalar, ParseError> {
        let clause = self.clause;
        self.scalar(name)?
            .ok_or_else(|| ParseError::illegal(format!("[{clause}] value cannot be null")))
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<Option<String>, ParseError> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(value.to_string())),
            Some(other) => Err(self.wrong(name, other)),
        }
    }

    pub(super) fn required_text(&mut self, name: &'static str) -> Result<String, ParseError> {
        let clause = self.clause;
        self.text(name)?
            .ok_or_else(|| ParseError::illegal(format!("[{clause}] requires '{name}' field")))
    }

    pub(super) fn float(&mut self, name: &'static str) -> Result<Option<f64>, ParseError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => {
                let number = match value {
                    Value::String(text) => text.parse().ok(),
                    other => other.as_f64(),
                };
                number
                    .filter(|n: &f64| n.is_finite())
                    .map(Some)
                    .ok_or_else(|| self.wrong(name, value))
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "scores are single floats")]
    pub(super) fn float32(&mut self, name: &'static str) -> Result<Option<f32>, ParseError> {
        match self.float(name)?.map(|number| number as f32) {
            Some(number) if !number.is_finite() => {
                Err(self.wrong(name, self.object.get(name).unwrap_or(&Value::Null)))
            }
            number => Ok(number),
        }
    }

    pub(super) fn boost(&mut self) -> Result<f32, ParseError> {
        let boost = self.float32("boost")?.unwrap_or(1.0);
        if boost < 0.0 {
            return Err(ParseError::illegal(format!(
                "negative [boost] are not allowed in [{}], use a value between 0 and 1 to deboost",
                self.clause
            )));
        }
        Ok(boost)
    }

    pub(super) fn name(&mut self) -> Result<Option<String>, ParseError> {
        self.text("_name")
    }

    pub(super) fn whole(&mut self, name: &'static str, default: u32) -> Result<u32, ParseError> {
        let Some(value) = self.get(name) else {
            return Ok(default);
        };
        let number = match value {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
        };
        number.ok_or_else(|| self.wrong(name, value))
    }

    pub(super) fn flag(&mut self, name: &'static str, default: bool) -> Result<bool, ParseError> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(other) => Err(self.wrong(name, other)),
        }
    }

    /// A truth value that makes a difference when it is absent.
    pub(super) fn maybe(&mut self, name: &'static str) -> Result<Option<bool>, ParseError> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.flag(name, false).map(Some),
        }
    }

    /// A word of a fixed list.
    pub(super) fn word<T: Default>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ParseError> {
        match self.get(name) {
            None => Ok(T::default()),
            Some(Value::String(word)) => {
                read(word).ok_or_else(|| self.wrong(name, &Value::from(word.as_str())))
            }
            Some(other) => Err(self.wrong(name, other)),
        }
    }

    pub(super) fn minimum(&mut self) -> Result<Option<MinimumShouldMatch>, ParseError> {
        match self.get("minimum_should_match") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => MinimumShouldMatch::parse(text).map(Some),
            Some(value @ Value::Number(_)) => {
                MinimumShouldMatch::parse(&value.to_string()).map(Some)
            }
            Some(other) => Err(self.wrong("minimum_should_match", other)),
        }
    }

    pub(super) fn fuzziness(&mut self) -> Result<Option<Fuzziness>, ParseError> {
        match self.get("fuzziness") {
            None | Some(Value::Null) => Ok(None),
            Some(value) => fuzziness(value)
                .map(Some)
                .ok_or_else(|| self.wrong("fuzziness", value)),
        }
    }

    /// `"digits": "exact"`.
    pub(super) fn digits_exact(&mut self) -> Result<bool, ParseError> {
        match self.get("digits") {
            None => Ok(false),
            Some(Value::String(word)) if word == "exact" => Ok(true),
            Some(other) => Err(self.wrong("digits", other)),
        }
    }
}

/// A string, number or boolean.
pub(super) fn scalar(value: &Value) -> Option<Scalar> {
    Some(match value {
        Value::String(text) => Scalar::from(text.as_str()),
        Value::Bool(flag) => Scalar::Bool(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), _, _) => Scalar::Int(whole),
            (None, Some(whole), _) => Scalar::UInt(whole),
            (None, None, Some(float)) => Scalar::Float(float),
            _ => return None,
        },
        _ => return None,
    })
}

fn fuzziness(value: &Value) -> Option<Fuzziness> {
    let text = match value {
        Value::String(text) => text.to_ascii_uppercase(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if let Some(rest) = text.strip_prefix("AUTO") {
        if rest.is_empty() {
            return Some(Fuzziness::AUTO);
        }
        let (low, high) = rest.strip_prefix(':')?.split_once(',')?;
        let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        return (low <= high).then_some(Fuzziness::Auto { low, high });
    }
    let number: f64 = text.parse().ok()?;
    [0u8, 1, 2]
        .into_iter()
        .find(|distance| (f64::from(*distance) - number).abs() < 1e-9)
        .map(Fuzziness::Distance)
}
