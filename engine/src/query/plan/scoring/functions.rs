//! What one function gives for a document.

use tantivy::query::Scorer;
use tantivy::{DocId, Score};

use super::Value;
use crate::query::ast::{DecayCurve, ScoreMode};
use crate::query::plan::ErrorCell;
use crate::query::plan::columns::{Numbers, all_numbers, least_number};
use crate::query::plan::factors::{modified, negative, selected};

pub(super) struct Part {
    pub(super) filter: Option<Box<dyn Scorer>>,
    pub(super) columns: Vec<Numbers>,
    pub(super) weight: Score,
    pub(super) value: Value,
}

impl Part {
    #[expect(clippy::cast_possible_truncation, reason = "scores are single floats")]
    pub(super) fn value(&self, doc: DocId, errors: &ErrorCell) -> Score {
        match &self.value {
            Value::Weight => 1.0,
            Value::Field(spec) => {
                let Some(number) = least_number(&self.columns, doc).or(spec.missing) else {
                    return 1.0;
                };
                let value = modified(spec.modifier, number * f64::from(spec.factor));
                if value.is_nan() || value < 0.0 {
                    // No score is below nothing; a search that asks for one is told so.
                    errors
                        .lock()
                        .get_or_insert_with(|| negative(spec.modifier, value, number));
                    return 0.0;
                }
                value.min(f64::from(Score::MAX)) as Score
            }
            Value::Decay {
                curve,
                origin,
                offset,
                rate,
                mode,
                ..
            } => {
                let mut distances = all_numbers(&self.columns, doc);
                for number in &mut distances {
                    *number = ((*number - origin).abs() - offset).max(0.0);
                }
                let Some(distance) = selected(*mode, distances) else {
                    return 1.0;
                };
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

pub(super) fn combined(values: &[(Score, Score)], mode: ScoreMode) -> Option<Score> {
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
