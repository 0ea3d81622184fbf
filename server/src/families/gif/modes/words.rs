//! The words of a keyword.

use std::sync::LazyLock;

use analyzers::text::{Analyzer, Registry, word_tokens};

use crate::families::gif::request::RequestError;

/// The most words of a keyword: each costs several clauses.
pub const MAX_WORDS: usize = 256;

/// A word of a keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As the index has it.
    pub term: String,
    /// As it was written.
    pub written: String,
}

/// The distinct words of a keyword, by the analyzer of titles; a Chinese word comes without its
/// single characters.
///
/// # Errors
/// When there are too many.
pub fn words(keyword: &str) -> Result<Vec<Word>, RequestError> {
    static CHINESE: LazyLock<Option<Analyzer>> =
        LazyLock::new(|| Registry::builtin().analyzer("chinese"));
    let tokens = CHINESE
        .as_ref()
        .map(|analyzer| analyzer.analyze(keyword))
        .unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    let mut words = Vec::new();
    for token in word_tokens(&tokens) {
        if seen.insert(token.text.clone()) {
            let written = keyword.get(token.start..token.end).unwrap_or(&token.text);
            words.push(Word {
                written: written.to_owned(),
                term: token.text,
            });
        }
    }
    if words.len() > MAX_WORDS {
        return Err(RequestError::Format(format!(
            "[keyword] has {} different words; at most {MAX_WORDS} are allowed",
            words.len()
        )));
    }
    Ok(words)
}

/// What lifts one class of matches above the next: more than any sum of BM25 scores of so many
/// words (one word scores below 40 in any library that fits a machine).
pub fn class_weight(words: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred words")]
    let words = words as f32;
    (100.0 * words).max(1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_whole() {
        let terms = |keyword: &str| -> Vec<String> {
            let words = words(keyword).unwrap();
            words.into_iter().map(|word| word.term).collect()
        };
        assert_eq!(terms("Cat, cat DOG"), ["cat", "dog"]);
        assert_eq!(terms("跳舞 猫"), ["跳舞", "猫"]);
        assert!(terms("!!! …").is_empty());
        let many: Vec<String> = (0..=MAX_WORDS).map(|n| format!("w{n}")).collect();
        let error = words(&many.join(" ")).unwrap_err().to_string();
        let expected = format!("{} different words; at most {MAX_WORDS}", MAX_WORDS + 1);
        assert!(error.contains(&expected), "{error}");
    }

    #[test]
    fn words_keep_how_they_were_written() {
        let word = words("ＣＡＴ").unwrap();
        assert_eq!(
            (word[0].term.as_str(), word[0].written.as_str()),
            ("cat", "ＣＡＴ")
        );
    }
}
