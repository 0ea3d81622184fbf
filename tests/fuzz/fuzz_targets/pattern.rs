//! Python patterns: whatever compiles searches within its budget and agrees with its trigrams.
#![no_main]

use analyzers::pattern::{Budget, PyPattern, Requirement};
use libfuzzer_sys::fuzz_target;

fn holds(requirement: &Requirement, text: &str) -> bool {
    match requirement {
        Requirement::All => true,
        Requirement::Trigram(trigram) => {
            let wanted: String = trigram.iter().collect();
            text.to_lowercase().contains(&wanted)
        }
        Requirement::And(list) => list.iter().all(|one| holds(one, text)),
        Requirement::Or(list) => list.iter().any(|one| holds(one, text)),
    }
}

fuzz_target!(|input: (&str, &str)| {
    let (pattern, text) = input;
    let Ok(compiled) = PyPattern::compile(pattern) else {
        return;
    };
    let budget = Budget {
        max_steps: 100_000,
        deadline: None,
    };
    // Letters whose lower case is longer are folded otherwise by the index: ASCII is exact.
    if let Ok(true) = compiled.search(text, &budget)
        && text.is_ascii()
    {
        assert!(holds(compiled.required(), text), "{pattern:?} {text:?}");
    }
});
