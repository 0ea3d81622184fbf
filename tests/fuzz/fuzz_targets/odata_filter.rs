//! OData's conditions: what is printed reads back as the same condition, and it decides on a record.
#![no_main]

use engine::odata::{DateTime, Evaluator, MAX_LENGTH, filter};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let Ok(expr) = filter(text) else {
        return;
    };
    let printed = expr.to_string();
    // Numbers and instants are printed in full, which may be more than may be read.
    if printed.chars().count() <= MAX_LENGTH {
        let again = filter(&printed).expect("what was printed is a condition");
        assert_eq!(again, expr, "{text:?} {printed:?}");
    }
    let record = json!({
        "a": 1, "b": -2.5, "c": "it's 猫", "d": "2024-02-29T23:59:59.5+08:00", "e": true, "f": null,
        "tags": ["cat", "dog"], "g": [1, "x", false], "h": {"i": i64::MAX},
    });
    let now = DateTime::utc(0).expect("the first instant");
    let _ = Evaluator::new(expr, now).matches(&record);
});
