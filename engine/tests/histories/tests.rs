//! The checker itself: histories that cannot be are found, and those that can be pass.

use crate::check::check;
use crate::history::{Answer, Ask, Did, End, History, Read, Search, Seen, Span, Write};

fn span(call: u64, answer: u64) -> Span {
    Span { call, answer }
}

fn write(at: (u64, u64), ask: Ask, token: u64, answer: Answer) -> Write {
    Write {
        epoch: 0,
        life: "u".to_owned(),
        key: "k".to_owned(),
        ask,
        if_seq: None,
        token,
        span: span(at.0, at.1),
        answer,
    }
}

fn done(seq: u64, version: u64, did: Did) -> Answer {
    Answer::Done { seq, version, did }
}

fn read(at: (u64, u64), seen: Option<(u64, u64, u64)>) -> Read {
    Read {
        epoch: 0,
        life: "u".to_owned(),
        key: "k".to_owned(),
        span: span(at.0, at.1),
        seen: seen.map(|(seq, version, token)| Seen {
            seq,
            version,
            token,
            patch: 0,
        }),
    }
}

/// Created as 1, replaced by 2, deleted.
fn story() -> History {
    History {
        writes: vec![
            write((1, 2), Ask::Index, 1, done(0, 1, Did::Created)),
            write((5, 9), Ask::Index, 2, done(1, 2, Did::Updated)),
            write((20, 21), Ask::Delete, 3, done(2, 3, Did::Deleted)),
        ],
        ..History::default()
    }
}

fn kinds(history: &History) -> Vec<&'static str> {
    let violations = check(history).violations.into_iter();
    violations.map(|violation| violation.kind).collect()
}

#[test]
fn reads_between_writes_can_be() {
    let mut history = story();
    history.reads = vec![
        read((0, 1), None),
        read((3, 4), Some((0, 1, 1))),
        read((6, 8), Some((0, 1, 1))),
        read((6, 7), Some((1, 2, 2))),
        read((10, 11), Some((1, 2, 2))),
        read((22, 23), None),
    ];
    assert_eq!(kinds(&history), [""; 0]);
}

#[test]
fn each_kind_of_wrong_read_is_found() {
    for (reads, kind) in [
        (
            vec![read((3, 4), None)],
            "a read does not see an acknowledged write",
        ),
        (
            vec![read((10, 11), Some((0, 1, 1)))],
            "a read does not see an acknowledged write",
        ),
        (vec![read((3, 4), Some((1, 2, 2)))], "a read of the future"),
        (
            vec![read((10, 11), Some((1, 2, 7)))],
            "a value that was never there",
        ),
        (
            vec![read((10, 11), Some((1, 5, 2)))],
            "a value that was never there",
        ),
        // One saw the second write already.
        (
            vec![read((6, 7), Some((1, 2, 2))), read((8, 9), Some((0, 1, 1)))],
            "a read is older than one before it",
        ),
        (
            vec![read((22, 23), Some((1, 2, 2)))],
            "a read does not see an acknowledged write",
        ),
    ] {
        let mut history = story();
        history.reads = reads;
        assert_eq!(kinds(&history), [kind], "{:?}", history.reads);
    }
}

#[test]
fn a_write_that_a_kill_took_is_lost_and_one_without_an_answer_may_be() {
    let mut history = story();
    history.ends = vec![End {
        epoch: 0,
        copied: span(15, 16),
    }];
    // The deletion was in flight: it may be there or not.
    for seen in [None, Some((1, 2, 2))] {
        history.reads = vec![read((30, 31), seen)];
        history.reads[0].epoch = 1;
        history.writes[2].span = span(14, 21);
        assert_eq!(kinds(&history), [""; 0]);
    }
    history.reads[0].seen = Some(Seen {
        seq: 0,
        version: 1,
        token: 1,
        patch: 0,
    });
    assert_eq!(kinds(&history), ["an acknowledged write is lost"]);
}

