//! The store against values, damage, and other programs.

use serde_json::{Value, json};

use super::*;

const TIMEOUT: Duration = Duration::from_secs(30);

fn open(folder: &Path) -> Flags {
    Flags::open(folder, TIMEOUT).unwrap()
}

fn flag(value: Value) -> NewFlag {
    let Value::Object(fields) = value else {
        panic!("no object");
    };
    NewFlag::from_json(fields).unwrap()
}

fn refused(value: Value) -> String {
    let Value::Object(fields) = value else {
        panic!("no object");
    };
    NewFlag::from_json(fields).unwrap_err().to_string()
}

fn found(flags: &Flags, q: &str) -> Vec<i64> {
    let query = FlagQuery {
        take: 100,
        words: Words::parse(q).unwrap(),
        ..FlagQuery::default()
    };
    let page = flags.list(&query).unwrap();
    assert_eq!(page.total, page.flags.len() as u64);
    page.flags.iter().map(|flag| flag.id).collect()
}

#[test]
fn values_keep_their_type() {
    let folder = tempfile::tempdir().unwrap();
    let flags = open(folder.path());
    let id = flags
        .add(&flag(json!({
            "image_prompt": "a cat", "steps": 20, "sampler": "20", "cfg_scale": 7.0,
            "seed": 18_446_744_073_709_551_615_u64, "size": "", "model_hash": -1,
            "model_name": null, "id": 99, "nested": {"a": [1, null]},
        })))
        .unwrap();
    assert_eq!(id, 1);
    let kept = flags.get(id).unwrap().unwrap().to_json();
    let mut expected = json!({
        "id": 1, "created_at": kept["created_at"], "image_prompt": "a cat", "steps": 20,
        "sampler": "20", "cfg_scale": 7.0, "seed": "18446744073709551615", "size": "",
        "model_hash": -1, "model_name": null, "seed_resize_from": null,
        "denoising_strength": null, "extra": {"id": 99, "nested": {"a": [1, null]}},
    });
    assert_eq!(kept, expected);
    expected["steps"] = json!(20.0);
    assert_ne!(kept, expected, "whole stays whole");
    assert!(kept["created_at"].as_str().is_some_and(|at| at.len() == 24));
    let types: String = flags
        .writer
        .lock()
        .query_row(
            "SELECT group_concat(typeof(steps) || typeof(sampler) || typeof(cfg_scale) || \
             typeof(seed) || typeof(model_name)) FROM flags",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(types, "integertextrealtextnull");
}

#[test]
fn what_is_no_flag_is_refused() {
    assert_eq!(refused(json!({})), "[image_prompt] is missing");
    assert_eq!(
        refused(json!({"image_prompt": null})),
        "[image_prompt] is missing"
    );
    assert_eq!(
        refused(json!({"image_prompt": " \n"})),
        "[image_prompt] is empty"
    );
    assert_eq!(
        refused(json!({"image_prompt": ["a"]})),
        "[image_prompt] must be a string or a number, not a list"
    );
    assert_eq!(
        refused(json!({"image_prompt": "a", "steps": true})),
        "[steps] must be a string or a number, not true or false"
    );
    assert_eq!(
        flag(json!({"image_prompt": 7})).values[0],
        Some(Scalar::Whole(7))
    );
}

#[test]
fn words_phrases_and_scripts_without_spaces() {
    let folder = tempfile::tempdir().unwrap();
    let flags = open(folder.path());
    for prompt in [
        json!("a Red cat on a sofa"),
        json!("a cat in red light, sci-fi"),
        json!("一只红色的猫 SD猫"),
        json!("crème brûlée 🐱"),
        json!(2049),
        json!("it's \"quoted\"; DROP TABLE flags; --"),
    ] {
        flags.add(&flag(json!({"image_prompt": prompt}))).unwrap();
    }
    let table: [(&str, &[i64]); 16] = [
        ("", &[6, 5, 4, 3, 2, 1]),
        ("CAT", &[2, 1]),
        ("cat red", &[2, 1]),
        ("\"red cat\"", &[1]),
        ("\"cat red\"", &[]),
        ("sci-fi", &[2]),
        ("ca", &[]),
        ("猫", &[3]),
        ("sd猫 红色", &[3]),
        ("creme", &[4]),
        ("🐱", &[4]),
        ("2049", &[5]),
        ("it's", &[6]),
        ("\"drop table\"", &[6]),
        ("cat OR dog", &[]),
        ("image_prompt:cat", &[]),
    ];
    for (q, ids) in table {
        assert_eq!(found(&flags, q), ids, "{q}");
    }
    assert!(flags.delete(1).unwrap() && !flags.delete(1).unwrap());
    assert_eq!(found(&flags, "cat"), [2]);
    // Somebody corrects a row by hand.
    let other = Connection::open(folder.path().join(FILE)).unwrap();
    other
        .execute_batch(
            "UPDATE flags SET image_prompt = 'a dog' WHERE id = 2; \
             INSERT INTO flags (image_prompt) VALUES ('by hand')",
        )
        .unwrap();
    assert!(found(&flags, "cat").is_empty());
    assert_eq!(found(&flags, "dog"), [2]);
    assert_eq!(found(&flags, "hand"), [7]);
    assert_eq!(flags.get(7).unwrap().unwrap().created_at.len(), 24);
}

#[test]
fn models_and_times() {
    let folder = tempfile::tempdir().unwrap();
    let flags = open(folder.path());
    for model in [json!("7"), json!(7), json!("x"), Value::Null] {
        flags
            .add(&flag(json!({"image_prompt": "p", "model_name": model})))
            .unwrap();
    }
    let at = flags.get(2).unwrap().unwrap().created_at;
    let ids = |query: FlagQuery| -> Vec<i64> {
        let page = flags.list(&FlagQuery { take: 9, ..query }).unwrap();
        page.flags.iter().map(|flag| flag.id).collect()
    };
    let model_name = Some("7".to_owned());
    assert_eq!(
        ids(FlagQuery {
            model_name,
            ..FlagQuery::default()
        }),
        [2, 1]
    );
    let bounds = |since: &str, until: &str| FlagQuery {
        since: Some(since.to_owned()),
        until: Some(until.to_owned()),
        ..FlagQuery::default()
    };
    assert!(ids(bounds(&at, &at)).contains(&2));
    assert!(ids(bounds("2999", "3000")).is_empty());
    assert_eq!(
        ids(FlagQuery {
            skip: 3,
            ..FlagQuery::default()
        }),
        [1]
    );
    let deep = FlagQuery {
        skip: u64::MAX,
        take: 9,
        ..FlagQuery::default()
    };
    let deep = flags.list(&deep).unwrap();
    assert_eq!((deep.flags.len(), deep.total), (0, 4));
}

#[test]
fn ids_are_never_given_twice_and_rows_stay() {
    let folder = tempfile::tempdir().unwrap();
    let flags = open(folder.path());
    let prompt = flag(json!({"image_prompt": "p"}));
    assert_eq!(flags.add(&prompt).unwrap(), 1);
    assert_eq!(flags.add(&prompt).unwrap(), 2);
    assert!(flags.delete(2).unwrap());
    flags.close();
    drop(flags);
    let flags = open(folder.path());
    assert_eq!(flags.add(&prompt).unwrap(), 3);
    assert_eq!(found(&flags, ""), [3, 1]);
    assert_eq!(flags.last_id().unwrap(), 3);
}

#[test]
fn pieces_are_as_large_as_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let flags = open(folder.path());
    for _ in 0..10 {
        let long = "word ".repeat(200);
        flags.add(&flag(json!({"image_prompt": long}))).unwrap();
    }
    let ids = |after, last, bytes| -> Vec<i64> {
        let piece = flags.piece(after, last, bytes).unwrap();
        piece.iter().map(|flag| flag.id).collect()
    };
    assert_eq!(ids(0, 10, 1), [1]);
    assert_eq!(ids(1, 10, 2_500), [2, 3, 4]);
    assert_eq!(ids(8, 9, 1 << 20), [9]);
    assert!(ids(10, 10, 1 << 20).is_empty());
}

