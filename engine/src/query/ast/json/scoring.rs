//! `function_score`.

use serde_json::{Map, Value};

use super::params::Params;
use super::{Reader, one_field};
use crate::query::ast::{
    BoostMode, Decay, DecayCurve, FieldValueFactor, FunctionKind, FunctionScore, Modifier,
    MultiValueMode, ParseError, Query, RandomScore, ScoreFunction, ScoreMode,
};

/// The keys of a function.
const KINDS: &[&str] = &[
    "field_value_factor",
    "gauss",
    "exp",
    "linear",
    "random_score",
];

impl Reader {
    pub(super) fn read_function_score(
        &mut self,
        body: &Value,
    ) -> Result<FunctionScore, ParseError> {
        let mut params = Params::of("function_score", body)?;
        let query = match params.get("query") {
            None => Query::match_all(),
            Some(query) => self.query(query).map_err(|error| error.within("query"))?,
        };
        let mut functions = Vec::new();
        match params.get("functions") {
            None => {}
            Some(Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    let function = self.function(item, true);
                    functions
                        .push(function.map_err(|error| error.at_index(at).within("functions"))?);
                }
            }
            Some(_) => {
                return Err(ParseError::parsing(
                    "[function_score] [functions] is a list",
                ));
            }
        }
        // A single function may stand in the clause itself.
        let mut single = Map::new();
        for key in KINDS.iter().chain(&["weight"]) {
            if let Some(value) = params.get(key) {
                single.insert((*key).to_owned(), value.clone());
            }
        }
        if let Some((first, second)) = single.keys().zip(single.keys().skip(1)).next() {
            return Err(ParseError::parsing(format!(
                "failed to parse [function_score] query. already found function [{first}], now encountering [{second}]. use [functions] array if you want to define several functions."
            )));
        }
        if !single.is_empty() {
            if !functions.is_empty() {
                return Err(ParseError::parsing(
                    "failed to parse [function_score] query. already found [functions] array, now encountering a single function",
                ));
            }
            functions.push(self.function(&Value::Object(single), false)?);
        }
        let clause = FunctionScore {
            query: Box::new(query),
            functions,
            score_mode: params.word("score_mode", ScoreMode::from_word)?,
            boost_mode: params.word("boost_mode", BoostMode::from_word)?,
            max_boost: params.float32("max_boost")?,
            min_score: params.float32("min_score")?,
            boost: params.boost()?,
            name: params.name()?,
        };
        params.done()?;
        Ok(clause)
    }

    fn function(&mut self, value: &Value, filtered: bool) -> Result<ScoreFunction, ParseError> {
        let mut params = Params::of("function_score", value)?;
        let mut out = ScoreFunction {
            weight: params.float32("weight")?,
            ..ScoreFunction::default()
        };
        if out.weight.is_some_and(|weight| weight < 0.0) {
            return Err(ParseError::illegal(
                "[weight] cannot be negative for a filtering function",
            ));
        }
        if filtered && let Some(filter) = params.get("filter") {
            out.filter = Some(self.query(filter).map_err(|error| error.within("filter"))?);
        }
        for name in KINDS {
            let Some(body) = params.get(name) else {
                continue;
            };
            if out.kind.is_some() {
                return Err(ParseError::parsing(
                    "failed to parse [function_score] query. only one function is allowed in each",
                ));
            }
            out.kind = Some(kind(name, body).map_err(|error| error.within(name))?);
        }
        params.done()?;
        if out.kind.is_none() && out.weight.is_none() {
            return Err(ParseError::parsing(
                "an entry in functions list is missing a function.",
            ));
        }
        Ok(out)
    }
}

fn kind(name: &str, body: &Value) -> Result<FunctionKind, ParseError> {
    Ok(match name {
        "field_value_factor" => {
            let mut params = Params::of(name, body)?;
            let factor = FieldValueFactor {
                field: params.required_text("field")?,
                factor: params.float32("factor")?.unwrap_or(1.0),
                modifier: params.word("modifier", Modifier::from_word)?,
                missing: params.float("missing")?,
            };
            params.done()?;
            FunctionKind::FieldValueFactor(factor)
        }
        "random_score" => {
            let mut params = Params::of(name, body)?;
            let random = RandomScore {
                seed: match params.get("seed") {
                    None => None,
                    Some(Value::String(seed)) => Some(seed.bytes().fold(7, |hash: i64, byte| {
                        hash.wrapping_mul(31).wrapping_add(byte.into())
                    })),
                    Some(seed) => Some(
                        seed.as_i64()
                            .ok_or_else(|| ParseError::illegal("[seed] is a whole number"))?,
                    ),
                },
                field: params.text("field")?,
            };
            params.done()?;
            FunctionKind::RandomScore(random)
        }
        curve => decay(curve, body)?,
    })
}

fn decay(curve: &str, body: &Value) -> Result<FunctionKind, ParseError> {
    let mut fields = body.as_object().cloned().unwrap_or_default();
    let mode = fields.remove("multi_value_mode");
    let rest = Value::Object(fields);
    let (field, object) = one_field(curve, &rest, "origin")?;
    let mut params = Params::new(curve, &object);
    let decay = Decay {
        curve: DecayCurve::from_word(curve).unwrap_or_default(),
        origin: params.scalar("origin")?,
        scale: params.required_scalar("scale")?,
        offset: params.scalar("offset")?,
        decay: params.float("decay")?.unwrap_or(0.5),
        multi_value_mode: match &mode {
            None => MultiValueMode::default(),
            Some(word) => word
                .as_str()
                .and_then(MultiValueMode::from_word)
                .ok_or_else(|| {
                    ParseError::illegal(format!("[multi_value_mode] cannot be [{word}]"))
                })?,
        },
        field: field.clone(),
    };
    params.done().map_err(|error| error.within(&field))?;
    Ok(FunctionKind::Decay(decay))
}
