//! Hopeless patterns end, with an error that says so.

use std::time::Duration;

use crate::pattern::{Budget, MAX_PATTERN_CHARS, MatchError, PyPattern};

#[test]
fn regular_patterns_need_no_backtracking() {
    let text = format!("{}b", "a".repeat(100_000));
    for pattern in ["(a+)+$", "(a|aa)+$", "(a*)*$", "(?:a?){200}a{200}c"] {
        let compiled = PyPattern::compile(pattern).unwrap();
        assert_eq!(
            compiled.search(&text, &Budget::default()),
            Ok(pattern == "(a*)*$"),
            "{pattern}"
        );
    }
}

#[test]
fn hopeless_patterns_are_cut_off() {
    let text = format!("{}b", "a".repeat(5_000));
    for pattern in [
        r"(a+)+(?!.)c\1",
        r"(.*)*\1x",
        r"(?=(a+)+$)c",
        r"(a|aa)+\1$",
        r"(?:(a)|b|\1)*c",
    ] {
        let compiled = PyPattern::compile(pattern).unwrap();
        let found = compiled.search(&text, &Budget::steps(300_000));
        assert_eq!(found, Err(MatchError::Budget), "{pattern}");
    }
}

#[test]
fn the_deadline_ends_a_search() {
    let compiled = PyPattern::compile(r"(.*)*\1x").unwrap();
    let found = compiled.search(&"a".repeat(5_000), &Budget::time(Duration::from_millis(50)));
    assert!(matches!(
        found,
        Err(MatchError::Timeout | MatchError::Budget)
    ));
}

#[test]
fn a_deadline_in_the_past_ends_any_search() {
    let budget = Budget::time(Duration::ZERO);
    for pattern in ["a", r"(a)\1"] {
        let compiled = PyPattern::compile(pattern).unwrap();
        assert_eq!(compiled.search("a", &budget), Err(MatchError::Timeout));
    }
}

#[test]
fn one_budget_serves_all_searches_of_a_matcher() {
    let compiled = PyPattern::compile(r"(.)\1").unwrap();
    let mut matcher = compiled.matcher(&Budget::steps(2_000));
    let results: Vec<_> = (0..1_000).map(|_| matcher.search("abcabc")).collect();
    assert_eq!(results[0], Ok(false));
    assert_eq!(results[999], Err(MatchError::Budget));
}

#[test]
fn a_pattern_serves_several_threads() {
    let compiled = PyPattern::compile(r"(?i)(\w)\1").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut matcher = compiled.matcher(&Budget::default());
                assert_eq!(matcher.search("Aardvark"), Ok(true));
                assert_eq!(matcher.search("cat"), Ok(false));
            });
        }
    });
}

#[test]
fn long_patterns_end_and_need_few_trigrams() {
    let fill = |piece: &str| piece.repeat(MAX_PATTERN_CHARS / piece.chars().count());
    for pattern in [
        fill("a"),
        fill("a|"),
        fill("(a)"),
        fill("[ab]"),
        fill(r"\w"),
        fill("(?i:s)"),
        fill("[a-𐀀]"),
        format!(
            "(?i){}",
            fill("[ſ-𐀀]").chars().take(9_000).collect::<String>() + "]"
        ),
        fill("a{9}?"),
        format!("{}a{}", "(?:".repeat(190), "){2,}".repeat(190)),
        format!(
            "(?:a|b){}",
            fill("xyz").chars().take(9_000).collect::<String>()
        ),
    ] {
        if let Ok(compiled) = PyPattern::compile(&pattern) {
            assert!(compiled.required().len() <= 64);
            let _ = compiled.search("some title", &Budget::steps(100_000));
        }
    }
    let long = PyPattern::compile(&"a".repeat(MAX_PATTERN_CHARS + 1)).unwrap_err();
    assert_eq!(
        long.to_string(),
        "the pattern is longer than 10000 characters at position 10000"
    );
}
