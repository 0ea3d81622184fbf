//! Recall under filters against brute force: in one and several segments, with
//! tombstones, after a merge, and after opening again.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use engine::store::{FsStore, Store};
use engine::vector::{
    Allowed, DocumentVector, KnnRequest, MergePolicy, Metric, Progress, SetOptions, VectorSet,
    VectorSnapshot, VectorSpec,
};

use super::K;

/// How many of a thousand documents a filter lets pass.
const SHARES: [u64; 5] = [1000, 500, 100, 10, 1];
/// Every so many documents, one is deleted.
const DELETED: u64 = 5;
/// Segments before the merge.
const SEGMENTS: usize = 4;

/// Prints a table for each stage of a set's life.
pub fn run(
    folder: &Path,
    vectors: &[Vec<f32>],
    queries: &[Vec<f32>],
    dims: usize,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let folder: Arc<dyn Store> = Arc::new(FsStore::open(folder)?);
    let spec = VectorSpec::new(dims, Metric::Cosine);
    let part = vectors.len().div_ceil(SEGMENTS).max(1);
    let options = SetOptions {
        seal_at: part,
        merge: MergePolicy {
            floor: part,
            // Only the merge that is asked for.
            deleted: 1.0,
            factor: SEGMENTS + 1,
            ..MergePolicy::default()
        },
        ..SetOptions::default()
    };
    let cut = |vector: &[f32]| vector.get(..dims).map(<[f32]>::to_vec).unwrap_or_default();
    let queries: Vec<Vec<f32>> = queries.iter().map(|query| cut(query)).collect();
    let ranked: Vec<Vec<u32>> = queries.iter().map(|query| rank(query, vectors)).collect();
    let set = VectorSet::open(Arc::clone(&folder), spec.clone(), options)?;
    for (at, chunk) in vectors.chunks(part).enumerate() {
        for (ordinal, values) in (at as u64 * part as u64..).zip(chunk) {
            let values = &cut(values);
            let vector = DocumentVector {
                slot: 0,
                time: 0.0,
                values,
            };
            set.put(ordinal, &[vector])?;
        }
        set.refresh((at * part + chunk.len()) as u64)?;
        set.seal(&Progress::default())?;
    }
    let all = |_: u64| true;
    let living = |ordinal: u64| !ordinal.is_multiple_of(DELETED);
    stage("sealed", &set.snapshot(), &queries, &ranked, all)?;
    for ordinal in (0..vectors.len() as u64).step_by(DELETED as usize) {
        set.delete(ordinal);
    }
    set.refresh(vectors.len() as u64 + 1)?;
    stage(
        "a fifth deleted",
        &set.snapshot(),
        &queries,
        &ranked,
        living,
    )?;
    set.seal(&Progress::default())?;
    drop(set);
    let set = VectorSet::open(Arc::clone(&folder), spec.clone(), options)?;
    stage("opened again", &set.snapshot(), &queries, &ranked, living)?;
    set.merge_all(&Progress::default())?;
    stage("merged", &set.snapshot(), &queries, &ranked, living)?;
    drop(set);
    let set = VectorSet::open(folder, spec, options)?;
    stage(
        "merged, opened again",
        &set.snapshot(),
        &queries,
        &ranked,
        living,
    )
}

/// All documents, the nearest first: the truth of every filter.
fn rank(query: &[f32], vectors: &[Vec<f32>]) -> Vec<u32> {
    let mut scored: Vec<(f32, u32)> = vectors
        .iter()
        .zip(0..)
        .map(|(vector, ordinal)| (dot(query, vector), ordinal))
        .collect();
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, ordinal)| ordinal).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let (a, a_rest) = a.as_chunks::<16>();
    let (b, b_rest) = b.as_chunks::<16>();
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn stage(
    name: &str,
    snapshot: &VectorSnapshot,
    queries: &[Vec<f32>],
    ranked: &[Vec<u32>],
    living: impl Fn(u64) -> bool,
) -> Result<(), Box<dyn Error>> {
    let n = ranked.first().map_or(0, Vec::len) as u64;
    for share in SHARES {
        let passes = |ordinal: u64| {
            let mixed = ordinal.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed >> 40) % 1000 < share
        };
        let allowed = if share == 1000 {
            Allowed::all()
        } else {
            Allowed::of((0..n).filter(|&ordinal| passes(ordinal)))
        };
        let (mut good, mut all, mut short) = (0usize, 0usize, 0usize);
        let mut ways: Vec<&str> = Vec::new();
        let mut seconds = 0.0;
        for (query, ranked) in queries.iter().zip(ranked) {
            let truth: Vec<u64> = ranked
                .iter()
                .map(|&ordinal| u64::from(ordinal))
                .filter(|&ordinal| passes(ordinal) && living(ordinal))
                .take(K)
                .collect();
            let started = Instant::now();
            let answer = snapshot.knn(&KnnRequest {
                allowed: &allowed,
                ..KnnRequest::new(query, K)
            })?;
            seconds += started.elapsed().as_secs_f64();
            good += answer
                .hits
                .iter()
                .filter(|hit| truth.contains(&hit.ordinal))
                .count();
            all += truth.len();
            short += usize::from(answer.hits.len() < truth.len());
            for (_, report) in &answer.report.segments {
                if !ways.contains(&report.strategy.name()) {
                    ways.push(report.strategy.name());
                }
            }
        }
        println!(
            "| {name} | {} | {:.1} | {:.4} | {short} | {:.0} | {} |",
            snapshot_segments(snapshot, queries)?,
            share as f64 / 10.0,
            good as f64 / all.max(1) as f64,
            queries.len() as f64 / seconds.max(1e-9),
            ways.join(", ")
        );
    }
    Ok(())
}

fn snapshot_segments(
    snapshot: &VectorSnapshot,
    queries: &[Vec<f32>],
) -> Result<usize, Box<dyn Error>> {
    let query = queries.first().ok_or("no queries")?;
    let answer = snapshot.knn(&KnnRequest::new(query, K))?;
    Ok(answer.report.segments.len())
}
