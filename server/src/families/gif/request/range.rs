//! `filter`: bounds on numbers.

use engine::query::ast::Scalar;
use serde_json::Value;

use super::values::{list, quoted};
use super::{RequestError, Result};

/// Bounds on a number of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeFilter {
    /// `width`, `height` or `duration`.
    pub field: &'static str,
    /// The bound from below, included.
    pub gte: Option<Scalar>,
    /// The bound from below, excluded.
    pub gt: Option<Scalar>,
    /// The bound from above, included.
    pub lte: Option<Scalar>,
    /// The bound from above, excluded.
    pub lt: Option<Scalar>,
}

pub(super) fn filters(value: Option<&Value>) -> Result<Vec<RangeFilter>> {
    let mut out = Vec::new();
    for (at, entry) in list(value, "filter", "ranges")?.iter().enumerate() {
        let path = format!("filter[{at}]");
        let Value::Object(entry) = entry else {
            return Err(RequestError::wrong_type(
                &path,
                "an object such as {\"range\": {\"width\": {\"gte\": 100}}}",
                entry,
            ));
        };
        if let Some(other) = entry.keys().find(|key| *key != "range") {
            return Err(RequestError::at(
                &path,
                format_args!(
                    "has the unknown filter {}; only \"range\" is one",
                    quoted(other)
                ),
            ));
        }
        let path = format!("{path}.range");
        let fields = match entry.get("range") {
            Some(Value::Object(fields)) if !fields.is_empty() => fields,
            Some(Value::Object(_)) | None => {
                return Err(RequestError::at(
                    &path,
                    "names no field; width, height and duration can be named",
                ));
            }
            Some(other) => return Err(RequestError::wrong_type(&path, "an object", other)),
        };
        for (name, bounds) in fields {
            out.push(range(&path, name, bounds)?);
        }
    }
    Ok(out)
}

fn range(path: &str, name: &str, bounds: &Value) -> Result<RangeFilter> {
    let field = match name {
        "width" => "width",
        "height" => "height",
        "duration" => "duration",
        other => {
            return Err(RequestError::at(
                path,
                format_args!(
                    "names the unknown field {}; width, height and duration can be named",
                    quoted(other)
                ),
            ));
        }
    };
    let path = format!("{path}.{field}");
    let Value::Object(bounds) = bounds else {
        return Err(RequestError::wrong_type(&path, "an object", bounds));
    };
    let mut filter = RangeFilter {
        field,
        gte: None,
        gt: None,
        lte: None,
        lt: None,
    };
    for (name, bound) in bounds {
        let place = match name.as_str() {
            "gte" => &mut filter.gte,
            "gt" => &mut filter.gt,
            "lte" => &mut filter.lte,
            "lt" => &mut filter.lt,
            other => {
                return Err(RequestError::at(
                    &path,
                    format_args!(
                        "has the unknown bound {}; gte, gt, lte and lt are known",
                        quoted(other)
                    ),
                ));
            }
        };
        *place = Some(number(&format!("{path}.{name}"), bound)?);
    }
    Ok(filter)
}

fn number(path: &str, value: &Value) -> Result<Scalar> {
    let Value::Number(number) = value else {
        return Err(RequestError::wrong_type(path, "a number", value));
    };
    if let Some(whole) = number.as_i64() {
        return Ok(Scalar::Int(whole));
    }
    if let Some(whole) = number.as_u64() {
        return Ok(Scalar::UInt(whole));
    }
    number
        .as_f64()
        .map(Scalar::Float)
        .ok_or_else(|| RequestError::at(path, "is out of range"))
}
