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
                // A control character, by the letter whose last five bits it has.
                Some('c') if letters.peek().is_some_and(char::is_ascii_alphabetic) => {
                    let control = letters.next().map_or(0, |letter| u32::from(letter) % 32);
                    out.push_str(&format!("\\x{control:02x}"));
                }
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            '[' if !in_class => {
                let excluded = letters.next_if_eq(&'^').is_some();
                // A class that holds nothing, or everything; to Python the bracket would be in it.
                if letters.next_if_eq(&']').is_some() {
                    out.push_str(if excluded { "[\\s\\S]" } else { "(?!)" });
                    continue;
                }
                in_class = true;
                out.push_str(if excluded { "[^" } else { "[" });
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
            ("^[^]$", "\n", true),
            ("^[^]$", "", false),
            ("a[]", "a]", false),
            ("a[]?", "a", true),
            ("[^a]", "a", false),
            ("^\\cJ$", "\n", true),
            ("[\\cj]", "\n", true),
        ] {
            let compiled = PyPattern::compile(&translate(pattern)).unwrap();
            let found = compiled.search(text, &Budget::default()).unwrap();
            assert_eq!(found, expected, "{pattern}");
        }
    }
}
