//! Nothing that was acknowledged is lost or doubled when the process is killed.
//!
//! The gate kills ten times; `PICTOR_KILLS=100 cargo test -p tests --test durability` is the long run.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tests::{Server, solid_gif};

/// How often the process is killed.
fn kills() -> u32 {
    std::env::var("PICTOR_KILLS").map_or(10, |kills| kills.parse().unwrap())
}

/// How long a round writes before the kill: 300 to 800 ms, spread without a pattern.
fn writing_time(round: u32) -> Duration {
    let spread = u64::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    Duration::from_millis(300 + spread % 500)
}

/// Writes documents in bulks of ten until the node is gone; the ids that were acknowledged.
fn bulks(address: &str, round: u32, stop: &AtomicBool) -> Vec<String> {
    let client = reqwest::blocking::Client::new();
    let mut written = Vec::new();
    for bulk in 0u32.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let ids: Vec<String> = (0..10).map(|n| format!("{round}-{bulk}-{n}")).collect();
        let lines: String = ids
            .iter()
            .map(|id| {
                let action = json!({"index": {"_id": id}});
                format!("{action}\n{}\n", json!({"text": id, "round": round}))
            })
            .collect();
        let sent = client
            .post(format!("{address}/notes/_bulk"))
            .header("Content-Type", "application/x-ndjson")
            .body(lines)
            .send();
        let Ok(Ok(answer)) = sent.map(|sent| sent.json::<Value>()) else {
            break;
        };
        assert_eq!(answer["errors"], false, "{answer}");
        written.extend(ids);
    }
    written
}

#[test]
fn kills_in_a_stream_of_writes_lose_nothing() {
    let mut server = Server::start();
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    let mut documents: Vec<String> = Vec::new();
    let kills = kills();
    for round in 0..kills {
        let stop = AtomicBool::new(false);
        let written: Mutex<Vec<(u64, String)>> = Mutex::new(Vec::new());
        let address = server.address().to_owned();
        std::thread::scope(|scope| {
            for worker in 0..3u32 {
                let (stop, written, address) = (&stop, &written, &address);
                scope.spawn(move || {
                    let client = reqwest::blocking::Client::new();
                    for number in 0.. {
                        if stop.load(Ordering::SeqCst) {
                            return;
                        }
                        let seed = round * 100_000 + worker * 10_000 + number;
                        let title = format!("picture {seed}");
                        let part = reqwest::blocking::multipart::Part::bytes(solid_gif(seed))
                            .file_name("p.gif");
                        let form = reqwest::blocking::multipart::Form::new()
                            .part("file", part)
                            .text("title", title.clone());
                        let sent = client
                            .post(format!("{address}/image/upload"))
                            .multipart(form)
                            .send();
                        let Ok(response) = sent else { return };
                        let Ok(answer) = response.json::<Value>() else {
                            return;
                        };
                        if let Some(id) = answer.pointer("/data/id").and_then(Value::as_u64) {
                            written.lock().unwrap().push((id, title));
                        }
                    }
                });
            }
            let (stop, address) = (&stop, &address);
            let bulks = scope.spawn(move || bulks(address, round, stop));
            std::thread::sleep(writing_time(round));
            server.kill();
            stop.store(true, Ordering::SeqCst);
            documents.extend(bulks.join().unwrap());
        });
        let before = acknowledged.last_key_value().map_or(0, |(id, _)| *id);
        for (id, title) in written.into_inner().unwrap() {
            assert!(
                acknowledged.insert(id, title).is_none(),
                "id {id} was given twice"
            );
        }
        server.restart();
        // All of them at the end; else what this round and the one before wrote.
        let all = round + 1 == kills;
        let from = if all { 0 } else { before.saturating_sub(100) };
        for (id, title) in acknowledged.range(from..) {
            let (status, found) = server.search(&json!({"keyword": title}));
            assert_eq!(status, 200);
            let page = found["data"]["page_data"].as_array().unwrap();
            assert_eq!(
                page.len(),
                1,
                "round {round}: {title} is there {} times",
                page.len()
            );
            assert_eq!(page[0]["id"], json!(id), "{title}");
        }
        for id in acknowledged.keys().rev().take(5) {
            let file = server.get(&format!("/image/preview/{id}")).send().unwrap();
            assert_eq!(file.status().as_u16(), 200);
        }
        let recent = if all { documents.len() } else { 200 };
        for ids in documents[documents.len().saturating_sub(recent)..].chunks(1_000) {
            let (status, found) = server.post_json("/notes/_mget", &json!({"ids": ids}));
            assert_eq!(status, 200, "{found}");
            for (id, document) in ids.iter().zip(found["docs"].as_array().unwrap()) {
                assert_eq!(document["_source"]["text"], json!(id), "round {round}");
            }
        }
    }
    eprintln!(
        "{kills} kills: {} uploads and {} documents were acknowledged, and all are there",
        acknowledged.len(),
        documents.len()
    );
    assert!(
        acknowledged.len() > 10,
        "only {} uploads were acknowledged",
        acknowledged.len()
    );
}
