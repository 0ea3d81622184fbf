//! Functions of values that are not null. What one is not made for is null.

mod numbers;
mod texts;
mod times;

use super::Value;
use crate::odata::expr::Function;
use crate::odata::temporal::DateTime;

pub(in crate::odata) use texts::lower;

/// The value of a function, of all but `matchesPattern`.
pub(super) fn call<'a>(function: Function, arguments: &[Value<'a>], now: DateTime) -> Value<'a> {
    let found = match (function, arguments) {
        (Function::Now, _) => Some(Value::DateTime(now)),
        (Function::MinDateTime, _) => Some(Value::DateTime(DateTime::min())),
        (Function::MaxDateTime, _) => Some(Value::DateTime(DateTime::max())),
        (function, [one]) => numbers::rounded(function, one)
            .or_else(|| times::part(function, one))
            .or_else(|| texts::of_one(function, one)),
        (function, [one, two]) => texts::of_two(function, one, two),
        (Function::Substring, [text, from, length]) => texts::substring(text, from, Some(length)),
        _ => None,
    };
    found.unwrap_or(Value::Null)
}
