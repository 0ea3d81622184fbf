//! Replacements by regular expression.

use fancy_regex::Regex;

use super::{CharFilter, TextEdit};

/// Replaces the matches of a pattern; `$1` in the replacement is a group.
#[derive(Debug, Clone)]
pub struct PatternReplace {
    regex: Regex,
    replacement: String,
}

impl PatternReplace {
    /// A filter with a compiled pattern.
    pub(crate) fn new(regex: Regex, replacement: String) -> Self {
        Self { regex, replacement }
    }
}

impl CharFilter for PatternReplace {
    fn apply(&self, text: &str, edit: &mut TextEdit<'_>) {
        // A replacement may repeat groups: the result must not outgrow the text
        // by much. Past the bound, as past that of backtracking, the rest of
        // the text stays as it is.
        let limit = text.len() * 4 + (64 << 10);
        let mut from = 0;
        let mut value = String::new();
        for captures in self.regex.captures_iter(text).map_while(Result::ok) {
            let Some(found) = captures.get(0) else { break };
            value.clear();
            captures.expand(&self.replacement, &mut value);
            if edit.written() + value.len() > limit {
                break;
            }
            edit.copy(from, found.start());
            edit.replace(found.start(), found.end(), &value);
            from = found.end();
        }
        edit.copy(from, text.len());
    }

    fn normalizes(&self) -> bool {
        true
    }
}
