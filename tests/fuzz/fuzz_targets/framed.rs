//! Small metadata files: any bytes as a file of every kind. What reads is what writing would make.
#![no_main]

use std::path::Path;

use engine::store::frame::{Kind, encode, read_framed};
use engine::store::{MemStore, Store};
use libfuzzer_sys::fuzz_target;

const KINDS: [Kind; 11] = [
    Kind::Index,
    Kind::Catalog,
    Kind::HotPhrases,
    Kind::Sequence,
    Kind::Links,
    Kind::Import,
    Kind::Vectors,
    Kind::Snapshot,
    Kind::Tombstones,
    Kind::Models,
    Kind::Repositories,
];

fuzz_target!(|bytes: &[u8]| {
    let store = MemStore::new();
    let path = Path::new("file");
    store.write_atomic(path, bytes).expect("a store in memory");
    for kind in KINDS {
        if let Ok((version, payload)) = read_framed(&store, path, kind, &[1, 2, 3]) {
            assert_eq!(encode(kind, version, &payload), bytes);
        }
        // Random bytes have no right checksum: as a payload they have.
        let framed = encode(kind, 1, bytes);
        store
            .write_atomic(path, &framed)
            .expect("a store in memory");
        let (_, payload) = read_framed(&store, path, kind, &[1]).expect("it was just written");
        assert_eq!(&payload[..], bytes);
        store.write_atomic(path, bytes).expect("a store in memory");
    }
});
