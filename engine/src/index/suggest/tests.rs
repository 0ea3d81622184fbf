//! What an index suggests beside a model that is built anew from its documents.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::BUILD_AT_ONCE;
use crate::clock::now_millis;
use crate::index::{Index, IndexOptions};
use crate::request::WriteOp;
use crate::store::{MemStore, Store};
use crate::suggest::{Changes, HotOptions, HotPhrases, NamesBuilder, Snapshot, SuggestRequest};
use crate::testing::{Random, cases};

const WORDS: &[&str] = &[
    "cat", "cats", "car", "cart", "carpet", "dog", "dig", "digit", "blue", "blur", "sea", "seal",
    "小猫", "小狗", "睡觉", "lantern", "morning", "zmorning", "wlantern", "number", "2024", "moon",
];
const NAMES: &[&str] = &[
    "ann",
    "Ann",
    "anna",
    "hanna",
    "bob",
    "bob smith",
    "ann smith",
    "zoe",
];

#[derive(Clone)]
struct Picture {
    title: String,
    uploader: String,
    like: u32,
}

fn picture(random: &mut Random) -> Picture {
    let count = random.below(4);
    let words: Vec<&str> = (0..count).map(|_| *random.pick(WORDS)).collect();
    Picture {
        title: words.join(" "),
        uploader: (*random.pick(NAMES)).to_owned(),
        like: u32::try_from(random.below(20)).unwrap(),
    }
}

fn created(store: &MemStore) {
    let folder: Arc<dyn Store> = Arc::new(store.clone());
    let settings = json!({"index": {"pictor": {
        "substring": ["title", "uploader"],
        "suggest": {"title": {"field": "title", "weight": "like"}, "uploader": {"field": "uploader"}},
    }}});
    let text =
        json!({"type": "text", "analyzer": "chinese", "fields": {"keyword": {"type": "keyword"}}});
    let mappings =
        json!({"properties": {"title": text, "uploader": text, "like": {"type": "long"}}});
    Index::create(&folder, "images", 0, &settings, &mappings).unwrap();
}

fn opened(store: &MemStore) -> Index {
    let options = IndexOptions {
        refresh_interval: Duration::from_secs(3_600),
        writer_memory: 15_000_000,
        ..IndexOptions::default()
    };
    Index::open("images", Arc::new(store.clone()), options).unwrap()
}

fn write(id: u64, picture: &Picture) -> WriteOp {
    WriteOp::index(
        Some(id.to_string()),
        json!({"title": picture.title, "uploader": picture.uploader, "like": picture.like}),
    )
}

/// What a node without a past would suggest.
struct Model {
    titles: Snapshot,
    names: crate::suggest::Names,
}

impl Model {
    fn of(pictures: &BTreeMap<u64, Picture>) -> Self {
        let rows = pictures
            .iter()
            .map(|(id, one)| (one.title.as_str(), one.like, *id));
        let mut names = NamesBuilder::new();
        for (id, one) in pictures {
            names.add(&one.uploader, 1, *id);
        }
        Self {
            titles: Snapshot::build(rows).unwrap(),
            names: names.build().unwrap(),
        }
    }

    fn titles(&self, query: &str, correct: bool, hot: &HotPhrases) -> Vec<String> {
        let request = SuggestRequest {
            query,
            limit: 10,
            correct,
            now_ms: now_millis(),
        };
        self.titles
            .suggest(&Changes::default(), hot, &request, &mut |_| true)
    }

    fn names(&self, query: &str) -> Vec<String> {
        let found = self.names.suggest(query, 10, &mut |_| true);
        found.into_iter().map(|one| one.name).collect()
    }
}

fn query(random: &mut Random) -> String {
    let mut text = picture(random).title;
    for _ in 0..random.below(3) {
        text.pop();
    }
    if random.chance(30) && text.is_char_boundary(1) && !text.is_empty() {
        text.remove(0);
    }
    text
}

