//! Which value is greater.

use std::cmp::Ordering;

use super::Value;
use crate::odata::expr::BinaryOp;

/// Whether a comparison holds. Null equals only itself and is neither greater nor less; the same goes
/// for values that cannot be compared.
pub(in crate::odata) fn holds(op: BinaryOp, left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => op == BinaryOp::Eq,
        (Value::Null, _) | (_, Value::Null) => op == BinaryOp::Ne,
        _ => match compare(left, right) {
            Some(ordering) => op.holds(ordering),
            None => op == BinaryOp::Ne,
        },
    }
}

/// How two values stand to each other; `None` when their types do not allow it.
pub(super) fn compare(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(one), Value::Bool(two)) => Some(one.cmp(two)),
        (Value::Int(one), Value::Int(two)) => Some(one.cmp(two)),
        (Value::Double(one), Value::Double(two)) => one.partial_cmp(two),
        (Value::Int(one), Value::Double(two)) => whole_and_double(*one, *two),
        (Value::Double(one), Value::Int(two)) => {
            whole_and_double(*two, *one).map(Ordering::reverse)
        }
        (Value::Text(one), Value::Text(two)) => Some(one.cmp(two)),
        (Value::Date(one), other) if other.date().is_some() => Some(one.cmp(&other.date()?)),
        (other, Value::Date(two)) if other.date().is_some() => Some(other.date()?.cmp(two)),
        (Value::Date(_) | Value::DateTime(_), _) | (_, Value::Date(_) | Value::DateTime(_)) => {
            Some(left.instant()?.nanos.cmp(&right.instant()?.nanos))
        }
        (Value::Time(_), _) | (_, Value::Time(_)) => {
            Some(left.time_of_day()?.cmp(&right.time_of_day()?))
        }
        (Value::Duration(_), _) | (_, Value::Duration(_)) => {
            Some(left.duration()?.cmp(&right.duration()?))
        }
        (Value::Guid(_), _) | (_, Value::Guid(_)) => Some(left.guid()?.cmp(&right.guid()?)),
        (Value::List(one), Value::List(two)) => {
            let same = one.len() == two.len()
                && one
                    .iter()
                    .zip(two)
                    .all(|(one, two)| compare(one, two) == Some(Ordering::Equal));
            same.then_some(Ordering::Equal)
        }
        _ => None,
    }
}

/// Compares exactly, also where a double could not hold the whole number.
fn whole_and_double(whole: i64, double: f64) -> Option<Ordering> {
    /// 2⁶³: the first double past the whole numbers.
    const PAST: f64 = 9_223_372_036_854_775_808.0;
    if double.is_nan() {
        return None;
    }
    if double >= PAST {
        return Some(Ordering::Less);
    }
    if double < -PAST {
        return Some(Ordering::Greater);
    }
    #[expect(clippy::cast_possible_truncation, reason = "within range")]
    let floor = double.floor() as i64;
    let by_whole = whole.cmp(&floor);
    Some(by_whole.then(if double > double.floor() {
        Ordering::Less
    } else {
        Ordering::Equal
    }))
}

/// The order of sort keys: of all values, whatever their types. Null is least.
pub fn compare_keys(left: &Value<'_>, right: &Value<'_>) -> Ordering {
    rank(left)
        .cmp(&rank(right))
        .then_with(|| match (left, right) {
            (Value::List(one), Value::List(two)) => {
                let by_item = one.iter().zip(two).map(|(one, two)| compare_keys(one, two));
                by_item
                    .fold(Ordering::Equal, Ordering::then)
                    .then(one.len().cmp(&two.len()))
            }
            _ => compare(left, right)
                .unwrap_or_else(|| nan(left).cmp(&nan(right)).reverse())
                // Zeros are equal, and yet the negative one comes first, as it does in the index.
                .then_with(|| negative_zero(right).cmp(&negative_zero(left))),
        })
}

fn negative_zero(value: &Value<'_>) -> bool {
    matches!(value, Value::Double(number) if *number == 0.0 && number.is_sign_negative())
}

fn nan(value: &Value<'_>) -> bool {
    matches!(value, Value::Double(number) if number.is_nan())
}

fn rank(value: &Value<'_>) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Double(_) => 2,
        Value::Text(_) => 3,
        Value::Date(_) | Value::DateTime(_) => 4,
        Value::Time(_) => 5,
        Value::Duration(_) => 6,
        Value::Guid(_) => 7,
        Value::List(_) => 8,
        Value::Object(_) => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly() {
        let cases = [
            (i64::MAX, 9_223_372_036_854_775_808.0, Some(Ordering::Less)),
            (
                i64::MIN,
                -9_223_372_036_854_775_808.0,
                Some(Ordering::Equal),
            ),
            (
                9_007_199_254_740_993,
                9_007_199_254_740_992.0,
                Some(Ordering::Greater),
            ),
            (-4, -4.5, Some(Ordering::Greater)),
            (4, 4.5, Some(Ordering::Less)),
            (0, -0.0, Some(Ordering::Equal)),
            (0, f64::NEG_INFINITY, Some(Ordering::Greater)),
            (0, f64::NAN, None),
        ];
        for (whole, double, expected) in cases {
            assert_eq!(
                whole_and_double(whole, double),
                expected,
                "{whole} {double}"
            );
        }
    }

    #[test]
    fn keys_have_a_total_order() {
        let keys = [
            Value::Null,
            Value::Bool(false),
            Value::Double(f64::NAN),
            Value::Double(f64::NEG_INFINITY),
            Value::Int(3),
            Value::Double(3.5),
            Value::Text("a".into()),
            Value::List(vec![Value::Int(1)]),
            Value::List(vec![Value::Int(1), Value::Int(1)]),
            Value::List(vec![Value::Int(2)]),
        ];
        for (at, one) in keys.iter().enumerate() {
            for (other_at, other) in keys.iter().enumerate() {
                assert_eq!(
                    compare_keys(one, other),
                    at.cmp(&other_at),
                    "{one:?} {other:?}"
                );
            }
        }
    }
}
