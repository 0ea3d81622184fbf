//! Literal replacements.

use std::collections::HashMap;

use super::{CharFilter, TextEdit};

/// Replaces given strings; the longest that fits wins.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// By first character, the longest key first.
    rules: HashMap<char, Vec<(String, String)>>,
}

impl Mapping {
    /// Replacements of the first of each pair by the second. Empty keys are
    /// left out.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut rules: HashMap<char, Vec<(String, String)>> = HashMap::new();
        for (key, value) in pairs {
            if let Some(first) = key.chars().next() {
                rules.entry(first).or_default().push((key, value));
            }
        }
        for list in rules.values_mut() {
            list.sort_by_key(|(key, _)| std::cmp::Reverse(key.len()));
        }
        Self { rules }
    }
}

impl CharFilter for Mapping {
    fn apply(&self, text: &str, edit: &mut TextEdit<'_>) {
        let (mut at, mut copied) = (0, 0);
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(at..).unwrap_or_default();
            let rule = self
                .rules
                .get(&c)
                .and_then(|rules| rules.iter().find(|(key, _)| rest.starts_with(key.as_str())));
            match rule {
                Some((key, value)) => {
                    edit.copy(copied, at);
                    edit.replace(at, at + key.len(), value);
                    at += key.len();
                    copied = at;
                }
                None => at += c.len_utf8(),
            }
        }
        edit.copy(copied, text.len());
    }

    fn normalizes(&self) -> bool {
        true
    }
}
