//! One writer and one log for an index, whatever closes, opens or deletes it beside writers.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use engine::index::{Index, IndexOptions};
use engine::request::{WriteOp, WriteOutcome};
use engine::store::testing::{Fault, FaultStore, Operation, Rule};
use engine::store::{MemStore, Store};
use engine::{EngineError, Node, NodeOptions};
use serde_json::{Value, json};

fn options() -> NodeOptions {
    NodeOptions {
        index: IndexOptions {
            writer_memory: 15_000_000,
            ..IndexOptions::default()
        },
        ..NodeOptions::default()
    }
}

fn node(store: &MemStore) -> Node {
    Node::open(Arc::new(store.clone()), options()).unwrap()
}

/// A document whose update takes much longer than a close and an open.
fn large() -> Value {
    let parts: Vec<Value> = (0..30_000)
        .map(|n| json!({"a": n, "b": [n, "x"]}))
        .collect();
    json!({"n": 1, "parts": parts})
}

fn put(node: &Node, index: &str, id: &str, source: Value) -> Result<u64, EngineError> {
    let index = node.index(index)?;
    let op = WriteOp::index(Some(id.to_owned()), source);
    index.write(vec![op]).remove(0).map(|done| done.seq_no)
}

fn found(node: &Node, id: &str) -> bool {
    let index = node.index("r").unwrap();
    index.get(id).unwrap().is_some()
}

#[test]
fn what_is_acknowledged_after_a_close_beside_a_long_update_survives() {
    for wait in [1, 20, 60] {
        let store = MemStore::new();
        let node = node(&store);
        let body = json!({"mappings": {"dynamic": false}});
        node.create_index("r", &body).unwrap();
        put(&node, "r", "large", large()).unwrap();
        let (updated, acknowledged) = std::thread::scope(|scope| {
            let index = node.index("r").unwrap();
            let update = scope.spawn(move || {
                let op = WriteOp::update("large", json!({"n": 2}));
                index.write(vec![op]).remove(0).map(|done| done.version)
            });
            std::thread::sleep(Duration::from_millis(wait));
            node.close_index("r").unwrap();
            node.open_index("r").unwrap();
            let written = |n: &u64| put(&node, "r", &format!("after{n}"), json!({"n": n})).is_ok();
            let acknowledged: Vec<u64> = (0..30).filter(written).collect();
            (update.join().unwrap(), acknowledged)
        });
        assert_eq!(acknowledged.len(), 30);
        for after in [store.kill(), store.crash(wait), store.crash(wait + 1)] {
            let later = self::node(&after);
            for n in &acknowledged {
                assert!(found(&later, &format!("after{n}")), "after{n}, {wait} ms");
            }
            let large = later.index("r").unwrap().get("large").unwrap().unwrap();
            match &updated {
                Ok(version) => assert_eq!((large.version, *version), (2, 2)),
                // It came after the close.
                Err(error) => {
                    assert_eq!(error.kind(), "index_closed_exception");
                    assert_eq!(large.version, 1);
                }
            }
        }
    }
}

