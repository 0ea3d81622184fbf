use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

type Row = (String, u32, u64);

fn build(rows: &[Row]) -> Completion {
    let mut builder = CompletionBuilder::new();
    for (text, weight, key) in rows {
        builder.add(text, *weight, *key).unwrap();
    }
    builder.build().unwrap()
}

fn rows(texts: &[(&str, u32)]) -> Vec<Row> {
    (0..)
        .zip(texts)
        .map(|(key, (text, weight))| ((*text).to_owned(), *weight, key))
        .collect()
}

fn texts(found: &[Candidate]) -> Vec<&str> {
    found.iter().map(|c| c.text.as_str()).collect()
}

#[test]
fn heaviest_first_beginnings_before_words() {
    let completion = build(&rows(&[
        ("Cat nap", 5),
        ("cat", 9),
        ("big cat", 100),
        ("CAT", 3),
        ("concatenate", 1000),
        ("dog", 50),
        ("catalogue", 9),
    ]));
    let found = completion.complete("  CaT", 10, &mut |_| true);
    assert_eq!(texts(&found), ["cat", "catalogue", "Cat nap", "big cat"]);
    assert_eq!((found[0].weight, found[0].key), (9, 1));
    let found = completion.complete("cat", 10, &mut |c| c.key != 1);
    assert_eq!(texts(&found), ["catalogue", "Cat nap", "CAT", "big cat"]);
    assert_eq!(
        texts(&completion.complete("cat  ", 10, &mut |_| true)),
        ["Cat nap"]
    );
    assert_eq!(
        texts(&completion.begins("", 2, &mut |_| true)),
        ["concatenate", "big cat"]
    );
    assert!(completion.complete("zebra", 10, &mut |_| true).is_empty());
    assert!(completion.complete("cat", 0, &mut |_| true).is_empty());
    assert!(
        completion
            .complete(&"cat".repeat(1 << 20), 10, &mut |_| true)
            .is_empty()
    );
    assert_eq!(completion.exact("cAt", &mut |_| true).unwrap().text, "cat");
    assert_eq!(completion.exact("ca", &mut |_| true), None);
}

#[test]
fn han_titles_complete_from_every_character() {
    let completion = build(&rows(&[("可爱的小猫", 5), ("小猫", 3), ("狗", 9)]));
    assert_eq!(
        texts(&completion.complete("小", 10, &mut |_| true)),
        ["小猫", "可爱的小猫"]
    );
    assert_eq!(
        texts(&completion.complete("爱的", 10, &mut |_| true)),
        ["可爱的小猫"]
    );
}

#[test]
fn nothing_in_nothing_out() {
    let completion = build(&rows(&[("", 5), (" \t\0", 3)]));
    assert!(completion.is_empty());
    assert!(completion.complete("", 10, &mut |_| true).is_empty());
    assert!(completion.complete("a", 10, &mut |_| true).is_empty());
}

#[test]
fn weights_are_clamped() {
    let weights = [-1.0, f64::NAN, 2.9, 1e300, f64::INFINITY].map(clamp_weight);
    assert_eq!(weights, [0, 0, 2, u32::MAX, u32::MAX]);
}

#[test]
fn fuzzy_beginnings() {
    let completion = build(&rows(&[("funny cat", 5), ("fuzzy dog", 3), ("fun", 9)]));
    let fuzzy = |prefix, options: &FuzzyOptions| {
        completion
            .fuzzy(prefix, options, 10, &mut |_| true)
            .into_iter()
            .map(|c| c.text)
            .collect::<Vec<_>>()
    };
    let one = FuzzyOptions::default();
    assert_eq!(fuzzy("fnuny", &one), ["funny cat"]);
    assert_eq!(fuzzy("funy", &one), ["fun", "funny cat"]);
    assert!(fuzzy("gunny", &one).is_empty());
    assert_eq!(
        fuzzy(
            "gunny",
            &FuzzyOptions {
                prefix_length: 0,
                ..one.clone()
            }
        ),
        ["funny cat"]
    );
    assert!(
        fuzzy(
            "fnuny",
            &FuzzyOptions {
                transpositions: false,
                ..one.clone()
            }
        )
        .is_empty()
    );
    assert_eq!(
        fuzzy(
            "funzy",
            &FuzzyOptions {
                max_distance: 2,
                ..one.clone()
            }
        ),
        ["fun", "funny cat", "fuzzy dog"]
    );
    assert_eq!(fuzzy("fx", &one), Vec::<String>::new());
}

