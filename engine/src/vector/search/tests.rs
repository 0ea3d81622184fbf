use std::sync::atomic::AtomicBool;
use std::time::Instant;

use proptest::prelude::*;

use super::plan::Strategy;
use super::*;
use crate::store::MemStore;
use crate::vector::build::Row;
use crate::vector::testing::{Numbers, brute, clustered, prepared, recall, rows, segment};

const METRICS: [Metric; 3] = [Metric::Cosine, Metric::Dot, Metric::L2];

fn none() -> RoaringBitmap {
    RoaringBitmap::new()
}

fn find(
    segment: &Segment,
    query: &[f32],
    options: &SearchOptions,
    allowed: &Allowed,
    deleted: &RoaringBitmap,
) -> (Vec<VectorHit>, SearchReport) {
    segment
        .search(query, options, allowed, deleted, Budget::default())
        .unwrap()
}

#[test]
fn walks_find_nearly_all() {
    for metric in METRICS {
        let all = clustered(1620, 16, 11);
        let (queries, vectors) = all.split_at(20);
        let (queries, vectors) = (prepared(queries, metric), prepared(vectors, metric));
        let rows = rows(&vectors);
        let segment = segment(&MemStore::new(), &rows, 16, metric);
        for precision in [Precision::Codes, Precision::Floats] {
            let options = SearchOptions {
                precision,
                strategy: Some(Strategy::Graph),
                ..SearchOptions::new(10, 60)
            };
            let mut sum = 0.0;
            for query in &queries {
                let expected = brute(rows.iter().copied(), metric, query, 10, |_| true);
                let (hits, report) = find(&segment, query, &options, &Allowed::all(), &none());
                assert_eq!(hits.len(), 10);
                assert!(hits.is_sorted_by_key(|hit| hit.key));
                assert_eq!(report.strategy, Strategy::Graph);
                assert!(report.scored < 1300, "{report:?}");
                sum += recall(&hits, &expected);
            }
            assert!(
                sum / 20.0 >= 0.97,
                "{metric:?} {precision:?} {}",
                sum / 20.0
            );
        }
        // Exact is exact.
        let exact = SearchOptions {
            strategy: Some(Strategy::Exact),
            ..SearchOptions::new(7, 0)
        };
        let expected = brute(rows.iter().copied(), metric, &queries[0], 7, |_| true);
        let (hits, _) = find(&segment, &queries[0], &exact, &Allowed::all(), &none());
        let found: Vec<(u64, f32)> = hits.iter().map(|hit| (hit.ordinal, hit.key)).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn filters_of_any_share_give_k() {
    let metric = Metric::Cosine;
    let all = clustered(2512, 12, 3);
    let (queries, vectors) = all.split_at(12);
    let (queries, vectors) = (prepared(queries, metric), prepared(vectors, metric));
    let rows = rows(&vectors);
    let segment = segment(&MemStore::new(), &rows, 12, metric);
    let deleted: RoaringBitmap = segment
        .rows()
        .unwrap()
        .filter(|(_, row)| row.ordinal % 9 == 4)
        .map(|(id, _)| id)
        .collect();
    let mut numbers = Numbers(1);
    for share in [500, 100, 10, 1] {
        let allowed = Allowed::of((0..2500).filter(|_| numbers.below(1000) < share));
        let living = |ordinal: u64| allowed.contains(ordinal) && ordinal % 9 != 4;
        let forced = [
            None,
            Some(Strategy::Graph),
            Some(Strategy::FilteredGraph),
            Some(Strategy::Scan),
        ];
        for strategy in forced {
            let options = SearchOptions {
                strategy,
                ..SearchOptions::new(10, 50)
            };
            let mut sum = 0.0;
            for query in &queries {
                let expected = brute(rows.iter().copied(), metric, query, 10, living);
                let (hits, report) = find(&segment, query, &options, &allowed, &deleted);
                assert_eq!(
                    hits.len(),
                    expected.len(),
                    "{share} {strategy:?} {report:?}"
                );
                assert!(hits.iter().all(|hit| living(hit.ordinal)));
                sum += recall(&hits, &expected) / 12.0;
            }
            assert!(sum >= 0.95, "{share} {strategy:?} {sum}");
        }
    }
}

#[test]
fn several_vectors_of_a_document_make_one_hit() {
    let metric = Metric::L2;
    let vectors = prepared(&clustered(1200, 6, 8), metric);
    let mut rows = rows(&vectors);
    for (at, row) in rows.iter_mut().enumerate() {
        row.ordinal = at as u64 / 30;
        row.slot = at as u32 % 30;
        row.time = row.slot as f32 * 0.5;
    }
    let segment = segment(&MemStore::new(), &rows, 6, metric);
    for strategy in [None, Some(Strategy::Graph), Some(Strategy::FilteredGraph)] {
        for k in [1, 25, 40, 60] {
            let options = SearchOptions {
                strategy,
                ..SearchOptions::new(k, 20)
            };
            let (hits, _) = find(&segment, &vectors[77], &options, &Allowed::all(), &none());
            assert_eq!(hits.len(), k.min(40), "{strategy:?}");
            let first = hits[0];
            assert_eq!((first.ordinal, first.slot, first.time), (2, 17, 8.5));
            assert_eq!(first.similarity, 0.0);
        }
    }
}

#[test]
fn budgets_end_searches() {
    let vectors = prepared(&clustered(2000, 8, 2), Metric::Dot);
    let segment = segment(&MemStore::new(), &rows(&vectors), 8, Metric::Dot);
    let options = SearchOptions::new(5, 50);
    let flag = AtomicBool::new(true);
    let budgets = [
        Budget {
            deadline: Some(Instant::now()),
            cancelled: None,
        },
        Budget {
            deadline: None,
            cancelled: Some(&flag),
        },
    ];
    for budget in budgets {
        let result = segment.search(&vectors[0], &options, &Allowed::all(), &none(), budget);
        assert!(matches!(result, Err(VectorError::Deadline { scored: 0 })));
    }
    let result = segment.search(
        &vectors[0][..3],
        &options,
        &Allowed::all(),
        &none(),
        Budget::default(),
    );
    assert!(matches!(result, Err(VectorError::Dimensions { .. })));
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let vectors = prepared(&clustered(50, 4, 2), Metric::L2);
    let rows = rows(&vectors);
    let empty = segment(&MemStore::new(), &[], 4, Metric::L2);
    let full = segment(&MemStore::new(), &rows, 4, Metric::L2);
    let options = SearchOptions::new(5, 50);
    for strategy in [
        None,
        Some(Strategy::Graph),
        Some(Strategy::FilteredGraph),
        Some(Strategy::Exact),
    ] {
        let options = SearchOptions {
            strategy,
            ..options
        };
        assert!(
            find(&empty, &vectors[0], &options, &Allowed::all(), &none())
                .0
                .is_empty()
        );
        let all: RoaringBitmap = (0..50).collect();
        assert!(
            find(&full, &vectors[0], &options, &Allowed::all(), &all)
                .0
                .is_empty()
        );
        let (hits, _) = find(&full, &vectors[0], &options, &Allowed::of([90]), &none());
        assert!(hits.is_empty());
    }
    let zero = SearchOptions::new(0, 0);
    assert!(
        find(&full, &vectors[0], &zero, &Allowed::all(), &none())
            .0
            .is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Small sets with copies, several vectors of a document, filters and
    /// deletions: scans are exact where the codes are not cut, and every way
    /// gives as many hits as match, with right similarities.
    #[test]
    fn every_way_gives_all_that_match(
        seed in any::<u64>(),
        n in 0usize..160,
        dims in 1usize..9,
        metric in prop::sample::select(METRICS.to_vec()),
        documents in 1u64..100,
        keep in 1u64..8,
        k in 1usize..30,
        ef in 1usize..40,
    ) {
        let mut numbers = Numbers(seed);
        let pool = prepared(&clustered(40, dims, seed), metric);
        let drawn: Vec<Vec<f32>> = (0..n).map(|_| pool[numbers.below(40) as usize].clone()).collect();
        let mut rows = rows(&drawn);
        for row in &mut rows {
            row.ordinal = numbers.below(documents) * 3;
        }
        rows.sort_by_key(|row| row.ordinal);
        for at in 1..rows.len() {
            if rows[at].ordinal == rows[at - 1].ordinal {
                rows[at].slot = rows[at - 1].slot + 1;
            }
        }
        let segment = segment(&MemStore::new(), &rows, dims, metric);
        segment.verify().unwrap();
        let allowed = Allowed::of((0..300).filter(|_| numbers.below(8) < keep));
        let deleted: RoaringBitmap = (0..n as u32).filter(|_| numbers.below(5) == 0).collect();
        let living: Vec<Row<'_>> = segment
            .rows()
            .unwrap()
            .filter(|(id, _)| !deleted.contains(*id))
            .map(|(_, row)| row)
            .collect();
        let query = &pool[0];
        let expected = brute(living.iter().copied(), metric, query, k, |o| allowed.contains(o));
        for strategy in [None, Some(Strategy::FilteredGraph), Some(Strategy::Scan), Some(Strategy::Exact)] {
            let options = SearchOptions { strategy, ..SearchOptions::new(k, ef) };
            let (hits, _) = find(&segment, query, &options, &allowed, &deleted);
            prop_assert_eq!(hits.len(), expected.len(), "{:?}", strategy);
            for hit in &hits {
                let row = living.iter().find(|row| (row.ordinal, row.slot) == (hit.ordinal, hit.slot));
                let own = brute(row.copied(), metric, query, 1, |_| true);
                prop_assert_eq!(own[0], (hit.ordinal, hit.key));
                prop_assert!(allowed.contains(hit.ordinal));
            }
            if strategy == Some(Strategy::Exact) {
                let keys: Vec<(u64, f32)> = hits.iter().map(|hit| (hit.ordinal, hit.key)).collect();
                prop_assert_eq!(keys, expected.clone());
            }
        }
    }
}