#[test]
fn a_copy_is_one_plain_file_with_every_row() {
    let folder = tempfile::tempdir().unwrap();
    let leftover = folder.path().join("flags-copy-old.db");
    std::fs::write(&leftover, "x").unwrap();
    let flags = open(folder.path());
    assert!(!leftover.exists());
    flags.add(&flag(json!({"image_prompt": "a cat"}))).unwrap();
    let target = folder.path().join("copy.db");
    flags.copy_to(&target).unwrap();
    flags.add(&flag(json!({"image_prompt": "later"}))).unwrap();
    assert!(!folder.path().join("copy.db-wal").exists());
    let copy = Connection::open(&target).unwrap();
    let (mode, count): (String, i64) = copy
        .query_row(
            "SELECT (SELECT journal_mode FROM pragma_journal_mode), count(*) FROM flags \
             WHERE id IN (SELECT rowid FROM flags_words('cat'))",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!((mode.as_str(), count), ("delete", 1));
    assert!(flags.copy().unwrap().metadata().unwrap().len() > 0);
    let names = std::fs::read_dir(folder.path()).unwrap().flatten();
    let left = names.filter(|entry| entry.file_name().to_string_lossy().contains("copy-"));
    assert_eq!(left.count(), 0);
}

#[test]
fn files_that_are_none_of_ours_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let error = || Flags::open(folder.path(), TIMEOUT).map(drop).unwrap_err();
    std::fs::write(
        &path,
        "no database at all, but long enough to be looked at".repeat(50),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(error(), FlagsError::Damaged { .. }));
    assert!(error().to_string().contains("flags.db"));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE flags (country)").unwrap();
    assert!(matches!(error(), FlagsError::Foreign { .. }));
    other.execute_batch("PRAGMA user_version = 1").unwrap();
    assert!(matches!(error(), FlagsError::Foreign { .. }));
    other.execute_batch("PRAGMA user_version = 2").unwrap();
    assert!(matches!(
        error(),
        FlagsError::Newer {
            version: 2,
            supported: 1,
            ..
        }
    ));
}

