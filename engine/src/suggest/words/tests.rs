use proptest::prelude::*;

use super::*;

fn build(texts: &[&str]) -> Words {
    let mut builder = WordsBuilder::new();
    for text in texts {
        builder.add(text);
    }
    builder.build().unwrap()
}

fn library() -> Words {
    build(&[
        "Funny cat",
        "funny dog playing football",
        "Black cat on a blackboard",
        "black cat sleeping",
        "a block of ice",
        "cat2 video",
        "2023 parade",
        "可爱的小猫",
        "小猫睡觉",
        "小狗",
    ])
}

fn correct(words: &Words, query: &str) -> Vec<String> {
    words
        .correct(query, 10)
        .into_iter()
        .map(|c| c.text)
        .collect()
}

#[test]
fn counts_texts_and_pairs() {
    let words = library();
    assert_eq!(words.frequency("CAT"), 3);
    assert_eq!(words.frequency("小猫"), 2);
    assert_eq!(words.frequency("可爱的小猫"), 1);
    assert_eq!(words.frequency("zebra"), 0);
    assert_eq!(words.pair_frequency("black", "cat"), 2);
    assert_eq!(words.pair_frequency("cat", "black"), 0);
    assert_eq!(build(&["cat cat cat"]).frequency("cat"), 1);
}

#[test]
fn nearest_then_most_frequent() {
    let words = library();
    let found = words.corrections("blck", 1, 10);
    let expected = [("black", 1, 2), ("block", 1, 1)];
    let found: Vec<_> = found
        .iter()
        .map(|m| (m.word.as_str(), m.distance, m.frequency))
        .collect();
    assert_eq!(found, expected);
    assert!(words.corrections("cat", 0, 10).is_empty());
    assert!(words.corrections("cat3", 2, 10).is_empty());
    assert!(words.corrections(&"a".repeat(100_000), 2, 10).is_empty());
    assert!(words.corrections("", 2, 10).is_empty());
}

#[test]
fn misspelt_words_are_replaced() {
    let words = library();
    assert_eq!(correct(&words, "Funy cat")[0], "funny cat");
    assert_eq!(correct(&words, "fnuny cta")[0], "funny cat");
    assert_eq!(correct(&words, "blck cat")[..2], ["black cat", "block cat"]);
    assert_eq!(
        correct(&words, "of  blck, ICE!"),
        ["of black, ice!", "of block, ice!"]
    );
    assert_eq!(correct(&words, "funy zzzzzz"), ["funny zzzzzz"]);
}

#[test]
fn right_words_are_kept() {
    let words = library();
    for query in [
        "",
        " ",
        "funny cat",
        "Funny  CAT ",
        "zzzzzz",
        "cat3",
        "2024",
        "ca",
        "!?",
        "小",
        "小猫",
    ] {
        assert_eq!(
            correct(&words, query),
            if query == "ca" {
                vec!["cat", "cat2"]
            } else {
                vec![]
            },
            "{query}"
        );
    }
}

#[test]
fn words_are_split_joined_and_continued() {
    let words = library();
    assert_eq!(correct(&words, "blackcat")[0], "black cat");
    assert_eq!(correct(&words, "foot ball")[0], "football");
    assert_eq!(correct(&words, "funy foot")[0], "funny football");
    assert!(
        correct(&words, "funy foot ")
            .iter()
            .all(|text| text == "funny foot")
    );
    assert_eq!(correct(&words, "black board"), ["blackboard"]);
    assert!(correct(&words, "black cat").is_empty());
}

#[test]
fn much_rarer_neighbours_are_doubted() {
    let mut texts = vec!["kitten plays"; 60];
    texts.push("kittin plays");
    let words = build(&texts);
    assert_eq!(correct(&words, "kittin plays"), ["kitten plays"]);
    assert!(correct(&words, "kitten plays").is_empty());
}