#[test]
fn sequence_numbers_are_given_once_in_order_and_without_gaps() {
    let mut history = story();
    history.writes[1].answer = done(0, 2, Did::Updated);
    assert!(kinds(&history).contains(&"a sequence number was given twice"));

    let mut history = story();
    history.writes[2].answer = done(3, 3, Did::Deleted);
    assert_eq!(kinds(&history), ["a sequence number is missing"]);
    // Another write, which failed, may have it.
    let unknown = Answer::Unknown("closed".to_owned());
    history.writes.push(write((12, 13), Ask::Index, 9, unknown));
    assert_eq!(kinds(&history), [""; 0]);
    // But not one that came after all.
    history.writes[3].span = span(40, 41);
    assert_eq!(kinds(&history), ["a sequence number is missing"]);

    let mut history = story();
    history.writes[0].span = span(30, 31);
    assert!(
        kinds(&history)
            .contains(&"a write has an earlier number than one that was answered before")
    );
}

#[test]
fn answers_that_do_not_fit_are_found() {
    let fits = "an answer does not fit what was there";
    let mut history = story();
    history.writes[1].answer = done(1, 3, Did::Updated);
    assert!(kinds(&history).contains(&fits));
    let mut history = story();
    history.writes[1].ask = Ask::Create;
    assert!(kinds(&history).contains(&fits));
    let mut history = story();
    history.writes[1].if_seq = Some(7);
    assert!(kinds(&history).contains(&fits));
    let mut history = story();
    let late = |ask, token, answer| write((30, 31), ask, token, answer);
    history
        .writes
        .push(late(Ask::External(2), 9, done(3, 2, Did::Created)));
    assert!(kinds(&history).contains(&fits));
    history.writes[3] = late(Ask::External(5), 9, done(3, 5, Did::Created));
    assert_eq!(kinds(&history), [""; 0]);
    history.writes[3] = late(Ask::Create, 9, Answer::Conflict);
    assert_eq!(kinds(&history), ["a condition that held was refused"]);
    history.writes[3] = late(Ask::Update, 9, Answer::Missing);
    assert_eq!(kinds(&history), [""; 0]);
}

#[test]
fn a_search_finds_one_moment() {
    let mut history = story();
    let mut other = write((10, 11), Ask::Index, 5, done(3, 1, Did::Created));
    other.key = "o".to_owned();
    history.writes[2].answer = done(4, 3, Did::Deleted);
    let mut second = other.clone();
    (second.key, second.answer) = ("p".to_owned(), done(2, 1, Did::Created));
    second.span = span(10, 11);
    history.writes.extend([other, second]);
    let seen = |seq, version, token| Seen {
        seq,
        version,
        token,
        patch: 0,
    };
    let search = |found: &[(&str, Seen)]| Search {
        epoch: 0,
        life: "u".to_owned(),
        span: span(25, 26),
        seen: found
            .iter()
            .map(|(key, seen)| ((*key).to_owned(), *seen))
            .collect(),
    };
    for found in [
        vec![],
        vec![("k", seen(1, 2, 2))],
        vec![
            ("k", seen(1, 2, 2)),
            ("p", seen(2, 1, 5)),
            ("o", seen(3, 1, 5)),
        ],
        vec![("p", seen(2, 1, 5)), ("o", seen(3, 1, 5))],
    ] {
        history.searches = vec![search(&found)];
        assert_eq!(kinds(&history), [""; 0], "{found:?}");
    }
    for found in [
        vec![("k", seen(0, 1, 1)), ("o", seen(3, 1, 5))],
        vec![("k", seen(1, 2, 2)), ("o", seen(3, 1, 5))],
        vec![("k", seen(1, 2, 9))],
    ] {
        history.searches = vec![search(&found)];
        assert_eq!(
            kinds(&history),
            ["a search does not find the documents of one moment"],
            "{found:?}"
        );
    }
}
