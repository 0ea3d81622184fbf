//! Texts. Positions and lengths count characters.

use crate::odata::eval::Value;
use crate::odata::eval::value::count;
use crate::odata::expr::Function;
use crate::query::plan_lower;

/// A text in small letters, letter by letter, as the index folds them.
pub(in crate::odata) fn lower(text: &str) -> String {
    text.chars().map(plan_lower).collect()
}

pub(super) fn of_one<'a>(function: Function, value: &Value<'a>) -> Option<Value<'a>> {
    if let (Function::Length, Value::List(items)) = (function, value) {
        return Some(count(items.len()));
    }
    let text = value.text()?;
    match function {
        Function::Length => Some(count(text.chars().count())),
        Function::ToLower => Some(Value::from(lower(text))),
        Function::ToUpper => Some(Value::from(text.to_uppercase())),
        Function::Trim => Some(Value::from(text.trim().to_owned())),
        _ => None,
    }
}

pub(super) fn of_two<'a>(
    function: Function,
    one: &Value<'a>,
    two: &Value<'a>,
) -> Option<Value<'a>> {
    if function == Function::Substring {
        return substring(one, two, None);
    }
    let (text, other) = (one.text()?, two.text()?);
    match function {
        Function::Contains => Some(Value::Bool(text.contains(other))),
        Function::StartsWith => Some(Value::Bool(text.starts_with(other))),
        Function::EndsWith => Some(Value::Bool(text.ends_with(other))),
        Function::IndexOf => Some(match text.find(other) {
            Some(at) => count(text.get(..at)?.chars().count()),
            None => Value::Int(-1),
        }),
        Function::Concat => Some(Value::from(format!("{text}{other}"))),
        _ => None,
    }
}

/// A part of a text. What begins before the text begins with it, and a negative length is none.
pub(super) fn substring<'a>(
    text: &Value<'a>,
    from: &Value<'_>,
    length: Option<&Value<'_>>,
) -> Option<Value<'a>> {
    let text = text.text()?;
    let whole = |value: &Value<'_>| match value {
        Value::Int(number) => Some(usize::try_from((*number).max(0)).unwrap_or(usize::MAX)),
        _ => None,
    };
    let from = whole(from)?;
    let length = length.map_or(Some(usize::MAX), whole)?;
    let part: String = text.chars().skip(from).take(length).collect();
    Some(Value::from(part))
}
