//! What a node takes of the machine stays bounded, however many indices a request makes and however long nobody
//! refreshes.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::Path;

use serde_json::{Value, json};
use tests::{Lack, Limits, Server, ServerOptions, Usage, skip};

const MIB: u64 = 1 << 20;

/// Whether the system tells what a process holds; else the test is skipped.
fn told() -> bool {
    let told = Path::new("/proc/self/status").exists();
    if !told {
        skip(Lack::Proc, "nobody tells what a process holds");
    }
    told
}

/// Sends a bulk in which all has to go well.
fn bulk(server: &Server, lines: String) -> Value {
    let sent = server
        .post("/_bulk")
        .header("Content-Type", "application/x-ndjson");
    let answer = sent.body(lines).send().unwrap();
    let status = answer.status().as_u16();
    let answer: Value = answer.json().unwrap();
    assert_eq!((status, &answer["errors"]), (200, &json!(false)));
    answer
}

/// A node under a limit on its memory that ends it where nothing else does.
fn limited(mebibytes: u64) -> Server {
    let limits = Limits {
        memory: Some(mebibytes * MIB),
        descriptors: None,
    };
    Server::limited(ServerOptions::default(), limits)
}

#[test]
fn a_bulk_to_six_hundred_new_indices_takes_few_threads() {
    if !told() {
        return;
    }
    let server = limited(8_192);
    let idle = server.usage();
    let lines: String = (0..600)
        .map(|n| format!("{{\"index\":{{\"_index\":\"n{n:03}\",\"_id\":\"1\"}}}}\n{{\"n\":{n}}}\n"))
        .collect();
    let (answer, most) = server.watched(|| bulk(&server, lines));
    assert_eq!(answer["items"].as_array().unwrap().len(), 600);
    let taken = beyond(idle, most);
    println!("600 indices: {taken:?}");
    server.ok("POST", "/_refresh", &json!(null));
    let count = server.ok("GET", "/n*/_count", &json!(null));
    assert_eq!(count["count"], 600);
    assert!(taken.threads < 100, "{taken:?}");
    assert!(taken.peak < 1_024 * MIB, "{taken:?}");
    assert!(taken.descriptors < 600 * 4, "{taken:?}");
}

#[test]
fn what_nobody_refreshes_is_committed_and_replayed_in_bounded_memory() {
    if !told() {
        return;
    }
    let mut server = limited(8_192);
    let body = json!({
        "settings": {"refresh_interval": "-1"},
        "mappings": {"properties": {"blob": {"type": "keyword", "index": false, "doc_values": false}}},
    });
    server.ok("PUT", "/heap", &body);
    let idle = server.usage();
    let blob = "x".repeat(100_000);
    let (_, writing) = server.watched(|| {
        for part in 0..60 {
            let lines: String = (0..50)
                .map(|n| {
                    let id = part * 50 + n;
                    format!(
                        "{{\"index\":{{\"_index\":\"heap\",\"_id\":\"{id}\"}}}}\n{{\"n\":{id},\"blob\":\"{blob}\"}}\n"
                    )
                })
                .collect();
            bulk(&server, lines);
        }
    });
    server.restart();
    // The peak since the start: the log was replayed before the node listened.
    let starting = server.usage();
    let (writing, starting) = (beyond(idle, writing), beyond(idle, starting));
    println!("300 MB that nobody refreshed: writing {writing:?}, starting {starting:?}");
    server.ok("POST", "/heap/_refresh", &json!(null));
    let count = server.ok("GET", "/heap/_count", &json!(null));
    assert_eq!(count["count"], 3_000);
    let last = server.ok("GET", "/heap/_doc/2999", &json!(null));
    assert_eq!(
        last["_source"]["blob"].as_str().map(str::len),
        Some(100_000)
    );
    assert!(writing.peak < 512 * MIB, "{writing:?}");
    assert!(starting.peak < 512 * MIB, "{starting:?}");
}

/// What was taken beyond what an idle node takes.
fn beyond(idle: Usage, most: Usage) -> Usage {
    Usage {
        memory: most.memory.saturating_sub(idle.memory),
        peak: most.peak.saturating_sub(idle.memory),
        threads: most.threads.saturating_sub(idle.threads),
        descriptors: most.descriptors.saturating_sub(idle.descriptors),
    }
}
