//! Queries: what is printed reads back as the same query.
#![no_main]

use engine::query::ast::Query;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice(bytes) else {
        return;
    };
    if let Ok(query) = Query::from_json(&value) {
        let printed = query.to_json();
        let again = Query::from_json(&printed).expect("what was printed is a query");
        assert_eq!(again.to_json(), printed);
    }
});
