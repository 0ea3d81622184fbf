//! The log, against disks that fail and nodes that die.

mod crashes;
mod recovery;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;

use crate::store::MemStore;
use crate::translog::record::file_name;
use crate::translog::*;

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
    let ops = replay.collect::<Result<_, _>>()?;
    Ok((log, ops))
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
