//! The automaton beside the backtracking machine, which takes nothing from it.

use super::generate::{Random, pattern, pattern_from, text};
use crate::pattern::{Budget, PyPattern};

/// Endings on which `$`, boundaries and folding differ.
const ENDINGS: [&str; 6] = ["", "\n", "\n\n", "K\u{212a}", "ſs", "İi"];

#[test]
fn both_engines_find_the_same() {
    let mut random = Random::new(11);
    let (mut linear, mut found, mut missed) = (0, 0, 0);
    for at in 0..4_000 {
        let texts: Vec<String> = (0..6)
            .map(|n| text(&mut random, 14) + ENDINGS[n])
            .chain([String::new(), "\n".to_owned()])
            .collect();
        let source = if at % 3 == 0 {
            pattern_from(&mut random, &texts[0])
        } else {
            pattern(&mut random)
        };
        let Ok(both) = PyPattern::compile(&source) else {
            continue;
        };
        if !both.engine.is_linear() {
            continue;
        }
        linear += 1;
        let mut slow = PyPattern::compile(&source).unwrap();
        slow.engine.backtracking_only();
        // One matcher for all texts, a second one that goes on where it stopped, and bytes.
        let mut first = both.matcher(&Budget::steps(u64::MAX));
        let mut expected = Vec::new();
        for text in &texts {
            let Ok(answer) = slow.search(text, &Budget::steps(200_000)) else {
                continue;
            };
            assert_eq!(first.search(text), Ok(answer), "{source:?} on {text:?}");
            expected.push((text, answer));
        }
        drop(first);
        let mut second = both.matcher(&Budget::steps(u64::MAX));
        for (text, answer) in expected {
            let bytes = second.search_utf8(text.as_bytes());
            assert_eq!(bytes, Ok(answer), "{source:?} on the bytes of {text:?}");
            if answer {
                found += 1;
            } else {
                missed += 1;
            }
        }
    }
    // The comparison would be empty if one kind were missing.
    assert!(
        linear > 1_000 && found > 2_000 && missed > 2_000,
        "{linear} {found} {missed}"
    );
}

#[test]
fn nothing_is_found_in_what_is_no_text() {
    let budget = Budget::default();
    for pattern in ["(a)\\1", "(?<=a)b"] {
        let compiled = PyPattern::compile(pattern).unwrap();
        let mut matcher = compiled.matcher(&budget);
        assert_eq!(matcher.search_utf8(b"aab\xff"), Ok(false), "{pattern}");
        assert_eq!(matcher.search_utf8(b"aab"), Ok(true), "{pattern}");
    }
}
