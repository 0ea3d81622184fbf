use std::path::Path;

use super::*;
use crate::store::{FsStore, Store};

fn filled(store: &MemStore, n: u64) -> Library {
    let mut library = Library::new(open(store, Metric::Cosine), Metric::Cosine);
    let mut numbers = Numbers(4);
    for ordinal in 0..n {
        library.put(ordinal, vectors(&mut numbers, 1 + ordinal % 3));
    }
    library.refresh();
    library
}

fn names(store: &MemStore) -> Vec<String> {
    store.list(Path::new("")).unwrap()
}

#[test]
fn writes_show_with_a_refresh() {
    let store = MemStore::new();
    let mut library = filled(&store, 10);
    library.check();
    library.put(3, vec![vec![1.0, 2.0, 3.0, 4.0]]);
    library.delete(4);
    library.check();
    assert_eq!(library.set.stats().pending, 2);
    let before = library.set.snapshot();
    let documents = library.shown.clone();
    library.refresh();
    library.check();
    check(&before, &documents, Metric::Cosine);
    assert_eq!(library.set.snapshot().upto(), Some(12));
    assert_eq!(library.set.sealed_upto(), None);
}

#[test]
fn snapshots_outlive_seals_and_merges() {
    let store = MemStore::new();
    let mut library = filled(&store, 30);
    let (first, documents) = (library.set.snapshot(), library.shown.clone());
    assert!(library.set.needs_seal());
    assert!(library.set.seal(&go()).unwrap());
    assert!(!library.set.seal(&go()).unwrap());
    assert_eq!(library.set.sealed_upto(), Some(30));
    assert_eq!(library.set.stats().fresh, 0);
    library.check();
    let mut numbers = Numbers(9);
    for round in 0..3 {
        for ordinal in 0..8 {
            library.put(ordinal * 3 + round, vectors(&mut numbers, 2));
        }
        library.refresh();
        library.check();
        let held = library.set.snapshot();
        let shown = library.shown.clone();
        assert!(library.set.seal(&go()).unwrap());
        check(&held, &shown, Metric::Cosine);
    }
    let held = library.set.snapshot();
    let files = names(&store);
    assert!(library.set.merge_all(&go()).unwrap());
    library.check();
    check(&held, &library.shown, Metric::Cosine);
    check(&first, &documents, Metric::Cosine);
    // The old files go with the last who holds them.
    assert!(files.iter().all(|file| names(&store).contains(file)));
    drop((held, first));
    assert_eq!(names(&store).len(), 2, "{:?}", names(&store));
    assert!(!library.set.merge_all(&go()).unwrap());
    library.recover(open(&store, Metric::Cosine));
    assert_eq!(library.set.stats().fresh, 0);
}

#[test]
fn what_is_deleted_while_a_segment_is_built_stays_deleted() {
    let store = MemStore::new();
    let mut library = filled(&store, 400);
    let mut numbers = Numbers(2);
    for merging in [false, true] {
        if merging {
            library.set.seal(&go()).unwrap();
        }
        let progress = go();
        std::thread::scope(|scope| {
            let set = &library.set;
            let work = scope.spawn(|| {
                if merging {
                    set.merge_all(&progress)
                } else {
                    set.seal(&progress)
                }
            });
            // Waits until the rows are taken, then changes some of them.
            while progress.now().1 == 0 && !work.is_finished() {
                std::thread::yield_now();
            }
            let base = u64::from(merging) * 7;
            let new = vectors(&mut numbers, 1);
            put(set, base + 1, &new);
            set.delete(base + 2);
            // As many as are being sealed: chunks of one size are joined else.
            for ordinal in 1000..1500 {
                let new = vectors(&mut numbers, 1);
                put(set, ordinal, &new);
                library.written.insert(ordinal, (library.seq + 1, new));
            }
            set.refresh(library.seq + 2).unwrap();
            library.seq += 2;
            library.written.insert(base + 1, (library.seq - 1, new));
            library.written.remove(&(base + 2));
            library.shown = library.written.clone();
            library.shown_upto = library.seq;
            work.join().unwrap().unwrap();
        });
        library.check();
    }
    library.recover(open(&store, Metric::Cosine));
}

