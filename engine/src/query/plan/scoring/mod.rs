//! `function_score` and `boosting`: queries whose scores functions change.

mod bind;
mod functions;
mod scorer;

use std::sync::Arc;

use tantivy::Score;
use tantivy::query::{EnableScoring, Weight};

use crate::query::ast::{BoostMode, DecayCurve, FieldValueFactor, MultiValueMode, ScoreMode};
use crate::query::plan::{ErrorCell, Planned};

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
        mode: MultiValueMode,
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
    /// Where a number that no score can be is told.
    errors: ErrorCell,
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
        errors: ErrorCell::default(),
    })
}
