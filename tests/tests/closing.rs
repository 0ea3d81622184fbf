//! Close, open and delete beside four writers, killed at random: what was acknowledged is there.
//!
//! `PICTOR_SECONDS` says how long (the gate: 10), `PICTOR_SEED` which kills.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use tests::Server;

/// Documents of each writer.
const DOCUMENTS: u64 = 60;
/// Objects of a large document: to change one takes longer than to close and open its index.
const LARGE: usize = 12_000;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// What a document may hold: what was acknowledged last, and what was sent since without an answer. `None` is that
/// it is not there.
#[derive(Debug, Default, Clone)]
struct Expected {
    acknowledged: Option<u64>,
    since: Vec<Option<u64>>,
}

impl Expected {
    fn fits(&self, found: Option<u64>) -> bool {
        self.acknowledged == found || self.since.contains(&found)
    }
}

/// The documents of one index, by id.
type Documents = BTreeMap<String, Expected>;

/// What is kept over all starts.
#[derive(Default)]
struct Kept {
    /// Of the index that is closed and opened, for each writer.
    busy: [Documents; 4],
    /// Of the index that is deleted and made again, with the time in which it was the same one.
    passing: Mutex<(u64, Documents)>,
    /// Sequence numbers that were answered, of the first index.
    numbers: Mutex<BTreeSet<u64>>,
    acknowledged: AtomicU64,
    refused: AtomicU64,
    closed: AtomicU64,
    deleted: AtomicU64,
}

/// One start of the node as its threads see it.
struct Round<'a> {
    client: Client,
    address: String,
    stop: AtomicBool,
    kept: &'a Kept,
    /// Odd while the second index is deleted and made again.
    generation: &'a AtomicU64,
}

impl Round<'_> {
    fn send(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self
            .client
            .request(method, format!("{}{path}", self.address));
        let answer = request.json(body).send().ok()?;
        let status = answer.status().as_u16();
        // An answer that breaks off was none.
        Some((status, answer.json().ok()?))
    }

    fn acknowledged(&self, answer: &Value) {
        self.kept.acknowledged.fetch_add(1, Ordering::Relaxed);
        if let (Some(number), true) = (answer["_seq_no"].as_u64(), answer["result"] != "noop") {
            let first = self.kept.numbers.lock().unwrap().insert(number);
            assert!(
                first,
                "the sequence number {number} was given twice: {answer}"
            );
        }
    }

    /// Writes its documents in the index that is closed and opened, until it is stopped or the node is gone.
    fn write_busy(&self, writer: u64, mut random: Random, documents: &mut Documents) {
        while !self.stop.load(Ordering::SeqCst) {
            let value = random.below(1 << 40);
            // One writer has one document, and changes of it take long.
            let large = writer == 0;
            let id = if large {
                "large".to_owned()
            } else {
                format!("w{writer}-{}", random.below(DOCUMENTS))
            };
            let there = documents
                .get(&id)
                .is_some_and(|known| known.acknowledged.is_some());
            let deletes = !large && there && random.below(5) == 0;
            let left = (!deletes).then_some(value);
            let known = documents.entry(id.clone()).or_default();
            known.since.push(left);
            let answer = if deletes {
                self.send("DELETE", &format!("/busy/_doc/{id}"), &json!(null))
            } else if large && there {
                self.send(
                    "POST",
                    &format!("/busy/_update/{id}"),
                    &json!({"doc": {"value": value}}),
                )
            } else {
                let mut document = json!({"value": value});
                if large {
                    document["objects"] = (0..LARGE).map(|n| json!({"n": n})).collect();
                }
                self.send("PUT", &format!("/busy/_doc/{id}"), &document)
            };
            match answer {
                Some((200 | 201, answer)) => {
                    self.acknowledged(&answer);
                    known.acknowledged = left;
                    known.since.clear();
                }
                // There was nothing to delete: a deletion before had no answer, else a write is lost.
                Some((404, answer)) if answer["result"] == "not_found" => {
                    known.since.pop();
                    assert!(known.since.contains(&None), "{id}: {answer}, {known:?}");
                    known.acknowledged = None;
                    known.since.clear();
                }
                Some((400 | 429 | 503, _)) => {
                    self.kept.refused.fetch_add(1, Ordering::Relaxed);
                }
                Some((status, answer)) => panic!("{status}: {answer}"),
                None => return,
            }
        }
    }

    /// Writes documents in the index that is deleted and made again.
    fn write_passing(&self, writer: u64, mut random: Random) {
        for at in 0u64.. {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            let (id, value) = (format!("{writer}-{at}"), random.below(1 << 40));
            let before = self.generation.load(Ordering::SeqCst);
            let path = format!("/passing/_doc/{id}?op_type=index");
            let Some((status, _)) = self.send("PUT", &path, &json!({"value": value})) else {
                return;
            };
            let mut kept = self.kept.passing.lock().unwrap();
            let same = before.is_multiple_of(2) && before == self.generation.load(Ordering::SeqCst);
            if status == 201 || status == 200 {
                self.kept.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            if same && kept.0 == before && status == 201 {
                kept.1.entry(id).or_default().acknowledged = Some(value);
            }
        }
    }

    fn close_and_open(&self, mut random: Random) {
        while !self.stop.load(Ordering::SeqCst) {
            for act in ["_close", "_open"] {
                match self.send("POST", &format!("/busy/{act}"), &json!(null)) {
                    Some((200, _)) => self.kept.closed.fetch_add(1, Ordering::Relaxed),
                    Some((status, answer)) => panic!("{act}: {status} {answer}"),
                    None => return,
                };
                std::thread::sleep(Duration::from_millis(random.below(40)));
            }
        }
    }

    fn delete_and_make(&self, mut random: Random) {
        while !self.stop.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(50 + random.below(400)));
            self.generation.fetch_add(1, Ordering::SeqCst);
            for (method, body) in [("DELETE", json!(null)), ("PUT", index())] {
                match self.send(method, "/passing", &body) {
                    Some((200, _)) => self.kept.deleted.fetch_add(1, Ordering::Relaxed),
                    // A writer was first to make it.
                    Some((400, answer)) if method == "PUT" => {
                        let kind = &answer["error"]["type"];
                        assert_eq!(kind, "resource_already_exists_exception", "{answer}");
                        0
                    }
                    Some((status, answer)) => panic!("{method}: {status} {answer}"),
                    None => return,
                };
            }
            let mut passing = self.kept.passing.lock().unwrap();
            *passing = (
                self.generation.fetch_add(1, Ordering::SeqCst) + 1,
                Documents::new(),
            );
        }
    }
}

