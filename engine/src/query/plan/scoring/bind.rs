//! Functions bound to the mapping.

use std::sync::Arc;

use tantivy::Score;

use super::{Function, QueryBox, Scored, Value};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::{
    BoostMode, Decay, DecayCurve, FunctionKind, FunctionScore, RandomScore, ScoreMode,
};
use crate::query::date;
use crate::query::plan::{Planned, Planner};

impl Planner<'_> {
    pub(in crate::query::plan) fn plan_function_score(
        &self,
        clause: &FunctionScore,
    ) -> Result<Planned> {
        let query = self.plan(&clause.query)?;
        let mut functions = Vec::with_capacity(clause.functions.len());
        for function in &clause.functions {
            let filter = match &function.filter {
                Some(filter) => Some(Arc::new(self.plan(filter)?) as Arc<dyn QueryBox>),
                None => None,
            };
            let value = match &function.kind {
                None => Value::Weight,
                Some(FunctionKind::FieldValueFactor(factor)) => Value::Field(factor.clone()),
                Some(FunctionKind::Decay(decay)) => self.decay(decay)?,
                Some(FunctionKind::RandomScore(random)) => self.random(random),
            };
            functions.push(Function {
                filter,
                weight: function.weight.unwrap_or(1.0),
                value,
            });
        }
        // Sums of bonuses start at nothing; products of factors at one.
        let additive = clause.score_mode == ScoreMode::Sum && clause.boost_mode == BoostMode::Sum;
        Ok(Box::new(Scored {
            query: Arc::new(query),
            functions,
            score_mode: clause.score_mode,
            boost_mode: clause.boost_mode,
            max_boost: clause.max_boost.unwrap_or(Score::MAX),
            min_score: clause.min_score,
            neutral: if additive { 0.0 } else { 1.0 },
            errors: self.errors.clone(),
        }))
    }

    fn random(&self, random: &RandomScore) -> Value {
        let seed = random.seed.unwrap_or_else(|| self.now());
        Value::Random {
            seed: u64::from_ne_bytes(seed.to_ne_bytes()),
        }
    }

    fn decay(&self, decay: &Decay) -> Result<Value> {
        let path = decay.field.as_str();
        let is_date = match self.field(path).as_deref().map(|field| &field.kind) {
            Some(FieldType::Date { .. }) => true,
            None | Some(FieldType::Number(_)) => false,
            Some(other) => {
                return Err(EngineError::query(
                    path,
                    format!(
                        "field is of type [{}], but only numeric and date fields are supported",
                        other.name()
                    ),
                ));
            }
        };
        let wrong =
            |what: &str| EngineError::query(path, format!("[{what}] of a decay function is wrong"));
        let number = |scalar: &crate::query::ast::Scalar, what: &str| {
            crate::query::plan::leaf::scalar_text(scalar)
                .parse::<f64>()
                .map_err(|_| wrong(what))
        };
        let length = |scalar: &crate::query::ast::Scalar, what: &str| -> Result<f64> {
            if is_date {
                date::parse_duration_ms(&crate::query::plan::leaf::scalar_text(scalar))
                    .ok_or_else(|| wrong(what))
            } else {
                number(scalar, what)
            }
        };
        let scale = length(&decay.scale, "scale")?;
        let offset = decay
            .offset
            .as_ref()
            .map_or(Ok(0.0), |offset| length(offset, "offset"))?;
        let origin = match &decay.origin {
            Some(origin) if is_date => {
                let nanos = date::parse_bound(origin, None, self.now(), false, None)
                    .map_err(|error| EngineError::query(path, error))?;
                millis(nanos)
            }
            Some(origin) => number(origin, "origin")?,
            None if is_date => millis(self.now()),
            None => return Err(wrong("origin")),
        };
        if scale <= 0.0 || !(0.0..1.0).contains(&decay.decay) || decay.decay == 0.0 {
            return Err(wrong("scale or decay"));
        }
        let log = decay.decay.ln();
        let rate = match decay.curve {
            DecayCurve::Gauss => log / (scale * scale),
            DecayCurve::Exp => log / scale,
            DecayCurve::Linear => scale / (1.0 - decay.decay),
        };
        Ok(Value::Decay {
            path: path.to_owned(),
            curve: decay.curve,
            origin,
            offset,
            rate,
            mode: decay.multi_value_mode,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a decay")]
fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1e6
}
