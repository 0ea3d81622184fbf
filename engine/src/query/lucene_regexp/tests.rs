//! Expressions with what they match.

use super::LuceneRegexp;
use crate::query::ast::RegexpFlags;

fn compiled(pattern: &str, flags: RegexpFlags) -> LuceneRegexp {
    LuceneRegexp::compile(pattern, flags, false).unwrap()
}

#[test]
fn whole_terms_match() {
    for (pattern, text, expected) in [
        ("ca.*", "cat", true),
        ("ca", "cat", false),
        ("a|b", "b", true),
        ("ab|cd*", "cdd", true),
        ("[^a-c]x", "dx", true),
        ("[^a-c]x", "ax", false),
        ("[^a]", "\u{10FFFF}", true),
        ("[]a]", "]", true),
        ("a{2,3}", "aaa", true),
        ("a{2,3}", "aaaa", false),
        ("a{2,}", "aaaa", true),
        ("a{2}", "a", false),
        ("$x^", "$x^", true),
        ("\"a.b\"", "a.b", true),
        ("\"a.b\"", "axb", false),
        (r"a\.b", "axb", false),
        ("@", "anything", true),
        ("a@z", "a-z", true),
        ("#", "", false),
        ("a#?", "a", true),
        ("()", "", true),
        ("", "", true),
        ("*a", "*a", true),
        ("(?i)a", "?ia", true),
        // Both sides have to match.
        ("foo&.*", "foo", true),
        ("foo&.*", "fo", false),
        (".*a.*&.*b.*", "xbxa", true),
        (".*a.*&.*b.*", "xbx", false),
        // Everything but that.
        ("~(foo)", "bar", true),
        ("~(foo)", "foo", false),
        ("~foo", "bar", false),
        ("~foo", "xoo", true),
        ("a~b+", "abb", true),
        ("a~(bc)", "abc", false),
        ("a~(bc)d", "abcd", false),
        ("a~(bc)d", "axd", true),
        // Numbers of a range.
        ("<5-120>", "5", true),
        ("<5-120>", "005", true),
        ("<5-120>", "4", false),
        ("<5-120>", "120", true),
        ("<5-120>", "121", false),
        ("<5-120>", "87", true),
        ("x<01-12>", "x07", true),
        ("x<01-12>", "x7", false),
        // The classes are about ASCII.
        (r"\d\w", "1a", true),
        (r"\d", "٣", false),
        (r"\w", "é", false),
        (r"\W", "é", true),
        (r"\s", "\u{a0}", false),
        (r"[\d_]+", "1_2", true),
        (r"\D", "7", false),
    ] {
        let found = compiled(pattern, RegexpFlags::ALL).matches(text);
        assert_eq!(found, Ok(expected), "{pattern} on {text}");
    }
}

#[test]
fn operators_that_are_not_asked_for_are_letters() {
    for (pattern, text, expected) in [
        ("@", "anything", false),
        ("@", "@", true),
        ("foo&.*", "foo&x", true),
        ("~foo", "~foo", true),
        ("#", "#", true),
        ("<1-9>", "<1-9>", true),
    ] {
        let found = compiled(pattern, RegexpFlags::NONE).matches(text);
        assert_eq!(found, Ok(expected), "{pattern} on {text}");
    }
    let only = compiled("a&@", RegexpFlags::INTERSECTION);
    assert_eq!(only.matches("a"), Ok(false));
}

#[test]
fn case_is_ignored_of_single_ascii_letters() {
    for (pattern, text, expected) in [
        ("foo", "FoO", true),
        ("[fg]oo", "GOO", true),
        ("[a-f]oo", "FOO", false),
        ("\"foo\"", "FOO", true),
        ("é", "É", false),
        ("k", "\u{212A}", false),
    ] {
        let compiled = LuceneRegexp::compile(pattern, RegexpFlags::ALL, true).unwrap();
        assert_eq!(compiled.matches(text), Ok(expected), "{pattern} on {text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (pattern, reason) in [
        ("[a", "expected ']' at position 2"),
        ("[f-]oo", "invalid range: from (102) cannot be > to (93)"),
        ("[b-a]", "invalid range: from (98) cannot be > to (97)"),
        ("(a", "expected ')' at position 2"),
        ("a)", "end-of-string expected at position 1"),
        ("a{", "integer expected at position 2"),
        ("a{1", "expected '}' at position 3"),
        ("\"a", "expected '\"' at position 2"),
        ("a\\", "unexpected end-of-string"),
        ("<x>", "'x' not found"),
        ("<1-x>", "interval syntax error at position 4"),
    ] {
        let error = LuceneRegexp::compile(pattern, RegexpFlags::ALL, false).unwrap_err();
        assert_eq!(
            error,
            format!("failed to parse regexp [{pattern}]: {reason}")
        );
    }
    let deep = format!("{}a{}", "(".repeat(200), ")".repeat(200));
    let error = LuceneRegexp::compile(&deep, RegexpFlags::ALL, false).unwrap_err();
    assert!(error.ends_with("nests deeper than 100"), "{error}");
}

#[test]
fn derivatives_are_bounded() {
    // What is left depends on the last 20 letters: a million expressions.
    let hard = compiled("~(.*a.{20})", RegexpFlags::ALL);
    let mut text = String::new();
    let mut seed = 1_u32;
    for _ in 0..40_000 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push(if seed >> 31 == 0 { 'a' } else { 'b' });
    }
    let error = hard.matches(&text).unwrap_err();
    assert!(error.contains("more than 10000 states"), "{error}");
}
