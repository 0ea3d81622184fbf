//! Letters with marks to plain ones.

use unicode_normalization::char::decompose_compatible;

use super::TokenFilter;
use crate::text::chars::is_diacritic;
use crate::text::token::Token;

/// Folds Latin letters, digits and punctuation beyond ASCII to ASCII where
/// there is a customary equivalent; other scripts stay as they are.
#[derive(Debug, Clone, Default)]
pub struct AsciiFolding {
    preserve_original: bool,
}

impl AsciiFolding {
    /// A filter that, if asked to, keeps a token that folding changed beside
    /// the folded one.
    pub fn new(preserve_original: bool) -> Self {
        Self { preserve_original }
    }
}

impl TokenFilter for AsciiFolding {
    fn apply(&self, tokens: &mut Vec<Token>) {
        let mut index = 0;
        while let Some(token) = tokens.get_mut(index) {
            index += 1;
            if token.text.is_ascii() {
                continue;
            }
            let folded = fold(&token.text);
            if folded == token.text || folded.is_empty() {
                continue;
            }
            let original = std::mem::replace(&mut token.text, folded);
            if self.preserve_original {
                let kept = Token {
                    text: original,
                    ..token.clone()
                };
                tokens.insert(index, kept);
                index += 1;
            }
        }
    }

    fn normalizes(&self) -> bool {
        true
    }
}

/// Folds a text.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else if let Some(plain) = special(c) {
            out.push_str(plain);
        } else if is_diacritic(c) && out.chars().next_back().is_some_and(|last| last.is_ascii()) {
            // The mark of a letter that came in decomposed form.
        } else {
            push_decomposed(c, &mut out);
        }
    }
    out
}

/// Appends the ASCII characters that a character decomposes to, or itself where
/// it does not come down to ASCII and marks.
fn push_decomposed(c: char, out: &mut String) {
    let (mut plain, mut foldable) = (String::new(), true);
    decompose_compatible(c, |part| match part {
        '\u{2044}' => plain.push('/'),
        _ if part.is_ascii_graphic() => plain.push(part),
        _ if is_diacritic(part) => {}
        _ => foldable = false,
    });
    if foldable && !plain.is_empty() {
        out.push_str(&plain);
    } else {
        out.push(c);
    }
}

/// Letters and signs that Unicode does not decompose to ASCII.
fn special(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' | 'ǣ' | 'ǽ' => "ae",
        'Æ' | 'Ǣ' | 'Ǽ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' | 'ǿ' | 'ɵ' => "o",
        'Ø' | 'Ǿ' | 'Ɵ' => "O",
        'ð' | 'đ' | 'ɖ' | 'ɗ' => "d",
        'Ð' | 'Đ' | 'Ɖ' | 'Ɗ' => "D",
        'þ' => "th",
        'Þ' => "TH",
        'ł' | 'ƚ' | 'ɫ' => "l",
        'Ł' | 'Ƚ' => "L",
        'ı' | 'ɨ' => "i",
        'Ɨ' => "I",
        'ħ' | 'ɦ' => "h",
        'Ħ' => "H",
        'ŋ' | 'ɲ' | 'ƞ' => "n",
        'Ŋ' | 'Ɲ' => "N",
        'ŧ' | 'ƭ' | 'ʈ' => "t",
        'Ŧ' | 'Ƭ' | 'Ʈ' => "T",
        'ƀ' | 'ƃ' | 'ɓ' => "b",
        'Ƀ' | 'Ƃ' | 'Ɓ' => "B",
        'ƈ' | 'ȼ' | 'ɕ' => "c",
        'Ƈ' | 'Ȼ' => "C",
        'ə' | 'ǝ' => "a",
        'Ə' | 'Ǝ' => "A",
        'ɇ' | 'ɛ' => "e",
        'Ɇ' | 'Ɛ' => "E",
        'ƒ' => "f",
        'Ƒ' => "F",
        'ǥ' | 'ɠ' | 'ɡ' => "g",
        'Ǥ' | 'Ɠ' => "G",
        'ɉ' | 'ȷ' => "j",
        'Ɉ' => "J",
        'ƙ' => "k",
        'Ƙ' => "K",
        'ĸ' | 'ɋ' => "q",
        'ɍ' | 'ɼ' | 'ɽ' => "r",
        'Ɍ' => "R",
        'ȿ' | 'ʂ' => "s",
        'ʉ' => "u",
        'Ʉ' => "U",
        'ʋ' => "v",
        'Ʋ' => "V",
        'ƴ' | 'ɏ' => "y",
        'Ƴ' | 'Ɏ' => "Y",
        'ƶ' | 'ȥ' | 'ɀ' => "z",
        'Ƶ' | 'Ȥ' => "Z",
        '‘' | '’' | '‛' | '‚' | '′' | '‹' | '›' | '❛' | '❜' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '❝' | '❞' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '⁻' | '₋' => "-",
        _ => return None,
    })
}
