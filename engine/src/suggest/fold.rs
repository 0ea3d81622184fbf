//! One comparable form for texts: compatibility normalization, lower case,
//! single spaces.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// Texts are told apart by their first this many folded characters.
pub const MAX_TEXT_CHARS: usize = 512;

/// Input characters looked at per folded character: markers and spaces fold
/// to nothing, so a little more is read than may come out.
const MAX_INPUT_CHARS: usize = MAX_TEXT_CHARS * 4;

/// The folded form of `text`: NFKC, lower case, runs of white space and
/// control characters as one space, none at either end, at most
/// [`MAX_TEXT_CHARS`] characters.
pub fn fold(text: &str) -> String {
    let mut folded = fold_open(text).text;
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// The folded form of a typed prefix: as [`fold`], but white space at its end
/// stays, as one space. `None` when it is too long for any text to begin with.
pub fn fold_prefix(text: &str) -> Option<String> {
    let folded = fold_open(text);
    (!folded.cut).then_some(folded.text)
}

struct Folded {
    text: String,
    /// There was more than fits.
    cut: bool,
}

fn fold_open(text: &str) -> Folded {
    if text.is_ascii() {
        fold_chars(text.chars(), text.len())
    } else {
        fold_chars(text.chars().take(MAX_INPUT_CHARS).nfkc(), text.len())
    }
}

fn fold_chars(chars: impl Iterator<Item = char>, length: usize) -> Folded {
    let mut text = String::with_capacity(length.min(MAX_TEXT_CHARS));
    let mut count = 0;
    let mut gap = false;
    for (read, c) in chars.enumerate() {
        if count >= MAX_TEXT_CHARS || read >= MAX_INPUT_CHARS {
            return Folded { text, cut: true };
        }
        if c.is_whitespace() || c.is_control() {
            gap = count > 0;
            continue;
        }
        if gap {
            text.push(' ');
            count += 1;
            gap = false;
        }
        for lower in c.to_lowercase() {
            // The capital has one lower form here: the final one is a matter
            // of spelling, not of case.
            text.push(if lower == 'ς' { 'σ' } else { lower });
            count += 1;
        }
    }
    if gap && count < MAX_TEXT_CHARS {
        text.push(' ');
    }
    Folded { text, cut: false }
}

/// True for the characters that Chinese writes its words with.
pub fn is_han(c: char) -> bool {
    matches!(u32::from(c),
        0x3005 | 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF
        | 0x20000..=0x2FA1F | 0x30000..=0x323AF)
}

/// One piece of a folded text.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(super) enum Piece<'a> {
    /// A word by the Unicode word boundaries.
    Word(&'a str),
    /// A maximal run of Han characters.
    Han(&'a str),
    /// What stands between words.
    Gap(&'a str),
}

/// Cuts a folded text into words, Han runs and what stands between.
pub(super) fn pieces(folded: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut run: Option<(usize, usize)> = None;
    for (at, piece) in folded.split_word_bound_indices() {
        if piece.chars().all(is_han) {
            let start = run.map_or(at, |(start, _)| start);
            run = Some((start, at + piece.len()));
            continue;
        }
        if let Some((start, end)) = run.take() {
            out.extend(folded.get(start..end).map(Piece::Han));
        }
        out.push(if piece.chars().any(char::is_alphanumeric) {
            Piece::Word(piece)
        } else {
            Piece::Gap(piece)
        });
    }
    if let Some((start, end)) = run {
        out.extend(folded.get(start..end).map(Piece::Han));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_unifies_case_width_and_spaces() {
        assert_eq!(fold("  Black\t\n CAT "), "black cat");
        assert_eq!(fold("ＢＬＡＣＫ　Ｃａｔ"), "black cat");
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert_eq!(fold("Cafe\u{301}"), "café");
        assert_eq!(fold("\u{0}\u{1} "), "");
    }

    #[test]
    fn prefixes_keep_one_space_at_the_end() {
        assert_eq!(fold_prefix("  Cat   ").as_deref(), Some("cat "));
        assert_eq!(fold_prefix("   ").as_deref(), Some(""));
        assert_eq!(
            fold_prefix(&"x".repeat(MAX_TEXT_CHARS)).map(|p| p.len()),
            Some(512)
        );
        assert_eq!(fold_prefix(&"x".repeat(MAX_TEXT_CHARS + 1)), None);
        assert_eq!(fold_prefix(&"é".repeat(100_000)), None);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(fold(&"Ab ".repeat(10_000)).chars().count(), 512);
    }

    #[test]
    fn pieces_join_han_and_split_words() {
        assert_eq!(
            pieces("a 小猫cat!"),
            [
                Piece::Word("a"),
                Piece::Gap(" "),
                Piece::Han("小猫"),
                Piece::Word("cat"),
                Piece::Gap("!")
            ]
        );
    }
}
