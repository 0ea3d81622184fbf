//! English plurals alone.

use super::TokenFilter;
use crate::text::token::Token;

/// Takes the plural from English words and leaves everything else (Harman's S-stemmer,
/// Elasticsearch's `minimal_english`). Expects lower case.
#[derive(Debug, Clone, Default)]
pub struct EnglishPlurals;

impl TokenFilter for EnglishPlurals {
    fn apply(&self, tokens: &mut Vec<Token>) {
        for token in tokens {
            singular(&mut token.text);
        }
    }
}

fn singular(word: &mut String) {
    let mut before = word.chars().rev();
    if before.next() != Some('s') {
        return;
    }
    let (last, second, third) = (before.next(), before.next(), before.next());
    match (last, second, third) {
        // Two letters have no plural.
        (_, None, _) | (Some('u' | 's'), ..) => {}
        (Some('e'), Some('i'), Some(letter)) if letter != 'a' && letter != 'e' => {
            word.truncate(word.len() - 3);
            word.push('y');
        }
        (Some('e'), Some('i' | 'a' | 'o' | 'e'), _) => {}
        _ => word.truncate(word.len() - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_go_and_the_rest_stays() {
        for (word, expected) in [
            ("cats", "cat"),
            ("ponies", "pony"),
            ("boxes", "boxe"),
            ("shoes", "shoes"),
            ("trees", "trees"),
            ("bus", "bus"),
            ("glass", "glass"),
            ("is", "is"),
            ("ies", "ies"),
            ("movies", "movy"),
            ("running", "running"),
        ] {
            let mut found = word.to_owned();
            singular(&mut found);
            assert_eq!(found, expected, "{word}");
        }
    }
}
