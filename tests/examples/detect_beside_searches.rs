//! Searches of the sample library, alone and beside requests that have 200 pictures examined: at a steady rate,
//! and as many as the machine can answer.
//!
//! `cargo run --release -p tests --example detect_beside_searches`
//!
//! Whoever sends the pictures would be another machine. Here it is this one: its threads give way to all others.

use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use image::{ImageFormat, Rgba, RgbaImage};
use reqwest::blocking::Client;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::json;
use tests::Server;

/// How long searches are measured, alone and beside.
const SPAN: Duration = Duration::from_secs(15);
/// Pictures of a request.
const PICTURES: usize = 200;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn plate(seed: u32) -> Outcome<Vec<u8>> {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let picture = RgbaImage::from_fn(256, 256, |x, y| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let line = x > 40 && x < 220 && y.abs_diff(60 + x / 3) < 4;
        let level = if line { 210 } else { 125 } + (state >> 28) as u8;
        Rgba([level, level, level, 255])
    });
    let mut bytes = Cursor::new(Vec::new());
    image::DynamicImage::from(picture)
        .to_rgb8()
        .write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// How searches come.
#[derive(Debug, Clone, Copy)]
struct Load {
    name: &'static str,
    clients: usize,
    /// How long a client waits after four searches.
    pause: Duration,
}

const LOADS: [Load; 2] = [
    Load {
        name: "one client, a pause of 5 ms after four searches",
        clients: 1,
        pause: Duration::from_millis(5),
    },
    Load {
        name: "four clients without pauses",
        clients: 4,
        pause: Duration::ZERO,
    },
];

/// The times of the searches of all clients, sorted, in milliseconds.
fn searches(server: &Server, load: Load) -> Outcome<Vec<f64>> {
    let mut times: Vec<f64> = thread::scope(|scope| {
        let clients: Vec<_> = (0..load.clients)
            .map(|_| scope.spawn(|| client(server, load.pause)))
            .collect();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.join().map_err(|_| "a client died")??);
        }
        Ok::<_, Box<dyn Error + Send + Sync>>(all)
    })?;
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// The times of searches, one after the other, in milliseconds.
fn client(server: &Server, pause: Duration) -> Outcome<Vec<f64>> {
    let bodies = [
        json!({"keyword": "rokcet", "type": "fuzzy"}),
        json!({"keyword": "a red", "type": "partial"}),
        json!({"keyword": "^an? (red|blue) (?=fish|snake)", "type": "regex"}),
        json!({"keyword": "kitten", "type": "related"}),
    ];
    let until = Instant::now() + SPAN;
    let mut times = Vec::new();
    while Instant::now() < until {
        for body in &bodies {
            let start = Instant::now();
            let response = server.post("/image/search").json(body).send()?;
            if !response.status().is_success() {
                return Err(format!("a search failed: {}", response.status()).into());
            }
            response.bytes()?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        thread::sleep(pause);
    }
    Ok(times)
}

fn at(times: &[f64], share: f64) -> f64 {
    let place = (times.len() as f64 * share) as usize;
    times.get(place).or(times.last()).copied().unwrap_or(0.0)
}

/// The largest resident size of the node so far, in MiB, where the system says it.
fn peak(server: &Server) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

/// Sends requests with pictures until it is stopped; how many were answered.
fn examine(server: &Server, pictures: &[Vec<u8>], stop: &AtomicBool) -> Outcome<usize> {
    #[cfg(target_os = "linux")]
    rustix::process::setpriority_process(None, 10)?;
    // Its own threads are as nice.
    let client = Client::builder().timeout(None).build()?;
    let mut requests = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut form = Form::new();
        for picture in pictures.iter().cycle().take(PICTURES) {
            form = form.part(
                "images",
                Part::bytes(picture.clone()).file_name("plate.png"),
            );
        }
        let sent = client
            .post(server.url("/api/detect"))
            .multipart(form)
            .send()?;
        if !sent.status().is_success() {
            return Err(format!("a detection failed: {}", sent.text()?).into());
        }
        sent.bytes()?;
        requests += 1;
    }
    Ok(requests)
}

fn main() -> Outcome<()> {
    let server = Server::demo();
    let pictures: Vec<Vec<u8>> = (0..8).map(plate).collect::<Outcome<_>>()?;
    let before = peak(&server);
    for load in LOADS {
        searches(&server, load)?;
        let alone = searches(&server, load)?;
        let stop = AtomicBool::new(false);
        let (beside, requests) = thread::scope(|scope| {
            let sender = scope.spawn(|| examine(&server, &pictures, &stop));
            let beside = searches(&server, load);
            stop.store(true, Ordering::Relaxed);
            let requests = sender.join().map_err(|_| "the sender died")??;
            Ok::<_, Box<dyn Error + Send + Sync>>((beside?, requests))
        })?;
        println!("{}:", load.name);
        for (name, times) in [("alone", &alone), ("beside", &beside)] {
            println!(
                "  searches {name:<7} {:>6} of them, p50 {:.2} ms, p99 {:.2} ms",
                times.len(),
                at(times, 0.5),
                at(times, 0.99)
            );
        }
        println!(
            "  p99 beside requests of {PICTURES} pictures ({requests} of them): {:.2} ×",
            at(&beside, 0.99) / at(&alone, 0.99)
        );
    }
    if let (Some(before), Some(after)) = (before, peak(&server)) {
        println!("largest resident size: {before} MiB before, {after} MiB after");
    }
    Ok(())
}
