//! What is read again after a stop: whole logs, torn tails, damage, generations.

use std::sync::Arc;

use super::{file, op, open, open_after, seqs, written};
use crate::store::{FsStore, MemStore, Store, StoreError};
use crate::translog::record::{Format, HEADER_LEN, checksum, encode_header, file_name, record_at};
use crate::translog::*;

#[test]
fn operations_come_back_in_order_and_past_the_commit() {
    let (store, ends) = written(20);
    let (log, ops) = open(&store).unwrap();
    assert_eq!(ops, (0..20).map(op).collect::<Vec<_>>());
    assert_eq!(log.stats().current_bytes, ends[19]);
    assert_eq!(log.stats().unsynced_bytes, 0);
    log.close().unwrap();
    let (log, ops) = open_after(&store, Some(16)).unwrap();
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
        seqs(&replay.map(Result::unwrap).collect::<Vec<_>>()),
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

fn refused(store: &MemStore) -> (u64, String) {
    match open(store) {
        Err(TranslogError::Store(StoreError::Corrupt {
            path,
            offset,
            reason,
        })) => {
            assert_eq!(path, file(1));
            (offset, reason)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_last_record_that_is_there_whole_is_damaged_and_not_torn() {
    let (store, ends) = written(6);
    for at in ends[4]..ends[5] {
        store.damage(&file(1), at, 0x41).unwrap();
        let (offset, reason) = refused(&store);
        assert_eq!(offset, ends[4], "flip at {at}: {reason}");
        store.damage(&file(1), at, 0x41).unwrap();
    }
    assert_eq!(open(&store).unwrap().1.len(), 6);
}

/// What two writers on one file leave: every record whole, some in the wrong place.
#[test]
fn records_that_were_written_for_another_place_are_never_cut_off() {
    let (store, ends) = written(6);
    let whole = store.open(&file(1)).unwrap().to_vec();
    let part = |from: u64, to: u64| whole[from as usize..to as usize].to_vec();
    let start = HEADER_LEN as u64;
    for (name, bytes, at) in [
        (
            "the last one comes again",
            [whole.clone(), part(ends[4], ends[5])].concat(),
            ends[5],
        ),
        (
            "one is missing",
            [part(0, ends[2]), part(ends[3], ends[5])].concat(),
            ends[2],
        ),
        (
            "bytes came between",
            [part(0, ends[2]), b"{}{}{".to_vec(), part(ends[2], ends[5])].concat(),
            ends[2],
        ),
        (
            "a whole one and a torn one after it",
            [
                part(0, ends[3]),
                part(start, ends[0]),
                part(start, ends[0] - 9),
            ]
            .concat(),
            ends[3],
        ),
    ] {
        let moved = MemStore::new();
        moved.write_atomic(&file(1), &bytes).unwrap();
        let (offset, reason) = refused(&moved);
        assert_eq!(offset, at, "{name}: {reason}");
        assert!(
            reason.contains("whole and was written for offset"),
            "{name}: {reason}"
        );
        assert_eq!(moved.open(&file(1)).unwrap().to_vec(), bytes, "{name}");
    }
}

#[test]
fn sectors_that_never_arrived_are_torn() {
    let store = MemStore::new();
    let (log, _) = open(&store).unwrap();
    log.append(&op(0)).unwrap();
    let text = "x".repeat(4_000);
    let large = Op::Index {
        seq: 1,
        version: 1,
        ord: 1,
        id: "large".to_owned(),
        source: text.into_bytes(),
    };
    let end = log.append(&large).unwrap().end_offset;
    log.close().unwrap();
    let whole = store.open(&file(1)).unwrap().to_vec();
    assert_eq!(end, whole.len() as u64);
    let mut hole = whole.clone();
    hole[1_024..1_536].fill(0);
    let mut no_end = whole.clone();
    no_end[3_072..].fill(0);
    for bytes in [hole, no_end] {
        let torn = MemStore::new();
        torn.write_atomic(&file(1), &bytes).unwrap();
        assert_eq!(seqs(&open(&torn).unwrap().1), [0]);
    }
}

#[test]
fn logs_of_the_first_format_are_read_and_written_no_more() {
    let (store, _) = written(4);
    let bytes = store.open(&file(1)).unwrap().to_vec();
    let mut old = encode_header(Format::Unmarked, 1, 0);
    let mut at = HEADER_LEN;
    while at < bytes.len() {
        let range = record_at(Format::Marked, &bytes, 1, at).unwrap();
        let payload = &bytes[range.clone()];
        let sum = checksum(1, old.len() as u64, payload);
        old.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        old.extend_from_slice(&sum.to_le_bytes());
        old.extend_from_slice(payload);
        at = range.end + 1;
    }
    let before = MemStore::new();
    before.write_atomic(&file(1), &old).unwrap();
    let (log, ops) = open(&before).unwrap();
    assert_eq!(seqs(&ops), [0, 1, 2, 3]);
    assert_eq!(log.stats().current_generation, 2);
    log.append(&op(4)).unwrap();
    log.close().unwrap();
    assert_eq!(&before.open(&file(1)).unwrap()[..], old);
    assert_eq!(seqs(&open(&before).unwrap().1), [0, 1, 2, 3, 4]);
    // Cut short, it is torn as ever.
    let torn = MemStore::new();
    torn.write_atomic(&file(1), &old[..old.len() - 3]).unwrap();
    assert_eq!(seqs(&open(&torn).unwrap().1), [0, 1, 2]);
}
