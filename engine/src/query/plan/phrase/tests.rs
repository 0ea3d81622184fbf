//! Phrases beside a model that tries every combination, and beside values that Lucene gave.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use tantivy::Term;
use tantivy::schema::Field;

use super::{Late, Phrase, Watch};

fn term(word: &str) -> Term {
    Term::from_field_text(Field::from_field_id(0), word)
}

/// A text or phrase as its words with their positions; `_` is a word that analysis removed, and
/// `|` stands between the values of a list.
fn places(text: &str) -> Vec<(u32, &str)> {
    let mut out = Vec::new();
    let mut position = 0;
    for word in text.split_whitespace() {
        match word {
            "_" => position += 1,
            "|" => position += 100,
            word => {
                out.push((position, word));
                position += 1;
            }
        }
    }
    out
}

/// A phrase in which `a/b` are two words for one place.
fn phrase(text: &str, slop: u32) -> Phrase {
    let places = places(text).into_iter();
    let places = places.map(|(at, words)| (at, words.split('/').map(term).collect()));
    Phrase::new(places.collect(), slop)
}

fn positions(phrase: &Phrase, text: &str) -> Vec<Vec<u32>> {
    let text = places(text);
    let of_list = |list: &Vec<Term>| {
        let found = text.iter().filter(|(_, word)| list.contains(&term(word)));
        found.map(|(at, _)| *at).collect()
    };
    phrase.lists.iter().map(of_list).collect()
}

fn watch() -> Watch {
    Watch::new(Instant::now() + Duration::from_secs(60))
}

fn frequency(text: &str, words: &str, slop: u32) -> f32 {
    let phrase = phrase(words, slop);
    let positions = positions(&phrase, text);
    let all = phrase.frequency(&positions, &mut watch(), false).unwrap();
    let first = phrase.frequency(&positions, &mut watch(), true).unwrap();
    assert_eq!(all > 0.0, first > 0.0, "{text} / {words} ~{slop}");
    all
}

/// The least spread of `position - offset` over all ways to give each place an occurrence of its
/// own.
fn least_spread(text: &str, words: &str) -> Option<i64> {
    let text = places(text);
    let words = places(words);
    let mut best = None;
    let mut chosen: Vec<(i64, u32)> = Vec::new();
    fn go(
        text: &[(u32, &str)],
        words: &[(u32, &str)],
        chosen: &mut Vec<(i64, u32)>,
        best: &mut Option<i64>,
    ) {
        let Some(((offset, word), rest)) = words.split_first() else {
            let ends = chosen.iter().map(|(at, _)| *at);
            let spread = ends.clone().max().unwrap() - ends.min().unwrap();
            *best = Some(best.map_or(spread, |best: i64| best.min(spread)));
            return;
        };
        for (at, found) in text {
            let free = chosen.iter().all(|(_, taken)| taken != at);
            if found == word && free {
                chosen.push((i64::from(*at) - i64::from(*offset), *at));
                go(text, rest, chosen, best);
                chosen.pop();
            }
        }
    }
    go(&text, &words, &mut chosen, &mut best);
    best
}

