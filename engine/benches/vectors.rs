//! Vector segments: building, opening, recall and speed, filters, and a set's life.
//!
//! `cargo bench -p engine --bench vectors`. `PICTOR_VECTORS` sets the number of
//! vectors, `PICTOR_DIMS` their dimensions, `PICTOR_QUERIES` the queries,
//! `PICTOR_EF_CONSTRUCTION` the thoroughness. Searches run on one thread.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::store::{FsStore, Store};
use engine::vector::build::build;
use engine::vector::search::{Precision, SearchOptions, Strategy};
use engine::vector::segment::{SegmentSpec, freeze};
use engine::vector::simd::Kernels;
use engine::vector::{
    Allowed, Budget, BuildOptions, DocumentVector, KnnRequest, Metric, Model, Progress, Row,
    Segment, SetOptions, VectorSet, VectorSpec,
};
use roaring::RoaringBitmap;

const K: usize = 10;

fn main() {
    let n = setting("PICTOR_VECTORS", 20_000);
    let dims = setting("PICTOR_DIMS", 128);
    let queries = setting("PICTOR_QUERIES", 1000);
    let all = clustered(n + queries, dims);
    let (queries, vectors) = all.split_at(queries);
    println!(
        "{n} clustered unit vectors of {dims} dimensions, {} queries, {:?}",
        queries.len(),
        Kernels::default().isa()
    );
    let folder = tempfile::tempdir().expect("a folder");
    let store: Arc<dyn Store> = Arc::new(FsStore::open(folder.path()).expect("a store"));
    built(store.as_ref(), vectors, dims);
    let segment = opened(store.as_ref(), &queries[0]);
    let truth = truth(&segment, queries, &Allowed::all());
    speeds(&segment, queries, &truth);
    filters(&segment, queries, n as u64);
    drop(segment);
    life(&store, vectors, queries, dims);
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// Vectors around one centre for every two hundred, ready to be compared.
fn clustered(n: usize, dims: usize) -> Vec<Vec<f32>> {
    let mut state = 1u64;
    let mut uniform = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut draw = move |spread: f32| -> Vec<f32> {
        let mut normal = || {
            let sum: f32 = (0..6)
                .map(|_| (uniform() >> 40) as f32 / (1 << 24) as f32)
                .sum();
            (sum - 3.0) * 1.414
        };
        (0..dims).map(|_| normal() * spread).collect()
    };
    let centres: Vec<Vec<f32>> = (0..(n / 200).max(1)).map(|_| draw(1.0)).collect();
    (0..n)
        .map(|at| {
            let centre = &centres[at * 7919 % centres.len()];
            let vector: Vec<f32> = centre.iter().zip(draw(0.5)).map(|(c, d)| c + d).collect();
            Metric::Cosine.prepare(&vector, dims).expect("a vector")
        })
        .collect()
}

fn built(store: &dyn Store, vectors: &[Vec<f32>], dims: usize) {
    let rows: Vec<Row<'_>> = vectors
        .iter()
        .zip(0..)
        .map(|(values, ordinal)| Row {
            ordinal,
            slot: 0,
            time: 0.0,
            values,
        })
        .collect();
    let options = BuildOptions {
        ef_construction: setting("PICTOR_EF_CONSTRUCTION", 200),
        ..BuildOptions::default()
    };
    let started = Instant::now();
    let graph = build(&rows, dims, Metric::Cosine, &options, &Progress::default()).expect("built");
    let linking = started.elapsed();
    let spec = SegmentSpec {
        generation: 1,
        dims,
        metric: Metric::Cosine,
        model: Model::default(),
        ef_construction: options.ef_construction,
    };
    let started = Instant::now();
    freeze(store, Path::new("bench.pvec"), &spec, &rows, &graph).expect("written");
    println!(
        "build: {:.2} s on {} threads (M {}, ef_construction {}); frozen and synced in {:.2} s",
        linking.as_secs_f64(),
        options.threads,
        options.m,
        options.ef_construction,
        started.elapsed().as_secs_f64()
    );
}

fn opened(store: &dyn Store, query: &[f32]) -> Segment {
    let before = anonymous();
    let started = Instant::now();
    let segment = Segment::open(store, Path::new("bench.pvec")).expect("opened");
    let opening = started.elapsed();
    let after = anonymous();
    let started = Instant::now();
    black_box(
        search(
            &segment,
            query,
            &SearchOptions::new(K, 100),
            &Allowed::all(),
        )
        .0,
    );
    println!(
        "file: {:.1} MB, {:.0} bytes a vector; open {:.2} ms, {} KB anonymous memory; first answer {:.2} ms later",
        segment.bytes() as f64 / 1e6,
        segment.bytes() as f64 / f64::from(segment.header().vectors),
        opening.as_secs_f64() * 1e3,
        after.saturating_sub(before),
        started.elapsed().as_secs_f64() * 1e3,
    );
    let started = Instant::now();
    segment.verify().expect("whole");
    println!("verify: {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    segment
}

/// Anonymous memory in KB, where the system tells.
fn anonymous() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

fn search(
    segment: &Segment,
    query: &[f32],
    options: &SearchOptions,
    allowed: &Allowed,
) -> (Vec<u64>, Strategy, u64) {
    let none = RoaringBitmap::new();
    let (hits, report) = segment
        .search(query, options, allowed, &none, Budget::default())
        .expect("an answer");
    let found = hits.iter().map(|hit| hit.ordinal).collect();
    (found, report.strategy, report.scored)
}

fn truth(segment: &Segment, queries: &[Vec<f32>], allowed: &Allowed) -> Vec<Vec<u64>> {
    let options = SearchOptions {
        strategy: Some(Strategy::Exact),
        ..SearchOptions::new(K, K)
    };
    queries
        .iter()
        .map(|query| search(segment, query, &options, allowed).0)
        .collect()
}

struct Measured {
    recall: f64,
    rate: f64,
    scored: u64,
    strategy: Strategy,
}

fn measure(
    segment: &Segment,
    queries: &[Vec<f32>],
    truth: &[Vec<u64>],
    options: &SearchOptions,
    allowed: &Allowed,
) -> Measured {
    let mut best = Duration::MAX;
    let (mut good, mut scored, mut strategy) = (0, 0, Strategy::Skipped);
    for _ in 0..3 {
        (good, scored) = (0, 0);
        let started = Instant::now();
        let mut found = Vec::with_capacity(queries.len());
        for query in queries {
            let answer = search(segment, query, options, allowed);
            strategy = answer.1;
            scored += answer.2;
            found.push(answer.0);
        }
        best = best.min(started.elapsed());
        for (found, truth) in found.iter().zip(truth) {
            good += truth.iter().filter(|o| found.contains(o)).count();
        }
    }
    let all: usize = truth.iter().map(Vec::len).sum();
    Measured {
        recall: good as f64 / all.max(1) as f64,
        rate: queries.len() as f64 / best.as_secs_f64(),
        scored: scored / queries.len() as u64,
        strategy,
    }
}

fn speeds(segment: &Segment, queries: &[Vec<f32>], truth: &[Vec<u64>]) {
    println!("\n   ef | f32 recall     q/s  scored | 8-bit recall     q/s  scored");
    for ef in [12, 20, 40, 60, 100, 200, 400] {
        let [floats, codes] = [Precision::Floats, Precision::Codes].map(|precision| {
            let options = SearchOptions {
                precision,
                strategy: Some(Strategy::Graph),
                ..SearchOptions::new(K, ef)
            };
            measure(segment, queries, truth, &options, &Allowed::all())
        });
        println!(
            "{ef:5} | {:10.4} {:7.0} {:7} | {:12.4} {:7.0} {:7}",
            floats.recall, floats.rate, floats.scored, codes.recall, codes.rate, codes.scored
        );
    }
    let exact = SearchOptions {
        strategy: Some(Strategy::Exact),
        ..SearchOptions::new(K, K)
    };
    let few = queries.get(..100.min(queries.len())).unwrap_or(queries);
    let truth = truth.get(..few.len()).unwrap_or(truth);
    let exact = measure(segment, few, truth, &exact, &Allowed::all());
    println!(
        "exact | {:10.4} {:7.0} {:7} |",
        exact.recall, exact.rate, exact.scored
    );
}

fn filters(segment: &Segment, queries: &[Vec<f32>], n: u64) {
    println!(
        "\nshare % | chosen          recall     q/s | scan recall     q/s | walk recall     q/s"
    );
    let queries = queries.get(..300.min(queries.len())).unwrap_or(queries);
    for share in [500, 200, 150, 100, 80, 50, 30, 20, 10, 1u64] {
        let allowed = Allowed::of((0..n).filter(|o| ((o * 2_654_435_761) >> 7) % 1000 < share));
        let truth = truth(segment, queries, &allowed);
        let run = |strategy| {
            let options = SearchOptions {
                strategy,
                ..SearchOptions::new(K, 100)
            };
            measure(segment, queries, &truth, &options, &allowed)
        };
        let (auto, scan, walk) = (
            run(None),
            run(Some(Strategy::Scan)),
            run(Some(Strategy::FilteredGraph)),
        );
        println!(
            "{:7.1} | {:14} {:7.4} {:7.0} | {:11.4} {:7.0} | {:11.4} {:7.0}{}",
            share as f64 / 10.0,
            auto.strategy.name(),
            auto.recall,
            auto.rate,
            scan.recall,
            scan.rate,
            walk.recall,
            walk.rate,
            if walk.strategy == Strategy::Scan {
                " (ended as scan)"
            } else {
                ""
            }
        );
    }
}

fn life(store: &Arc<dyn Store>, vectors: &[Vec<f32>], queries: &[Vec<f32>], dims: usize) {
    let folder = engine::store::sub(store, "set").expect("a folder");
    let spec = VectorSpec::new(dims, Metric::Cosine);
    let options = SetOptions {
        build: BuildOptions {
            ef_construction: setting("PICTOR_EF_CONSTRUCTION", 200),
            ..BuildOptions::default()
        },
        ..SetOptions::default()
    };
    let set = VectorSet::open(Arc::clone(&folder), spec.clone(), options).expect("a set");
    let started = Instant::now();
    let count = vectors.len().min(20_000);
    for (ordinal, values) in vectors.iter().take(count).enumerate() {
        let vector = DocumentVector {
            slot: 0,
            time: 0.0,
            values: values.get(..dims).unwrap_or(values),
        };
        set.put(ordinal as u64, &[vector]).expect("put");
        if ordinal % 500 == 499 {
            set.refresh(ordinal as u64).expect("shown");
        }
    }
    set.refresh(count as u64).expect("shown");
    println!(
        "\nset: {count} vectors put, with a refresh every 500, in {:.0} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    let rate = |what: &str| {
        let snapshot = set.snapshot();
        let few = queries.get(..100.min(queries.len())).unwrap_or(queries);
        let started = Instant::now();
        for query in few {
            let query = query.get(..dims).unwrap_or(query);
            black_box(snapshot.knn(&KnnRequest::new(query, K)).expect("an answer"));
        }
        let rate = few.len() as f64 / started.elapsed().as_secs_f64();
        println!("set: {what}: {rate:.0} q/s");
    };
    rate("all fresh");
    let started = Instant::now();
    set.seal(&Progress::default()).expect("sealed");
    println!("set: sealed in {:.2} s", started.elapsed().as_secs_f64());
    rate("sealed");
    let started = Instant::now();
    for ordinal in (0..count as u64).step_by(3) {
        set.delete(ordinal);
    }
    set.refresh(count as u64 + 1).expect("shown");
    println!(
        "set: a third deleted in {:.1} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    rate("a third deleted");
    set.seal(&Progress::default()).expect("tombstones");
    drop(set);
    let started = Instant::now();
    let set = VectorSet::open(folder, spec, options).expect("a set");
    println!(
        "set: opened again in {:.2} ms, {} vectors",
        started.elapsed().as_secs_f64() * 1e3,
        set.stats().vectors
    );
}
