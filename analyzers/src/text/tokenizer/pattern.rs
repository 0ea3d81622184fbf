//! Splitting at a regular expression.

use fancy_regex::{Regex, RegexBuilder};

use super::{DEFAULT_MAX_TOKEN_LENGTH, Tokenizer, push_split};
use crate::text::token::Token;

/// Steps of backtracking after which a match is given up.
const BACKTRACK_LIMIT: usize = 100_000;

/// Compiles a pattern with the bounds that analysis keeps; the error says what
/// is wrong with it.
pub(crate) fn compile(pattern: &str, flags: Flags) -> Result<Regex, String> {
    if pattern.len() > 1_000 {
        return Err("the pattern is longer than 1000 bytes".to_owned());
    }
    RegexBuilder::new(pattern)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(1 << 20)
        .case_insensitive(flags.case_insensitive)
        .multi_line(flags.multi_line)
        .dot_matches_new_line(flags.dot_all)
        .build()
        .map_err(|error| format!("the pattern does not compile: {error}"))
}

/// Flags of a pattern.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flags {
    /// Upper and lower case match each other.
    pub(crate) case_insensitive: bool,
    /// `^` and `$` match at lines.
    pub(crate) multi_line: bool,
    /// `.` matches a line break.
    pub(crate) dot_all: bool,
}

impl Flags {
    /// Flags from names joined by `|`; the error names the unknown one.
    pub(crate) fn parse(names: &str) -> Result<Self, String> {
        let mut flags = Self::default();
        for name in names
            .split('|')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            match name {
                "CASE_INSENSITIVE" => flags.case_insensitive = true,
                "MULTILINE" => flags.multi_line = true,
                "DOTALL" => flags.dot_all = true,
                // Patterns always are about Unicode.
                "UNICODE_CASE" | "UNICODE_CHARACTER_CLASS" => {}
                other => return Err(format!("unknown flag [{other}]")),
            }
        }
        Ok(flags)
    }
}

/// The text between matches of a pattern, or a group of each match.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    group: Option<usize>,
}

impl Pattern {
    /// Tokens between matches, or with a group, the text of that group.
    pub(crate) fn new(regex: Regex, group: Option<usize>) -> Self {
        Self { regex, group }
    }
}

impl Tokenizer for Pattern {
    fn tokenize(&self, text: &str, tokens: &mut Vec<Token>) {
        let max = DEFAULT_MAX_TOKEN_LENGTH;
        let mut position = 0;
        if let Some(group) = self.group {
            // A match that exceeds the bound of backtracking ends the search.
            for captures in self.regex.captures_iter(text).map_while(Result::ok) {
                if let Some(found) = captures.get(group) {
                    let piece = text.get(found.start()..found.end()).unwrap_or_default();
                    position = push_split(tokens, piece, found.start(), position, max);
                }
            }
            return;
        }
        let mut from = 0;
        for found in self.regex.find_iter(text).map_while(Result::ok) {
            let piece = text.get(from..found.start()).unwrap_or_default();
            position = push_split(tokens, piece, from, position, max);
            from = found.end();
        }
        push_split(
            tokens,
            text.get(from..).unwrap_or_default(),
            from,
            position,
            max,
        );
    }
}
