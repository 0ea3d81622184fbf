//! `function_score` and `boosting`: queries whose scores functions change.

use std::sync::Arc;

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::columns::{Numbers, first_number, numbers};
use super::{Planned, Planner};
use crate::error::{EngineError, Result};
use crate::mapping::FieldType;
use crate::query::ast::{
    BoostMode, Decay, DecayCurve, FieldValueFactor, FunctionKind, FunctionScore, Modifier,
    RandomScore, ScoreMode,
};
use crate::query::date;

/// What a function computes, bound to the mapping.
#[derive(Debug, Clone)]
enum Value {
    Weight,
    Field(FieldValueFactor),
    Decay {
        path: String,
        curve: DecayCurve,
        origin: f64,
        offset: f64,
        rate: f64,
    },
    Random {
        seed: u64,
    },
}

#[derive(Debug, Clone)]
struct Function {
    filter: Option<Arc<dyn QueryBox>>,
    weight: Score,
    value: Value,
}

/// A shareable tantivy query.
trait QueryBox: Send + Sync + std::fmt::Debug {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>>;
}

impl QueryBox for Planned {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        self.as_ref().weight(scoring)
    }
}

#[derive(Debug, Clone)]
struct Scored {
    query: Arc<dyn QueryBox>,
    functions: Vec<Function>,
    score_mode: ScoreMode,
    boost_mode: BoostMode,
    max_boost: Score,
    min_score: Option<Score>,
    /// What the functions give where none applies.
    neutral: Score,
}

/// Documents of one query, with the score multiplied where another matches.
pub(super) fn demoted(positive: Planned, negative: Planned, factor: Score) -> Planned {
    Box::new(Scored {
        query: Arc::new(positive),
        functions: vec![Function {
            filter: Some(Arc::new(negative)),
            weight: factor,
            value: Value::Weight,
        }],
        score_mode: ScoreMode::Multiply,
        boost_mode: BoostMode::Multiply,
        max_boost: Score::MAX,
        min_score: None,
        neutral: 1.0,
    })
}

impl Planner<'_> {
    pub(super) fn plan_function_score(&self, clause: &FunctionScore) -> Result<Planned> {
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
            super::leaf::scalar_text(scalar)
                .parse::<f64>()
                .map_err(|_| wrong(what))
        };
        let length = |scalar: &crate::query::ast::Scalar, what: &str| -> Result<f64> {
            if is_date {
                date::parse_duration_ms(&super::leaf::scalar_text(scalar))
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
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a decay")]
fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1e6
}

impl Query for Scored {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let inner = self.query.weight(scoring)?;
        if !scoring.is_scoring_enabled() && self.min_score.is_none() {
            return Ok(inner);
        }
        let filters = self
            .functions
            .iter()
            .map(|function| {
                function
                    .filter
                    .as_ref()
                    .map(|filter| {
                        let schema = scoring.schema();
                        filter.weight(match scoring.searcher() {
                            Some(searcher) => EnableScoring::disabled_from_searcher(searcher),
                            None => EnableScoring::disabled_from_schema(schema),
                        })
                    })
                    .transpose()
            })
            .collect::<tantivy::Result<Vec<_>>>()?;
        Ok(Box::new(ScoredWeight {
            inner,
            filters,
            spec: self.clone(),
        }))
    }
}

struct ScoredWeight {
    inner: Box<dyn Weight>,
    filters: Vec<Option<Box<dyn Weight>>>,
    spec: Scored,
}

impl Weight for ScoredWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let inner = self.inner.scorer(reader, 1.0)?;
        if inner.doc() == TERMINATED {
            return Ok(Box::new(EmptyScorer));
        }
        let mut parts = Vec::with_capacity(self.spec.functions.len());
        for (function, filter) in self.spec.functions.iter().zip(&self.filters) {
            let filter = filter
                .as_ref()
                .map(|filter| filter.scorer(reader, 1.0))
                .transpose()?;
            let columns = match &function.value {
                Value::Field(FieldValueFactor { field: path, .. }) | Value::Decay { path, .. } => {
                    numbers(reader, path)
                        .map_err(|error| tantivy::TantivyError::InternalError(error.to_string()))?
                }
                _ => Vec::new(),
            };
            parts.push(Part {
                filter,
                columns,
                weight: function.weight,
                value: function.value.clone(),
            });
        }
        let mut scorer = ScoredDocs {
            inner,
            parts,
            spec: self.spec.clone(),
            boost,
        };
        scorer.skip_low();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            let mut explanation = Explanation::new("function score of ...", scorer.score());
            if let Ok(inner) = self.inner.explain(reader, doc) {
                explanation.add_detail(inner);
            }
            Ok(explanation)
        } else {
            Err(tantivy::TantivyError::InvalidArgument(format!(
                "document {doc} does not match"
            )))
        }
    }
}

