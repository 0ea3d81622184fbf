//! Documents of any kind, and what can be asked of them without an index.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

pub(super) const TAGS: [&str; 6] = ["ant", "bee", "cat", "dog", "eel", "fox"];

pub(super) const DAY: i64 = 86_400_000;

/// 2024-01-01.
pub(super) const START: i64 = 1_704_067_200_000;

#[derive(Debug, Clone)]
pub(super) struct Doc {
    pub(super) id: usize,
    pub(super) tags: BTreeSet<usize>,
    pub(super) n: Vec<i64>,
    /// In quarters, so that sums are exact.
    pub(super) x: Option<i32>,
    pub(super) day: Option<i64>,
    pub(super) flag: Option<bool>,
    pub(super) second_index: bool,
    pub(super) refresh: bool,
    pub(super) deleted: bool,
}

impl Doc {
    pub(super) fn x(&self) -> Option<f64> {
        self.x.map(|quarters| f64::from(quarters) / 4.0)
    }

    pub(super) fn when(&self) -> Option<i64> {
        self.day.map(|day| START + day * DAY / 2)
    }

    pub(super) fn source(&self) -> Value {
        let mut out = Map::new();
        let tags: Vec<&str> = self.tags.iter().map(|tag| TAGS[*tag]).collect();
        if !tags.is_empty() {
            out.insert("tag".into(), json!(tags));
        }
        if !self.n.is_empty() {
            out.insert("n".into(), json!(self.n));
        }
        if let Some(x) = self.x() {
            out.insert("x".into(), json!(x));
        }
        if let Some(when) = self.when() {
            out.insert("when".into(), json!(when));
        }
        if let Some(flag) = self.flag {
            out.insert("flag".into(), json!(flag));
        }
        Value::Object(out)
    }
}

prop_compose! {
    pub(super) fn doc()(
        tags in prop::collection::btree_set(0..6usize, 0..3),
        n in prop::collection::vec(-5..8i64, 0..3),
        x in prop::option::of(-20..40i32),
        day in prop::option::of(0..120i64),
        flag in prop::option::of(any::<bool>()),
        second_index in any::<bool>(),
        refresh in prop::bool::weighted(0.15),
        deleted in prop::bool::weighted(0.2),
    ) -> Doc {
        Doc { id: 0, tags, n, x, day, flag, second_index, refresh, deleted }
    }
}

pub(super) type Docs<'a> = Vec<&'a Doc>;

pub(super) fn grouped<'a, K: Ord>(
    docs: &Docs<'a>,
    keys: impl Fn(&Doc) -> Vec<K>,
) -> BTreeMap<K, Docs<'a>> {
    let mut out: BTreeMap<K, Docs<'a>> = BTreeMap::new();
    for doc in docs {
        let keys: BTreeSet<K> = keys(doc).into_iter().collect();
        for key in keys {
            out.entry(key).or_default().push(doc);
        }
    }
    out
}

pub(super) fn numbers(docs: &Docs<'_>) -> Vec<f64> {
    docs.iter()
        .flat_map(|doc| doc.n.iter().map(|n| *n as f64))
        .collect()
}

pub(super) fn xs(docs: &Docs<'_>) -> Vec<f64> {
    docs.iter().filter_map(|doc| doc.x()).collect()
}

pub(super) fn average(values: &[f64]) -> Value {
    if values.is_empty() {
        return Value::Null;
    }
    json!(values.iter().sum::<f64>() / values.len() as f64)
}

pub(super) fn tags_of(doc: &Doc) -> Vec<usize> {
    doc.tags.iter().copied().collect()
}

pub(super) fn largest(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::max)
}
