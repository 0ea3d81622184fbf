//! A node under mixed load for a long time: its memory, threads and descriptors, as a table and as a slope.
//!
//! `PICTOR_SECONDS=3600 cargo run --release -p tests --example soak`
//!
//! Uploads and deletions keep the library at some 400 pictures, and documents are written over, so that what the node
//! holds stays the same: what grows all the same is a leak. The slope is that of the second half, when caches are full.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Value, json};
use tests::{Server, ServerOptions, Usage, solid_gif};

/// Pictures that the library is kept at.
const PICTURES: usize = 400;
/// Documents of the index that bulks write to.
const DOCUMENTS: u64 = 5_000;
/// Rows of the table.
const ROWS: u64 = 30;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The kinds of requests, counted.
const KINDS: [&str; 6] = [
    "uploads",
    "deletions",
    "bulks",
    "searches",
    "suggestions",
    "snapshots",
];

struct Load {
    client: Client,
    address: String,
    stop: AtomicBool,
    counts: [AtomicU64; KINDS.len()],
    failed: AtomicU64,
}

impl Load {
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Sends a request and counts it; one that is not answered with 2xx counts as failed, too.
    fn send(&self, kind: usize, method: &str, path: &str, body: &Value) -> Outcome<Value> {
        let method = reqwest::Method::from_bytes(method.as_bytes())?;
        let request = self
            .client
            .request(method, format!("{}{path}", self.address));
        let answer = request.json(body).send()?;
        self.count(kind, answer.status().is_success());
        Ok(answer.json().unwrap_or_default())
    }

