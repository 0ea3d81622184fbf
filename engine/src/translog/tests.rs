use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::record::{HEADER_LEN, file_name};
use super::*;
use crate::store::testing::{Fault, FaultStore, Operation, Rule};
use crate::store::{FsStore, MemStore, Store, StoreError};

fn op(seq: u64) -> Op {
    match seq % 5 {
        3 => Op::Delete {
            seq,
            version: 2,
            ord: seq / 2,
            id: format!("doc-{seq}"),
        },
        4 => Op::NoOp { seq },
        _ => Op::Index {
            seq,
            version: 1,
            ord: seq,
            id: format!("doc-{seq}"),
            source: format!("{{\"title\":\"cat number {seq}\",\"n\":{seq}}}").into_bytes(),
        },
    }
}

fn open(store: &MemStore) -> Result<(Translog, Vec<Op>), TranslogError> {
    open_after(store, None)
}

fn open_after(store: &MemStore, after: Option<u64>) -> Result<(Translog, Vec<Op>), TranslogError> {
    let (log, replay) = Translog::open(Arc::new(store.clone()), Durability::Request, after)?;
    Ok((log, replay.into_iter().collect()))
}

fn seqs(ops: &[Op]) -> Vec<u64> {
    ops.iter().map(Op::seq).collect()
}

fn file(generation: u64) -> PathBuf {
    PathBuf::from(file_name(generation))
}

/// A log of `n` synced operations: the store, and where each record ends.
fn written(n: u64) -> (MemStore, Vec<u64>) {
    let store = MemStore::new();
    let (log, replay) = open(&store).unwrap();
    assert!(replay.is_empty());
    let ends = (0..n)
        .map(|seq| log.append(&op(seq)).unwrap().end_offset)
        .collect();
    log.sync_all().unwrap();
    (store, ends)
}

#[test]
fn operations_come_back_in_order_and_past_the_commit() {
    let (store, ends) = written(20);
    let (log, ops) = open(&store).unwrap();
    assert_eq!(ops, (0..20).map(op).collect::<Vec<_>>());
    assert_eq!(log.stats().current_bytes, ends[19]);
    assert_eq!(log.stats().unsynced_bytes, 0);
    let (_, ops) = open_after(&store, Some(16)).unwrap();
    assert_eq!(seqs(&ops), [17, 18, 19]);
    log.append_batch(&[op(20), op(21)]).unwrap();
    assert!(log.stats().unsynced_bytes > 0);
    drop(log);
    let (_, ops) = open_after(&store, Some(19)).unwrap();
    assert_eq!(seqs(&ops), [20, 21], "closing syncs");
}

#[test]
fn a_disk_does_as_memory_does() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(FsStore::open(folder.path()).unwrap());
    let scope = crate::store::sub(&store, "idx/translog").unwrap();
    let (log, _) = Translog::open(Arc::clone(&scope), Durability::Request, None).unwrap();
    for seq in 0..10 {
        let location = log.append(&op(seq)).unwrap();
        log.sync(location).unwrap();
    }
    assert_eq!(log.roll(10).unwrap(), 2);
    log.append(&op(10)).unwrap();
    drop(log);
    let mut file = scope.append(&file(2)).unwrap();
    file.write_all(b"torn").unwrap();
    let (log, replay) = Translog::open(scope, Durability::Request, Some(4)).unwrap();
    let torn = replay.torn().unwrap().clone();
    assert_eq!(torn.bytes, 4);
    assert!(torn.path.starts_with(folder.path()));
    assert_eq!(
        seqs(&replay.into_iter().collect::<Vec<_>>()),
        [5, 6, 7, 8, 9, 10]
    );
    assert_eq!(log.stats().generations, 2);
}

#[test]
fn a_tail_torn_at_any_byte_is_cut() {
    let (store, ends) = written(6);
    let whole = store.open(&file(1)).unwrap();
    for cut in ends[4]..ends[5] {
        let torn = MemStore::new();
        torn.write_atomic(&file(1), &whole[..cut as usize]).unwrap();
        let (log, ops) = open(&torn).unwrap();
        assert_eq!(seqs(&ops), [0, 1, 2, 3, 4], "cut at {cut}");
        assert_eq!(torn.len(&file(1)).unwrap(), ends[4]);
        log.append(&op(9)).unwrap();
        drop(log);
        assert_eq!(seqs(&open(&torn).unwrap().1), [0, 1, 2, 3, 4, 9]);

        let mut zeros = whole[..cut as usize].to_vec();
        zeros.resize(ends[5] as usize + 100, 0);
        if zeros[..whole.len()] == whole[..] {
            continue;
        }
        torn.write_atomic(&file(1), &zeros).unwrap();
        assert_eq!(
            seqs(&open(&torn).unwrap().1),
            [0, 1, 2, 3, 4],
            "zeros from {cut}"
        );
    }
}

