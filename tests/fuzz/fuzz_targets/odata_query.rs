//! Whole query strings of listings, in both languages at once, percent encoding and all.
#![no_main]

use engine::odata::{ListQuery, MAX_TOP, order_by, search, select};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let known = |name: &str| name.len() % 2 == 0;
    if let Ok(query) = ListQuery::parse(text, &known) {
        assert!(query.top <= MAX_TOP);
        let again = ListQuery::parse(text, &known).expect("it was read before");
        assert_eq!(again, query);
    }
    let _ = order_by(text);
    let _ = select(text);
    let _ = search(text);
});
