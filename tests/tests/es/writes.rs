//! What writes promise: they survive, their ids differ, their versions hold.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tests::Server;

use crate::support::{fails, ok, send};

/// A1: a close and an open beside an update that takes longer than both.
#[test]
fn acknowledged_writes_survive_a_close_and_an_open_beside_a_long_update() {
    let mut server = Server::start();
    ok(
        &server,
        "PUT",
        "/r",
        json!({"mappings": {"dynamic": false}}),
    );
    let parts: Vec<Value> = (0..40_000)
        .map(|n| json!({"a": n, "b": [n, "x"]}))
        .collect();
    ok(
        &server,
        "PUT",
        "/r/_doc/big",
        json!({"n": 1, "parts": parts}),
    );
    let (updated, acknowledged) = std::thread::scope(|scope| {
        let server = &server;
        let update =
            scope.spawn(move || send(server, "POST", "/r/_update/big", json!({"doc": {"n": 2}})).0);
        std::thread::sleep(Duration::from_millis(150));
        ok(server, "POST", "/r/_close", Value::Null);
        ok(server, "POST", "/r/_open", Value::Null);
        let written = |n: &u32| {
            let path = format!("/r/_doc/after{n}");
            send(server, "PUT", &path, json!({"n": n})).0 == 201
        };
        let acknowledged: Vec<u32> = (0..30).filter(written).collect();
        (update.join().unwrap(), acknowledged)
    });
    assert_eq!(acknowledged.len(), 30);
    assert!([200, 400].contains(&updated), "{updated}");
    server.kill();
    server.restart();
    for n in acknowledged {
        let found = ok(&server, "GET", &format!("/r/_doc/after{n}"), Value::Null);
        assert_eq!(found["_source"], json!({"n": n}));
    }
    let big = ok(&server, "GET", "/r/_doc/big", Value::Null);
    let expected = if updated == 200 { 2 } else { 1 };
    assert_eq!(big["_version"], expected);
}

fn automatic(server: &Server, index: &str, count: usize) -> Vec<String> {
    let path = format!("/{index}/_doc");
    let made = (0..count).map(|n| ok(server, "POST", &path, json!({"n": n})));
    let ids = made.map(|made| made["_id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// A4: ids of two indices that were made together, and of documents that moved between them.
#[test]
fn automatic_ids_differ_between_indices() {
    let server = Server::start();
    for index in ["a", "b", "src", "dst"] {
        ok(&server, "PUT", &format!("/{index}"), Value::Null);
    }
    let ids: BTreeSet<String> = ["a", "b"]
        .iter()
        .flat_map(|index| automatic(&server, index, 10))
        .collect();
    assert_eq!(ids.len(), 20);
    assert!(ids.iter().all(|id| id.len() == 20), "{ids:?}");
    let body = json!({"source": {"index": ["a", "b"]}, "dest": {"index": "all"}});
    for index in ["a", "b"] {
        ok(&server, "POST", &format!("/{index}/_refresh"), Value::Null);
    }
    let done = ok(&server, "POST", "/_reindex?refresh=true", body);
    assert_eq!(
        (&done["created"], &done["updated"]),
        (&json!(20), &json!(0))
    );

    let moved = automatic(&server, "src", 20);
    for id in &moved[..10] {
        ok(&server, "DELETE", &format!("/src/_doc/{id}"), Value::Null);
    }
    ok(&server, "POST", "/src/_refresh", Value::Null);
    let body = json!({"source": {"index": "src"}, "dest": {"index": "dst"}});
    ok(&server, "POST", "/_reindex", body);
    automatic(&server, "dst", 15);
    ok(&server, "POST", "/dst/_refresh", Value::Null);
    let found = ok(&server, "POST", "/dst/_search", json!({"size": 100}));
    let hits = found["hits"]["hits"].as_array().unwrap();
    let distinct: BTreeSet<&str> = hits.iter().filter_map(|hit| hit["_id"].as_str()).collect();
    assert_eq!((hits.len(), distinct.len()), (25, 25));
}

/// A11: versions that no signed number holds, and deletions that a refresh made forget.
#[test]
fn versions_hold_and_deletions_are_remembered() {
    let server = Server::start();
    for number in ["9223372036854775808", "18446744073709551615"] {
        let path = format!("/x/_doc/1?version={number}&version_type=external");
        assert_eq!(
            fails(&server, "PUT", &path, json!({})),
            (
                400,
                "illegal_argument_exception".to_owned(),
                format!("Failed to parse long parameter [version] with value [{number}]")
            )
        );
    }
    let largest = "/x/_doc/1?version=9223372036854775807&version_type=external";
    assert_eq!(ok(&server, "PUT", largest, json!({}))["_version"], i64::MAX);
    let change = json!({"doc": {"a": 1}});
    let (status, kind, _) = fails(&server, "POST", "/x/_update/1", change);
    assert_eq!((status, kind.as_str()), (400, "illegal_argument_exception"));

    ok(
        &server,
        "PUT",
        "/x/_doc/2?version=10&version_type=external",
        json!({}),
    );
    ok(
        &server,
        "DELETE",
        "/x/_doc/2?version=11&version_type=external",
        Value::Null,
    );
    let absent = "/x/_doc/3?version=7&version_type=external";
    let (status, gone) = send(&server, "DELETE", absent, Value::Null);
    assert_eq!(
        (status, &gone["_version"], &gone["_seq_no"]),
        (404, &json!(7), &json!(3))
    );
    ok(&server, "POST", "/x/_refresh", Value::Null);
    for (id, number) in [(2, 5), (2, 11), (3, 7)] {
        let path = format!("/x/_doc/{id}?version={number}&version_type=external");
        let (status, kind, _) = fails(&server, "PUT", &path, json!({}));
        assert_eq!(
            (status, kind.as_str()),
            (409, "version_conflict_engine_exception")
        );
    }
    let next = ok(&server, "PUT", "/x/_doc/4", json!({}));
    assert_eq!(next["_seq_no"], 4);
}

/// A line of the process's status, as a number.
fn status_of(server: &Server, name: &str) -> u64 {
    let path = format!("/proc/{}/status", server.process());
    let text = std::fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap()
}

/// A9: one small bulk to many names that are new.
#[test]
#[cfg(target_os = "linux")]
fn a_bulk_to_many_new_indices_costs_few_threads_and_little_memory() {
    let server = Server::start();
    let before = status_of(&server, "VmRSS:");
    let lines: String = (0..300)
        .map(|n| format!("{{\"index\":{{\"_index\":\"many-{n}\"}}}}\n{{\"n\":{n}}}\n"))
        .collect();
    let done = ok(&server, "POST", "/_bulk", json!(lines));
    assert_eq!(done["errors"], false);
    let (mut threads, mut memory) = (0, 0);
    let count = || ok(&server, "GET", "/many-*/_count", Value::Null)["count"].clone();
    while count() != 300 {
        threads = status_of(&server, "Threads:").max(threads);
        memory = status_of(&server, "VmRSS:").max(memory);
    }
    assert!(threads < 100, "{threads} threads");
    assert!(
        memory < before + (400 << 10),
        "{memory} KiB, {before} before"
    );
    assert_eq!(
        ok(&server, "GET", "/many-77/_count", Value::Null)["count"],
        1
    );
}