#[test]
fn damage_before_the_end_is_an_error_that_says_where() {
    let (store, ends) = written(6);
    for at in ends[1]..ends[2] {
        store.damage(&file(1), at, 0x41).unwrap();
        match open(&store) {
            Err(TranslogError::Store(StoreError::Corrupt { path, offset, .. })) => {
                assert_eq!((path, offset), (file(1), ends[1]), "flip at {at}");
            }
            other => panic!("flip at {at}: {other:?}"),
        }
        store.damage(&file(1), at, 0x41).unwrap();
    }
    for at in 0..HEADER_LEN as u64 {
        store.damage(&file(1), at, 1).unwrap();
        assert!(matches!(
            open(&store),
            Err(TranslogError::Store(StoreError::Corrupt { .. }))
        ));
        store.damage(&file(1), at, 1).unwrap();
    }
    assert_eq!(open(&store).unwrap().1.len(), 6);
}

#[test]
fn earlier_generations_must_be_whole() {
    let store = MemStore::new();
    let (log, _) = open(&store).unwrap();
    for generation in 1..=3u64 {
        for seq in 0..4 {
            log.append(&op(generation * 4 - 4 + seq)).unwrap();
        }
        assert_eq!(log.roll(generation * 4).unwrap(), generation + 1);
    }
    drop(log);
    assert_eq!(seqs(&open(&store).unwrap().1), (0..12).collect::<Vec<_>>());

    let cut = store.kill();
    cut.truncate(&file(2), cut.len(&file(2)).unwrap() - 1)
        .unwrap();
    let error = open(&cut).unwrap_err().to_string();
    assert!(
        error.contains(&file_name(2)) && error.contains("offset"),
        "{error}"
    );

    let gap = store.kill();
    gap.delete(&file(2)).unwrap();
    let error = open(&gap).unwrap_err().to_string();
    assert!(
        error.contains(&file_name(2)) && error.contains("missing"),
        "{error}"
    );

    let beheaded = store.kill();
    beheaded.delete(&file(1)).unwrap();
    let error = open_after(&beheaded, Some(1)).unwrap_err().to_string();
    assert!(error.contains("needs it from 2"), "{error}");
    assert_eq!(
        seqs(&open_after(&beheaded, Some(3)).unwrap().1),
        (4..12).collect::<Vec<_>>()
    );
}

#[test]
fn a_generation_that_was_being_created_is_made_again() {
    let (store, _) = written(3);
    for len in 0..HEADER_LEN {
        let torn = store.kill();
        torn.write_atomic(&file(2), &vec![0x50; len]).unwrap();
        let (log, ops) = open(&torn).unwrap();
        assert_eq!(ops.len(), 3);
        assert_eq!(log.stats().current_generation, 2);
        log.append(&op(3)).unwrap();
        drop(log);
        assert_eq!(open(&torn).unwrap().1.len(), 4);
    }
    let alone = MemStore::new();
    alone.write_atomic(&file(1), &[0; HEADER_LEN]).unwrap();
    assert!(open_after(&alone, Some(7)).unwrap().1.is_empty());
}

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
        assert!(log.roll(1).is_err());
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
fn what_was_synced_survives_every_crash() {
    for seed in 0..500u64 {
        let store = MemStore::new();
        let (log, _) = open(&store).unwrap();
        let total = 5 + seed % 30;
        let mut synced = 0;
        let mut committed = None;
        for seq in 0..total {
            log.append(&op(seq)).unwrap();
            let dice = (seed * 31 + seq * 17) % 11;
            if dice < 4 {
                log.sync_all().unwrap();
                synced = seq + 1;
            } else if dice == 4 {
                log.roll(seq + 1).unwrap();
                synced = seq + 1;
            } else if dice == 5 && synced > 3 {
                committed = Some(synced - 2);
                log.trim(synced - 2).unwrap();
            }
        }
        let from = committed.map_or(0, |seq| seq + 1);
        let after = store.crash(seed);
        let (again, ops) = open_after(&after, committed).unwrap();
        let found = seqs(&ops);
        assert!(
            found.len() as u64 >= synced - from,
            "seed {seed}: {found:?} of {from}..{synced}"
        );
        assert_eq!(
            found,
            (from..from + found.len() as u64).collect::<Vec<_>>(),
            "seed {seed}"
        );
        again.append(&op(from + found.len() as u64)).unwrap();
        again.sync_all().unwrap();
        let (_, more) = open_after(&after.crash(seed + 1), committed).unwrap();
        assert_eq!(more.len(), found.len() + 1, "seed {seed}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_an_answer_not_a_panic(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
        keep in 0usize..400,
    ) {
        let (store, _) = written(3);
        let mut whole = store.open(&file(1)).unwrap().to_vec();
        whole.truncate(keep);
        whole.append(&mut bytes);
        store.write_atomic(&file(1), &whole).unwrap();
        let _ = open(&store);
    }

    #[test]
    fn every_operation_round_trips(
        seq in any::<u64>(),
        ord in any::<u64>(),
        id in "\\PC{0,40}",
        source in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let store = MemStore::new();
        let (log, _) = open(&store).unwrap();
        let ops = [
            Op::Index { seq, version: ord, ord, id: id.clone(), source },
            Op::Delete { seq, version: ord, ord, id },
        ];
        log.append_batch(&ops).unwrap();
        drop(log);
        prop_assert_eq!(open(&store).unwrap().1, ops);
    }
}
