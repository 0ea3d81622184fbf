//! Recall at default settings, with filters and tombstones, across merges and restarts.

use super::*;
use crate::vector::testing::{clustered, recall};

const N: u64 = 2100;
const WIDE: usize = 16;

struct Case {
    vectors: Vec<Vec<f32>>,
    queries: Vec<Vec<f32>>,
    metric: Metric,
}

impl Case {
    fn check(&self, set: &VectorSet, gone: impl Fn(u64) -> bool, when: &str) {
        let snapshot = set.snapshot();
        let prepared: Vec<Vec<f32>> = self
            .vectors
            .iter()
            .map(|v| self.metric.prepare(v, WIDE).unwrap())
            .collect();
        for share in [1000, 500, 100, 10, 1] {
            let mut numbers = Numbers(share);
            let allowed = if share == 1000 {
                Allowed::all()
            } else {
                Allowed::of((0..N).filter(|_| numbers.below(1000) < share))
            };
            let mut sum = 0.0;
            for query in &self.queries {
                let rows = (0..N).zip(&prepared).map(|(ordinal, values)| Row {
                    ordinal,
                    slot: 0,
                    time: 0.0,
                    values,
                });
                let admits = |ordinal| allowed.contains(ordinal) && !gone(ordinal);
                let own = self.metric.prepare(query, WIDE).unwrap();
                let expected = brute(rows, self.metric, &own, 10, admits);
                let request = KnnRequest {
                    allowed: &allowed,
                    ..KnnRequest::new(query, 10)
                };
                let hits = snapshot.knn(&request).unwrap().hits;
                assert_eq!(hits.len(), expected.len(), "{when}, {share} of 1000");
                assert!(hits.iter().all(|hit| admits(hit.ordinal)));
                sum += recall(&hits, &expected) / self.queries.len() as f64;
            }
            assert!(sum >= 0.95, "{when}, {share} of 1000: {sum}");
        }
    }
}

#[test]
fn recall_stays_high() {
    let all = clustered(N as usize + 10, WIDE, 21);
    let (queries, vectors) = all.split_at(10);
    let case = Case {
        vectors: vectors.to_vec(),
        queries: queries.to_vec(),
        metric: Metric::Cosine,
    };
    let store = MemStore::new();
    let spec = VectorSpec::new(WIDE, Metric::Cosine);
    let options = SetOptions {
        build: BuildOptions {
            ef_construction: 80,
            threads: 1,
            ..BuildOptions::default()
        },
        ..options()
    };
    let start = || VectorSet::open(Arc::new(store.clone()), spec.clone(), options).unwrap();
    let set = start();
    for ordinal in 0..N {
        // Older vectors of a document are not found.
        if ordinal % 5 == 0 {
            put(&set, ordinal, &[vec![1.0; WIDE], vec![-1.0; WIDE]]);
        }
        if ordinal % 1000 == 700 {
            set.refresh(ordinal).unwrap();
            set.seal(&go()).unwrap();
        }
        put(
            &set,
            ordinal,
            std::slice::from_ref(&case.vectors[ordinal as usize]),
        );
    }
    set.refresh(N).unwrap();
    case.check(&set, |_| false, "fresh and sealed");
    (0..N).filter(|o| o % 7 == 3).for_each(|o| set.delete(o));
    set.refresh(N + 1).unwrap();
    let gone = |ordinal: u64| ordinal % 7 == 3;
    case.check(&set, gone, "with tombstones");
    set.seal(&go()).unwrap();
    set.merge_all(&go()).unwrap();
    case.check(&set, gone, "merged");
    drop(set);
    let set = start();
    case.check(&set, gone, "opened again");
}
