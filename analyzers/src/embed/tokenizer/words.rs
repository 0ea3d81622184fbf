//! Cutting text into words as BERT does.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// How text becomes words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    /// Whether case is ignored.
    pub(crate) lowercase: bool,
    /// Whether letters lose their accents.
    pub(crate) strip_accents: bool,
}

impl Words {
    /// As models called "uncased" want it.
    pub(crate) const UNCASED: Self = Self {
        lowercase: true,
        strip_accents: true,
    };

    /// Gives every word to `take`: runs between spaces, punctuation and CJK
    /// ideographs one by one.
    pub(crate) fn each(self, text: &str, mut take: impl FnMut(&str)) {
        let cleaned = text.chars().filter(|c| !is_dropped(*c)).flat_map(spaced);
        let mut cutter = Cutter {
            word: String::new(),
            take: &mut take,
        };
        if self.strip_accents {
            for c in cleaned.nfd() {
                if c.is_ascii() || c.general_category() != GeneralCategory::NonspacingMark {
                    cutter.push(c, self.lowercase);
                }
            }
        } else {
            cleaned.for_each(|c| cutter.push(c, self.lowercase));
        }
        cutter.finish();
    }
}

/// Collects the characters of a word until it ends.
struct Cutter<'a, F: FnMut(&str)> {
    word: String,
    take: &'a mut F,
}

impl<F: FnMut(&str)> Cutter<'_, F> {
    fn push(&mut self, c: char, lowercase: bool) {
        if lowercase {
            c.to_lowercase().for_each(|c| self.place(c));
        } else {
            self.place(c);
        }
    }

    fn place(&mut self, c: char) {
        if c.is_whitespace() {
            self.finish();
        } else if is_punctuation(c) {
            self.finish();
            self.word.push(c);
            self.finish();
        } else {
            self.word.push(c);
        }
    }

    fn finish(&mut self) {
        if !self.word.is_empty() {
            (self.take)(&self.word);
            self.word.clear();
        }
    }
}

/// Characters that are as if they weren't there.
fn is_dropped(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\0' | '\u{FFFD}' => true,
        _ if c.is_ascii() => c.is_ascii_control(),
        _ => matches!(
            c.general_category(),
            GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse
        ),
    }
}

/// An ideograph with space around it; any other character as it is.
fn spaced(c: char) -> impl Iterator<Item = char> {
    let around = is_ideograph(c).then_some(' ');
    around.into_iter().chain([c]).chain(around)
}

/// The ranges that BERT's authors chose, gaps included: vocabularies were made
/// with them.
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x2A6DF | 0x2A700..=0x2B81F
        | 0x2B920..=0x2CEAF | 0xF900..=0xFAFF | 0x2F800..=0x2FA1F)
}

fn is_punctuation(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_punctuation()
    } else {
        c.general_category_group() == GeneralCategoryGroup::Punctuation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, how: Words) -> Vec<String> {
        let mut words = Vec::new();
        how.each(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn uncased_words() {
        for (text, expected) in [
            ("Hello, World!", &["hello", ",", "world", "!"][..]),
            ("naïve Ångström", &["naive", "angstrom"]),
            ("e\u{301}clair", &["eclair"]),
            ("İstanbul", &["istanbul"]),
            ("看cat猫", &["看", "cat", "猫"]),
            ("a\tb\nc\u{3000}d", &["a", "b", "c", "d"]),
            (
                "zero\u{200b}width so\u{ad}ft n\0ul",
                &["zerowidth", "soft", "nul"],
            ),
            ("“x”…", &["“", "x", "”", "…"]),
            ("$5+1", &["$", "5", "+", "1"]),
            ("5€", &["5€"]),
            ("", &[]),
            (" \u{a0} ", &[]),
        ] {
            assert_eq!(words(text, Words::UNCASED), expected, "{text:?}");
        }
    }

    #[test]
    fn cased_words_keep_case_and_accents() {
        let how = Words {
            lowercase: false,
            strip_accents: false,
        };
        assert_eq!(words("Café Noir!", how), ["Café", "Noir", "!"]);
    }
}
