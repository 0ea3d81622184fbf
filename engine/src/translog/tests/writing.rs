//! Writes: shared syncs, rolls, trims, and disks that fail.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{file, op, open, open_after, seqs};
use crate::store::testing::{Fault, FaultStore, Operation, Rule};
use crate::store::{MemStore, Store};
use crate::translog::record::file_name;
use crate::translog::*;

#[test]
fn trimming_keeps_what_no_commit_holds() {
    let store = MemStore::new();
    let (log, _) = open(&store).unwrap();
    for seq in 0..30 {
        log.append(&op(seq)).unwrap();
        if seq % 10 == 9 {
            // The indexer may lag behind: the header's number is smaller than the last one.
            log.roll(seq - 2).unwrap();
        }
    }
    log.trim(8).unwrap();
    assert_eq!(log.stats().generations, 4);
    log.trim(20).unwrap();
    assert_eq!((log.stats().generations, log.stats().ops), (2, 10));
    log.trim(1000).unwrap();
    assert_eq!((log.stats().generations, log.stats().ops), (1, 0));
    log.append(&op(30)).unwrap();
    drop(log);
    assert_eq!(store.list(Path::new("")).unwrap(), [file_name(4)]);
    assert_eq!(seqs(&open_after(&store, Some(29)).unwrap().1), [30]);
}

#[test]
fn many_writers_share_syncs() {
    let store = FaultStore::new(Arc::new(MemStore::new()));
    let (log, _) = Translog::open(Arc::new(store.clone()), Durability::Request, None).unwrap();
    let delay = Fault::Delay(Duration::from_millis(3));
    store.inject(Rule::new(Operation::Sync, delay).forever());
    let before = store.count(Operation::Sync);
    thread::scope(|scope| {
        for writer in 0..8u64 {
            let log = &log;
            scope.spawn(move || {
                for n in 0..25 {
                    let location = log.append(&op(writer * 25 + n)).unwrap();
                    log.sync(location).unwrap();
                    assert!(*log_durable(log) >= location);
                }
            });
        }
    });
    let syncs = store.count(Operation::Sync) - before;
    assert!(syncs <= 100, "{syncs} syncs for 200 appends");
    assert_eq!(log.stats().ops, 200);
    assert_eq!(log.stats().unsynced_bytes, 0);
}

fn log_durable(log: &Translog) -> Box<Location> {
    let stats = log.stats();
    Box::new(Location {
        generation: stats.current_generation,
        end_offset: stats.current_bytes - stats.unsynced_bytes,
    })
}

#[test]
fn async_syncs_when_asked_to() {
    let store = FaultStore::new(Arc::new(MemStore::new()));
    let durability = Durability::Async {
        interval: Duration::from_millis(20),
    };
    let (log, _) = Translog::open(Arc::new(store.clone()), durability, None).unwrap();
    let before = store.count(Operation::Sync);
    let location = log.append(&op(0)).unwrap();
    log.sync(location).unwrap();
    log.tick().unwrap();
    assert_eq!(store.count(Operation::Sync), before);
    thread::sleep(Duration::from_millis(25));
    log.tick().unwrap();
    assert_eq!(store.count(Operation::Sync), before + 1);
    assert_eq!(log.stats().unsynced_bytes, 0);
}

#[test]
fn after_a_failed_sync_nothing_succeeds() {
    for (operation, fault) in [
        (Operation::Sync, Fault::Error(std::io::ErrorKind::Other)),
        (Operation::Write, Fault::TornWrite(3)),
        (Operation::Write, Fault::NoSpace),
    ] {
        let memory = MemStore::new();
        let store = FaultStore::new(Arc::new(memory.clone()));
        let (log, _) = Translog::open(Arc::new(store.clone()), Durability::Request, None).unwrap();
        let first = log.append(&op(0)).unwrap();
        log.sync(first).unwrap();
        let second = log.append(&op(1)).unwrap();
        store.inject(Rule::new(operation, fault));
        assert!(matches!(log.sync(second), Err(TranslogError::Store(_))));
        for _ in 0..2 {
            assert!(matches!(
                log.sync(second),
                Err(TranslogError::Poisoned { .. })
            ));
            assert!(matches!(
                log.append(&op(2)),
                Err(TranslogError::Poisoned { .. })
            ));
            assert!(matches!(log.roll(2), Err(TranslogError::Poisoned { .. })));
        }
        drop(log);
        for seed in 0..20 {
            let (_, ops) = open(&memory.crash(seed)).unwrap();
            assert!(ops.starts_with(&[op(0)]) && ops.len() <= 2);
        }
    }
}