fn index() -> Value {
    json!({"mappings": {"dynamic": false, "properties": {"value": {"type": "long"}}}})
}

/// What an index holds of some ids.
fn found(server: &Server, index: &str, ids: &[&String]) -> Vec<Option<u64>> {
    let mut values = Vec::new();
    for ids in ids.chunks(500) {
        let path = format!("/{index}/_mget?_source_includes=value");
        let answer = server.ok("POST", &path, &json!({"ids": ids}));
        let documents = answer["docs"].as_array().unwrap().iter();
        values.extend(documents.map(|found| {
            assert_eq!(found.get("error"), None, "{found}");
            found["_source"]["value"].as_u64()
        }));
    }
    values
}

/// Compares an index with what was acknowledged, and takes what it holds for what is known from now on.
fn compare(server: &Server, index: &str, documents: &mut Documents, round: u64) -> usize {
    let ids: Vec<&String> = documents.keys().collect();
    let values = found(server, index, &ids);
    let mut wrong = Vec::new();
    for ((id, expected), value) in documents.iter_mut().zip(values) {
        if !expected.fits(value) {
            wrong.push(format!("{id}: {value:?}, {expected:?}"));
        }
        *expected = Expected {
            acknowledged: value,
            since: Vec::new(),
        };
    }
    let missing = wrong.len();
    assert!(
        wrong.is_empty(),
        "start {round}, [{index}]: {missing} of {} documents are not as acknowledged: {:?}",
        documents.len(),
        &wrong[..missing.min(5)]
    );
    documents
        .values()
        .filter(|known| known.acknowledged.is_some())
        .count()
}

#[test]
fn nothing_acknowledged_is_missing_whatever_closes_opens_and_deletes() {
    let seed = number("PICTOR_SEED", 1);
    let mut server = Server::start();
    // The time begins when the node runs: it may have to be built first.
    let until = Instant::now() + Duration::from_secs(number("PICTOR_SECONDS", 10));
    for name in ["busy", "passing"] {
        server.ok("PUT", &format!("/{name}"), &index());
    }
    let mut kept = Kept::default();
    let generation = AtomicU64::new(0);
    let mut random = Random(seed);
    let mut rounds = 0;
    while Instant::now() < until {
        rounds += 1;
        let mut busy = std::mem::take(&mut kept.busy);
        let round = Round {
            client: Client::builder()
                .timeout(Duration::from_secs(60))
                .build()
                .unwrap(),
            address: server.address().to_owned(),
            stop: AtomicBool::new(false),
            kept: &kept,
            generation: &generation,
        };
        let user = |user: u64| Random(seed ^ (((rounds << 8) | user) << 20));
        std::thread::scope(|scope| {
            let round = &round;
            for (writer, documents) in busy.iter_mut().enumerate() {
                let writer = writer as u64;
                scope.spawn(move || round.write_busy(writer, user(writer), documents));
            }
            scope.spawn(move || round.write_passing(rounds, user(5)));
            scope.spawn(move || round.close_and_open(user(6)));
            scope.spawn(move || round.delete_and_make(user(7)));
            std::thread::sleep(Duration::from_millis(600 + random.below(1_500)));
            server.kill();
            round.stop.store(true, Ordering::SeqCst);
        });
        kept.busy = busy;
        server.restart();
        server.ok("POST", "/busy/_open", &json!(null));
        let mut there = 0;
        for documents in &mut kept.busy {
            there += compare(&server, "busy", documents, rounds);
        }
        server.ok("POST", "/busy/_refresh", &json!(null));
        let count = server.ok("GET", "/busy/_count", &json!(null));
        assert_eq!(count["count"], json!(there), "start {rounds}");
        let mut passing = kept.passing.lock().unwrap();
        if generation.load(Ordering::SeqCst).is_multiple_of(2) {
            compare(&server, "passing", &mut passing.1, rounds);
        } else {
            // It was killed between: the index may be gone, or be another one.
            server.send("PUT", "/passing", &index());
            *passing = (
                generation.fetch_add(1, Ordering::SeqCst) + 1,
                Documents::new(),
            );
        }
    }
    let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
    println!(
        "{rounds} kills, {} writes acknowledged, {} refused, {} times closed or opened, {} deleted or made",
        count(&kept.acknowledged),
        count(&kept.refused),
        count(&kept.closed),
        count(&kept.deleted)
    );
    assert!(count(&kept.acknowledged) > 100 && count(&kept.closed) > 10);
}