#[test]
fn han_runs_lose_one_wrong_character() {
    let words = library();
    assert_eq!(correct(&words, "小锚"), ["小猫", "小狗"]);
    assert_eq!(correct(&words, "可爱的小锚"), ["可爱的小猫"]);
    assert_eq!(correct(&words, "小锚睡觉了")[..0], [""; 0]);
    assert_eq!(correct(&words, "funy小锚"), ["funny小猫", "funny小狗"]);
    assert!(correct(&words, "可爱的小猫睡觉").is_empty());
    assert_eq!(correct(&words, "可爱的小锚睡觉"), ["可爱的小猫睡觉"]);
}

#[test]
fn hostile_queries_are_bounded() {
    let words = library();
    let long = "blck ".repeat(50);
    assert!(correct(&words, &long)[0].starts_with("black black"));
    assert!(correct(&words, &"blck ".repeat(10_000)).is_empty());
    assert!(correct(&words, &"小".repeat(200)).is_empty());
    assert!(correct(&words, "\u{0}\u{fffd}\u{200b}").is_empty());
    assert!(correct(&build(&[]), "cat").is_empty());
}

/// Edit distance with swaps of neighbours, straight from its recurrence.
fn distance(a: &[char], b: &[char]) -> usize {
    match (a, b) {
        ([], rest) | (rest, []) => rest.len(),
        ([.., x], [.., y]) => {
            let (a0, b0) = (&a[..a.len() - 1], &b[..b.len() - 1]);
            let mut best = distance(a0, b0) + usize::from(x != y);
            best = best.min(distance(a0, b) + 1).min(distance(a, b0) + 1);
            if let ([.., p, q], [.., r, s]) = (a, b)
                && p == s
                && q == r
            {
                best = best.min(distance(&a[..a.len() - 2], &b[..b.len() - 2]) + 1);
            }
            best
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn corrections_are_those_of_the_recurrence(
        library in prop::collection::btree_set("[abé]{1,5}", 0..30),
        word in "[abé]{1,5}",
        max in 0u8..=2,
    ) {
        let list: Vec<&str> = library.iter().map(String::as_str).collect();
        let words = build(&list);
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let mut expected: Vec<(usize, String)> = library
            .iter()
            .map(|other| (distance(&chars(&word), &chars(other)), other.clone()))
            .filter(|(d, _)| (1..=usize::from(max)).contains(d))
            .collect();
        expected.sort();
        let found: Vec<(usize, String)> = words
            .corrections(&word, max, usize::MAX)
            .into_iter()
            .map(|m| (usize::from(m.distance), m.word))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn substitutions_are_those_of_a_scan(
        library in prop::collection::btree_set("[小大猫狗\u{20000}]{2,4}", 0..20),
        word in "[小大猫狗]{2,4}",
        first: bool,
    ) {
        let list: Vec<&str> = library.iter().map(String::as_str).collect();
        let words = build(&list);
        let mut known: Vec<String> = library.iter().flat_map(|run| han::words_of(run)).map(str::to_owned).collect();
        known.sort();
        known.dedup();
        let fits = |other: &String| {
            let differing: Vec<usize> = word
                .chars()
                .zip(other.chars())
                .enumerate()
                .filter(|(_, (a, b))| a != b)
                .map(|(at, _)| at)
                .collect();
            other.chars().count() == word.chars().count()
                && differing.len() == 1
                && (first || differing[0] > 0)
        };
        known.retain(fits);
        let mut found = words.substitutions(&word, first);
        found.sort_by(|a, b| a.word.cmp(&b.word));
        prop_assert!(found.iter().all(|m| m.frequency == words.frequency(&m.word) && m.frequency > 0));
        prop_assert_eq!(found.into_iter().map(|m| m.word).collect::<Vec<_>>(), known);
    }

    #[test]
    fn correcting_never_fails(query in "\\PC{0,40}", texts in prop::collection::vec("\\PC{0,20}", 0..10)) {
        let list: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = build(&list).correct(&query, 5);
        prop_assert!(found.len() <= 5);
    }
}
