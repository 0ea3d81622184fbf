use proptest::prelude::*;

use super::*;

const DAY: i64 = 24 * 60 * 60 * 1000;
const NOW: i64 = 1_790_000_000_000;

fn new() -> HotPhrases {
    HotPhrases::new(&HotOptions::default())
}

fn names(list: Vec<(String, f64)>) -> Vec<String> {
    list.into_iter().map(|(phrase, _)| phrase).collect()
}

#[test]
fn the_most_frequent_come_first_and_ties_by_text() {
    let hot = new();
    for phrase in ["Cat", " cat ", "dog", "CAT", "ant", "", "   ", "Black  Cat"] {
        hot.record(phrase, NOW);
    }
    hot.record(&"x".repeat(257), NOW);
    let top = hot.top(10, NOW);
    assert_eq!(top[0], ("cat".to_owned(), 3.0));
    assert_eq!(names(top), ["cat", "ant", "black  cat", "dog"]);
    assert_eq!(names(hot.top(2, NOW)), ["cat", "ant"]);
    assert!(hot.top(0, NOW).is_empty());
    assert_eq!(names(hot.with_prefix(" B", 10, NOW)), ["black  cat"]);
    assert_eq!(hot.score("DOG", NOW), 1.0);
    assert_eq!(hot.score("zebra", NOW), 0.0);
}

#[test]
fn uses_count_half_after_a_half_life() {
    let hot = new();
    for _ in 0..3 {
        hot.record("old", NOW);
    }
    hot.record("new", NOW + 14 * DAY);
    let later = NOW + 14 * DAY;
    assert!((hot.score("old", later) - 0.75).abs() < 1e-9);
    assert!((hot.score("new", later) - 1.0).abs() < 1e-9);
    assert_eq!(names(hot.top(2, later)), ["new", "old"]);
    assert!((hot.score("new", later + 7 * DAY) - 0.5).abs() < 1e-9);
}

#[test]
fn a_clock_set_back_does_no_harm() {
    let hot = new();
    hot.record("a", NOW);
    hot.record("a", NOW - 400 * DAY);
    hot.record("b", NOW - 400 * DAY);
    assert_eq!(hot.score("a", NOW - 400 * DAY), 2.0);
    assert!((hot.score("b", NOW - 393 * DAY) - 0.5).abs() < 1e-9);
    for wall in [i64::MAX, i64::MIN, 0, i64::MAX, i64::MIN, NOW] {
        hot.record("c", wall);
    }
    hot.record("d", NOW);
    hot.record("d", NOW);
    assert_eq!(names(hot.top(2, NOW)), ["d", "c"]);
    assert!(
        hot.top(9, i64::MAX)
            .iter()
            .all(|(_, score)| score.is_finite())
    );
}

#[test]
fn decades_do_not_overflow() {
    let hot = new();
    for year in 0..100 {
        hot.record("yearly", NOW + year * 365 * DAY);
    }
    assert!((hot.score("yearly", NOW + 99 * 365 * DAY) - 1.0).abs() < 1e-9);
}

#[test]
fn the_coldest_make_room() {
    let hot = HotPhrases::new(&HotOptions {
        max_phrases: 20,
        ..HotOptions::default()
    });
    for round in 0..2 {
        for i in 0..15 {
            hot.record(&format!("often {i:02}"), NOW + round);
        }
    }
    for i in 0..100 {
        hot.record(&format!("once {i:03}"), NOW);
        assert!(hot.len() <= 20);
        assert_eq!(hot.score(&format!("once {i:03}"), NOW).round(), 1.0);
    }
    assert!((0..15).all(|i| hot.score(&format!("often {i:02}"), NOW) > 1.0));
}

#[test]
fn bytes_bring_everything_back() {
    let hot = new();
    assert!(!hot.dirty());
    hot.record("猫", NOW);
    hot.record("猫", NOW + DAY);
    hot.record("dog", NOW + 2 * DAY);
    assert!(hot.dirty());
    let (generation, bytes) = hot.to_bytes();
    hot.record("late", NOW + 2 * DAY);
    hot.mark_saved(generation);
    assert!(hot.dirty());
    hot.mark_saved(hot.to_bytes().0);
    assert!(!hot.dirty());

    let back = HotPhrases::from_bytes(&bytes, &HotOptions::default()).unwrap();
    assert!(!back.dirty());
    for phrase in ["猫", "dog", "late"] {
        let expected = if phrase == "late" {
            0.0
        } else {
            hot.score(phrase, NOW + 9 * DAY)
        };
        assert!(
            (back.score(phrase, NOW + 9 * DAY) - expected).abs() < 1e-9,
            "{phrase}"
        );
    }
    let few = HotPhrases::from_bytes(
        &bytes,
        &HotOptions {
            max_phrases: 1,
            ..HotOptions::default()
        },
    );
    assert_eq!(names(few.unwrap().top(9, NOW)), ["猫"]);
    let empty = HotPhrases::from_bytes(&new().to_bytes().1, &HotOptions::default()).unwrap();
    assert!(empty.is_empty());
}

#[test]
fn bad_bytes_are_refused() {
    let read = |bytes: &[u8]| {
        HotPhrases::from_bytes(bytes, &HotOptions::default())
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(read(&[]), HotError::Truncated { at: 0, wanted: 1 });
    assert_eq!(read(&[9]), HotError::Version { found: 9 });
    let hot = new();
    hot.record("a", NOW);
    hot.record("b", NOW);
    let (_, bytes) = hot.to_bytes();
    for cut in 0..bytes.len() {
        assert!(
            matches!(read(&bytes[..cut]), HotError::Truncated { .. }),
            "{cut}"
        );
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(
        read(&longer),
        HotError::Malformed {
            at: 36,
            what: "bytes after the last phrase"
        }
    );
    let mut swapped = bytes.clone();
    swapped[24] = b'z';
    assert_eq!(
        read(&swapped),
        HotError::Malformed {
            at: 25,
            what: "a phrase out of order"
        }
    );
    let mut wild = bytes;
    wild[14..22].copy_from_slice(&f64::NAN.to_le_bytes());
    assert_eq!(
        read(&wild),
        HotError::Malformed {
            at: 14,
            what: "a score that is no number"
        }
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn scores_are_those_of_the_definition(uses in prop::collection::vec(("[ab]", 0i64..60), 1..50)) {
        let hot = new();
        let mut now = NOW;
        let mut times = Vec::new();
        for (phrase, days) in uses {
            now += days * DAY;
            hot.record(&phrase, now);
            times.push((phrase, now));
        }
        for phrase in ["a", "b"] {
            let age = |at: i64| (now - at) as f64 / DEFAULT_HALF_LIFE_MS as f64;
            let expected: f64 = times.iter().filter(|t| t.0 == phrase).map(|t| (-age(t.1)).exp2()).sum();
            prop_assert!((hot.score(phrase, now) - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = HotPhrases::from_bytes(&bytes, &HotOptions::default());
        let versioned = [&[1, 1][..], &bytes].concat();
        let _ = HotPhrases::from_bytes(&versioned, &HotOptions::default());
    }
}
