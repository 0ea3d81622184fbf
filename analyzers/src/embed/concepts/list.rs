//! The list of Chinese words and their translations.

use crate::text::{BILINGUAL_RULES, is_han};

/// Words with translations, a group a line: `中文, 汉语: chinese`. Words without
/// a translation have no meaning by themselves.
const LIST: &str = include_str!("../../../../data/models/zh_en_concepts.txt");

/// All words with their translations; of a word that comes twice the first
/// counts. The words of the synonym list come last.
pub(super) fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    own().chain(synonyms())
}

fn own() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(words, english)| words.split(',').map(move |word| (word, english)))
        .map(|(word, english)| (word.trim(), english.trim()))
        .filter(|(word, _)| !word.is_empty())
}

/// Every Chinese word of a group with the group's first English one; of a rule
/// that leads one way, the words that it leads from.
fn synonyms() -> impl Iterator<Item = (&'static str, &'static str)> {
    BILINGUAL_RULES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| {
            let (from, to) = line.split_once("=>").unwrap_or((line, line));
            let english = to.split(',').map(str::trim).find(|term| term.is_ascii());
            let words = from.split(',').map(str::trim);
            words.filter_map(move |word| Some((word, english.filter(|term| !term.is_empty())?)))
        })
        .filter(|(word, _)| !word.is_empty() && word.chars().all(is_han))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_line_is_words_and_a_translation() {
        for line in LIST.lines().filter(|line| !line.starts_with('#')) {
            let (words, english) = line.split_once(':').expect(line);
            assert!(english.is_ascii(), "{line}");
            for word in words.split(',') {
                assert!(!word.is_empty() && word.chars().all(is_han), "{line}");
            }
        }
        let mut seen = HashSet::new();
        for (word, _) in own() {
            assert!(seen.insert(word), "{word} comes twice");
        }
        assert!(own().count() > 600);
    }

    #[test]
    fn synonyms_are_read_too() {
        let all: Vec<_> = synonyms().collect();
        assert!(all.contains(&("喵星人", "cat")));
        assert!(all.contains(&("虎", "tiger")));
        assert!(all.contains(&("生日快乐", "happy birthday")));
    }
}
