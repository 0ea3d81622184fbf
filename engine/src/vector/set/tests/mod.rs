mod basics;
mod crash;
mod model;
mod recall;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::store::MemStore;
use crate::vector::build::{BuildOptions, Progress, Row};
use crate::vector::error::VectorError;
use crate::vector::metric::Metric;
use crate::vector::search::VectorHit;
use crate::vector::testing::{Numbers, brute};

const DIMS: usize = 4;

fn options() -> SetOptions {
    SetOptions {
        build: BuildOptions {
            m: 6,
            ef_construction: 40,
            threads: 1,
        },
        seal_at: 20,
        merge: MergePolicy {
            factor: 3,
            floor: 8,
            ..MergePolicy::default()
        },
    }
}

fn open(store: &MemStore, metric: Metric) -> VectorSet {
    let spec = VectorSpec::new(DIMS, metric);
    VectorSet::open(Arc::new(store.clone()), spec, options()).unwrap()
}

fn go() -> Progress {
    Progress::default()
}

/// Documents by ordinal: the number of the last write, and the vectors.
type Documents = BTreeMap<u64, (u64, Vec<Vec<f32>>)>;

/// A set beside the documents that it should hold.
struct Library {
    set: VectorSet,
    metric: Metric,
    seq: u64,
    /// As written last.
    written: Documents,
    /// As of the last refresh: what the index holds durably.
    shown: Documents,
    shown_upto: u64,
}

impl Library {
    fn new(set: VectorSet, metric: Metric) -> Self {
        Self {
            set,
            metric,
            seq: 0,
            written: Documents::new(),
            shown: Documents::new(),
            shown_upto: 0,
        }
    }

    fn put(&mut self, ordinal: u64, vectors: Vec<Vec<f32>>) {
        self.seq += 1;
        put(&self.set, ordinal, &vectors);
        self.written.insert(ordinal, (self.seq, vectors));
    }

    fn delete(&mut self, ordinal: u64) {
        self.seq += 1;
        self.set.delete(ordinal);
        self.written.remove(&ordinal);
    }

    fn refresh(&mut self) {
        self.set.refresh(self.seq).unwrap();
        self.shown = self.written.clone();
        self.shown_upto = self.seq;
    }

    /// What the index does after a start: a set, and the documents as of the
    /// last refresh.
    fn recover(&mut self, set: VectorSet) {
        self.set = set;
        let sealed = self.set.sealed_upto();
        assert!(sealed <= Some(self.shown_upto), "{sealed:?}");
        for (&ordinal, (seq, vectors)) in &self.shown {
            if Some(*seq) > sealed {
                put(&self.set, ordinal, vectors);
            }
        }
        let living = Allowed::of(self.shown.keys().copied());
        self.set.retain(&living).unwrap();
        self.set.refresh(self.shown_upto).unwrap();
        self.written = self.shown.clone();
        self.seq = self.shown_upto;
        self.check();
    }

    /// The set holds what was shown last, all of it and nothing else.
    fn check(&self) {
        check(&self.set.snapshot(), &self.shown, self.metric);
    }
}

fn put(set: &VectorSet, ordinal: u64, vectors: &[Vec<f32>]) {
    let vectors: Vec<DocumentVector<'_>> = vectors
        .iter()
        .enumerate()
        .map(|(slot, values)| DocumentVector {
            slot: slot as u32,
            time: slot as f32,
            values,
        })
        .collect();
    set.put(ordinal, &vectors).unwrap();
}

fn check(snapshot: &VectorSnapshot, documents: &Documents, metric: Metric) {
    let prepared: Vec<(u64, Vec<f32>)> = documents
        .iter()
        .flat_map(|(&ordinal, (_, vectors))| {
            let vectors = vectors.iter().map(|v| metric.prepare(v, DIMS).unwrap());
            vectors.map(move |v| (ordinal, v))
        })
        .collect();
    let rows: Vec<Row<'_>> = prepared
        .iter()
        .map(|(ordinal, values)| Row {
            ordinal: *ordinal,
            slot: 0,
            time: 0.0,
            values,
        })
        .collect();
    assert_eq!(snapshot.len(), rows.len() as u64);
    let query = [0.3, -0.8, 0.1, 0.5];
    let expected = brute(
        rows,
        metric,
        &metric.prepare(&query, DIMS).unwrap(),
        500,
        |_| true,
    );
    let request = KnnRequest {
        exact: true,
        ..KnnRequest::new(&query, 500)
    };
    let found = keys(&snapshot.knn(&request).unwrap().hits);
    assert_eq!(found, expected);
    for hit in snapshot.knn(&KnnRequest::new(&query, 5)).unwrap().hits {
        assert!(documents[&hit.ordinal].1.len() > hit.slot as usize);
        assert_eq!(hit.slot as f32, hit.time);
    }
    for ordinal in 0..40 {
        let mut vectors = Vec::new();
        snapshot
            .each_of(ordinal, |row| {
                vectors.push((row.slot, row.values.to_vec()));
            })
            .unwrap();
        vectors.sort_by_key(|vector| vector.0);
        let own = prepared.iter().filter(|p| p.0 == ordinal);
        let own: Vec<(u32, Vec<f32>)> = (0u32..).zip(own.map(|p| p.1[..DIMS].to_vec())).collect();
        assert_eq!(vectors, own);
        assert_eq!(snapshot.contains(ordinal).unwrap(), !own.is_empty());
    }
}

fn keys(hits: &[VectorHit]) -> Vec<(u64, f32)> {
    hits.iter().map(|hit| (hit.ordinal, hit.key)).collect()
}

fn vectors(numbers: &mut Numbers, count: u64) -> Vec<Vec<f32>> {
    (0..count)
        .map(|_| (0..DIMS).map(|_| numbers.normal() + 0.01).collect())
        .collect()
}
