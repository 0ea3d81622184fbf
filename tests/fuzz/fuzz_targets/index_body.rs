//! Settings and mappings: read whole or refused.
#![no_main]

use engine::index::IndexSettings;
use engine::mapping::Mapping;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else {
        return;
    };
    if let Ok(settings) = IndexSettings::from_json(&value) {
        let _ = settings.registry();
    }
    if let Ok(mapping) = Mapping::from_json(&value) {
        let printed = mapping.to_json();
        let again = Mapping::from_json(&printed).expect("what was printed is a mapping");
        assert_eq!(again.to_json(), printed);
    }
});
