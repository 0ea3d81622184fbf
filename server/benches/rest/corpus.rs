//! Small documents and a mix of searches, the same ones every time.

use serde_json::{Value, json};

/// Documents of a bulk.
const BULK: usize = 5_000;
const WORDS: &[&str] = &[
    "red", "blue", "green", "cat", "dog", "car", "boat", "house", "street", "runs", "sleeps",
    "jumps", "slowly", "quickly", "under", "over", "the", "a", "bridge", "river", "mountain",
    "sunset", "party", "dancing", "people", "child", "ball", "music", "rain", "snow", "light",
    "night",
];

/// The index's name on both sides.
pub const INDEX: &str = "small";

/// How the index is made.
pub fn definition() -> Value {
    json!({"mappings": {"properties": {
        "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
        "tag": {"type": "keyword"}, "n": {"type": "integer"}, "at": {"type": "date"}}}})
}

fn mixed(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn word(seed: u64) -> &'static str {
    WORDS[(mixed(seed) % WORDS.len() as u64) as usize]
}

fn document(n: u64) -> Value {
    let title: Vec<&str> = (0..6).map(|at| word(n * 7 + at)).collect();
    json!({"title": title.join(" "), "tag": word(n * 11), "n": n,
        "at": 1_700_000_000_000_u64 + n * 60_000})
}

/// Documents as bodies of `_bulk`.
pub fn bulks(documents: usize) -> Vec<String> {
    let all: Vec<usize> = (0..documents).collect();
    all.chunks(BULK)
        .map(|part| {
            let lines = part.iter().map(|n| {
                format!(
                    "{{\"index\":{{\"_id\":\"{n}\"}}}}\n{}\n",
                    document(*n as u64)
                )
            });
            lines.collect()
        })
        .collect()
}

/// How many documents they hold.
pub fn count(bulks: &[String]) -> usize {
    bulks.iter().map(|bulk| bulk.lines().count() / 2).sum()
}

/// Searches of all kinds that a site has.
pub fn searches() -> Vec<Value> {
    let each = |n: u64| {
        let (one, two) = (word(n), word(n + 1_000));
        match n % 6 {
            0 => json!({"query": {"match": {"title": format!("{one} {two}")}}}),
            1 => {
                json!({"query": {"match": {"title": {"query": format!("{one} {two}"), "operator": "and"}}}})
            }
            2 => {
                json!({"query": {"bool": {"must": {"match": {"title": one}}, "filter": [{"term": {"tag": two}}, {"range": {"n": {"lt": 50_000}}}]}}})
            }
            3 => json!({"query": {"term": {"tag": one}}, "sort": [{"at": "desc"}], "size": 20}),
            4 => json!({"query": {"prefix": {"title.keyword": format!("{one} {two}")}}}),
            _ => {
                json!({"size": 0, "query": {"match": {"title": one}}, "aggs": {"tags": {"terms": {"field": "tag"}}}})
            }
        }
    };
    (0..600).map(each).collect()
}

/// Searches that take milliseconds, so that whoever sends them is not what is measured.
pub fn heavy() -> Vec<Value> {
    let each = |n: u64| {
        let (one, two) = (word(n), word(n + 1_000));
        json!({
            "query": {"match": {"title": {"query": format!("{one} {two}"), "fuzziness": 2}}},
            "aggs": {"tags": {"terms": {"field": "tag"}}, "numbers": {"extended_stats": {"field": "n"}}},
        })
    };
    (0..100).map(each).collect()
}