#[test]
fn damage_inside_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let flags = open(folder.path());
    for _ in 0..50 {
        let long = "word ".repeat(300);
        flags.add(&flag(json!({"image_prompt": long}))).unwrap();
    }
    flags.close();
    drop(flags);
    let path = folder.path().join(FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 20_000].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let error = Flags::open(folder.path(), TIMEOUT).map(drop).unwrap_err();
    assert!(matches!(error, FlagsError::Damaged { .. }), "{error}");
}

#[test]
fn a_query_that_takes_too_long_ends() {
    let folder = tempfile::tempdir().unwrap();
    let flags = Flags::open(folder.path(), Duration::ZERO).unwrap();
    for _ in 0..2_000 {
        let writer = flags.writer.lock();
        writer
            .execute_batch("INSERT INTO flags (image_prompt) VALUES ('猫')")
            .unwrap();
        writer.execute_batch("PRAGMA synchronous = OFF").unwrap();
    }
    let query = FlagQuery {
        words: Words::parse("犬").unwrap(),
        ..FlagQuery::default()
    };
    assert!(matches!(flags.list(&query), Err(FlagsError::Slow)));
}

#[test]
fn flags_of_a_copy_are_taken_over_where_there_are_none() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let source = open(here.path());
    for prompt in ["a cat", "a dog", "gone", "last"] {
        let fields = json!({"image_prompt": prompt, "steps": "20", "more": [1]});
        source.add(&flag(fields)).unwrap();
    }
    source.delete(3).unwrap();
    source.delete(4).unwrap();
    let copy = std::fs::read(source.copy_beside().unwrap().path()).unwrap();

    let target = open(there.path());
    let coming = target.receive(&mut copy.as_slice()).unwrap();
    assert_eq!(target.adopt(coming.path()).unwrap(), Adopted::All(2));
    let shown = |flags: &Flags, id| flags.get(id).unwrap().unwrap().to_json();
    for id in [1, 2] {
        assert_eq!(shown(&target, id), shown(&source, id));
    }
    assert_eq!(found(&target, "dog"), [2]);
    let next = target.add(&flag(json!({"image_prompt": "next"}))).unwrap();
    assert_eq!(
        next, 5,
        "an id that was given out once is not given out again"
    );
    assert_eq!(target.adopt(coming.path()).unwrap(), Adopted::Own);
    assert_eq!(found(&target, "cat"), [1]);

    // Nothing of a damaged copy comes.
    let folder = tempfile::tempdir().unwrap();
    let third = open(folder.path());
    for damaged in [
        &copy[..copy.len() / 2],
        b"",
        b"no database at all, but some text",
    ] {
        let coming = third.receive(&mut &damaged[..]).unwrap();
        let error = third.adopt(coming.path()).unwrap_err();
        assert!(
            matches!(
                error,
                FlagsError::Damaged { .. } | FlagsError::Foreign { .. }
            ),
            "{error}"
        );
        assert_eq!(third.last_id().unwrap(), 0);
    }
    drop(coming);
    let names = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
    assert!(names(there.path()) <= 3, "the copy is gone");
}
