//! What is refused, with which words, and where.

use crate::pattern::{MAX_PATTERN_CHARS, PyPattern};

#[test]
fn refuses_what_python_refuses() {
    for (pattern, message, position) in [
        ("*a", "nothing to repeat", 0),
        ("^*", "nothing to repeat", 1),
        (r"\b+", "nothing to repeat", 2),
        ("a|{2}", "nothing to repeat", 2),
        ("a**", "multiple repeat", 2),
        ("a{2}{3}", "multiple repeat", 4),
        ("a*??", "multiple repeat", 3),
        ("x[", "unterminated character set", 1),
        ("[]", "unterminated character set", 0),
        ("[z-a]", "bad character range z-a", 1),
        (r"[\w-z]", r"bad character range \w-z", 1),
        (r"a\y", r"bad escape \y", 1),
        (r"\z", r"bad escape \z", 0),
        (r"[\8]", r"bad escape \8", 1),
        ("ab\\", "bad escape (end of pattern)", 2),
        (r"\x4", r"incomplete escape \x4", 0),
        (r"\u12g", r"incomplete escape \u12", 0),
        (r"\U00110000", r"bad escape \U00110000", 0),
        (
            r"\400",
            r"octal escape value \400 outside of range 0-0o377",
            0,
        ),
        ("(a", "missing ), unterminated subpattern", 0),
        ("a)", "unbalanced parenthesis", 1),
        ("(?#x", "missing ), unterminated comment", 0),
        ("(?<=a*)b", "look-behind requires fixed-width pattern", 0),
        (r"(?<!a|bc)", "look-behind requires fixed-width pattern", 0),
        (r"(a)\3", "invalid group reference 3", 4),
        ("(?(2)a)()", "invalid group reference 2", 3),
        ("(?P=n)", "unknown group name 'n'", 4),
        ("(?(n)a)", "unknown group name 'n'", 3),
        (
            "(?P<n>a)(?P<n>b)",
            "redefinition of group name 'n' as group 2; was group 1",
            12,
        ),
        (
            "a(?i)",
            "global flags not at the start of the expression",
            1,
        ),
        (r"(a\1)", "cannot refer to an open group", 2),
        (
            r"(?<=(a)\1)",
            "cannot refer to group defined in the same lookbehind subpattern",
            9,
        ),
        ("a{3,2}", "min repeat greater than max repeat", 2),
        ("a{4294967295}", "the repetition number is too large", 1),
        (
            "(?L)",
            "bad inline flags: cannot use 'L' flag with a str pattern",
            3,
        ),
        (
            "(?au:x)",
            "bad inline flags: flags 'a', 'u' and 'L' are incompatible",
            4,
        ),
        (
            "(?-a:x)",
            "bad inline flags: cannot turn off flags 'a', 'u' and 'L'",
            4,
        ),
        ("(?i-i:x)", "bad inline flags: flag turned on and off", 5),
        ("(?a)(?u)x", "ASCII and UNICODE flags are incompatible", 0),
        ("(?iz)", "unknown flag", 3),
        ("(?i", "missing -, : or )", 3),
        ("(?-:a)", "missing flag", 3),
        ("(?i-m", "missing :", 5),
        ("(?z)", "unknown extension ?z", 1),
        ("(?Px)", "unknown extension ?Px", 1),
        ("(?<x>a)", "unknown extension ?<x", 1),
        ("(?", "unexpected end of pattern", 2),
        ("(?P<>a)", "missing group name", 4),
        ("(?P<a", "missing >, unterminated name", 4),
        ("(?P<1>a)", "bad character in group name '1'", 4),
        ("(?(0)a)", "bad group number", 3),
        (
            "()(?(1)a|b|c)",
            "conditional backref with more than two branches",
            10,
        ),
        (r"\N", "missing {", 2),
        (
            r"\N{NO SUCH NAME}",
            "undefined character name 'NO SUCH NAME'",
            0,
        ),
        ("猫(", "missing ), unterminated subpattern", 1),
    ] {
        let error = PyPattern::compile(pattern).unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.position),
            (message, position),
            "{pattern}"
        );
    }
}

#[test]
fn says_what_and_where() {
    let error = PyPattern::compile("a**").unwrap_err();
    assert_eq!(error.to_string(), "multiple repeat at position 2");
}

#[test]
fn deep_nesting_is_refused_not_fatal() {
    for open in ["(", "(?:", "(?=", "(?>", "(?(1)", "(?i:", "(?<="] {
        let count = MAX_PATTERN_CHARS / open.len();
        let error = PyPattern::compile(&open.repeat(count)).unwrap_err();
        assert_eq!(error.message, "groups are nested too deeply", "{open}");
    }
    let pattern = format!(
        "{}a{}",
        "(".repeat(MAX_PATTERN_CHARS),
        ")".repeat(MAX_PATTERN_CHARS)
    );
    let error = PyPattern::compile(&pattern).unwrap_err();
    assert_eq!(error.position, MAX_PATTERN_CHARS);
    let pattern = format!("{}a{}", "(".repeat(199), ")*".repeat(199));
    assert!(PyPattern::compile(&pattern).is_ok());
}
