//! Reading `suggest`.

use serde_json::{Map, Value};

use super::completion::CompletionOptions;
use super::phrase::PhraseOptions;
use super::term::TermOptions;
use crate::error::{EngineError, Result};
use crate::query::ast::{Fuzziness, ParseError};

/// The most options of one entry.
const MAX_SIZE: u64 = 10_000;

/// One suggester of a request.
pub(super) struct Suggester {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) kind: Kind,
}

/// What a suggester does.
pub(super) enum Kind {
    Term(TermOptions),
    Phrase(PhraseOptions),
    Completion(CompletionOptions),
}

/// Reads the suggesters of a request.
pub(super) fn read(body: &Value) -> Result<Vec<Suggester>> {
    let body = object(body, "suggest")?;
    let global = match body.get("text") {
        None => None,
        Some(text) => Some(string(text, "text")?),
    };
    body.iter()
        .filter(|(name, _)| *name != "text")
        .map(|(name, value)| suggester(name, object(value, name)?, global.as_deref()))
        .collect()
}

fn suggester(name: &str, body: &Map<String, Value>, global: Option<&str>) -> Result<Suggester> {
    let mut text = None;
    let mut kind = None;
    for (key, value) in body {
        match key.as_str() {
            "text" | "prefix" => text = Some(string(value, key)?),
            "regex" => {
                return Err(illegal(format!(
                    "[regex] of suggestion [{name}] is not supported"
                )));
            }
            "term" => kind = Some(Kind::Term(TermOptions::read(object(value, key)?)?)),
            "phrase" => kind = Some(Kind::Phrase(PhraseOptions::read(object(value, key)?)?)),
            "completion" => {
                kind = Some(Kind::Completion(CompletionOptions::read(object(
                    value, key,
                )?)?));
            }
            other => {
                return Err(parsing(format!(
                    "suggestion [{name}] does not support [{other}]"
                )));
            }
        }
    }
    let kind = kind.ok_or_else(|| {
        illegal(format!(
            "suggestion [{name}] has no type: one of [term, phrase, completion] is required"
        ))
    })?;
    let text = text
        .or_else(|| global.map(str::to_owned))
        .ok_or_else(|| illegal("The required text option is missing".to_owned()))?;
    Ok(Suggester {
        name: name.to_owned(),
        text,
        kind,
    })
}

pub(super) fn illegal(reason: String) -> EngineError {
    EngineError::Parse(ParseError::illegal(reason).within("suggest"))
}

pub(super) fn parsing(reason: String) -> EngineError {
    EngineError::Parse(ParseError::parsing(reason).within("suggest"))
}

/// A parameter that a suggester does not know.
pub(super) fn unknown(suggester: &str, key: &str) -> EngineError {
    parsing(format!(
        "suggester[{suggester}] doesn't support field [{key}]"
    ))
}

/// A parameter that exists and is not supported.
pub(super) fn unsupported(suggester: &str, key: &str) -> EngineError {
    illegal(format!(
        "[{key}] of suggester [{suggester}] is not supported"
    ))
}

/// The field that a suggester has to name.
pub(super) fn required(field: Option<String>) -> Result<String> {
    field.ok_or_else(|| parsing("the required field option is missing".to_owned()))
}

pub(super) fn object<'a>(value: &'a Value, key: &str) -> Result<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| parsing(format!("[{key}] has to be an object, not [{value}]")))
}

pub(super) fn string(value: &Value, key: &str) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(parsing(format!(
            "[{key}] has to be a string, not [{other}]"
        ))),
    }
}

pub(super) fn flag(value: &Value, key: &str) -> Result<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        other => Err(parsing(format!(
            "[{key}] has to be a boolean, not [{other}]"
        ))),
    }
}

pub(super) fn float(value: &Value, key: &str) -> Result<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
    .ok_or_else(|| parsing(format!("[{key}] has to be a number, not [{value}]")))
}

pub(super) fn whole(value: &Value, key: &str) -> Result<usize> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
    .and_then(|number| usize::try_from(number).ok())
    .ok_or_else(|| parsing(format!("[{key}] has to be a whole number, not [{value}]")))
}

/// How many options: at least one, bounded.
pub(super) fn size(value: &Value) -> Result<usize> {
    let size = whole(value, "size")?;
    if size == 0 {
        return Err(illegal("size must be positive".to_owned()));
    }
    if size as u64 > MAX_SIZE {
        return Err(illegal(format!(
            "size must be at most [{MAX_SIZE}] but was [{size}]"
        )));
    }
    Ok(size)
}

pub(super) fn fuzziness(value: &Value) -> Result<Fuzziness> {
    let wrong = || illegal(format!("failed to parse fuzziness [{value}]"));
    let text = string(value, "fuzziness")?;
    if text.eq_ignore_ascii_case("auto") {
        return Ok(Fuzziness::AUTO);
    }
    if let Some((_, bounds)) = text
        .split_once(':')
        .filter(|(name, _)| name.eq_ignore_ascii_case("auto"))
    {
        let (low, high) = bounds.split_once(',').ok_or_else(wrong)?;
        return Ok(Fuzziness::Auto {
            low: low.trim().parse().map_err(|_| wrong())?,
            high: high.trim().parse().map_err(|_| wrong())?,
        });
    }
    match text.parse::<f64>() {
        Ok(0.0) => Ok(Fuzziness::Distance(0)),
        Ok(1.0) => Ok(Fuzziness::Distance(1)),
        Ok(2.0) => Ok(Fuzziness::Distance(2)),
        _ => Err(wrong()),
    }
}
