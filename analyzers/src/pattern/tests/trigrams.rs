//! The required trigrams.

use std::collections::HashSet;

use super::generate::{Random, pattern, pattern_from, text};
use crate::pattern::{Budget, PyPattern, Requirement, fold};

fn trigrams(text: &str) -> HashSet<[char; 3]> {
    let chars: Vec<char> = text.chars().map(fold).collect();
    chars.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}

fn show(requirement: &Requirement) -> String {
    let list = |parts: &[Requirement], bar: &str| {
        format!("({})", parts.iter().map(show).collect::<Vec<_>>().join(bar))
    };
    match requirement {
        Requirement::All => "*".to_owned(),
        Requirement::Trigram(chars) => chars.iter().collect(),
        Requirement::And(parts) => list(parts, "&"),
        Requirement::Or(parts) => list(parts, "|"),
    }
}

#[test]
fn names_what_must_be_there() {
    for (pattern, expected) in [
        ("cat", "cat"),
        ("CATS", "(cat&ats)"),
        ("ca", "*"),
        ("c.t", "*"),
        ("cat|dog", "(cat|dog)"),
        ("cat|do", "*"),
        ("(?:ab|cd)ef", "((abe&bef)|(cde&def))"),
        ("cat(fish)?", "cat"),
        ("guit(ar|arist)", "(gui&uit&ita&tar)"),
        ("(cat|cats|dog)s", "((cat&ats)|(dog&ogs))"),
        ("cat(?:fish)*", "cat"),
        ("ab+c", "*"),
        ("xab+cd", "(xab&bcd)"),
        ("(?:abc)+", "abc"),
        ("(?:abc){2}", "(abc&bca&cab)"),
        ("(?=.*happy)cat", "(hap&app&ppy&cat)"),
        ("(?!dog)cat", "cat"),
        ("(?<=big )cat", "(big&ig &cat)"),
        (r"\bcat\b", "cat"),
        (r"(cat)\1s", "cat"),
        ("(?i)cat", "cat"),
        ("(?i)cats", "(cat&(ats|atſ))"),
        ("(?i)kelvin", "(kel&elv&(lvi|lvİ|lvı)&(vin|vİn|vın))"),
        ("gr[ae]y", "((gra|gre)&(ray|rey))"),
        (r"\w+", "*"),
        ("猫咪视频", "(猫咪视&咪视频)"),
        ("z(a)?.(?(1)bcd|efg)", "(bcd|efg)"),
        ("", "*"),
    ] {
        let compiled = PyPattern::compile(pattern).unwrap();
        assert_eq!(show(compiled.required()), expected, "{pattern}");
    }
}

#[test]
fn is_bounded() {
    let words: Vec<String> = (0..200).map(|n| format!("word{n}")).collect();
    for pattern in [words.join("|"), words.join(".*"), words.join("(?:x|yz)")] {
        assert!(PyPattern::compile(&pattern).unwrap().required().len() <= 64);
    }
}

#[test]
fn every_match_meets_the_requirement() {
    let mut random = Random::new(3);
    let mut narrowed = 0;
    for at in 0..6_000 {
        let sample = text(&mut random, 16);
        let pattern = if at % 3 == 0 {
            pattern(&mut random)
        } else {
            pattern_from(&mut random, &sample)
        };
        let Ok(compiled) = PyPattern::compile(&pattern) else {
            continue;
        };
        if compiled.required().is_empty() {
            continue;
        }
        let mut matcher = compiled.matcher(&Budget::steps(200_000));
        for round in 0..5 {
            let text = match round {
                0 => sample.clone(),
                1 => sample.to_uppercase(),
                2 => sample.to_lowercase(),
                _ => text(&mut random, 16),
            };
            if matcher.search(&text) == Ok(true) {
                narrowed += 1;
                let held = trigrams(&text);
                let met = compiled
                    .required()
                    .is_met(&mut |trigram| held.contains(&trigram));
                assert!(
                    met,
                    "{pattern:?} on {text:?}: {}",
                    show(compiled.required())
                );
            }
        }
    }
    assert!(narrowed > 1_000, "{narrowed}");
}
