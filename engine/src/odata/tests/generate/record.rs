//! Records.

use serde_json::{Map, Value as Json, json};

use super::Random;

pub(super) const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "cat",
    "Cat",
    "big cat",
    "a*b?",
    "it's",
    "猫",
    "猫咪跳舞",
    "Σίσυφος",
    "İx",
    "ß",
    "e\u{301}",
    "4",
    "true",
    "2024-01-01",
    "2024-02-29T23:59:59Z",
    "01234567-89AB-cdef-0123-456789abcdef",
    "line\nbreak",
    "C:\\x",
];

pub(super) const PIECES: &[&str] = &[
    "", "a", "A", "c", "at", "猫", "跳", "*", "?", "\\", "'", "İ", "σ", "big", "4", "-", "\n",
];

pub(super) const PATTERNS: &[&str] = &[
    "^a", "t$", "c.t", "[A-Z]", "^$", "\\d", "猫|cat", "(a)\\1", ".",
];

pub(super) const DATES: &[&str] = &[
    "2024-01-01T00:00:00Z",
    "2024-01-01",
    "2024-01-01T00:00:00.5Z",
    "2024-02-29T23:59:59.999999999Z",
    "2024-03-01T07:59:59+08:00",
    "2023-12-31T16:00:00-08:00",
    "1999-12-31T23:59:59Z",
    "2024-01-01T00:00:01Z",
];

pub(super) const WHOLES: &[i64] = &[
    -3,
    -1,
    0,
    1,
    2,
    3,
    4,
    5,
    100,
    i64::MAX,
    i64::MIN,
    9_007_199_254_740_993,
];

pub(super) const DOUBLES: &[f64] = &[
    -4.5,
    -0.0,
    0.0,
    0.5,
    1.0,
    3.0,
    4.5,
    4.0,
    9_007_199_254_740_992.0,
    1e19,
    1e300,
];

/// The fields that always hold what the index takes them for.
pub(super) const FIELDS: &[&str] = &[
    "name", "title", "prompt", "tags", "width", "rating", "flag", "at", "nums", "keys", "times",
    "single",
];

/// The fields that hold anything.
pub(super) const WILD: &[&str] = &[
    "wild",
    "wild_long",
    "wild_double",
    "wild_date",
    "wild_flag",
    "wild_string",
];

/// A record. The wild fields hold anything.
pub fn record(random: &mut Random) -> Json {
    let mut out = Map::new();
    let mut put = |random: &mut Random, name: &str, value: Json| match random.below(10) {
        0 | 1 => {}
        2 if random.chance(50) => {
            out.insert(name.to_owned(), Json::Null);
        }
        _ => {
            out.insert(name.to_owned(), value);
        }
    };
    for name in ["name", "title", "single"] {
        let value = json!(random.pick(TEXTS));
        put(random, name, value);
    }
    let long = if random.chance(20) { 300 } else { 1 };
    let value = json!(random.pick(TEXTS).repeat(long));
    put(random, "prompt", value);
    let value = texts(random);
    put(random, "tags", value);
    let value = json!(random.pick(WHOLES));
    put(random, "width", value);
    let value = number(random);
    put(random, "rating", value);
    let value = json!(random.chance(50));
    put(random, "flag", value);
    let value = json!(random.pick(DATES));
    put(random, "at", value);
    let count = random.below(4);
    let value = (0..count).map(|_| json!(random.pick(WHOLES))).collect();
    put(random, "nums", value);
    let count = random.below(3);
    let value = (0..count).map(|_| json!(random.pick(DATES))).collect();
    put(random, "times", value);
    let count = random.below(3);
    let keys = (0..count)
        .map(|_| {
            let mut key = Map::new();
            if random.chance(80) {
                key.insert("key".to_owned(), json!(random.pick(TEXTS)));
            }
            if random.chance(60) {
                key.insert("size".to_owned(), json!(random.pick(WHOLES)));
            }
            Json::Object(key)
        })
        .collect();
    put(random, "keys", keys);
    for name in WILD {
        let value = anything(random, true);
        put(random, name, value);
    }
    Json::Object(out)
}

fn texts(random: &mut Random) -> Json {
    if random.chance(10) {
        return json!(random.pick(TEXTS));
    }
    let count = random.below(4);
    (0..count).map(|_| json!(random.pick(TEXTS))).collect()
}

fn number(random: &mut Random) -> Json {
    if random.chance(50) {
        json!(random.pick(WHOLES))
    } else {
        json!(random.pick(DOUBLES))
    }
}

fn anything(random: &mut Random, lists: bool) -> Json {
    match random.below(if lists { 8 } else { 7 }) {
        0 => json!(random.chance(50)),
        1 | 2 => number(random),
        3 | 4 => json!(random.pick(TEXTS)),
        5 => json!(random.pick(DATES)),
        6 => json!(u64::MAX),
        _ => (0..random.below(4))
            .map(|_| anything(random, false))
            .collect(),
    }
}
