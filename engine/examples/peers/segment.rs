//! One segment: built, opened, asked.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use engine::store::FsStore;
use engine::vector::build::build;
use engine::vector::segment::{SegmentSpec, freeze};
use engine::vector::{
    Allowed, Budget, BuildOptions, Metric, Model, Precision, Progress, Row, SearchOptions, Segment,
    Strategy, VectorError,
};
use roaring::RoaringBitmap;

use super::K;
use super::usage::{cpu, memory};

const FILE: &str = "peers.pvec";

/// Builds and writes the segment, and says what that took.
pub fn build_from(
    folder: &Path,
    vectors: &[Vec<f32>],
    dims: usize,
    ef_construction: usize,
    threads: usize,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let store = FsStore::open(folder)?;
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
        ef_construction,
        threads,
        ..BuildOptions::default()
    };
    let (started, begin) = (Instant::now(), cpu());
    let progress = Progress::default();
    let graph = build(&rows, dims, Metric::Cosine, &options, &progress)?;
    let spec = SegmentSpec {
        generation: 1,
        dims,
        metric: Metric::Cosine,
        model: Model::default(),
        ef_construction,
    };
    freeze(&store, Path::new(FILE), &spec, &rows, &graph)?;
    let bytes = std::fs::metadata(folder.join(FILE))?.len();
    println!(
        "seconds {:.3} cpu {:.2} bytes {bytes}",
        started.elapsed().as_secs_f64(),
        cpu() - begin
    );
    Ok(())
}

/// Opens the segment and says what that, the first answer and the following
/// ones took of time and memory.
pub fn open(folder: &Path, queries: &[Vec<f32>]) -> Result<(), Box<dyn Error>> {
    let store = FsStore::open(folder)?;
    let first = queries.first().ok_or("no queries")?;
    let before = memory();
    let started = Instant::now();
    let segment = Segment::open(&store, Path::new(FILE))?;
    let opened = started.elapsed();
    let after = memory();
    let started = Instant::now();
    let options = SearchOptions::new(K, 100);
    ask(&segment, first, &options)?;
    let answered = started.elapsed();
    let answer = memory();
    for query in queries {
        ask(&segment, query, &options)?;
    }
    let all = memory();
    let grown = |then: u64, now: u64| now.saturating_sub(then);
    println!(
        "open_ms {:.3} first_ms {:.3} open_anonymous_kb {} open_resident_kb {} \
         first_anonymous_kb {} first_resident_kb {} all_anonymous_kb {} all_resident_kb {} bytes {}",
        opened.as_secs_f64() * 1e3,
        answered.as_secs_f64() * 1e3,
        grown(before.anonymous, after.anonymous),
        grown(before.resident, after.resident),
        grown(before.anonymous, answer.anonymous),
        grown(before.resident, answer.resident),
        grown(before.anonymous, all.anonymous),
        grown(before.resident, all.resident),
        segment.bytes(),
    );
    Ok(())
}

/// Answers the lines of the standard input.
pub fn serve(folder: &Path, queries: &[Vec<f32>], found: &Path) -> Result<(), Box<dyn Error>> {
    let store = FsStore::open(folder)?;
    let segment = Segment::open(&store, Path::new(FILE))?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (precision, ef) = match line.split_once(' ') {
            Some(("floats", ef)) => (Precision::Floats, ef.parse()?),
            Some(("codes", ef)) => (Precision::Codes, ef.parse()?),
            _ => return Err(format!("not a request: {line}").into()),
        };
        let options = SearchOptions {
            precision,
            strategy: Some(Strategy::Graph),
            ..SearchOptions::new(K, ef)
        };
        let mut numbers: Vec<u32> = Vec::with_capacity(queries.len() * K);
        let started = Instant::now();
        for query in queries {
            let hits = ask(&segment, query, &options)?;
            let padded = hits.into_iter().chain(std::iter::repeat(u32::MAX));
            numbers.extend(padded.take(K));
        }
        let seconds = started.elapsed().as_secs_f64();
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        std::fs::write(found, bytes)?;
        println!("{seconds:.9}");
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn ask(segment: &Segment, query: &[f32], options: &SearchOptions) -> Result<Vec<u32>, VectorError> {
    let none = RoaringBitmap::new();
    let (hits, _) = segment.search(query, options, &Allowed::all(), &none, Budget::default())?;
    Ok(hits.iter().map(|hit| hit.ordinal as u32).collect())
}
