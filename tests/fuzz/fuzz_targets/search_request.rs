//! Search bodies: what is printed reads back as the same request.
#![no_main]

use engine::request::SearchRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice(bytes) else {
        return;
    };
    if let Ok(request) = SearchRequest::from_json(&value) {
        let printed = request.to_json();
        let again = SearchRequest::from_json(&printed).expect("what was printed is a request");
        assert_eq!(again.to_json(), printed);
    }
});
