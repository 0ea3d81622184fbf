//! What differs between two answers.

use std::fmt;

use serde_json::{Number, Value};

use super::Answer;

/// Numbers are the same when they are as near as this, in relation: scores are single floats.
const NEAR: f64 = 1e-5;

/// A part of an answer that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where, its parts divided by `/`.
    pub path: String,
    /// What the peer has there.
    pub expected: Option<Value>,
    /// What Pictor has there.
    pub found: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<Value>| match value {
            None => "nothing".to_owned(),
            Some(value) => value.to_string().chars().take(400).collect(),
        };
        let (expected, found) = (shown(&self.expected), shown(&self.found));
        write!(formatter, "{}: {expected} is {found} here", self.path)
    }
}

/// The parts that differ, as they come.
pub fn differences(expected: &Answer, found: &Answer) -> Vec<Difference> {
    let mut out = Vec::new();
    compare(&mut Vec::new(), Some(&expected.0), Some(&found.0), &mut out);
    out
}

fn compare(
    path: &mut Vec<String>,
    expected: Option<&Value>,
    found: Option<&Value>,
    out: &mut Vec<Difference>,
) {
    match (expected, found) {
        (Some(Value::Object(expected)), Some(Value::Object(found))) => {
            let only = found.keys().filter(|key| !expected.contains_key(*key));
            for key in expected.keys().chain(only) {
                path.push(key.clone());
                compare(path, expected.get(key), found.get(key), out);
                path.pop();
            }
        }
        (Some(Value::Array(expected)), Some(Value::Array(found))) => {
            for at in 0..expected.len().max(found.len()) {
                path.push(at.to_string());
                compare(path, expected.get(at), found.get(at), out);
                path.pop();
            }
        }
        (Some(Value::Number(a)), Some(Value::Number(b))) if same(a, b) => {}
        (expected, found) if expected == found => {}
        (expected, found) => out.push(Difference {
            path: path.join("/"),
            expected: expected.cloned(),
            found: found.cloned(),
        }),
    }
}

/// Whole numbers are told from fractions: clients of typed languages do.
fn same(a: &Number, b: &Number) -> bool {
    if a.is_f64() && b.is_f64() {
        let (a, b) = (
            a.as_f64().unwrap_or(f64::NAN),
            b.as_f64().unwrap_or(f64::NAN),
        );
        return (a - b).abs() <= NEAR * a.abs().max(b.abs());
    }
    a == b
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn near_numbers_are_the_same_and_other_kinds_are_not() {
        let of = |a: Value, b: Value| differences(&Answer(a), &Answer(b));
        assert_eq!(of(json!({"a": [1.0, 2]}), json!({"a": [1.000_001, 2]})), []);
        let found = of(
            json!({"a": [1.0, 2], "b": 1}),
            json!({"a": [1, 2, 3], "c": null}),
        );
        let paths: Vec<&str> = found.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["a/0", "a/2", "b", "c"]);
        assert_eq!(found[0].to_string(), "a/0: 1.0 is 1 here");
    }
}
