//! What is read again after a stop: whole logs, torn tails, damage, generations.

use std::sync::Arc;

use super::{file, op, open, open_after, seqs, written};
use crate::store::{FsStore, MemStore, Store, StoreError};
use crate::translog::record::{HEADER_LEN, file_name};
use crate::translog::*;

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
