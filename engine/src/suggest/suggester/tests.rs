//! The suggester: completions, corrections, and what changed since it was built.

use std::collections::HashSet;
use std::sync::Arc;

use super::*;
use crate::suggest::hot::HotOptions;
use crate::suggest::words::Layers;
use crate::testing::{Random, cases};

const NOW: i64 = 1_790_000_000_000;

fn snapshot(titles: &[(&str, u32)]) -> Snapshot {
    let rows = (0..)
        .zip(titles)
        .map(|(ordinal, (title, likes))| (*title, *likes, ordinal));
    Snapshot::build(rows).unwrap()
}

fn library() -> Snapshot {
    snapshot(&[
        ("Funny cat", 3),
        ("funny cat", 1),
        ("Funny dog", 10),
        ("Fun fair", 8),
        ("so much fun", 500),
        ("Black cat", 2),
        ("red rose", 0),
    ])
}

fn ask(snapshot: &Snapshot, hot: &HotPhrases, query: &str, correct: bool) -> Vec<String> {
    let request = SuggestRequest {
        query,
        limit: 10,
        correct,
        now_ms: NOW,
    };
    snapshot.suggest(&Changes::default(), hot, &request, &mut |_| true)
}

fn cold() -> HotPhrases {
    HotPhrases::new(&HotOptions::default())
}

#[test]
fn completions_by_likes_then_by_searches() {
    let library = library();
    let hot = cold();
    assert_eq!(
        ask(&library, &hot, "FUN", true),
        ["Funny dog", "Fun fair", "Funny cat", "so much fun"]
    );
    for _ in 0..5 {
        hot.record("funny cat", NOW);
    }
    assert_eq!(
        ask(&library, &hot, "fun", true),
        ["Funny cat", "Funny dog", "Fun fair", "so much fun"]
    );
    assert_eq!(
        ask(&library, &hot, "  ", true)[..2],
        ["so much fun", "Funny cat"]
    );
}

#[test]
fn corrections_follow_few_completions() {
    let library = library();
    let hot = cold();
    assert_eq!(ask(&library, &hot, "funy dog", true)[0], "funny dog");
    assert!(ask(&library, &hot, "funy dog", false).is_empty());
    assert_eq!(ask(&library, &hot, "blackcat", true), ["black cat"]);
    assert_eq!(ask(&library, &hot, "Black cat", true), ["Black cat"]);
    assert_eq!(ask(&library, &hot, "ros", true), ["red rose", "rose"]);
}

#[test]
fn a_hot_title_is_found_behind_many_liked_ones() {
    let many: Vec<(String, u32)> = (0..500)
        .map(|i| (format!("cat number {i}"), 1000))
        .collect();
    let mut rows: Vec<(&str, u32)> = many.iter().map(|(t, w)| (t.as_str(), *w)).collect();
    rows.push(("cat nap", 0));
    rows.push(("my cat nest", 0));
    let library = snapshot(&rows);
    let hot = cold();
    for _ in 0..60 {
        hot.record("Cat Nap", NOW);
    }
    let found = ask(&library, &hot, "cat", true);
    assert_eq!((found.len(), found[0].as_str()), (10, "cat nap"));
}

#[test]
fn any_query_gets_an_answer() {
    let library = library();
    let long = "funny ".repeat(100_000);
    for query in ["", "\0", "\u{202e}\u{300}", &long, "((((", "%_\\", "小"] {
        assert!(ask(&library, &cold(), query, true).len() <= 10);
    }
    let request = SuggestRequest {
        query: "fun",
        limit: 0,
        correct: true,
        now_ms: i64::MIN,
    };
    assert!(
        library
            .suggest(&Changes::default(), &cold(), &request, &mut |_| true)
            .is_empty()
    );
    assert!(ask(&snapshot(&[]), &cold(), "cat", true).is_empty());
}

#[test]
fn what_changed_is_heeded_by_every_path() {
    let library = library();
    let gone = library.gone(|key| !matches!(key, 0 | 2 | 5)).unwrap();
    assert_eq!(gone.len(), 3);
    let added = [("Fun run", 9, 100), ("Black hat", 1, 5)];
    let changes = library.changed(Some(Arc::new(gone)), added).unwrap();
    let ask = |query| {
        let request = SuggestRequest {
            query,
            limit: 10,
            correct: true,
            now_ms: NOW,
        };
        library.suggest(&changes, &cold(), &request, &mut |_| true)
    };
    assert_eq!(ask("fun")[..3], ["Fun run", "Fun fair", "funny cat"]);
    assert_eq!(ask("funny dog"), ["funny cat", "funny"][..0]);
    assert_eq!(ask("blac"), ["Black hat", "black"]);
    // Both words are there still.
    assert!(ask("black cat").is_empty());
    assert_eq!(ask("blakc hat"), ["black hat"]);
}

#[test]
fn a_changed_snapshot_suggests_what_a_new_one_does() {
    let mut random = Random(7);
    let words = [
        "cat", "cats", "car", "cart", "dog", "dig", "big", "小猫", "小狗", "猫小", "at", "catcar",
    ];
    let text = |random: &mut Random| {
        let count = random.below(4);
        let picked: Vec<&str> = (0..count).map(|_| *random.pick(&words)).collect();
        picked.join(" ")
    };
    let weight = |random: &mut Random| u32::try_from(random.below(4)).unwrap();
    for _ in 0..cases() / 10 {
        let mut rows: Vec<(String, u32, u64)> = (0..20)
            .map(|key| (text(&mut random), weight(&mut random), key))
            .collect();
        let base = Snapshot::build(rows.clone()).unwrap();
        let mut gone = HashSet::new();
        let mut added = Vec::new();
        for key in 0..20 {
            match random.below(4) {
                0 => {
                    gone.insert(key);
                }
                1 => {
                    gone.insert(key);
                    added.push((text(&mut random), weight(&mut random), key));
                }
                _ => {}
            }
        }
        added.push((text(&mut random), 1, 20));
        rows.retain(|row| !gone.contains(&row.2));
        rows.extend(added.clone());
        let gone = Arc::new(base.gone(|key| !gone.contains(&key)).unwrap());
        let changes = base.changed(Some(gone), added).unwrap();
        let fresh = Snapshot::build(rows).unwrap();
        for _ in 0..10 {
            let mut query = text(&mut random);
            if random.below(2) == 0 {
                query.pop();
            }
            let request = SuggestRequest {
                query: &query,
                limit: 10,
                correct: true,
                now_ms: NOW,
            };
            let ask = |snapshot: &Snapshot, changes: &Changes| {
                snapshot.suggest(changes, &cold(), &request, &mut |_| true)
            };
            assert_eq!(
                ask(&base, &changes),
                ask(&fresh, &Changes::default()),
                "{query:?}"
            );
            let scores = |words: Layers<'_>| words.correct(&query, 20);
            assert_eq!(
                scores(base.words(&changes)),
                scores(Layers::alone(&fresh.words)),
                "{query:?}"
            );
        }
    }
}