#[test]
fn the_overlay_shadows_and_merges() {
    let base = build(&rows(&[("cat one", 5), ("cat two", 4), ("cat three", 3)]));
    let mut overlay = Overlay::new();
    overlay.insert("dog now", 7, 0);
    overlay.insert("Cat Two", 9, 10);
    overlay.insert("the cat", 1, 11);
    overlay.remove(2);
    let both = Layered {
        base: &base,
        overlay: &overlay,
    };
    assert_eq!(
        texts(&both.complete("cat", 10, &mut |_| true)),
        ["Cat Two", "the cat"]
    );
    assert_eq!(
        texts(&both.complete("cat", 10, &mut |c| c.key != 10)),
        ["cat two", "the cat"]
    );
    assert_eq!(both.exact("CAT TWO", &mut |_| true).unwrap().key, 10);
    overlay.retain(|key| key == 10);
    let both = Layered {
        base: &base,
        overlay: &overlay,
    };
    assert_eq!(
        texts(&both.complete("cat", 2, &mut |_| true)),
        ["Cat Two", "cat one"]
    );
}

/// What a completion should answer, by looking at every row.
fn model(rows: &[Row], prefix: &str, place: Place, dead: &HashSet<u64>) -> Vec<Candidate> {
    let prefix = fold_prefix(prefix).unwrap();
    let mut best: BTreeMap<String, Candidate> = BTreeMap::new();
    for (text, weight, key) in rows {
        let folded = fold(text);
        let fits = match place {
            Place::Beginning => folded.starts_with(&prefix),
            Place::Word => {
                !prefix.is_empty()
                    && folded
                        .unicode_word_indices()
                        .any(|(at, _)| at > 0 && folded[at..].starts_with(&prefix))
            }
        };
        if !fits || folded.is_empty() || dead.contains(key) {
            continue;
        }
        let candidate = Candidate {
            text: text.clone(),
            weight: *weight,
            key: *key,
        };
        let kept = best.entry(folded).or_insert_with(|| candidate.clone());
        if candidate.order(kept).is_lt() {
            *kept = candidate;
        }
    }
    let mut found: Vec<Candidate> = best.into_values().collect();
    found.sort_by(Candidate::order);
    found
}

fn corpus() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(("[abAB小猫é ]{0,7}", 0u32..6), 0..60).prop_map(|rows| {
        (0..)
            .zip(rows)
            .map(|(key, (text, weight))| (text, weight, key))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn completions_are_those_of_the_model(
        rows in corpus(),
        prefix in "[abA小猫é ]{0,3}",
        dead in prop::collection::hash_set(0u64..60, 0..20),
        limit in 0usize..8,
    ) {
        let completion = build(&rows);
        let live: Accept<'_> = &mut |c| !dead.contains(&c.key);
        for place in [Place::Beginning, Place::Word] {
            let mut expected = model(&rows, &prefix, place, &dead);
            expected.truncate(limit);
            let found = completion.find(&prefix, place, limit, &HashSet::new(), live);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn layers_answer_as_one(
        rows in corpus(),
        newer in prop::collection::vec(("[abAB ]{0,6}", 0u32..6, 0u64..60), 0..20),
        prefix in "[abA ]{0,3}",
        limit in 0usize..8,
    ) {
        let base = build(&rows);
        let mut overlay = Overlay::new();
        let mut now: BTreeMap<u64, Row> = rows.iter().map(|r| (r.2, r.clone())).collect();
        for (text, weight, key) in newer {
            overlay.insert(&text, weight, key);
            now.insert(key, (text, weight, key));
        }
        let now: Vec<Row> = now.into_values().collect();
        let both = Layered { base: &base, overlay: &overlay };
        for place in [Place::Beginning, Place::Word] {
            let mut expected = model(&now, &prefix, place, &HashSet::new());
            expected.truncate(limit);
            let found = both.find(&prefix, place, limit, &HashSet::new(), &mut |_| true);
            prop_assert_eq!(found, expected);
        }
    }
}
