//! Times and ratios.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 200;

/// The median and the 99th of many runs.
pub(super) fn measure(mut run: impl FnMut() -> usize) -> (Duration, Duration, usize) {
    let mut found = 0;
    for _ in 0..10 {
        found = black_box(run());
    }
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            black_box(run());
            started.elapsed()
        })
        .collect();
    times.sort();
    (times[ROUNDS / 2], times[ROUNDS * 99 / 100], found)
}

/// Both sides in turn, so that a noisy machine disturbs them alike.
pub(super) fn compare(name: &str, mut ours: impl FnMut() -> usize, mut raw: impl FnMut() -> usize) {
    let (mut a, mut b) = (BTreeMap::new(), BTreeMap::new());
    for round in 0..5 {
        a.insert(round, measure(&mut ours));
        b.insert(round, measure(&mut raw));
    }
    let best = |rounds: &BTreeMap<i32, (Duration, Duration, usize)>| {
        rounds
            .values()
            .min_by_key(|times| times.0)
            .copied()
            .unwrap_or_default()
    };
    let (a, b) = (best(&a), best(&b));
    println!(
        "{name:<34} {:>10} raw {:>10}  ratio {:.2}  (p99 {} / {}; {} and {} found)",
        show(a.0),
        show(b.0),
        a.0.as_secs_f64() / b.0.as_secs_f64(),
        show(a.1),
        show(b.1),
        a.2,
        b.2
    );
}

pub(super) fn report(name: &str, ours: Duration, raw: Duration) {
    println!(
        "{name:<34} {:>10} raw {:>10}  ratio {:.2}",
        show(ours),
        show(raw),
        ours.as_secs_f64() / raw.as_secs_f64()
    );
}

pub(super) fn show(time: Duration) -> String {
    format!("{:.1?}", time)
}
