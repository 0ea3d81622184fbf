//! Sums, differences, products, quotients. What is not defined is null.

use super::Value;
use crate::odata::expr::BinaryOp;
use crate::odata::temporal::{Date, DateTime, Duration};

pub(super) fn arithmetic(op: BinaryOp, left: &Value<'_>, right: &Value<'_>) -> Value<'static> {
    let found = match (left, right) {
        (Value::Int(one), Value::Int(two)) => whole(op, *one, *two),
        _ => match (left.double(), right.double()) {
            (Some(one), Some(two)) => Some(Value::Double(double(op, one, two))),
            _ => temporal(op, left, right),
        },
    };
    found.unwrap_or(Value::Null)
}

/// Whether a result depends on how whole numbers among doubles were written: those without a fraction
/// are calculated exactly, and divided without one.
pub(super) fn is_doubtful(op: BinaryOp, left: &Value<'_>, right: &Value<'_>) -> bool {
    /// Doubles below hold every whole number.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !left.is_whole_double() && !right.is_whole_double() {
        return false;
    }
    let (Some(one), Some(two)) = (left.double(), right.double()) else {
        return matches!(left, Value::Duration(_)) || matches!(right, Value::Duration(_));
    };
    if one.fract() != 0.0 || two.fract() != 0.0 {
        // Doubles, however the other was written.
        return false;
    }
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => [one, two, double(op, one, two)]
            .iter()
            .any(|number| number.abs() >= EXACT),
        _ => true,
    }
}

pub(super) fn negated(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Int(number) => match number.checked_neg() {
            Some(number) => Value::Int(number),
            None => value
                .double()
                .map_or(Value::Null, |number| Value::Double(-number)),
        },
        Value::Double(number) => Value::Double(-number),
        Value::Duration(span) => span_of(-span.nanos),
        _ => Value::Null,
    }
}

fn whole(op: BinaryOp, one: i64, two: i64) -> Option<Value<'static>> {
    if two == 0 && matches!(op, BinaryOp::Div | BinaryOp::DivBy | BinaryOp::Mod) {
        return None;
    }
    let exact = match op {
        BinaryOp::Add => one.checked_add(two),
        BinaryOp::Sub => one.checked_sub(two),
        BinaryOp::Mul => one.checked_mul(two),
        BinaryOp::Div => one.checked_div(two),
        BinaryOp::Mod => Some(one.checked_rem(two).unwrap_or(0)),
        _ => None,
    };
    #[expect(clippy::cast_precision_loss, reason = "past 64 bits are doubles")]
    Some(exact.map_or_else(
        || Value::Double(double(op, one as f64, two as f64)),
        Value::Int,
    ))
}

fn double(op: BinaryOp, one: f64, two: f64) -> f64 {
    match op {
        BinaryOp::Add => one + two,
        BinaryOp::Sub => one - two,
        BinaryOp::Mul => one * two,
        BinaryOp::Div | BinaryOp::DivBy => one / two,
        BinaryOp::Mod => one % two,
        _ => f64::NAN,
    }
}

fn span_of(nanos: i128) -> Value<'static> {
    Duration::new(nanos).map_or(Value::Null, Value::Duration)
}

/// A day or an instant, moved.
fn moved(value: &Value<'_>, span: Duration, forward: bool) -> Option<Value<'static>> {
    let nanos = if forward { span.nanos } else { -span.nanos };
    if let Some(date) = value.date() {
        let at = DateTime::utc(DateTime::midnight(date).nanos.checked_add(nanos)?)?;
        return Some(Value::Date(at.date()));
    }
    let at = value.date_time()?;
    DateTime::with_offset(at.nanos.checked_add(nanos)?, at.offset).map(Value::DateTime)
}

fn temporal(op: BinaryOp, left: &Value<'_>, right: &Value<'_>) -> Option<Value<'static>> {
    let days = |value: &Value<'_>| -> Option<Date> { value.date() };
    match (op, left, right) {
        (BinaryOp::Add, Value::Duration(one), Value::Duration(two)) => {
            Some(span_of(one.nanos + two.nanos))
        }
        (BinaryOp::Add, _, Value::Duration(span)) => moved(left, *span, true),
        (BinaryOp::Add, Value::Duration(span), _) => moved(right, *span, true),
        (BinaryOp::Sub, Value::Duration(one), Value::Duration(two)) => {
            Some(span_of(one.nanos - two.nanos))
        }
        (BinaryOp::Sub, _, Value::Duration(span)) => moved(left, *span, false),
        (BinaryOp::Sub, ..) => match (days(left), days(right)) {
            (Some(one), Some(two)) => {
                let nanos = DateTime::midnight(one).nanos - DateTime::midnight(two).nanos;
                Some(span_of(nanos))
            }
            _ => Some(span_of(left.instant()?.nanos - right.instant()?.nanos)),
        },
        (BinaryOp::Mul, Value::Duration(span), factor)
        | (BinaryOp::Mul, factor, Value::Duration(span)) => scaled(*span, factor, false),
        (BinaryOp::Div | BinaryOp::DivBy, Value::Duration(span), factor) => {
            scaled(*span, factor, true)
        }
        _ => None,
    }
}

fn scaled(span: Duration, factor: &Value<'_>, divide: bool) -> Option<Value<'static>> {
    if let Value::Int(whole) = factor {
        let whole = i128::from(*whole);
        let nanos = if divide {
            span.nanos.checked_div(whole)?
        } else {
            span.nanos.checked_mul(whole)?
        };
        return Some(span_of(nanos));
    }
    let factor = factor.double()?;
    let seconds = if divide {
        span.seconds() / factor
    } else {
        span.seconds() * factor
    };
    Duration::from_seconds(seconds).map(Value::Duration)
}
