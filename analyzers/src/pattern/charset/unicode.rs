//! What Python knows about single characters: categories and case.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::tables::{DIGIT, SPACE, WORD};
use crate::pattern::parser::ast::Category;

/// Case pairs that came after Unicode 14.0; Python 3.11 does not know them.
const LATER: &[(u32, u32)] = &[
    (0x19b, 0x19b),
    (0x264, 0x264),
    (0x1c89, 0x1c8a),
    (0xa7cb, 0xa7cf),
    (0xa7d2, 0xa7d5),
    (0xa7da, 0xa7dc),
    (0x10d50, 0x10d85),
    (0x16ea0, 0x16ed3),
];

fn in_table(table: &[u32], code: u32) -> bool {
    table.partition_point(|bound| *bound <= code) % 2 == 1
}

/// The table of a category.
pub(crate) fn table(category: Category) -> &'static [u32] {
    match category {
        Category::Digit => DIGIT,
        Category::Space => SPACE,
        Category::Word => WORD,
    }
}

/// Whether `\w` matches the character.
pub(crate) fn is_word(code: u32) -> bool {
    match u8::try_from(code).ok().filter(u8::is_ascii) {
        Some(byte) => byte.is_ascii_alphanumeric() || byte == b'_',
        None => in_table(WORD, code),
    }
}

/// Whether an identifier may begin with the character.
pub(crate) fn begins_identifier(ch: char) -> bool {
    let code = u32::from(ch);
    ch == '_' || (ch.is_alphabetic() && is_word(code) && !in_table(DIGIT, code))
}

/// Whether an identifier may go on with the character.
pub(crate) fn continues_identifier(ch: char) -> bool {
    begins_identifier(ch)
        || in_table(DIGIT, u32::from(ch))
        || (!ch.is_ascii() && unicode_normalization::char::is_combining_mark(ch))
}

/// What Python's `int()` makes of a text, if that is a natural number: blanks
/// around it, a sign, single underscores and the digits of any script pass.
pub(crate) fn parse_integer(text: &str) -> Option<u64> {
    let trimmed = text.trim_matches(|ch| in_table(SPACE, u32::from(ch)));
    let negative = trimmed.starts_with('-');
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let mut value = 0u64;
    let mut after_digit = false;
    for ch in digits.chars() {
        if ch == '_' && after_digit {
            after_digit = false;
            continue;
        }
        value = value
            .saturating_mul(10)
            .saturating_add(u64::from(digit_value(ch)?));
        after_digit = true;
    }
    (after_digit && (!negative || value == 0)).then_some(value)
}

/// The digits of a script follow each other from 0 to 9.
fn digit_value(ch: char) -> Option<u32> {
    let code = u32::from(ch);
    let at = DIGIT.partition_point(|bound| *bound <= code);
    if at % 2 == 0 {
        return None;
    }
    DIGIT.get(at - 1).map(|first| (code - first) % 10)
}

fn is_later(code: u32) -> bool {
    LATER
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&code))
}

/// The lower case of a character: the first character of the mapping.
pub(crate) fn lower(code: u32) -> u32 {
    match char::from_u32(code) {
        Some(ch) if ch.is_ascii() => u32::from(ch.to_ascii_lowercase()),
        Some(ch) if !is_later(code) => ch.to_lowercase().next().map_or(code, u32::from),
        _ => code,
    }
}

fn upper(code: u32) -> u32 {
    match char::from_u32(code) {
        Some(ch) if !is_later(code) => ch.to_uppercase().next().map_or(code, u32::from),
        _ => code,
    }
}

/// Whether a mapping of case changes the character.
pub(crate) fn is_cased(code: u32) -> bool {
    CASE.is_cased(code)
}

/// The characters with a case, found once.
pub(crate) struct Case {
    /// Characters whose lower case is another one, with that; sorted.
    pub(crate) lowered: Vec<(u32, u32)>,
    /// Characters whose upper case is another one, with that; sorted.
    pub(crate) raised: Vec<(u32, u32)>,
    /// All characters that some mapping changes; sorted.
    cased: Vec<u32>,
    /// Lower-case characters that share their upper case with others.
    extra: HashMap<u32, Vec<u32>>,
}

impl Case {
    fn new() -> Self {
        let (mut lowered, mut raised, mut cased) = (Vec::new(), Vec::new(), Vec::new());
        let mut by_upper: HashMap<String, Vec<u32>> = HashMap::new();
        for ch in '\0'..=char::MAX {
            let code = u32::from(ch);
            if is_later(code) || !changes(ch) {
                continue;
            }
            let (low, high) = (lower(code), upper(code));
            if low != code {
                lowered.push((code, low));
            }
            if high != code {
                raised.push((code, high));
            }
            cased.push(code);
            if low == code {
                by_upper
                    .entry(ch.to_uppercase().collect())
                    .or_default()
                    .push(code);
            }
        }
        let mut extra = HashMap::new();
        for group in by_upper.values().filter(|group| group.len() > 1) {
            for code in group {
                extra.insert(*code, group.iter().copied().filter(|o| o != code).collect());
            }
        }
        Self {
            lowered,
            raised,
            cased,
            extra,
        }
    }

    fn is_cased(&self, code: u32) -> bool {
        self.cased.binary_search(&code).is_ok()
    }

    /// Whether a character between the two has a case.
    pub(crate) fn any_cased(&self, first: u32, last: u32) -> bool {
        let at = self.cased.partition_point(|code| *code < first);
        self.cased.get(at).is_some_and(|code| *code <= last)
    }

    /// All characters of [`Case::extra`], each with the others.
    pub(crate) fn extras(&self) -> impl Iterator<Item = (&u32, &Vec<u32>)> {
        self.extra.iter()
    }

    /// The other lower-case characters with the same upper case.
    pub(crate) fn extra(&self, code: u32) -> &[u32] {
        self.extra.get(&code).map_or(&[], Vec::as_slice)
    }
}

/// Whether a mapping of case makes anything else of the character.
fn changes(ch: char) -> bool {
    let (mut low, mut high) = (ch.to_lowercase(), ch.to_uppercase());
    low.len() != 1 || high.len() != 1 || low.next() != Some(ch) || high.next() != Some(ch)
}

/// The one instance of [`Case`].
pub(crate) static CASE: LazyLock<Case> = LazyLock::new(Case::new);