#[test]
fn orders_and_gaps_count_as_lucene_counts_them() {
    for (text, words, slop, expected) in [
        ("a b c", "a b c", 0, 1.0),
        ("a b c", "a b c", 2, 1.0),
        ("a x b", "a b", 0, 0.0),
        ("a x b", "a b", 1, 0.5),
        // Two that change places take two steps.
        ("b a", "a b", 1, 0.0),
        ("b a", "a b", 2, 1.0 / 3.0),
        // The reverse of three words spreads over four positions, a rotation over three.
        ("c b a", "a b c", 1, 0.0),
        ("c b a", "a b c", 3, 0.0),
        ("c b a", "a b c", 4, 0.2),
        ("a c b", "a b c", 1, 0.0),
        ("a c b", "a b c", 2, 1.0 / 3.0),
        ("b a c", "a b c", 2, 1.0 / 3.0),
        // Every match counts.
        ("a b x a b", "a b", 0, 2.0),
        ("x a b a y", "a b", 2, 4.0 / 3.0),
        // Removed words leave gaps, which have to stand in the text without slop.
        ("a _ b", "a b", 0, 0.0),
        ("a _ b", "a _ b", 0, 1.0),
        ("a b", "a _ b", 0, 0.0),
        ("a b", "a _ b", 1, 0.5),
        // Values of a list are a hundred positions apart.
        ("quick | fox brown", "quick fox", 1, 0.0),
        ("quick | fox brown", "quick fox", 99, 0.0),
        ("quick | fox brown", "quick fox", 100, 1.0 / 101.0),
        ("a _ | b", "a _ b", 0, 0.0),
        // A word that is named twice has to stand twice.
        ("a b", "a a", 3, 0.0),
        ("a b a", "a a", 0, 0.0),
        ("a b a", "a a", 1, 0.5),
        ("a a", "a a", 0, 1.0),
        ("a a a", "a a", 0, 2.0),
        ("a b", "a b a", 5, 0.0),
        // One of several words at a place.
        ("a c", "a b/c", 0, 1.0),
        ("a d", "a b/c", 0, 0.0),
        ("a x c", "a b/c", 1, 0.5),
        ("a", "a/b b/a", 2, 0.0),
        ("b a", "a/b b/a", 0, 1.0),
    ] {
        let found = frequency(text, words, slop);
        assert!(
            (found - expected).abs() < 1e-6,
            "{text} / {words} ~{slop}: {found}, not {expected}"
        );
    }
}

#[test]
fn a_search_without_time_ends() {
    let many = "a ".repeat(40_000);
    for slop in [0, 5] {
        let phrase = phrase("a a a", slop);
        let positions = positions(&phrase, &many);
        let mut watch = Watch::new(Instant::now() - Duration::from_secs(1));
        let found = phrase.frequency(&positions, &mut watch, false);
        assert_eq!(found, Err(Late), "{slop}");
    }
}

fn words(letters: &'static str, most: usize) -> impl Strategy<Value = String> {
    let letters: Vec<char> = letters.chars().collect();
    let word = proptest::sample::select(letters);
    proptest::collection::vec(word, 1..=most).prop_map(|words| {
        let mut out = String::new();
        for word in words {
            out.push(word);
            out.push(' ');
        }
        out
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Distinct words: a text is found exactly where some combination fits.
    #[test]
    fn distinct_words_are_found_where_a_combination_fits(
        text in words("abcde_|", 9),
        order in Just(vec!["a", "b", "c", "d"]).prop_shuffle(),
        count in 2_usize..=4,
        gaps in proptest::collection::vec(0_usize..=1, 4),
        slop in 0_u32..=6,
    ) {
        let mut phrase = String::new();
        for (word, gap) in order.iter().take(count).zip(gaps) {
            phrase.push_str(word);
            phrase.push(' ');
            phrase.push_str(&"_ ".repeat(gap));
        }
        let spread = least_spread(&text, &phrase);
        let expected = spread.is_some_and(|spread| spread <= i64::from(slop));
        prop_assert_eq!(frequency(&text, &phrase, slop) > 0.0, expected, "{} / {} ~{}", text, phrase, slop);
    }

    /// Repeated words: nothing is found where no combination fits, and what fits exactly is always
    /// found.
    #[test]
    fn repeated_words_are_never_found_where_none_fits(
        text in words("abc_|", 9),
        phrase in words("abc", 4),
        slop in 0_u32..=6,
    ) {
        let spread = least_spread(&text, &phrase);
        let found = frequency(&text, &phrase, slop);
        if spread.is_none_or(|spread| spread > i64::from(slop)) {
            prop_assert_eq!(found, 0.0, "{} / {} ~{}", text, phrase, slop);
        }
        if slop == 0 {
            prop_assert_eq!(found > 0.0, spread == Some(0), "{} / {}", text, phrase);
        }
    }

    /// The frequency is at least what the best combination gives, and slop never loses a match.
    #[test]
    fn more_slop_finds_no_less(text in words("abcd_", 9), slop in 0_u32..=5) {
        let phrase = "a b c";
        let less = frequency(&text, phrase, slop);
        let more = frequency(&text, phrase, slop + 1);
        prop_assert!(more >= less, "{} ~{}: {} {}", text, slop, less, more);
        if let Some(spread) = least_spread(&text, phrase)
            && spread <= i64::from(slop)
        {
            prop_assert!(less >= 1.0 / (1.0 + f32::from(i16::try_from(spread).unwrap())) - 1e-6);
        }
    }
}