/// Writers go on with the index that they hold, as a long request does, while others close, open, delete and
/// create it.
#[test]
fn writers_beside_every_kind_of_end_lose_nothing() {
    let store = MemStore::new();
    let node = node(&store);
    node.create_index("r", &json!({})).unwrap();
    let stop = AtomicBool::new(false);
    let ends = AtomicU64::new(0);
    let kept = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let (node, stop) = (&node, &stop);
                scope.spawn(move || {
                    let mut kept: Vec<(String, String)> = Vec::new();
                    let mut number = 0;
                    while !stop.load(Ordering::SeqCst) {
                        let Ok(index) = node.index("r") else { continue };
                        for _ in 0..20 {
                            number += 1;
                            let id = format!("{writer}-{number}");
                            let op = WriteOp::index(Some(id.clone()), json!({"n": number}));
                            match index.write(vec![op]).remove(0) {
                                Ok(_) => kept.push((index.uuid().to_owned(), id)),
                                Err(
                                    EngineError::IndexClosed(_) | EngineError::IndexNotFound(_),
                                ) => break,
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                    kept
                })
            })
            .collect();
        for round in 0..40 {
            std::thread::sleep(Duration::from_millis(10));
            if round % 8 == 7 {
                node.delete_index("r").unwrap();
                node.create_index("r", &json!({})).unwrap();
            } else {
                node.close_index("r").unwrap();
                node.open_index("r").unwrap();
            }
            ends.fetch_add(1, Ordering::SeqCst);
        }
        std::thread::sleep(Duration::from_millis(20));
        stop.store(true, Ordering::SeqCst);
        let kept = writers.into_iter().map(|writer| writer.join().unwrap());
        kept.flatten().collect::<Vec<_>>()
    });
    assert_eq!(ends.into_inner(), 40);
    let uuid = node.index("r").unwrap().uuid().to_owned();
    let ids: Vec<&String> = kept
        .iter()
        .filter(|(index, _)| *index == uuid)
        .map(|(_, id)| id)
        .collect();
    assert!(!ids.is_empty());
    // Nothing of the deleted ones is left.
    let folders = store.list(std::path::Path::new("indices")).unwrap();
    assert_eq!(folders, [uuid]);
    let later = self::node(&store.kill());
    for id in &ids {
        assert!(found(&later, id), "{id}");
    }
    // Numbers without gaps: each was given once.
    let index = later.index("r").unwrap();
    index.refresh().unwrap();
    let mut numbers: Vec<u64> = ids
        .iter()
        .map(|id| index.get(id).unwrap().unwrap().seq)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..ids.len() as u64).collect::<Vec<_>>());
}

#[test]
fn an_index_that_ended_says_why_and_writes_nothing() {
    let store = MemStore::new();
    let node = node(&store);
    for name in ["r", "gone"] {
        node.create_index(name, &json!({})).unwrap();
        put(&node, name, "1", json!({})).unwrap();
    }
    let (held, gone) = (node.index("r").unwrap(), node.index("gone").unwrap());
    node.close_index("r").unwrap();
    node.delete_index("gone").unwrap();
    node.open_index("r").unwrap();
    for (index, kind) in [
        (&held, "index_closed_exception"),
        (&gone, "index_not_found_exception"),
    ] {
        let op = WriteOp::index(Some("2".to_owned()), json!({"new": 1}));
        let refused = [
            index.write(vec![op]).remove(0).map(|_| ()),
            index.refresh().map(|_| ()),
            index.flush().map(|_| ()),
            index.force_merge(),
            index.put_mapping(&json!({"properties": {"x": {"type": "keyword"}}})),
            index.put_settings(&json!({"index.refresh_interval": "5s"})),
            index.clear_vectors("v"),
        ];
        for result in refused {
            assert_eq!(result.unwrap_err().kind(), kind);
        }
        // Reads that are under way go on.
        assert!(index.get("1").unwrap().is_some());
    }
    assert!(!found(&node, "2"));
}

#[test]
fn a_folder_has_one_index_at_a_time() {
    let store = MemStore::new();
    let folder: Arc<dyn Store> = Arc::new(store.clone());
    Index::create(&folder, "u", 0, &json!({}), &json!({})).unwrap();
    let open = || Index::open("x", Arc::clone(&folder), IndexOptions::default());
    let first = open().unwrap();
    let error = open().unwrap_err().to_string();
    assert!(error.contains("in use: it is open already"), "{error}");
    first.close().unwrap();
    let second = open().unwrap();
    assert!(open().is_err(), "the first one is closed, not the second");
    drop(first);
    assert!(open().is_err(), "a closed index gives nothing back twice");
    drop(second);
    open().unwrap();
}

/// An index whose log takes a while to sync.
fn slow(store: &MemStore) -> (Index, FaultStore) {
    let faults = FaultStore::new(Arc::new(store.clone()));
    let folder: Arc<dyn Store> = Arc::new(faults.clone());
    let mappings = json!({"properties": {"n": {"type": "long"}}});
    Index::create(&folder, "u", 0, &json!({}), &mappings).unwrap();
    let options = IndexOptions {
        refresh_interval: Duration::from_secs(3_600),
        ..IndexOptions::default()
    };
    let index = Index::open("x", folder, options).unwrap();
    let delay = Fault::Delay(Duration::from_millis(300));
    faults.inject(Rule::new(Operation::Sync, delay).forever());
    (index, faults)
}

