//! Chinese words for a model that knows English only.
//!
//! Each word stands for the tokens of its translation. Where words begin and
//! end is decided by the list itself: the longest one that fits, from left to
//! right.

mod list;

use std::collections::HashMap;

use crate::text::is_han;

/// Chinese words with the rows of their translations.
#[derive(Debug)]
pub(super) struct Concepts {
    words: HashMap<&'static str, Box<[u32]>>,
    /// Characters of the longest word.
    longest: usize,
}

/// A part of a text.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'t, 'c> {
    /// Nothing of ours.
    Text(&'t str),
    /// A word of the list.
    Concept {
        /// The rows of its translation; none if it has no meaning by itself.
        rows: &'c [u32],
        /// Its length.
        characters: usize,
    },
}

impl Concepts {
    /// Our list, with translations looked up by `rows`; words whose
    /// translation is unknown there are left out.
    pub(super) fn new(rows: impl Fn(&str) -> Option<Vec<u32>>) -> Self {
        let mut words: HashMap<&'static str, Box<[u32]>> = HashMap::new();
        for (word, english) in list::entries() {
            if !words.contains_key(word)
                && let Some(rows) = rows(english)
            {
                words.insert(word, rows.into_boxed_slice());
            }
        }
        let longest = words.keys().map(|word| word.chars().count()).max();
        Self {
            words,
            longest: longest.unwrap_or(0),
        }
    }

    /// Gives the parts of a text in order.
    pub(super) fn each<'t, 'c>(&'c self, text: &'t str, mut take: impl FnMut(Part<'t, 'c>)) {
        let mut plain_from = 0;
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some((length, concept)) = self.begins(rest) {
                if let Some(plain) = text.get(plain_from..at).filter(|plain| !plain.is_empty()) {
                    take(Part::Text(plain));
                }
                take(concept);
                at += length;
                plain_from = at;
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        if let Some(plain) = text.get(plain_from..).filter(|plain| !plain.is_empty()) {
            take(Part::Text(plain));
        }
    }

    /// The longest word that the text begins with, and its bytes.
    fn begins(&self, text: &str) -> Option<(usize, Part<'static, '_>)> {
        let ends = text
            .char_indices()
            .take(self.longest)
            .take_while(|(_, c)| is_han(*c))
            .map(|(at, c)| at + c.len_utf8());
        let mut found = None;
        for (position, end) in ends.enumerate() {
            if let Some(rows) = text.get(..end).and_then(|word| self.words.get(word)) {
                let characters = position + 1;
                found = Some((end, Part::Concept { rows, characters }));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each translation is its own length.
    fn concepts() -> Concepts {
        Concepts::new(|english| {
            let length = u32::try_from(english.len()).ok()?;
            Some((length > 0).then_some(length).into_iter().collect())
        })
    }

    fn parts(text: &str) -> Vec<String> {
        let concepts = concepts();
        let mut parts = Vec::new();
        concepts.each(text, |part| {
            parts.push(match part {
                Part::Text(text) => text.to_owned(),
                Part::Concept { rows, characters } => format!("{characters}:{rows:?}"),
            });
        });
        parts
    }

    #[test]
    fn the_longest_word_is_taken() {
        assert_eq!(parts("熊猫"), ["2:[5]"]);
        assert_eq!(parts("熊"), ["1:[4]"]);
        assert_eq!(parts("a cat"), ["a cat"]);
        assert_eq!(parts("看cat熊猫!"), ["1:[4]", "cat", "2:[5]", "!"]);
        assert_eq!(parts("的"), ["1:[]"]);
        assert_eq!(parts("齉"), ["齉"]);
        assert_eq!(parts(""), [] as [&str; 0]);
    }
}
