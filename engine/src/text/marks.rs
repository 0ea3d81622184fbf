//! Marks on documents whose values are not in the index as they are written.
//!
//! They lie among the names of fields, where no name can be like them: names have no NUL. Where no
//! document has a field's mark, the index alone can answer for the field.

use serde_json::Value;
use tantivy::schema::OwnedValue;

use crate::mapping::{Field, FieldType};
use crate::odata::{Date, DateTime};
use crate::query::values;

/// What stands before the name of a field itself in a query; no document has it.
const OWN: &str = "\0own\0";

/// The mark of a document with a value that the index lacks, or holds as something else.
pub fn odd_mark(path: &str) -> String {
    format!("\0odd\0{path}")
}

/// The name of a field itself: of an object, whether any of its fields has a value or none.
pub fn own_mark(path: &str) -> String {
    format!("{OWN}{path}")
}

/// The path that [`own_mark`] is of.
pub fn own_path(mark: &str) -> Option<&str> {
    mark.strip_prefix(OWN)
}

/// The mark of a document with a list.
pub fn list_mark(path: &str) -> String {
    format!("\0list\0{path}")
}

/// The mark of a document with an instant that is written as it is printed, in UTC: its text follows from
/// the instant.
pub fn utc_mark(path: &str) -> String {
    format!("\0utc\0{path}")
}

/// Whether a date is written as the instant that the index holds is printed.
pub(super) fn is_utc(field: &Field, value: &Value) -> bool {
    matches!(field.kind, FieldType::Date { .. })
        && value.as_str().is_some_and(|text| {
            let at = DateTime::parse(text).filter(|at| at.offset == 0);
            at.is_some_and(|at| at.to_string() == text)
        })
}

/// Whether a field's index holds a value, which is no list and not null, as what it is: a string as a
/// string, a number as that number, an instant as that instant.
pub(super) fn is_faithful(field: &Field, value: &Value) -> bool {
    match (&field.kind, value) {
        (FieldType::Text { .. } | FieldType::Keyword { .. }, Value::String(_))
        | (FieldType::Boolean, Value::Bool(_)) => true,
        // A whole number that is written with a fraction is a double, which divides otherwise.
        (FieldType::Number(kind), Value::Number(number)) if kind.is_whole() => number.is_i64(),
        (FieldType::Number(kind), Value::Number(number)) => match values::number(*kind, value) {
            // Narrow ones round.
            Ok(OwnedValue::F64(held)) => number.as_f64() == Some(held),
            _ => false,
        },
        (FieldType::Date { format }, Value::String(text)) => {
            let at = DateTime::parse(text).or_else(|| Date::parse(text).map(DateTime::midnight));
            let held = values::date(format.as_deref(), value).map(i128::from);
            at.is_some() && at.map(|at| at.nanos) == held.ok()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::NumberKind;
    use serde_json::json;

    #[test]
    fn values_that_become_others_are_noticed() {
        let text = Field::of(FieldType::Keyword { normalizer: None });
        let long = Field::of(FieldType::Number(NumberKind::Long));
        let float = Field::of(FieldType::Number(NumberKind::Float));
        let double = Field::of(FieldType::Number(NumberKind::Double));
        let date = Field::of(FieldType::Date { format: None });
        let flag = Field::of(FieldType::Boolean);
        for (field, value, expected) in [
            (&text, json!("x"), true),
            (&text, json!(5), false),
            (&long, json!(5), true),
            (&long, json!(5.0), false),
            (&long, json!(u64::MAX), false),
            (&float, json!(5.5), true),
            (&float, json!(5.1), true),
            (&long, json!(5.5), false),
            (&long, json!("5"), false),
            (&double, json!(5.5), true),
            (&double, json!(5), true),
            (&flag, json!(true), true),
            (&flag, json!("true"), false),
            (&date, json!("2024-01-01"), true),
            (&date, json!("2024-01-01T00:00:00.5+08:00"), true),
            (&date, json!("2024-01-01T00:00:00"), false),
            (&date, json!("2024"), false),
            (&date, json!(1_700_000_000_000_i64), false),
            (&date, json!("soon"), false),
            (&Field::object(), json!(5), false),
        ] {
            assert_eq!(is_faithful(field, &value), expected, "{value}");
        }
    }
}
