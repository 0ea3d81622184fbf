//! Documents in and out, byte for byte.

use serde_json::json;

use super::*;
use crate::testing::{Random, cases};

#[test]
fn numbers_come_back_as_they_were_written() {
    for number in [
        "0",
        "-0",
        "-1",
        "1.0",
        "1.50",
        "0.10",
        "1e5",
        "1E5",
        "1e+5",
        "1.5E-7",
        "-0.0",
        "0.0",
        "0e0",
        "123456789012345678901234567890",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "0.1",
        "0.00001",
        "0.0001",
        "100.0",
        "3.141592653589793238462643383279",
        "1e-400",
        "12345678901234567.0",
        "1e21",
        "1e-7",
    ] {
        for text in [
            number.to_owned(),
            format!("[{number}]"),
            format!("{{\"a\":{number},\"b\":[{{\"c\":{number}}}]}}"),
        ] {
            assert_eq!(super::text(&read(text.as_bytes()).unwrap()), text);
        }
    }
}

#[test]
fn strings_and_keys_are_no_numbers() {
    for text in [
        r#"{"\u0000n5":"\u0000n1e5","\u0000s":"\u0000s\u0000n"}"#,
        r#"["\\\"\u0000n1","\\","\u0000","a\u0000n1e5","1e5","\"1e5\""]"#,
    ] {
        let value = read(text.as_bytes()).unwrap();
        assert_eq!(super::text(&value), text);
        let bare: Value = serde_json::from_str(text).unwrap();
        assert_eq!(plain(value), bare);
    }
}

#[test]
fn what_is_no_json_is_refused_where_it_is_wrong() {
    for text in [
        "[1e5, 01]",
        "[1e999]",
        "[1e5, 1e999]",
        "[1.e5]",
        "{\"a\":1e5",
        "[\"\\",
        "[1e5] x",
        "[--1, 1e5]",
    ] {
        let own = serde_json::from_str::<Value>(text).unwrap_err();
        assert_eq!(
            read(text.as_bytes()).unwrap_err().to_string(),
            own.to_string()
        );
    }
}

#[test]
fn plain_values_are_those_of_any_reader() {
    let text = r#"{"a":1e5,"b":[123456789012345678901234567890,1.50],"c":{"d":-0},"e":"\u0000x"}"#;
    let value = read(text.as_bytes()).unwrap();
    assert!(is_marked(&value));
    let bare: Value = serde_json::from_str(text).unwrap();
    assert_eq!(plain(value.clone()), bare);
    assert!(!is_marked(&json!({"a": [1, "x", 2.5]})));
    let left = json!({"a": 100_000.0, "c": {}});
    assert_eq!(super::text(&without(&value, &left)), r#"{"a":1e5,"c":{}}"#);
}

fn number(random: &mut Random) -> String {
    let digits = |random: &mut Random, most: usize| -> String {
        let count = 1 + random.below(most);
        (0..count)
            .map(|_| char::from(b'0' + random.below(10) as u8))
            .collect()
    };
    let mut out = String::new();
    if random.chance(30) {
        out.push('-');
    }
    let whole = digits(random, 30);
    let whole = whole.trim_start_matches('0');
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if random.chance(50) {
        out.push('.');
        out.push_str(&digits(random, 20));
    }
    if random.chance(30) {
        let exponent = *random.pick(&["e", "E", "e+", "E-", "e-"]);
        out.push_str(exponent);
        out.push_str(&digits(random, 2));
    }
    out
}

fn document(random: &mut Random, depth: usize) -> String {
    match random.below(if depth == 0 { 3 } else { 5 }) {
        0 | 1 => number(random),
        2 => json!(random.pick(&["", "1e5", "\0n1e5", "\"\\", "\0", "猫"])).to_string(),
        3 => {
            let items: Vec<String> = (0..random.below(4))
                .map(|_| document(random, depth - 1))
                .collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let items: Vec<String> = (0..random.below(4))
                .map(|key| format!("\"k{key}\":{}", document(random, depth - 1)))
                .collect();
            format!("{{{}}}", items.join(","))
        }
    }
}

#[test]
fn random_documents_come_back_byte_for_byte() {
    let mut random = Random(3);
    for _ in 0..cases() * 5 {
        let text = document(&mut random, 4);
        let value = read(text.as_bytes()).unwrap();
        assert_eq!(super::text(&value), text);
        let bare: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(plain(value), bare, "{text}");
    }
}
