//! The translog: any bytes as its only file. What opens takes a write and opens again with it.
#![no_main]

use std::path::Path;
use std::sync::Arc;

use engine::store::{MemStore, Store};
use engine::translog::{Durability, Op, Translog};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let path = Path::new("translog-00000000000000000001.log");
    if store.write_atomic(path, bytes).is_err() {
        return;
    }
    let Ok((log, replay)) = Translog::open(Arc::clone(&store), Durability::Request, None) else {
        return;
    };
    let before = replay.into_iter().count();
    let op = Op::NoOp { seq: u64::MAX / 2 };
    let Ok(location) = log.append(&op) else {
        return;
    };
    log.sync(location).expect("a store in memory");
    drop(log);
    let (_, replay) = Translog::open(store, Durability::Request, None).expect("it opens again");
    assert!(replay.into_iter().count() >= before);
});