struct Part {
    filter: Option<Box<dyn Scorer>>,
    columns: Vec<Numbers>,
    weight: Score,
    value: Value,
}

struct ScoredDocs {
    inner: Box<dyn Scorer>,
    parts: Vec<Part>,
    spec: Scored,
    boost: Score,
}

impl ScoredDocs {
    /// Moves past documents below the minimum.
    fn skip_low(&mut self) -> DocId {
        let Some(minimum) = self.spec.min_score else {
            return self.inner.doc();
        };
        while self.inner.doc() != TERMINATED && self.compute() < minimum {
            self.inner.advance();
        }
        self.inner.doc()
    }

    fn compute(&mut self) -> Score {
        let doc = self.inner.doc();
        let base = self.inner.score();
        let mut values: Vec<(Score, Score)> = Vec::with_capacity(self.parts.len());
        for part in &mut self.parts {
            let applies = match &mut part.filter {
                None => true,
                Some(filter) => {
                    if filter.doc() < doc {
                        filter.seek(doc);
                    }
                    filter.doc() == doc
                }
            };
            if applies {
                values.push((part.value(doc), part.weight));
                if self.spec.score_mode == ScoreMode::First {
                    break;
                }
            }
        }
        let factor = combined(&values, self.spec.score_mode)
            .unwrap_or(self.spec.neutral)
            .min(self.spec.max_boost);
        match self.spec.boost_mode {
            BoostMode::Multiply => base * factor,
            BoostMode::Replace => factor,
            BoostMode::Sum => base + factor,
            BoostMode::Avg => f32::midpoint(base, factor),
            BoostMode::Max => base.max(factor),
            BoostMode::Min => base.min(factor),
        }
    }
}

fn combined(values: &[(Score, Score)], mode: ScoreMode) -> Option<Score> {
    let weighted = values.iter().map(|(value, weight)| value * weight);
    match mode {
        _ if values.is_empty() => None,
        ScoreMode::Multiply => Some(weighted.product()),
        ScoreMode::Sum => Some(weighted.sum()),
        ScoreMode::First => weighted.into_iter().next(),
        ScoreMode::Max => weighted.reduce(Score::max),
        ScoreMode::Min => weighted.reduce(Score::min),
        ScoreMode::Avg => {
            let total: Score = values.iter().map(|(_, weight)| weight).sum();
            Some(if total > 0.0 {
                weighted.sum::<Score>() / total
            } else {
                1.0
            })
        }
    }
}

impl Part {
    #[expect(clippy::cast_possible_truncation, reason = "scores are single floats")]
    fn value(&self, doc: DocId) -> Score {
        match &self.value {
            Value::Weight => 1.0,
            Value::Field(spec) => {
                let Some(number) = first_number(&self.columns, doc).or(spec.missing) else {
                    return 1.0;
                };
                let number = number * f64::from(spec.factor);
                let value = match spec.modifier {
                    Modifier::None => number,
                    Modifier::Log => number.log10(),
                    Modifier::Log1p => (number + 1.0).log10(),
                    Modifier::Log2p => (number + 2.0).log10(),
                    Modifier::Ln => number.ln(),
                    Modifier::Ln1p => number.ln_1p(),
                    Modifier::Ln2p => (number + 2.0).ln(),
                    Modifier::Square => number * number,
                    Modifier::Sqrt => number.sqrt(),
                    Modifier::Reciprocal => 1.0 / number,
                };
                if value.is_finite() {
                    value.max(0.0) as Score
                } else {
                    0.0
                }
            }
            Value::Decay {
                curve,
                origin,
                offset,
                rate,
                ..
            } => {
                let Some(number) = first_number(&self.columns, doc) else {
                    return 1.0;
                };
                let distance = ((number - origin).abs() - offset).max(0.0);
                (match curve {
                    DecayCurve::Gauss => (distance * distance * rate).exp(),
                    DecayCurve::Exp => (distance * rate).exp(),
                    DecayCurve::Linear => ((rate - distance) / rate).max(0.0),
                }) as Score
            }
            Value::Random { seed } => {
                // SplitMix64 (Steele, Lea, Flood 2014).
                let mut z = seed.wrapping_add(u64::from(doc).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                z ^= z >> 31;
                #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
                let fraction = (z >> 40) as Score;
                fraction / 16_777_216.0
            }
        }
    }
}

impl DocSet for ScoredDocs {
    fn advance(&mut self) -> DocId {
        self.inner.advance();
        self.skip_low()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.inner.seek(target);
        self.skip_low()
    }

    fn doc(&self) -> DocId {
        self.inner.doc()
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

impl Scorer for ScoredDocs {
    fn score(&mut self) -> Score {
        self.compute() * self.boost
    }
}
