//! Regular expressions of ECMAScript, written as Python's.
//!
//! `matchesPattern` takes ECMAScript's syntax. The analyzers' engine speaks Python's, runs within a
//! budget, and its patterns can be looked for in the index; the two languages differ in few places,
//! which are rewritten here. What neither knows is refused when the result is compiled.

/// The same pattern for the analyzers' engine.
pub fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut letters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                // Without the `u` flag these are about ASCII.
                Some('d') => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('D') if !in_class => out.push_str("[^0-9]"),
                Some('w') => out.push_str(if in_class {
                    "A-Za-z0-9_"
                } else {
                    "[A-Za-z0-9_]"
                }),
                Some('W') if !in_class => out.push_str("[^A-Za-z0-9_]"),
                Some('k') if letters.peek() == Some(&'<') => {
                    letters.next();
                    out.push_str("(?P=");
                    out.extend(letters.by_ref().take_while(|letter| *letter != '>'));
                    out.push(')');
                }
                Some('/') => out.push('/'),
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            '[' if !in_class => {
                in_class = true;
                out.push('[');
            }
            // A bracket in a class is a plain one.
            '[' => out.push_str("\\["),
            ']' => {
                in_class = false;
                out.push(']');
            }
            // Python's `$` also matches before a line break at the end.
            '$' if !in_class => out.push_str("\\Z"),
            '(' if !in_class && letters.peek() == Some(&'?') => {
                out.push_str("(?");
                letters.next();
                if letters.peek() == Some(&'<') {
                    letters.next();
                    let behind = matches!(letters.peek(), Some('=' | '!'));
                    out.push_str(if behind { "<" } else { "P<" });
                }
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use analyzers::pattern::{Budget, PyPattern};

    #[test]
    fn finds_what_ecmascript_finds() {
        for (pattern, text, expected) in [
            ("^a.*e$", "apple", true),
            ("^a.*e$", "apple\n", false),
            ("\\d", "٣", false),
            ("[\\d\\w]+", "x1", true),
            ("(?<y>a)\\k<y>", "aa", true),
            ("(?<=a)b", "ab", true),
            ("(?<!a)b", "ab", false),
            ("[$]", "$", true),
            ("a\\/b", "a/b", true),
            ("[[]", "[", true),
        ] {
            let compiled = PyPattern::compile(&translate(pattern)).unwrap();
            let found = compiled.search(text, &Budget::default()).unwrap();
            assert_eq!(found, expected, "{pattern}");
        }
    }
}
