//! Other names for restored indices: a pattern, and what replaces what it finds.

use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;

use super::error::{Result, SnapshotError};

/// The longest pattern and the longest replacement, in bytes.
const MAX_BYTES: usize = 1_000;
/// What a pattern may take in memory.
const MAX_PATTERN_MEMORY: usize = 1 << 20;

/// Gives indices other names, by Java's rules for replacements: `$1`, `${name}`, `\$`. Unlike in
/// Java, an empty match right behind another counts for nothing: `.*` is found once in a name.
#[derive(Debug)]
pub(super) struct Rename {
    pattern: Regex,
    replacement: Vec<Piece>,
}

#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    Group(usize),
}

impl Rename {
    /// Reads a pattern and its replacement.
    pub(super) fn new(repository: &str, name: &str, pattern: &str, with: &str) -> Result<Self> {
        let refuse = |reason: String| SnapshotError::Restore {
            repository: repository.to_owned(),
            name: name.to_owned(),
            reason,
        };
        if pattern.len() > MAX_BYTES || with.len() > MAX_BYTES {
            return Err(refuse(format!(
                "rename_pattern and rename_replacement have at most {MAX_BYTES} bytes"
            )));
        }
        let pattern = Regex::builder()
            .configure(Regex::config().nfa_size_limit(Some(MAX_PATTERN_MEMORY)))
            .syntax(syntax::Config::new().nest_limit(50))
            .build(pattern)
            .map_err(|error| refuse(format!("rename_pattern: {error}")))?;
        let replacement = pieces(&pattern, with)
            .map_err(|reason| refuse(format!("rename_replacement: {reason}")))?;
        Ok(Self {
            pattern,
            replacement,
        })
    }

    /// The name with all that the pattern finds replaced.
    pub(super) fn apply(&self, name: &str) -> String {
        let mut out = String::new();
        let mut at = 0;
        for captures in self.pattern.captures_iter(name) {
            let Some(found) = captures.get_match() else {
                continue;
            };
            out.push_str(name.get(at..found.start()).unwrap_or_default());
            for piece in &self.replacement {
                match piece {
                    Piece::Text(text) => out.push_str(text),
                    Piece::Group(group) => out.push_str(group_of(&captures, *group, name)),
                }
            }
            at = found.end();
        }
        out.push_str(name.get(at..).unwrap_or_default());
        out
    }
}

fn group_of<'a>(captures: &Captures, group: usize, name: &'a str) -> &'a str {
    let span = captures.get_group(group);
    span.and_then(|span| name.get(span.start..span.end))
        .unwrap_or_default()
}

fn pieces(pattern: &Regex, with: &str) -> Result<Vec<Piece>, String> {
    let groups = pattern
        .group_info()
        .group_len(regex_automata::PatternID::ZERO);
    let mut out = Vec::new();
    let mut text = String::new();
    let mut rest = with.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => text.push(rest.next().ok_or("character to be escaped is missing")?),
            '$' => {
                let group = if rest.peek() == Some(&'{') {
                    rest.next();
                    let name: String = rest.by_ref().take_while(|letter| *letter != '}').collect();
                    pattern
                        .group_info()
                        .to_index(regex_automata::PatternID::ZERO, &name)
                        .ok_or_else(|| format!("No group with name {{{name}}}"))?
                } else {
                    let first = rest.next().and_then(|letter| letter.to_digit(10));
                    let mut group = first.ok_or("Illegal group reference")? as usize;
                    // As many digits as still name a group.
                    while let Some(digit) = rest.peek().and_then(|letter| letter.to_digit(10)) {
                        let longer = group * 10 + digit as usize;
                        if longer >= groups {
                            break;
                        }
                        group = longer;
                        rest.next();
                    }
                    if group >= groups {
                        return Err(format!("No group {group}"));
                    }
                    group
                };
                out.push(Piece::Text(std::mem::take(&mut text)));
                out.push(Piece::Group(group));
            }
            other => text.push(other),
        }
    }
    out.push(Piece::Text(text));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(pattern: &str, with: &str, name: &str) -> Result<String, String> {
        Rename::new("r", "s", pattern, with)
            .map(|rename| rename.apply(name))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_replaced_as_java_does() {
        for (pattern, with, name, expected) in [
            ("(.+)", "restored-$1", "images", "restored-images"),
            ("index_(.+)", "copy_$1", "images", "images"),
            ("(a)(b)?", "[$2$1]", "xab a", "x[ba] [a]"),
            ("(?P<what>o+)", "${what}!", "foo", "foo!"),
            ("(a)", "$12", "a", "a2"),
            ("a", r"\$1\\", "a", r"$1\"),
            ("^", "x-", "a", "x-a"),
            ("\\d+", "n", "a12", "an"),
            ("图", "画", "图片", "画片"),
        ] {
            assert_eq!(renamed(pattern, with, name).unwrap(), expected, "{pattern}");
        }
        for (pattern, with, message) in [
            ("(", "x", "rename_pattern"),
            ("a", "$1", "No group 1"),
            ("a", "$", "Illegal group reference"),
            ("a", "${b}", "No group with name {b}"),
            ("a", "\\", "escaped is missing"),
            ("(a{1000}){1000}", "x", "rename_pattern"),
        ] {
            let error = renamed(pattern, with, "a").unwrap_err();
            assert!(error.contains(message), "{pattern}: {error}");
        }
    }
}
