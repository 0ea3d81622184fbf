//! Rounding.

use crate::odata::eval::Value;
use crate::odata::expr::Function;

pub(super) fn rounded(function: Function, value: &Value<'_>) -> Option<Value<'static>> {
    let round = match function {
        Function::Round => f64::round,
        Function::Floor => f64::floor,
        Function::Ceiling => f64::ceil,
        _ => return None,
    };
    match value {
        Value::Int(number) => Some(Value::Int(*number)),
        Value::Double(number) => Some(Value::Double(round(*number))),
        _ => None,
    }
}
