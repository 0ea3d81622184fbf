//! Wildcard patterns: `*` for any characters, `?` for one, `\` before a plain one.

use crate::query::plan_lower;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Glob {
    parts: Vec<Part>,
    literals: Vec<String>,
    prefix: String,
    ignore_case: bool,
    /// The pattern is `*literal*`: looked for as a whole.
    inner: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Char(char),
}

impl Glob {
    /// Compiles a pattern; every text is one.
    pub fn new(pattern: &str, ignore_case: bool) -> Self {
        let mut parts = Vec::new();
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '*' if parts.last() == Some(&Part::Any) => {}
                '*' => parts.push(Part::Any),
                '?' => parts.push(Part::One),
                '\\' => parts.push(Part::Char(letters.next().unwrap_or('\\'))),
                other => parts.push(Part::Char(other)),
            }
        }
        if ignore_case {
            for part in &mut parts {
                if let Part::Char(letter) = part {
                    *letter = plan_lower(*letter);
                }
            }
        }
        let mut literals = Vec::new();
        let mut run = String::new();
        for part in &parts {
            match part {
                Part::Char(letter) => run.push(*letter),
                _ if run.is_empty() => {}
                _ => literals.push(std::mem::take(&mut run)),
            }
        }
        if !run.is_empty() {
            literals.push(run);
        }
        let plain = !parts.contains(&Part::One);
        let inner = (plain
            && literals.len() == 1
            && parts.first() == Some(&Part::Any)
            && parts.last() == Some(&Part::Any))
        .then(|| literals.first().cloned())
        .flatten();
        let prefix = if ignore_case {
            String::new()
        } else {
            parts
                .iter()
                .map_while(|part| match part {
                    Part::Char(letter) => Some(*letter),
                    _ => None,
                })
                .collect()
        };
        Self {
            parts,
            literals,
            prefix,
            ignore_case,
            inner,
        }
    }

    /// The pieces of text that every match holds.
    pub fn literals(&self) -> &[String] {
        &self.literals
    }

    /// What every match begins with; empty when case is ignored.
    pub fn literal_prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether a whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.matches_with(text, &mut String::new())
    }

    /// Whether a whole text matches; `scratch` is reused between calls.
    pub fn matches_with(&self, text: &str, scratch: &mut String) -> bool {
        let text = if self.ignore_case {
            scratch.clear();
            if text.is_ascii() {
                scratch.push_str(text);
                scratch.make_ascii_lowercase();
            } else {
                scratch.extend(text.chars().map(plan_lower));
            }
            scratch.as_str()
        } else {
            text
        };
        match &self.inner {
            Some(inner) => text.contains(inner.as_str()),
            None => self.walk(text),
        }
    }

    /// Greedy with one point to come back to: at most text times pattern steps.
    fn walk(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut part = 0;
        let mut back: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            if self.parts.get(part) == Some(&Part::Any) {
                back = Some((part + 1, rest.clone()));
                part += 1;
                continue;
            }
            let mut after = rest.clone();
            match (self.parts.get(part), after.next()) {
                (None, None) => return true,
                (Some(Part::One), Some(_)) => {
                    rest = after;
                    part += 1;
                }
                (Some(Part::Char(wanted)), Some(letter)) if *wanted == letter => {
                    rest = after;
                    part += 1;
                }
                _ => {
                    let Some((to, from)) = back.as_mut() else {
                        return false;
                    };
                    if from.next().is_none() {
                        return false;
                    }
                    part = *to;
                    rest = from.clone();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_written() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "abcd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*猫*", "一只猫咪", true),
            ("??", "猫咪", true),
            (r"a\*c", "a*c", true),
            (r"a\*c", "abc", false),
            ("a*b*c*d", "axxbxxcxxd", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(
                Glob::new(pattern, false).matches(text),
                expected,
                "{pattern} {text}"
            );
        }
        assert!(Glob::new("*CAT*", true).matches("A Cat"));
        assert!(!Glob::new("*CAT*", false).matches("A Cat"));
        let hard = "a".repeat(5_000);
        assert!(!Glob::new("*a*a*a*a*b", false).matches(&hard));
    }
}
