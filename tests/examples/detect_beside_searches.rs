//! Searches of the sample library, alone and beside requests that have 200 pictures examined.
//!
//! `cargo run --release -p tests --example detect_beside_searches`

use std::error::Error;
use std::fs;
use std::io::Cursor;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
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

/// The times of searches, one after the other, in milliseconds.
fn searches(server: &Server) -> Outcome<Vec<f64>> {
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
        thread::sleep(Duration::from_millis(5));
    }
    times.sort_by(f64::total_cmp);
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

fn main() -> Outcome<()> {
    let server = Server::demo();
    let pictures: Vec<Vec<u8>> = (0..8).map(plate).collect::<Outcome<_>>()?;
    searches(&server)?;
    let alone = searches(&server)?;
    let before = peak(&server);
    let (stop, requests) = (AtomicBool::new(false), AtomicUsize::new(0));
    let beside = thread::scope(|scope| {
        let sender = scope.spawn(|| -> Outcome<()> {
            let client = Client::builder().timeout(None).build()?;
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
                requests.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
        let beside = searches(&server);
        stop.store(true, Ordering::Relaxed);
        sender.join().map_err(|_| "the sender died")??;
        beside
    })?;
    for (name, times) in [("alone", &alone), ("beside", &beside)] {
        println!(
            "searches {name:<7} {:>6} of them, p50 {:.2} ms, p99 {:.2} ms",
            times.len(),
            at(times, 0.5),
            at(times, 0.99)
        );
    }
    println!(
        "p99 beside requests of {PICTURES} pictures ({} of them): {:.2} ×",
        requests.load(Ordering::Relaxed),
        at(&beside, 0.99) / at(&alone, 0.99)
    );
    if let (Some(before), Some(after)) = (before, peak(&server)) {
        println!("largest resident size: {before} MiB before, {after} MiB after");
    }
    Ok(())
}