    fn count(&self, kind: usize, well: bool) {
        self.counts[kind].fetch_add(1, Ordering::Relaxed);
        if !well {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn pictures(&self) -> Outcome<()> {
        let mut ids = std::collections::VecDeque::new();
        for seed in 0u32.. {
            if self.stopped() {
                break;
            }
            let title = format!(
                "{} cat number {}",
                ["red", "blue", "small"][seed as usize % 3],
                seed % 500
            );
            let part = Part::bytes(solid_gif(seed)).file_name(format!("{seed}.gif"));
            let form = Form::new().part("file", part).text("title", title);
            let sent = self.client.post(format!("{}/image/upload", self.address));
            let answer = sent.multipart(form).send()?;
            self.count(0, answer.status().is_success());
            let answer: Value = answer.json()?;
            ids.extend(answer.pointer("/data/id").and_then(Value::as_u64));
            if ids.len() > PICTURES
                && let Some(id) = ids.pop_front()
            {
                self.send(1, "DELETE", &format!("/api/images/{id}"), &json!(null))?;
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn bulks(&self) -> Outcome<()> {
        for round in 0u64.. {
            if self.stopped() {
                break;
            }
            let lines: String = (0..50)
                .map(|n| {
                    let id = (round * 50 + n) % DOCUMENTS;
                    let text = format!("line {id} of round {} in the log of words", round % 100);
                    format!(
                        "{{\"index\":{{\"_id\":\"{id}\"}}}}\n{{\"text\":\"{text}\",\"n\":{n}}}\n"
                    )
                })
                .collect();
            let sent = self.client.post(format!("{}/logs/_bulk", self.address));
            let sent = sent.header("Content-Type", "application/x-ndjson");
            let answer = sent.body(lines).send()?;
            self.count(2, answer.status().is_success());
            thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    fn searches(&self) -> Outcome<()> {
        let modes = ["perfect", "partial", "fuzzy", "regex", "related"];
        for round in 0usize.. {
            if self.stopped() {
                break;
            }
            let body = json!({"keyword": "red cat", "type": modes[round % modes.len()]});
            self.send(3, "POST", "/image/search", &body)?;
            let body = json!({
                "query": {"match": {"text": format!("round {}", round % 100)}},
                "aggs": {"n": {"histogram": {"field": "n", "interval": 10}}},
                "highlight": {"fields": {"text": {}}},
            });
            self.send(3, "POST", "/logs/_search", &body)?;
            let word = ["re", "ca", "sma", "blu"][round % 4];
            self.send(4, "POST", "/image/search/suggest", &json!({"query": word}))?;
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn snapshots(&self) -> Outcome<()> {
        for round in 0u64.. {
            for _ in 0..200 {
                if self.stopped() {
                    return Ok(());
                }
                thread::sleep(Duration::from_millis(100));
            }
            let path = format!("/_snapshot/soak/s{round}?wait_for_completion=true");
            self.send(5, "PUT", &path, &json!({}))?;
            if let Some(old) = round.checked_sub(2) {
                self.send(
                    5,
                    "DELETE",
                    &format!("/_snapshot/soak/s{old}"),
                    &json!(null),
                )?;
            }
        }
        Ok(())
    }
}

/// MiB an hour, by least squares.
fn slope(samples: &[(f64, Usage)], of: impl Fn(&Usage) -> f64) -> f64 {
    let count = samples.len() as f64;
    let x = samples.iter().map(|(at, _)| at).sum::<f64>() / count;
    let y = samples.iter().map(|(_, usage)| of(usage)).sum::<f64>() / count;
    let products = samples.iter().map(|(at, usage)| (at - x) * (of(usage) - y));
    let squares = samples.iter().map(|(at, _)| (at - x) * (at - x));
    products.sum::<f64>() / squares.sum::<f64>() * 3_600.0
}

fn main() -> Outcome<()> {
    let seconds: u64 = std::env::var("PICTOR_SECONDS").map_or(Ok(3_600), |value| value.parse())?;
    let backup = tempfile::tempdir()?;
    let server = Server::with(ServerOptions {
        args: vec![
            "--allow-path".to_owned(),
            backup.path().display().to_string(),
        ],
        env: Vec::new(),
    });
    let repository = json!({"type": "fs", "settings": {"location": backup.path()}});
    server.ok("PUT", "/_snapshot/soak", &repository);
    let load = Load {
        client: Client::builder().timeout(Duration::from_secs(60)).build()?,
        address: server.address().to_owned(),
        stop: AtomicBool::new(false),
        counts: Default::default(),
        failed: AtomicU64::new(0),
    };
    println!("| seconds | memory MiB | peak MiB | threads | descriptors |\n|---|---|---|---|---|");
    let mut samples: Vec<(f64, Usage)> = Vec::new();
    thread::scope(|scope| -> Outcome<()> {
        let load = &load;
        let works = [
            scope.spawn(|| load.pictures()),
            scope.spawn(|| load.bulks()),
            scope.spawn(|| load.searches()),
            scope.spawn(|| load.snapshots()),
        ];
        let began = Instant::now();
        for row in 0..=ROWS * 4 {
            let at = Duration::from_secs(seconds) * u32::try_from(row)? / u32::try_from(ROWS * 4)?;
            thread::sleep(at.saturating_sub(began.elapsed()));
            let usage = server.usage();
            samples.push((began.elapsed().as_secs_f64(), usage));
            if row % 4 == 0 {
                let (memory, peak) = (usage.memory >> 20, usage.peak >> 20);
                let (threads, descriptors) = (usage.threads, usage.descriptors);
                println!(
                    "| {} | {memory} | {peak} | {threads} | {descriptors} |",
                    at.as_secs()
                );
            }
        }
        load.stop.store(true, Ordering::SeqCst);
        for work in works {
            work.join().map_err(|_| "a thread of the load panicked")??;
        }
        Ok(())
    })?;
    let late = samples.split_at(samples.len() / 2).1;
    println!(
        "second half, an hour: memory {:+.1} MiB, threads {:+.1}, descriptors {:+.1}",
        slope(late, |usage| usage.memory as f64 / f64::from(1 << 20)),
        slope(late, |usage| usage.threads as f64),
        slope(late, |usage| usage.descriptors as f64),
    );
    for (kind, count) in KINDS.iter().zip(&load.counts) {
        print!("{} {kind}, ", count.load(Ordering::Relaxed));
    }
    println!(
        "{} not answered with 2xx",
        load.failed.load(Ordering::Relaxed)
    );
    Ok(())
}