#[test]
fn a_roll_that_fails_leaves_the_old_generation_in_use() {
    for operation in [
        Operation::Create,
        Operation::Write,
        Operation::Sync,
        Operation::SyncDir,
    ] {
        let memory = MemStore::new();
        let store = FaultStore::new(Arc::new(memory.clone()));
        let (log, _) = Translog::open(Arc::new(store.clone()), Durability::Request, None).unwrap();
        log.append(&op(0)).unwrap();
        log.sync_all().unwrap();
        store.inject(
            Rule::new(operation, Fault::NoSpace)
                .on(|path| path.as_os_str().is_empty() || path == file(2)),
        );
        let error = log.roll(1).unwrap_err().to_string();
        assert!(error.ends_with("no space left on the device"), "{error}");
        let location = log.append(&op(1)).unwrap();
        log.sync(location).unwrap();
        assert_eq!(log.roll(2).unwrap(), 2);
        log.append(&op(2)).unwrap();
        drop(log);
        assert_eq!(seqs(&open(&memory).unwrap().1), [0, 1, 2], "{operation:?}");
    }
}

#[test]
fn large_operations_pass_and_too_large_ones_do_not() {
    let store = MemStore::new();
    let (log, _) = open(&store).unwrap();
    let big = |bytes| Op::Index {
        seq: 0,
        version: 1,
        ord: 0,
        id: "big".to_owned(),
        source: vec![7; bytes],
    };
    log.append(&big(3 << 20)).unwrap();
    assert!(
        store.len(&file(1)).unwrap() > 3 << 20,
        "a full buffer is written out"
    );
    drop(log);
    assert_eq!(open(&store).unwrap().1, [big(3 << 20)]);
}

#[test]
fn a_closed_log_refuses_for_ever_and_gives_its_folder_back() {
    let store = MemStore::new();
    let (log, _) = open(&store).unwrap();
    let location = log.append(&op(0)).unwrap();
    let error = open(&store).map(|_| ()).unwrap_err().to_string();
    assert!(error.ends_with("in use: it is open already"), "{error}");
    log.close().unwrap();
    log.close().unwrap();
    // What was appended before is on the disk.
    log.sync(location).unwrap();
    let (again, ops) = open(&store.crash(3)).unwrap();
    assert_eq!(seqs(&ops), [0]);
    drop(again);
    let (other, _) = open(&store).unwrap();
    other.append(&op(1)).unwrap();
    for _ in 0..2 {
        assert!(matches!(log.append(&op(2)), Err(TranslogError::Closed)));
        assert!(matches!(log.roll(2), Err(TranslogError::Closed)));
        assert!(matches!(log.trim(9), Err(TranslogError::Closed)));
    }
    drop(log);
    assert!(open(&store).is_err(), "the other one is still open");
    other.close().unwrap();
    assert_eq!(seqs(&open(&store).unwrap().1), [0, 1]);
}

#[test]
fn appends_beside_a_close_are_durable_or_refused() {
    for round in 0..30 {
        let store = MemStore::new();
        let (log, _) = open(&store).unwrap();
        let taken = thread::scope(|scope| {
            let writer = scope.spawn(|| {
                (0..1_000)
                    .take_while(|seq| match log.append(&op(*seq)) {
                        Ok(_) => true,
                        Err(TranslogError::Closed) => false,
                        Err(error) => panic!("{error}"),
                    })
                    .count()
            });
            while log.stats().ops <= round {
                thread::yield_now();
            }
            log.close().unwrap();
            writer.join().unwrap()
        });
        let found = seqs(&open(&store.crash(round)).unwrap().1);
        assert_eq!(found, (0..taken as u64).collect::<Vec<_>>());
    }
}
