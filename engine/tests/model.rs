//! Random writes, refreshes, merges and crashes against a plain map.
//!
//! `PICTOR_CASES` sets how many cases run (the gate's number is small, the long
//! run's is in `docs/reliability.md`).

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use engine::index::{Index, IndexOptions};
use engine::query::ast::{Match, Query, Range, Term};
use engine::request::{Order, SearchRequest, Sort, WriteOp};
use engine::store::{MemStore, Store};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Debug, Clone)]
enum Step {
    Put { id: u8, word: u8, number: i8 },
    Patch { id: u8, number: i8 },
    Delete { id: u8 },
    Refresh,
    Merge,
    Kill,
    Crash { seed: u64 },
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (0..12u8, 0..6u8, any::<i8>()).prop_map(|(id, word, number)| Step::Put { id, word, number }),
        3 => (0..12u8, any::<i8>()).prop_map(|(id, number)| Step::Patch { id, number }),
        4 => (0..12u8).prop_map(|id| Step::Delete { id }),
        3 => Just(Step::Refresh),
        1 => Just(Step::Merge),
        1 => Just(Step::Kill),
        1 => any::<u64>().prop_map(|seed| Step::Crash { seed }),
        1 => Just(Step::Close),
    ]
}

const WORDS: [&str; 6] = ["cat", "dog", "red cat", "blue", "red dog", "cat cat dog"];

fn options() -> IndexOptions {
    IndexOptions {
        // Only the steps refresh: the model knows what is visible.
        refresh_interval: Duration::from_secs(3_600),
        writer_memory: 15_000_000,
        ..IndexOptions::default()
    }
}

fn open(store: &MemStore) -> Index {
    Index::open("model", Arc::new(store.clone()), options()).unwrap()
}

fn ids(index: &Index, query: Query) -> Vec<String> {
    let request = SearchRequest {
        query: Some(query),
        size: 100,
        sort: vec![
            Sort::field("number", Order::Asc),
            Sort::field("name", Order::Asc),
        ],
        ..SearchRequest::default()
    };
    let response = index.search(&request).unwrap();
    assert_eq!(response.total.unwrap().value, response.hits.len() as u64);
    response.hits.into_iter().map(|hit| hit.id).collect()
}

type Model = BTreeMap<String, Value>;

fn expected(model: &Model, keep: impl Fn(&Value) -> bool) -> Vec<String> {
    let mut found: Vec<(&Value, &String)> = model
        .iter()
        .filter(|(_, document)| keep(document))
        .map(|(id, document)| (document, id))
        .collect();
    found.sort_by_key(|(document, _)| (document["number"].as_i64(), document["name"].to_string()));
    found.into_iter().map(|(_, id)| id.clone()).collect()
}

fn compare(index: &Index, visible: &Model, now: &Model) {
    for id in (0..12).map(|id| format!("d{id}")) {
        let found = index.get(&id).unwrap().map(|document| document.source);
        assert_eq!(found.as_ref(), now.get(&id), "get {id}");
    }
    assert_eq!(ids(index, Query::match_all()), expected(visible, |_| true));
    let has = |word: &'static str| {
        move |document: &Value| {
            document["text"]
                .as_str()
                .is_some_and(|text| text.split(' ').any(|other| other == word))
        }
    };
    for word in ["cat", "dog", "red", "missing"] {
        assert_eq!(
            ids(index, Query::Match(Match::new("text", word))),
            expected(visible, has(word)),
            "{word}"
        );
    }
    let mut range = Range::new("number");
    range.gte = Some((-20).into());
    range.lt = Some(50.into());
    let within = |document: &Value| {
        document["number"]
            .as_i64()
            .is_some_and(|n| (-20..50).contains(&n))
    };
    assert_eq!(ids(index, Query::Range(range)), expected(visible, within));
    let exact = Query::Term(Term::new("text.keyword", "red cat"));
    assert_eq!(
        ids(index, exact),
        expected(visible, |document| document["text"] == "red cat")
    );
}

fn run(steps: Vec<Step>) {
    let mut store = MemStore::new();
    let folder: Arc<dyn Store> = Arc::new(store.clone());
    let mapping = json!({"properties": {"name": {"type": "keyword"}, "number": {"type": "long"}}});
    Index::create(&folder, "model", 0, &json!({}), &mapping).unwrap();
    let mut index = open(&store);
    let (mut visible, mut now) = (Model::new(), Model::new());
    let write = |index: &Index, op: WriteOp| index.write(vec![op]).remove(0);
    for step in steps {
        match step {
            Step::Put { id, word, number } => {
                let id = format!("d{id}");
                let text = WORDS[usize::from(word)];
                let document = json!({"name": id, "text": text, "number": number});
                write(&index, WriteOp::index(Some(id.clone()), document.clone())).unwrap();
                now.insert(id, document);
            }
            Step::Patch { id, number } => {
                let id = format!("d{id}");
                let result = write(
                    &index,
                    WriteOp::update(id.clone(), json!({"number": number})),
                );
                assert_eq!(result.is_ok(), now.contains_key(&id));
                if let Some(document) = now.get_mut(&id) {
                    document["number"] = json!(number);
                }
            }
            Step::Delete { id } => {
                let id = format!("d{id}");
                write(&index, WriteOp::delete(id.clone())).unwrap();
                now.remove(&id);
            }
            Step::Refresh => {
                index.refresh().unwrap();
                visible = now.clone();
            }
            Step::Merge => {
                index.force_merge().unwrap();
                visible = now.clone();
            }
            Step::Kill => {
                store = store.kill();
                drop(index);
                index = open(&store);
                visible = now.clone();
            }
            Step::Crash { seed } => {
                store = store.crash(seed);
                drop(index);
                index = open(&store);
                visible = now.clone();
            }
            Step::Close => {
                index.close().unwrap();
                index = open(&store);
                visible = now.clone();
            }
        }
        compare(&index, &visible, &now);
    }
}

fn cases() -> u32 {
    std::env::var("PICTOR_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_index_behaves_like_a_map(steps in prop::collection::vec(step(), 1..25)) {
        run(steps);
    }
}

/// A delete that is a new writer's first operation was lost when committed segments were merged
/// while it waited for its commit. It took a race: several rounds.
#[test]
fn the_first_delete_after_opening_survives_a_merge() {
    let put = |id, word| Step::Put {
        id,
        word,
        number: 1,
    };
    for _ in 0..40 {
        run(vec![
            put(6, 3),
            put(0, 5),
            put(7, 5),
            Step::Delete { id: 6 },
            Step::Refresh,
            put(4, 3),
            Step::Refresh,
            put(11, 5),
            put(5, 2),
            put(0, 4),
            Step::Refresh,
            put(7, 0),
            Step::Kill,
        ]);
    }
}
