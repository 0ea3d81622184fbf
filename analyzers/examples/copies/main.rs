//! How often a disguised copy of a picture finds its original first.
//!
//! ```text
//! cargo run --release -p analyzers --example copies -- \
//!     [--drawn N] [--distractors N] [--tiles N] [--write FOLDER] \
//!     [PICTURE OR FOLDER]...
//! ```
//!
//! Originals are the scenes of the pictures named (large stills cut into
//! `tiles` × `tiles` parts) and pictures drawn from a seed. Distractors are
//! drawn too and are never asked for. What is written is for others to try:
//! `tests/peers/copies.sh` does.

mod dice;
mod disguises;
mod pictures;
mod written;

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use analyzers::image::{Descriptor, RgbaImage};
use disguises::{DISGUISES, Disguise};
use written::Written;

type Vector = [f32; Descriptor::DIMS];

struct Options {
    drawn: u64,
    distractors: u64,
    tiles: u32,
    write: Option<PathBuf>,
    paths: Vec<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let mut originals = pictures::load(&options.paths, options.tiles)?;
    let real = originals.len();
    originals.extend((0..options.drawn).map(pictures::draw));
    let mut known: Vec<Vector> = originals.iter().map(Descriptor::describe).collect();
    known.extend((0..options.distractors).map(|seed| {
        let seed = seed + options.drawn + 1_000_000;
        Descriptor::describe(&pictures::draw(seed))
    }));
    println!(
        "{} originals ({real} real, {} drawn), {} distractors",
        originals.len(),
        options.drawn,
        options.distractors
    );
    println!(
        "{:24} recall@1  cosine: median  lowest 5 %   found ≥ .75",
        "disguise"
    );
    let mut sum = 0.0;
    let mut written = match &options.write {
        Some(folder) => Some(Written::begin(folder, &originals)?),
        None => None,
    };
    for (number, disguise) in DISGUISES.iter().enumerate() {
        let outcome = trial(disguise, &originals, &known);
        println!(
            "{:24} {:8.1}  {:14.3}  {:10.3}  {:11.1}",
            disguise.name, outcome.first, outcome.median, outcome.low, outcome.similar
        );
        sum += outcome.first;
        if let Some(written) = &mut written {
            written.disguise(number, disguise, &originals, outcome.first)?;
        }
    }
    println!("{:24} {:8.1}", "mean", sum / DISGUISES.len() as f64);
    strangers(&known);
    timing();
    Ok(())
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        drawn: 600,
        distractors: 0,
        tiles: 1,
        write: None,
        paths: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--drawn" => options.drawn = value()?.parse()?,
            "--distractors" => options.distractors = value()?.parse()?,
            "--tiles" => options.tiles = value()?.parse()?,
            "--write" => options.write = Some(value()?.into()),
            _ => options.paths.push(argument.into()),
        }
    }
    Ok(options)
}

struct Outcome {
    /// Percent of copies whose original came first.
    first: f64,
    /// Cosines between copies and originals.
    median: f32,
    low: f32,
    /// Percent of copies at least similar to their original.
    similar: f64,
}

fn trial(disguise: &Disguise, originals: &[RgbaImage], known: &[Vector]) -> Outcome {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = originals.len().div_ceil(threads).max(1);
    let results: Vec<(bool, f32)> = std::thread::scope(|scope| {
        let workers: Vec<_> = originals
            .chunks(share)
            .enumerate()
            .map(|(part, chunk)| {
                scope.spawn(move || try_chunk(disguise, chunk, part * share, known))
            })
            .collect();
        workers
            .into_iter()
            .filter_map(|worker| worker.join().ok())
            .flatten()
            .collect()
    });
    let count = results.len().max(1);
    let mut cosines: Vec<f32> = results.iter().map(|(_, cosine)| *cosine).collect();
    cosines.sort_by(f32::total_cmp);
    let percent = |hits: usize| 100.0 * hits as f64 / count as f64;
    Outcome {
        first: percent(results.iter().filter(|(first, _)| *first).count()),
        median: cosines.get(count / 2).copied().unwrap_or(0.0),
        low: cosines.get(count / 20).copied().unwrap_or(0.0),
        similar: percent(
            cosines
                .iter()
                .filter(|cosine| **cosine >= Descriptor::SIMILAR)
                .count(),
        ),
    }
}

/// For each original: whether its copy found it first, and their cosine.
fn try_chunk(
    disguise: &Disguise,
    originals: &[RgbaImage],
    offset: usize,
    known: &[Vector],
) -> Vec<(bool, f32)> {
    let each = originals.iter().enumerate().map(|(at, original)| {
        let number = at + offset;
        let copy = (disguise.apply)(original, number as u64);
        let vector = Descriptor::describe(&copy);
        let mut questions = vec![vector.to_vec()];
        if disguise.ask_mirrored {
            questions.extend(Descriptor::mirror(&vector));
        }
        let score = |known: &Vector| {
            let cosines = questions.iter().map(|question| cosine(question, known));
            cosines.fold(-1.0, f32::max)
        };
        let own = known.get(number).map_or(-1.0, score);
        let beaten = known
            .iter()
            .enumerate()
            .any(|(other, vector)| other != number && score(vector) >= own);
        (!beaten, own)
    });
    each.collect()
}

/// How near different pictures are to each other.
fn strangers(known: &[Vector]) {
    let mut nearest: Vec<f32> = Vec::new();
    for (at, vector) in known.iter().enumerate() {
        let others = known.iter().enumerate().filter(|(other, _)| *other != at);
        nearest.push(
            others
                .map(|(_, other)| cosine(vector, other))
                .fold(-1.0, f32::max),
        );
    }
    nearest.sort_by(f32::total_cmp);
    let share = |limit: f32| {
        let above = nearest.iter().filter(|cosine| **cosine >= limit).count();
        100.0 * above as f64 / nearest.len().max(1) as f64
    };
    println!(
        "nearest other picture: median {:.3}; ≥ .75: {:.1} %, ≥ .80: {:.1} %, ≥ .95: {:.1} %",
        nearest.get(nearest.len() / 2).copied().unwrap_or(0.0),
        share(0.75),
        share(0.80),
        share(0.95)
    );
}

fn timing() {
    for side in [64, 500, 1500] {
        let picture = image::imageops::thumbnail(&pictures::draw(1), side, side);
        let rounds = 50;
        let start = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(Descriptor::describe(std::hint::black_box(&picture)));
        }
        let each: Duration = start.elapsed() / rounds;
        println!(
            "describing {side} × {side} pixels: {:.2} ms",
            each.as_secs_f64() * 1e3
        );
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
