//! `extended_bounds` and `hard_bounds`.

use serde_json::Value;

use crate::aggs::parse::{Params, Read, wrong_type};
use crate::query::ast::ParseError;

/// The two ends as they were written.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    pub(super) min: Option<Value>,
    pub(super) max: Option<Value>,
}

impl Bounds {
    pub(super) fn read(params: &mut Params<'_>, name: &'static str) -> Read<Self> {
        let mut bounds = Self::default();
        let object = match params.get(name) {
            None => return Ok(bounds),
            Some(Value::Object(object)) => object,
            Some(other) => return Err(wrong_type("an object", other).within(name)),
        };
        for (key, value) in object {
            let value = match value {
                Value::Null => None,
                Value::Number(_) | Value::String(_) => Some(value.clone()),
                other => return Err(wrong_type("a number", other).within(key).within(name)),
            };
            match key.as_str() {
                "min" => bounds.min = value,
                "max" => bounds.max = value,
                other => {
                    return Err(
                        ParseError::parsing(format!("[bounds] unknown field [{other}]"))
                            .within(name),
                    );
                }
            }
        }
        Ok(bounds)
    }

    /// Both ends by a reader of values, smallest first.
    pub(super) fn resolve<T: PartialOrd + Copy + std::fmt::Display, E>(
        &self,
        read: impl Fn(&Value) -> Result<T, E>,
        wrong: impl Fn(String) -> E,
    ) -> Result<(Option<T>, Option<T>), E> {
        let min = self.min.as_ref().map(&read).transpose()?;
        let max = self.max.as_ref().map(&read).transpose()?;
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            return Err(wrong(format!(
                "bounds.min [{min}] is greater than bounds.max [{max}]"
            )));
        }
        Ok((min, max))
    }
}

/// Fails when the extended bounds reach past the hard ones.
pub(super) fn check_inside<T: PartialOrd + Copy>(
    extended: (Option<T>, Option<T>),
    hard: (Option<T>, Option<T>),
) -> Result<(), String> {
    let below = matches!((extended.0, hard.0), (Some(a), Some(b)) if a < b);
    let above = matches!((extended.1, hard.1), (Some(a), Some(b)) if a > b);
    if below || above {
        return Err("Extended bounds have to be inside hard bounds".to_owned());
    }
    Ok(())
}
