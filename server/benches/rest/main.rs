//! The REST family beside the engine in process: bulk indexing, a mixed search load, and a load of twice
//! what the node can take.
//!
//! `cargo bench -p server --bench rest`; `PICTOR_DOCUMENTS` for another number than 100,000.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "it measures and prints; where something fails, it stops"
)]
#![allow(clippy::cast_precision_loss, reason = "counts are small")]

mod corpus;
mod inside;
mod load;
mod node;

use std::time::Duration;

use load::Outcome;
use node::RealNode;

/// Threads that search at once, on both sides.
const SEARCHERS: usize = 2;
/// Searches that each side runs in a round.
const SEARCHES: usize = 4_000;
/// Searches that wait at once where the node is kept busy.
const IN_FLIGHT: usize = 32;
/// How long each load lasts.
const SPAN: Duration = Duration::from_secs(15);
/// Rounds; the median of their ratios is printed.
const ROUNDS: usize = 3;

fn main() {
    // What `cargo bench` passes is of no use here.
    let documents = std::env::var("PICTOR_DOCUMENTS");
    let documents = documents.ok().and_then(|text| text.parse().ok());
    let bulks = corpus::bulks(documents.unwrap_or(100_000));
    let node = RealNode::start();
    let engine = inside::Inside::open();

    let over_rest = node.fill(&bulks);
    let in_process = engine.fill(&bulks);
    println!(
        "bulk indexing, {} documents in {} bulks, refreshed",
        corpus::count(&bulks),
        bulks.len()
    );
    println!(
        "  REST {:.2} s, engine {:.2} s, ratio {:.2}",
        over_rest.as_secs_f64(),
        in_process.as_secs_f64(),
        over_rest.as_secs_f64() / in_process.as_secs_f64()
    );
    println!("  resident after: {} MB", node.resident() >> 20);

    let searches = corpus::searches();
    let mut rounds: Vec<(f64, Outcome, Outcome)> = (0..ROUNDS)
        .map(|_| {
            let rest = load::closed(SEARCHERS, SEARCHES, |n| {
                node.search(&searches[n % searches.len()])
            });
            let own = load::closed(SEARCHERS, SEARCHES, |n| {
                engine.search(&searches[n % searches.len()])
            });
            (own.rate() / rest.rate(), rest, own)
        })
        .collect();
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, rest, own) = &rounds[ROUNDS / 2];
    println!("mixed searches, {SEARCHERS} at once");
    println!("  REST   {rest}");
    println!("  engine {own}");
    println!("  ratio of rates {ratio:.2}");

    let heavy = corpus::heavy();
    let full = load::kept(node.address(), &heavy, IN_FLIGHT, SPAN);
    println!("heavy searches, {IN_FLIGHT} at once: what the node can take");
    println!("  {full}");
    let before = node.resident();
    let over = load::open(node.address(), &heavy, full.rate() * 2.0, SPAN);
    println!(
        "twice that for {} s, {:.0} searches a second",
        SPAN.as_secs(),
        full.rate() * 2.0
    );
    println!("  {over}");
    println!(
        "  resident before {} MB, after {} MB, largest {} MB",
        before >> 20,
        node.resident() >> 20,
        node.peak() >> 20
    );
    let after = load::closed(SEARCHERS, SEARCHES, |n| {
        node.search(&searches[n % searches.len()])
    });
    println!("  the mixed searches then again {after}");
}
