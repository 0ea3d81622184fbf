//! What conditions are on one record: true, false or null.

mod basics;
mod kinds;

use serde_json::{Value as Json, json};

use crate::odata::{DateTime, Evaluator, Value, expression, filter};

pub(super) const T: Option<bool> = Some(true);
pub(super) const F: Option<bool> = Some(false);
pub(super) const N: Option<bool> = None;

pub(super) fn record() -> Json {
    json!({
        "id": 1, "a": 4, "b": 4.5, "neg": -7, "big": i64::MAX, "past": u64::MAX, "huge": 1e20,
        "s": "Hello World", "empty": "", "cjk": "猫咪跳舞", "quote": "it's", "num": "5",
        "t": true, "f": false, "word": "true",
        "at": "2024-02-29T23:59:58.25+08:00", "day": "2024-03-01", "span": "PT90M",
        "clock": "12:30:15", "guid": "01234567-89AB-cdef-0123-456789abcdef",
        "n": null, "none": [], "nulls": [null],
        "tags": ["cat", "Big Dog", "猫"], "nums": [1, 2, 3], "mixed": [1, "x", true, null],
        "one": ["solo"], "nested": [[1, 2], [3]],
        "o": {"x": 5, "y": "z"}, "objs": [{"k": "a", "v": 1}, {"k": "b"}],
    })
}

pub(super) fn now() -> DateTime {
    DateTime::parse("2026-01-02T03:04:05Z").unwrap()
}

/// Conditions on [`record`], and what they are.
pub(super) fn conditions() -> impl Iterator<Item = &'static (&'static str, Option<bool>)> {
    basics::CONDITIONS.iter().chain(kinds::CONDITIONS)
}

#[test]
fn conditions_are_what_the_standard_says() {
    let record = record();
    let mut wrong = Vec::new();
    for (text, expected) in conditions() {
        let expr = filter(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let found = Evaluator::new(expr, now()).truth(&record).unwrap();
        if found != *expected {
            wrong.push(format!("{text}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let count = conditions().count();
    assert!(count > 280, "{count}");
}

#[test]
fn values_need_not_be_conditions() {
    let record = record();
    for (text, expected) in [
        ("a add 1", Value::Int(5)),
        ("tags/$count", Value::Int(3)),
        ("concat(quote,'!')", Value::Text("it's!".into())),
        ("absent", Value::Null),
        (
            "nums",
            Value::List(vec![Value::Int(1), Value::Int(2), Value::Int(3)]),
        ),
    ] {
        let evaluator = Evaluator::new(expression(text).unwrap(), now());
        assert_eq!(evaluator.value(&record).unwrap(), expected, "{text}");
    }
}

#[test]
fn what_costs_too_much_is_an_error() {
    let list: Vec<u32> = (0..2_000).collect();
    let record = json!({"l": list, "long": "a".repeat(30_000) + "!"});
    for text in [
        "l/all(a: l/all(b: a add b ge 0))",
        "matchesPattern(long,'(a+)+\\1$')",
    ] {
        let evaluator = Evaluator::new(filter(text).unwrap(), now());
        let error = evaluator.matches(&record).unwrap_err();
        assert_eq!(error.code.as_str(), "FilterTooComplex", "{text}");
    }
}

#[test]
fn time_is_up_when_the_deadline_says_so() {
    let past = std::time::Instant::now();
    let record = json!({"l": (0..100).collect::<Vec<u32>>()});
    let condition = filter("l/all(a: l/all(b: a add b ge 0))").unwrap();
    let evaluator = Evaluator::new(condition, now()).with_deadline(past);
    let error = evaluator.matches(&record).unwrap_err();
    assert_eq!(error.message, "it runs past its time limit");
}