#[test]
fn no_answer_rests_on_what_a_power_failure_can_take_back() {
    type Answer = fn(&Index) -> String;
    let answers: [(&str, Answer); 4] = [
        ("noop", |index| {
            let op = WriteOp::update("1", json!({"n": 1}));
            let done = index.write(vec![op]).remove(0).unwrap();
            assert_eq!(done.result, WriteOutcome::Noop);
            format!("{:?} {}", done.result, done.version)
        }),
        ("conflict", |index| {
            let mut op = WriteOp::index(Some("1".to_owned()), json!({}));
            if let WriteOp::Index { op_type_create, .. } = &mut op {
                *op_type_create = true;
            }
            index.write(vec![op]).remove(0).unwrap_err().to_string()
        }),
        ("condition", |index| {
            let mut op = WriteOp::delete("1");
            if let WriteOp::Delete {
                if_seq_no,
                if_primary_term,
                ..
            } = &mut op
            {
                (*if_seq_no, *if_primary_term) = (Some(77), Some(1));
            }
            index.write(vec![op]).remove(0).unwrap_err().to_string()
        }),
        ("read", |index| {
            index.get("1").unwrap().unwrap().source.to_string()
        }),
    ];
    for (name, answer) in answers {
        let store = MemStore::new();
        let (index, _faults) = slow(&store);
        std::thread::scope(|scope| {
            let write = scope.spawn(|| {
                let op = WriteOp::index(Some("1".to_owned()), json!({"n": 1}));
                index.write(vec![op]).remove(0).unwrap();
            });
            while index.stats().unwrap().uncommitted == 0 {
                std::thread::yield_now();
            }
            let told = answer(&index);
            for seed in 0..8 {
                let folder = Arc::new(store.crash(seed));
                let later = Index::open("x", folder, IndexOptions::default()).unwrap();
                let there = later.get("1").unwrap().map(|found| found.source);
                assert_eq!(there, Some(json!({"n": 1})), "{name} was told: {told}");
            }
            write.join().unwrap();
        });
    }
}

#[test]
fn a_log_is_bounded_in_bytes_without_a_refresh() {
    let store = MemStore::new();
    let node = node(&store);
    let settings = json!({"settings": {"index": {"refresh_interval": "-1",
                                                "translog.flush_threshold_size": "64kb"}}});
    node.create_index("r", &settings).unwrap();
    let text = "x".repeat(4_000);
    for n in 0..200 {
        put(&node, "r", &n.to_string(), json!({"t": text})).unwrap();
    }
    let index = node.index("r").unwrap();
    let waiting = || index.stats().unwrap().uncommitted;
    while waiting() > 17 {
        std::thread::yield_now();
    }
    // Nothing is visible, everything is there, and a start has little to replay.
    assert_eq!(index.document_count(), 0);
    assert!((0..200).all(|n| index.get(&n.to_string()).unwrap().is_some()));
    assert!(index.get_refreshed("0").unwrap().is_none());
    let update = WriteOp::update("0", json!({"n": 1}));
    assert_eq!(index.write(vec![update]).remove(0).unwrap().version, 2);
    let later = self::node(&store.crash(5));
    let again = later.index("r").unwrap();
    assert_eq!(again.document_count(), 200);
    assert_eq!(again.get("0").unwrap().unwrap().source["n"], 1);
    index.flush().unwrap();
    assert_eq!((waiting(), index.document_count()), (0, 0));
    index.refresh().unwrap();
    assert_eq!(index.document_count(), 200);
}

#[test]
fn many_indices_share_few_threads() {
    let threads = || std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let before = threads();
    let store = MemStore::new();
    let node = node(&store);
    for n in 0..120 {
        node.create_index(&format!("i{n}"), &json!({})).unwrap();
        put(&node, &format!("i{n}"), "1", json!({"n": n})).unwrap();
    }
    assert!(threads() < before + 80, "{} threads", threads());
    for n in 0..120 {
        node.index(&format!("i{n}")).unwrap().refresh().unwrap();
    }
    assert_eq!(node.stats().documents, 120);
    assert!(threads() < before + 80, "{} threads", threads());
    node.close().unwrap();
}
