//! Classes of characters that the tokenizers tell apart.

/// Lower case of one character where that is exactly one character; any other
/// character is returned as it is, so lengths in characters never change.
pub fn simple_lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}

/// Lower case of one character as one character, which is what Lucene's filter makes of it: İ is i
/// without its dot, and no other letter has a lower case of several characters.
pub(crate) fn lower(c: char) -> char {
    if c == '\u{130}' { 'i' } else { simple_lower(c) }
}

/// Upper case of one character as one character; letters whose upper case is several, such as ß,
/// stay as they are.
pub(crate) fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next(), u32::from(c)) {
        (Some(only), None, _) => only,
        // Greek letters with an iota below have one of their own.
        (_, _, code @ (0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7)) => {
            char::from_u32(code + 8).unwrap_or(c)
        }
        (_, _, code @ (0x1FB3 | 0x1FC3 | 0x1FF3)) => char::from_u32(code + 9).unwrap_or(c),
        _ => c,
    }
}

/// Whether the character is a Han ideograph.
pub(crate) fn is_han(c: char) -> bool {
    matches!(u32::from(c),
        0x3005 | 0x3007 | 0x2E80..=0x2FD5 | 0x3021..=0x3029 | 0x3038..=0x303B
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF)
}

/// Whether the character belongs to a script written without spaces that has
/// no rule for word boundaries (Thai, Lao, Burmese, Khmer).
pub(crate) fn is_south_east_asian(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF)
}

/// Whether the character is a pictograph that is worth a term of its own.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(u32::from(c),
        0x231A..=0x231B | 0x23E9..=0x23F3 | 0x2600..=0x27BF | 0x2B1B..=0x2B1C | 0x2B50 | 0x2B55
        | 0x1F004 | 0x1F0CF | 0x1F18E | 0x1F191..=0x1F19A | 0x1F1E6..=0x1F1FF
        | 0x1F300..=0x1F3FA | 0x1F400..=0x1FAFF)
}

/// Whether the character is a combining diacritical mark.
pub(crate) fn is_diacritic(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF)
}
