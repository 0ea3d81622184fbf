//! What functions of scores make of numbers.

use crate::error::EngineError;
use crate::query::ast::{Modifier, MultiValueMode};

/// Which of several distances counts.
#[expect(clippy::cast_precision_loss, reason = "the values of one document")]
pub(super) fn selected(mode: MultiValueMode, mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (least, largest) = (*values.first()?, *values.last()?);
    let sum: f64 = values.iter().sum();
    let middle = values.len() / 2;
    Some(match mode {
        MultiValueMode::Min => least,
        MultiValueMode::Max => largest,
        MultiValueMode::Sum => sum,
        MultiValueMode::Avg => sum / values.len() as f64,
        MultiValueMode::Median => {
            let upper = values.get(middle).copied()?;
            match values.get(middle.wrapping_sub(1)) {
                Some(lower) if values.len().is_multiple_of(2) => f64::midpoint(*lower, upper),
                _ => upper,
            }
        }
    })
}

/// What a modifier makes of a number.
pub(super) fn modified(modifier: Modifier, number: f64) -> f64 {
    match modifier {
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
    }
}

/// A factor that no score can have.
pub(super) fn negative(modifier: Modifier, value: f64, number: f64) -> EngineError {
    let instead = match modifier {
        Modifier::Log => "; consider using log1p or log2p instead of log to avoid negative scores",
        Modifier::Ln => "; consider using ln1p or ln2p instead of ln to avoid negative scores",
        _ => "",
    };
    EngineError::IllegalArgument(format!(
        "field value function must not produce negative scores, but got: [{value}] for field \
         value: [{number}]{instead}"
    ))
}
