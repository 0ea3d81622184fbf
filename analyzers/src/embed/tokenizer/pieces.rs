//! Cutting words into pieces that a vocabulary knows.

/// What begins a piece that continues a word.
const CONTINUES: &str = "##";
/// A word of more characters is not cut but unknown.
const LONGEST_WORD: usize = 100;

/// The tokens that a model knows.
pub(crate) trait Vocabulary {
    /// The number of a token.
    fn find(&self, token: &str) -> Option<u32>;

    /// Bytes of the longest token; no longer piece is looked for.
    fn longest(&self) -> usize;
}

/// Cuts words into the longest pieces known, from left to right.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    key: String,
}

impl Pieces {
    /// Appends the numbers of the word's pieces; `false`, and nothing is
    /// appended, if it can't be made of known pieces.
    pub(crate) fn cut(
        &mut self,
        word: &str,
        vocabulary: &impl Vocabulary,
        into: &mut Vec<u32>,
    ) -> bool {
        if word.chars().nth(LONGEST_WORD).is_some() {
            return false;
        }
        let before = into.len();
        let mut rest = word;
        while !rest.is_empty() {
            self.key.clear();
            if rest.len() < word.len() {
                self.key.push_str(CONTINUES);
            }
            let start = self.key.len();
            self.key.push_str(rest);
            let Some((number, length)) = self.longest(start, vocabulary) else {
                into.truncate(before);
                return false;
            };
            into.push(number);
            rest = rest.get(length..).unwrap_or_default();
        }
        true
    }

    /// The longest token that the key begins with, and how many bytes of the
    /// word it takes; those begin at `start` of the key.
    fn longest(&mut self, start: usize, vocabulary: &impl Vocabulary) -> Option<(u32, usize)> {
        while self.key.len() > start {
            if self.key.len() <= vocabulary.longest()
                && let Some(number) = vocabulary.find(&self.key)
            {
                return Some((number, self.key.len() - start));
            }
            self.key.pop();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct List(&'static [&'static str]);

    impl Vocabulary for List {
        fn find(&self, token: &str) -> Option<u32> {
            let position = self.0.iter().position(|known| *known == token)?;
            u32::try_from(position).ok()
        }

        fn longest(&self) -> usize {
            self.0.iter().map(|token| token.len()).max().unwrap_or(0)
        }
    }

    const KNOWN: List = List(&["un", "##aff", "##able", "una", "é", "##é", "x", "##x"]);

    fn cut(word: &str) -> Option<Vec<u32>> {
        let mut numbers = vec![99];
        let known = Pieces::default().cut(word, &KNOWN, &mut numbers);
        assert_eq!(numbers.remove(0), 99);
        assert!(known || numbers.is_empty());
        known.then_some(numbers)
    }

    #[test]
    fn the_longest_piece_wins_even_if_the_rest_then_is_unknown() {
        assert_eq!(cut("un"), Some(vec![0]));
        assert_eq!(cut("unable"), None);
        assert_eq!(cut("unxable"), Some(vec![0, 7, 2]));
        assert_eq!(cut("éé"), Some(vec![4, 5]));
        assert_eq!(cut("aff"), None);
        assert_eq!(cut("une"), None);
    }

    #[test]
    fn very_long_words_are_unknown() {
        assert_eq!(
            cut(&"x".repeat(100)).map(|numbers| numbers.len()),
            Some(100)
        );
        assert_eq!(cut(&"x".repeat(101)), None);
    }

    /// The same by trying every end of every piece.
    fn slowly(word: &str) -> Option<Vec<u32>> {
        let characters: Vec<char> = word.chars().collect();
        let (mut numbers, mut start) = (Vec::new(), 0);
        while start < characters.len() {
            let prefix = if start == 0 { "" } else { "##" };
            let piece = |end: &usize| -> Option<(usize, u32)> {
                let text: String = characters[start..*end].iter().collect();
                Some((*end, KNOWN.find(&format!("{prefix}{text}"))?))
            };
            let (end, number) = (start + 1..=characters.len())
                .rev()
                .find_map(|end| piece(&end))?;
            numbers.push(number);
            start = end;
        }
        Some(numbers)
    }

    proptest! {
        #[test]
        fn pieces_are_those_found_by_trying_all(word in "(un|aff|able|a|é|x|e){0,8}") {
            prop_assert_eq!(cut(&word), slowly(&word));
        }
    }
}
