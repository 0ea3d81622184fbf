//! Lucene's regular expressions, which match a whole term.

use regex_automata::meta::Regex;

/// The largest automaton, in bytes.
const MAX_AUTOMATON: usize = 4 * 1024 * 1024;

/// Compiles a pattern. `.`, `?`, `+`, `*`, `{m,n}`, `|`, `()`, `[]`, `\`, `"…"`, `@` (any string)
/// and `#` (nothing) mean what they mean there.
///
/// # Errors
/// What is wrong with it, or which operator is not supported (`~`, `&`, `<m-n>`).
pub fn compile(pattern: &str, ignore_case: bool) -> Result<Regex, String> {
    let translated = translate(pattern)?;
    let flags = if ignore_case { "(?si)" } else { "(?s)" };
    Regex::builder()
        .configure(Regex::config().nfa_size_limit(Some(MAX_AUTOMATON)))
        .build(&format!(r"{flags}\A(?:{translated})\z"))
        .map_err(|error| format!("failed to parse regexp [{pattern}]: {error}"))
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut letters = pattern.chars().enumerate().peekable();
    let mut in_class = false;
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => {
                let Some((_, escaped)) = letters.next() else {
                    return Err(format!(
                        "failed to parse regexp [{pattern}]: a lone \\ at its end"
                    ));
                };
                if "dDsSwW".contains(escaped) {
                    out.push('\\');
                    out.push(escaped);
                } else {
                    push_literal(&mut out, escaped);
                }
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '^' if in_class && out.ends_with('[') => out.push('^'),
            '-' if in_class => out.push('-'),
            other if in_class => push_literal(&mut out, other),
            '[' => {
                in_class = true;
                out.push('[');
            }
            '"' => loop {
                match letters.next() {
                    Some((_, '"')) => break,
                    Some((_, quoted)) => push_literal(&mut out, quoted),
                    None => {
                        return Err(format!(
                            "failed to parse regexp [{pattern}]: a quote stays open"
                        ));
                    }
                }
            },
            '@' => out.push_str(".*"),
            '#' => out.push_str("[^\\x00-\\x{10FFFF}]"),
            '~' | '&' | '<' | '>' => {
                return Err(format!(
                    "failed to parse regexp [{pattern}]: the operator [{letter}] at {at} is not supported"
                ));
            }
            '(' if letters.peek().is_some_and(|(_, next)| *next == '?') => {
                return Err(format!(
                    "failed to parse regexp [{pattern}]: nothing to repeat at {}",
                    at + 1
                ));
            }
            '{' => {
                out.push('{');
                for (_, inside) in letters.by_ref() {
                    out.push(inside);
                    if !(inside.is_ascii_digit() || inside == ',') {
                        break;
                    }
                }
            }
            '.' | '?' | '+' | '*' | '}' | '|' | '(' | ')' => out.push(letter),
            other => push_literal(&mut out, other),
        }
    }
    if in_class {
        return Err(format!(
            "failed to parse regexp [{pattern}]: a character class stays open"
        ));
    }
    Ok(out)
}

fn push_literal(out: &mut String, letter: char) {
    if letter.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(letter);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_whole_terms() {
        for (pattern, text, expected) in [
            ("ca.*", "cat", true),
            ("ca", "cat", false),
            ("a|b", "b", true),
            ("[^a-c]x", "dx", true),
            ("[^a-c]x", "ax", false),
            ("a{2,3}", "aaa", true),
            ("$x", "$x", true),
            ("\"a.b\"", "a.b", true),
            ("\"a.b\"", "axb", false),
            ("@", "anything", true),
        ] {
            let found = compile(pattern, false).unwrap().is_match(text);
            assert_eq!(found, expected, "{pattern} on {text}");
        }
        assert!(
            compile("~a", false)
                .unwrap_err()
                .contains("operator [~] at 0")
        );
        assert_eq!(
            compile("[a", false).unwrap_err(),
            "failed to parse regexp [[a]: a character class stays open"
        );
    }
}