#[test]
fn tombstones_are_stored_with_a_seal() {
    let store = MemStore::new();
    let mut library = filled(&store, 12);
    library.set.seal(&go()).unwrap();
    library.delete(5);
    library.refresh();
    assert!(library.set.seal(&go()).unwrap());
    assert_eq!(names(&store).len(), 3);
    library.delete(6);
    library.refresh();
    assert!(library.set.seal(&go()).unwrap());
    assert_eq!(names(&store).len(), 3, "{:?}", names(&store));
    let set = open(&store, Metric::Cosine);
    assert_eq!(set.sealed_upto(), Some(14));
    check(&set.snapshot(), &library.shown, Metric::Cosine);
    assert_eq!(set.stats().segments[0].deleted, 3 + 1);
    // All of it gone: no segment is left.
    for ordinal in 0..12 {
        library.delete(ordinal);
    }
    library.refresh();
    assert!(library.set.needs_merge() && library.set.merge(&go()).unwrap());
    assert!(library.set.stats().segments.is_empty());
    assert_eq!(names(&store), ["vectors.meta"]);
    library.check();
}

#[test]
fn bad_input_is_refused() {
    let store = MemStore::new();
    let set = open(&store, Metric::Cosine);
    let one = |values: &[f32], time| {
        set.put(
            1,
            &[DocumentVector {
                slot: 0,
                time,
                values,
            }],
        )
    };
    assert!(matches!(
        one(&[1.0; 3], 0.0),
        Err(VectorError::Dimensions { .. })
    ));
    assert!(matches!(
        one(&[f32::NAN; 4], 0.0),
        Err(VectorError::NotFinite { .. })
    ));
    assert!(matches!(one(&[0.0; 4], 0.0), Err(VectorError::ZeroVector)));
    assert!(matches!(
        one(&[1.0; 4], f32::INFINITY),
        Err(VectorError::Time { .. })
    ));
    assert_eq!(set.stats().pending, 0);
    let snapshot = set.snapshot();
    let query = [1.0f32; 4];
    let good = KnnRequest::new(&query, 5);
    assert!(snapshot.knn(&good).unwrap().hits.is_empty());
    for bad in [
        KnnRequest { k: 0, ..good },
        KnnRequest { k: 10_001, ..good },
        KnnRequest {
            num_candidates: Some(4),
            ..good
        },
        KnnRequest {
            num_candidates: Some(10_001),
            ..good
        },
        KnnRequest {
            cut_off: Some(f32::NAN),
            ..good
        },
        KnnRequest {
            query: &query[..2],
            ..good
        },
    ] {
        let error = snapshot.knn(&bad).unwrap_err();
        assert!(error.is_users(), "{bad:?}: {error}");
    }
    let folder: Arc<dyn Store> = Arc::new(store.clone());
    for dims in [0, 4097, 5] {
        let spec = VectorSpec::new(dims, Metric::Cosine);
        let error = VectorSet::open(Arc::clone(&folder), spec, options()).unwrap_err();
        assert!(error.to_string().contains(&dims.to_string()), "{error}");
    }
    let error = VectorSet::open(folder, VectorSpec::new(4, Metric::L2), options()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "vectors.meta: holds vectors of 4 dimensions by cosine, not of 4 dimensions by l2_norm"
    );
}

#[test]
fn cut_offs_and_filters() {
    let store = MemStore::new();
    let mut library = filled(&store, 60);
    for sealed in [false, true] {
        if sealed {
            library.set.seal(&go()).unwrap();
        }
        let query = library.shown[&7].1[0].clone();
        let all = library.set.snapshot();
        let request = KnnRequest::new(&query, 60);
        let hits = all.knn(&request).unwrap().hits;
        assert_eq!((hits.len(), hits[0].ordinal), (60, 7));
        assert!(hits[0].similarity > 0.999);
        let cut_off = hits[9].similarity;
        let cut = KnnRequest {
            cut_off: Some(cut_off),
            ..request
        };
        assert_eq!(all.knn(&cut).unwrap().hits, hits[..10]);
        let allowed = Allowed::of((0..60).filter(|o| o % 2 == 0));
        let even = KnnRequest {
            allowed: &allowed,
            k: 20,
            ..request
        };
        let answer = all.knn(&even).unwrap();
        let expected: Vec<VectorHit> = hits
            .iter()
            .filter(|h| h.ordinal % 2 == 0)
            .take(20)
            .copied()
            .collect();
        assert_eq!(answer.hits, expected);
        assert_eq!(answer.report.segments.len(), usize::from(sealed));
        assert_eq!(answer.report.fresh > 0, !sealed);
    }
    library.refresh();
}

