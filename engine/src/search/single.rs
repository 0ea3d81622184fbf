//! Floats of single precision, as Elasticsearch's `float` and `half_float` hold them.

use crate::mapping::{FieldType, NumberKind};

/// The value that a field holds for a float: columns keep it as it was written.
pub(crate) fn held(kind: &FieldType, value: f64) -> f64 {
    match kind {
        FieldType::Number(NumberKind::Float) => single(value),
        FieldType::Number(NumberKind::HalfFloat) => half(value),
        _ => value,
    }
}

/// Whether a field holds floats of single or half precision.
pub(crate) fn is_narrow(kind: &FieldType) -> bool {
    matches!(
        kind,
        FieldType::Number(NumberKind::Float | NumberKind::HalfFloat)
    )
}

#[expect(clippy::cast_possible_truncation, reason = "to single precision")]
fn single(value: f64) -> f64 {
    f64::from(value as f32)
}

/// The nearest float of 16 bits, ties to even.
fn half(value: f64) -> f64 {
    /// The exponent of the smallest normal number.
    const LEAST: i32 = -14;
    let value = single(value);
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let exponent = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1_023;
    let unit = 2_f64.powi(exponent.max(LEAST) - 10);
    (value / unit).round_ties_even() * unit
}

/// The shortest decimal that is the same float of single precision, as Java prints it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it is one of single precision"
)]
pub(crate) fn shortest(value: f64) -> f64 {
    (value as f32).to_string().parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_floats_round() {
        let float = FieldType::Number(NumberKind::Float);
        assert_eq!(held(&float, 0.1), 0.100_000_001_490_116_12);
        assert_eq!(held(&float, 16_777_217.0), 16_777_216.0);
        assert_eq!(shortest(held(&float, 0.1)), 0.1);
        let narrow = FieldType::Number(NumberKind::HalfFloat);
        assert_eq!(held(&narrow, 0.1), 0.099_975_585_937_5);
        assert_eq!(held(&narrow, 2_049.0), 2_048.0);
        assert_eq!(held(&narrow, 2_051.0), 2_052.0);
        assert_eq!(held(&narrow, 6e-8), 5.960_464_477_539_063e-8);
        assert_eq!(held(&FieldType::Number(NumberKind::Double), 0.1), 0.1);
    }
}