#[test]
fn nothing_is_suggested_that_is_gone_and_everything_that_is_there() {
    let mut random = Random(5);
    let store = MemStore::new();
    created(&store);
    let mut index = opened(&store);
    let hot = HotPhrases::new(&HotOptions::default());
    hot.record("cat", now_millis());
    hot.record("blue sea", now_millis());
    let mut pictures: BTreeMap<u64, Picture> = BTreeMap::new();
    // More than are built anew at each refresh.
    let mut next = BUILD_AT_ONCE + 100;
    for id in 0..next {
        pictures.insert(id, picture(&mut random));
    }
    let ops = pictures.iter().map(|(id, one)| write(*id, one));
    for result in index.write(ops.collect()) {
        result.unwrap();
    }
    index.refresh().unwrap();
    let rounds = (cases() / 40).max(4);
    for round in 0..rounds {
        let mut ops = Vec::new();
        for _ in 0..random.below(30) {
            let id = random.next() % next;
            match random.below(3) {
                0 => {
                    pictures.remove(&id);
                    ops.push(WriteOp::delete(id.to_string()));
                }
                1 => {
                    let new = picture(&mut random);
                    ops.push(write(id, &new));
                    pictures.insert(id, new);
                }
                _ => {
                    let new = picture(&mut random);
                    ops.push(write(next, &new));
                    pictures.insert(next, new);
                    next += 1;
                }
            }
        }
        for result in index.write(ops) {
            result.unwrap();
        }
        match random.below(10) {
            0 => index.force_merge().unwrap(),
            1 => {
                index.close().unwrap();
                index = opened(&store);
            }
            _ => {}
        }
        index.refresh().unwrap();
        if random.chance(50) {
            index.settle();
        }
        let model = Model::of(&pictures);
        for _ in 0..40 {
            let query = query(&mut random);
            let correct = random.chance(80);
            assert_eq!(
                index.suggest("title", &query, 10, correct, &hot),
                model.titles(&query, correct, &hot),
                "{query:?} in round {round}"
            );
        }
        for query in ["ann", "an", "bbo", "smit", "hana", "zoe", "zo"] {
            assert_eq!(
                index.suggest("uploader", query, 10, true, &hot),
                model.names(query),
                "{query:?} in round {round}"
            );
        }
    }
}

#[test]
fn a_deleted_and_a_renamed_title_are_forgotten_at_once() {
    for library in [10, BUILD_AT_ONCE + 10] {
        let store = MemStore::new();
        created(&store);
        let index = opened(&store);
        let titled = |title: &str| Picture {
            title: title.to_owned(),
            uploader: "zanna".to_owned(),
            like: 0,
        };
        let mut ops: Vec<WriteOp> = (0..library)
            .map(|id| write(id, &titled(&format!("picture {id}"))))
            .collect();
        ops.push(write(100_000, &titled("zmorning")));
        ops.push(write(100_001, &titled("wlantern sea")));
        for result in index.write(ops) {
            result.unwrap();
        }
        index.refresh().unwrap();
        index.close().unwrap();
        let index = opened(&store);
        let hot = HotPhrases::new(&HotOptions::default());
        let suggest = |query: &str| index.suggest("title", query, 10, true, &hot);
        assert_eq!(suggest("zmo"), ["zmorning"]);
        assert_eq!(suggest("wla"), ["wlantern sea", "wlantern"]);
        let changes = vec![WriteOp::delete("100000"), write(100_001, &titled(" "))];
        for result in index.write(changes) {
            result.unwrap();
        }
        index.refresh().unwrap();
        assert_eq!(suggest("zmo"), [""; 0]);
        assert_eq!(suggest("wla"), [""; 0]);
        index.force_merge().unwrap();
        assert_eq!(suggest("zmornign"), [""; 0]);
        assert_eq!(suggest("wlantern"), [""; 0]);
    }
}