#[test]
fn a_copy_of_the_files_is_a_set() {
    let store = MemStore::new();
    let mut library = filled(&store, 25);
    library.set.seal(&go()).unwrap();
    library.delete(3);
    library.refresh();
    library.set.seal(&go()).unwrap();
    let shown = library.shown.clone();
    let files = library.set.durable_files().unwrap();
    // Merged meanwhile: what is being copied stays.
    library.put(9, vec![vec![1.0; 4]]);
    library.refresh();
    library.set.seal(&go()).unwrap();
    library.set.merge_all(&go()).unwrap();
    let copy = MemStore::new();
    for file in &files.files {
        copy.write_atomic(file, &store.open(file).unwrap()).unwrap();
    }
    copy.write_atomic(&files.manifest.0, &files.manifest.1)
        .unwrap();
    let upto = files.upto;
    drop(files);
    assert_eq!(names(&store).len(), 2);
    let set = open(&copy, Metric::Cosine);
    assert_eq!(set.sealed_upto(), upto);
    check(&set.snapshot(), &shown, Metric::Cosine);
    set.snapshot().verify().unwrap();
}

#[test]
fn cancelled_work_can_be_done_again() {
    let store = MemStore::new();
    let library = filled(&store, 25);
    let progress = go();
    progress.cancel();
    assert!(matches!(
        library.set.seal(&progress),
        Err(VectorError::Cancelled)
    ));
    library.check();
    assert_eq!(names(&store), ["vectors.meta"]);
    assert!(library.set.seal(&go()).unwrap());
    library.check();
}

#[test]
fn lives_on_a_disk() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let store: Arc<dyn Store> = Arc::new(FsStore::open(folder.path()).unwrap());
        let folder = crate::store::sub(&store, "vectors/picture").unwrap();
        VectorSet::open(folder, VectorSpec::new(DIMS, Metric::Dot), options()).unwrap()
    };
    let mut library = Library::new(open(), Metric::Dot);
    let mut numbers = Numbers(8);
    for round in 0..3 {
        for ordinal in 0..20 {
            library.put(round * 10 + ordinal, vectors(&mut numbers, 2));
        }
        library.delete(round + 3);
        library.refresh();
        library.set.seal(&go()).unwrap();
    }
    library.check();
    let held = library.set.snapshot();
    library.set.merge_all(&go()).unwrap();
    check(&held, &library.shown, Metric::Dot);
    held.verify().unwrap();
    // One process at a time holds the folder.
    library.set = super::open(&MemStore::new(), Metric::Dot);
    drop(held);
    library.recover(open());
    library.set.snapshot().verify().unwrap();
    assert_eq!(library.set.stats().segments.len(), 1);
}

#[test]
fn searches_go_on_beside_everything_else() {
    let store = MemStore::new();
    let library = filled(&store, 60);
    let set = &library.set;
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let searcher = scope.spawn(|| {
            let mut upto = None;
            let mut searches = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) || searches < 50 {
                let snapshot = set.snapshot();
                assert!(snapshot.upto() >= upto);
                upto = snapshot.upto();
                let query = [0.1, 0.2, 0.3, -0.4];
                let hits = snapshot.knn(&KnnRequest::new(&query, 40)).unwrap().hits;
                // Every document is replaced again and again, none is ever gone.
                assert_eq!(hits.len(), 40);
                let document = hits[0].ordinal;
                assert!(snapshot.contains(document).unwrap());
                let mut own = Vec::new();
                snapshot
                    .each_of(document, |row| own = row.values.to_vec())
                    .unwrap();
                assert_eq!(
                    snapshot.knn(&KnnRequest::new(&own, 1)).unwrap().hits.len(),
                    1
                );
                searches += 1;
            }
        });
        let keeper = scope.spawn(|| {
            for round in 0..12 {
                set.seal(&go()).unwrap();
                if round % 3 == 2 {
                    set.merge_all(&go()).unwrap();
                }
            }
        });
        let mut numbers = Numbers(12);
        let mut seq = 100;
        while !keeper.is_finished() {
            for _ in 0..10 {
                seq += 1;
                put(set, numbers.below(60), &vectors(&mut numbers, 1));
            }
            set.refresh(seq).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        keeper.join().unwrap();
        searcher.join().unwrap();
    });
    assert!(store.list(Path::new("")).unwrap().len() < 12);
}
