//! The same patterns and texts given to Python, where there is one.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::generate::{Random, pattern, pattern_from, soup, text};
use crate::pattern::charset::unicode;
use crate::pattern::{Budget, PyPattern};
use crate::skips::{Lack, skip};

const SCRIPT: &str = include_str!("python.py");

/// Runs a program in Python 3.11, or says that there is none.
fn python(script: &str, input: &str) -> Option<Value> {
    let version = "import sys; sys.exit(sys.version_info[:2] != (3, 11))";
    let known = Command::new("python3")
        .args(["-c", version])
        .stderr(Stdio::null())
        .status();
    if !known.is_ok_and(|status| status.success()) {
        skip(Lack::Python311, "no python3 of version 3.11 on the path");
        return None;
    }
    let mut child = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// What differs for one pattern.
fn differences(
    pattern: &str,
    texts: &[String],
    expected: &Value,
    undecided: &mut usize,
) -> Vec<String> {
    let compiled = PyPattern::compile(pattern);
    if let Some(message) = expected["error"].as_str() {
        return match compiled {
            Ok(_) => vec![format!("{pattern:?}: accepted; Python: {message}")],
            // A template flag is not worth its operator's name.
            Err(error) if error.message.starts_with("internal:") => Vec::new(),
            Err(error) if error.message != message => {
                vec![format!("{pattern:?}: {error}; Python: {message}")]
            }
            Err(error) => match expected["position"].as_u64() {
                Some(position) if position != error.position as u64 => {
                    vec![format!("{pattern:?}: {error}; Python: at {position}")]
                }
                _ => Vec::new(),
            },
        };
    }
    let Some(found) = expected["found"].as_array() else {
        return Vec::new();
    };
    let mut compiled = match compiled {
        Ok(compiled) => compiled,
        Err(error) => return vec![format!("{pattern:?}: {error}; Python: accepted")],
    };
    let mut result = Vec::new();
    for engine in ["both", "backtracking"] {
        if engine == "backtracking" {
            compiled.engine.backtracking_only();
        }
        for (text, expected) in texts.iter().zip(found) {
            match (
                compiled.search(text, &Budget::steps(500_000)),
                expected.as_bool(),
            ) {
                (Ok(found), Some(expected)) if found != expected => {
                    result.push(format!("{pattern:?} on {text:?} ({engine}): {found}"));
                }
                (Ok(_), Some(_)) => {}
                _ => *undecided += 1,
            }
        }
    }
    result
}

#[test]
fn searches_like_python() {
    let cases = setting("PATTERN_CASES", 2_500);
    let mut random = Random::new(setting("PATTERN_SEED", 7));
    let cases: Vec<(String, Vec<String>)> = (0..cases)
        .map(|at| {
            let texts: Vec<String> = (0..5).map(|_| text(&mut random, 12)).collect();
            let pattern = match at % 5 {
                0 => soup(&mut random),
                1 => pattern_from(&mut random, &texts[0]),
                _ => pattern(&mut random),
            };
            (pattern, texts)
        })
        .collect();
    let input: Vec<Value> = cases
        .iter()
        .map(|(pattern, texts)| json!({"pattern": pattern, "texts": texts}))
        .collect();
    let Some(answers) = python(SCRIPT, &Value::from(input).to_string()) else {
        return;
    };
    let mut undecided = 0;
    let mut wrong = Vec::new();
    for ((pattern, texts), expected) in cases.iter().zip(answers.as_array().unwrap()) {
        wrong.extend(differences(pattern, texts, expected, &mut undecided));
    }
    let answers = answers.as_array().unwrap();
    let refused = answers
        .iter()
        .filter(|answer| answer["error"].is_string())
        .count();
    let found = |wanted: bool| {
        let lists = answers
            .iter()
            .filter_map(|answer| answer["found"].as_array());
        lists
            .flatten()
            .filter(|found| found.as_bool() == Some(wanted))
            .count()
    };
    println!(
        "{refused} refused, {} found, {} not, {undecided} undecided",
        found(true),
        found(false)
    );
    // The comparison would be empty if the generator made one kind only.
    assert!(
        [refused, found(true), found(false)]
            .iter()
            .all(|count| count * 10 > cases.len())
    );
    assert!(
        undecided * 50 < cases.len() * 10,
        "{undecided} searches were cut off"
    );
    let shown: Vec<_> = wrong.iter().take(40).cloned().collect();
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        shown.join("\n")
    );
}

#[test]
fn knows_the_case_of_every_character() {
    let script = "import _sre, json; from re._casefix import _EXTRA_CASES as extra\n\
        low = [[c, _sre.unicode_tolower(c)] for c in range(0x110000) if _sre.unicode_tolower(c) != c]\n\
        cased = [c for c in range(0x110000) if _sre.unicode_iscased(c)]\n\
        print(json.dumps([low, cased, sorted([c, sorted(o)] for c, o in extra.items())]))";
    let Some(answer) = python(script, "") else {
        return;
    };
    let lowered = serde_json::to_value(&unicode::CASE.lowered).unwrap();
    let cased: Vec<u32> = (0..=0x10_ffff)
        .filter(|code| unicode::is_cased(*code))
        .collect();
    let mut extra: Vec<(u32, Vec<u32>)> = unicode::CASE
        .extras()
        .map(|(code, others)| {
            let mut others = others.clone();
            others.sort_unstable();
            (*code, others)
        })
        .collect();
    extra.sort_unstable();
    assert_eq!(answer[0], lowered);
    assert_eq!(answer[1], serde_json::to_value(cased).unwrap());
    assert_eq!(answer[2], serde_json::to_value(extra).unwrap());
}
