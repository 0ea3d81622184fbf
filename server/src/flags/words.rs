//! Words and phrases that a prompt must hold.
//!
//! SQLite's index knows words as runs of letters and digits. Scripts that put no spaces between words are
//! one run to it, and signs such as emoji are nothing: terms of these are looked for inside the
//! prompts themselves.

/// The most characters of a query.
const MAX_CHARS: usize = 1_000;
/// The most terms of a query.
const MAX_TERMS: usize = 32;

/// Why a query is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// It is too long.
    #[error("[q] has more than {MAX_CHARS} characters")]
    Long,
    /// It has too many terms.
    #[error("[q] has more than {MAX_TERMS} words")]
    Many,
}

/// What a prompt must hold: all of it, in any order. Nothing is asked for by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    indexed: Vec<String>,
    inside: Vec<String>,
}

impl Words {
    /// Reads words and phrases in double quotes. Case does not count.
    ///
    /// # Errors
    /// When the text is too long.
    pub fn parse(text: &str) -> Result<Self, WordsError> {
        if text.chars().nth(MAX_CHARS).is_some() {
            return Err(WordsError::Long);
        }
        let mut words = Self::default();
        for (at, part) in text.split(['"', '“', '”']).enumerate() {
            // Every other part stands between quotes; a last one that is not closed counts as closed.
            if at % 2 == 1 {
                let plain: Vec<&str> = part.split(is_gap).filter(|s| !s.is_empty()).collect();
                words.add(&plain.join(" "));
            } else {
                part.split(is_gap).for_each(|word| words.add(word));
            }
        }
        if words.indexed.len() + words.inside.len() > MAX_TERMS {
            return Err(WordsError::Many);
        }
        Ok(words)
    }

    fn add(&mut self, term: &str) {
        let known = term.chars().any(char::is_alphanumeric) && !term.chars().any(is_unspaced);
        if known {
            self.indexed.push(term.to_owned());
        } else if !term.is_empty() {
            // As SQLite's lower().
            self.inside.push(term.to_ascii_lowercase());
        }
    }

    /// What the index is asked for. Each term is a quoted string of its language, so operators that a
    /// query holds are words like others.
    pub(super) fn matched(&self) -> Option<String> {
        let terms = self.indexed.iter();
        let terms: Vec<String> = terms
            .map(|term| format!("\"{}\"", term.replace('"', "\"\"")))
            .collect();
        (!terms.is_empty()).then(|| terms.join(" "))
    }

    /// What is looked for inside prompts, in lower case.
    pub(super) fn inside(&self) -> impl Iterator<Item = &str> {
        self.inside.iter().map(String::as_str)
    }
}

/// White space, and what SQLite would take for the end of a text.
fn is_gap(ch: char) -> bool {
    ch.is_whitespace() || ch.is_control()
}

/// Scripts whose words are not divided by spaces, or take endings without one.
fn is_unspaced(ch: char) -> bool {
    matches!(ch,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1100}'..='\u{11FF}' // Hangul's letters
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3040}'..='\u{31FF}' // Kana, Bopomofo, Hangul's letters for keyboards
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' // Han
        | '\u{AC00}'..='\u{D7AF}' // Hangul
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}' // narrow Kana
        | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, Vec<String>) {
        let words = Words::parse(text).unwrap();
        (words.matched(), words.inside().map(str::to_owned).collect())
    }

    #[test]
    fn words_phrases_and_what_the_index_does_not_know() {
        let table: [(&str, Option<&str>, &[&str]); 10] = [
            ("", None, &[]),
            ("  \t", None, &[]),
            ("red cat", Some("\"red\" \"cat\""), &[]),
            ("\"red   cat\" dog", Some("\"red cat\" \"dog\""), &[]),
            ("\"not closed", Some("\"not closed\""), &[]),
            ("“red cat”", Some("\"red cat\""), &[]),
            ("NOT cat*", Some("\"NOT\" \"cat*\""), &[]),
            ("a\0b", Some("\"a\" \"b\""), &[]),
            ("猫 cat SD猫", Some("\"cat\""), &["猫", "sd猫"]),
            ("🐱 --", None, &["🐱", "--"]),
        ];
        for (text, matched, inside) in table {
            let (is_matched, is_inside) = parsed(text);
            assert_eq!(is_matched.as_deref(), matched, "{text:?}");
            assert_eq!(is_inside, inside, "{text:?}");
        }
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(Words::parse(&"a".repeat(1_001)), Err(WordsError::Long));
        assert_eq!(Words::parse(&"a ".repeat(33)), Err(WordsError::Many));
        assert!(Words::parse(&"a ".repeat(32)).is_ok());
    }
}
