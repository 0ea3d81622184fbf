//! A segment of vectors: any bytes, and a sound segment with some bytes changed. What opens can be verified and
//! searched, and a search ends.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use engine::index::{Index, IndexOptions};
use engine::request::WriteOp;
use engine::store::{MemStore, Store};
use engine::vector::{Allowed, Budget, SearchOptions, Segment, Strategy};
use libfuzzer_sys::fuzz_target;
use roaring::RoaringBitmap;
use serde_json::json;

/// A sound segment of 400 vectors.
fn sound() -> &'static [u8] {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let store = MemStore::new();
        let folder: Arc<dyn Store> = Arc::new(store.clone());
        let mappings = json!({"properties": {"v": {"type": "dense_vector", "dims": 3}}});
        Index::create(&folder, "u", 0, &json!({}), &mappings).expect("an index");
        let index = Index::open("x", folder, IndexOptions::default()).expect("an index");
        for n in 0..400 {
            let source = json!({"v": [n % 20, n / 20, 1]});
            for written in index.write(vec![WriteOp::index(None, source)]) {
                written.expect("a write");
            }
        }
        index.force_merge().expect("a merge");
        index.close().expect("an end");
        let path = segment_in(&store, Path::new("")).expect("a segment");
        store.open(&path).expect("a segment").to_vec()
    })
}

fn segment_in(store: &MemStore, folder: &Path) -> Option<PathBuf> {
    for name in store.list(folder).unwrap_or_default() {
        let path = folder.join(&name);
        if name.ends_with(".pvec") {
            return Some(path);
        }
        if let Some(found) = segment_in(store, &path) {
            return Some(found);
        }
    }
    None
}

/// Changes of a sound segment: three bytes are a place, the fourth what is added there.
fn changed(changes: &[u8]) -> Vec<u8> {
    let mut bytes = sound().to_vec();
    for change in changes.chunks_exact(4) {
        let place = u32::from_le_bytes([change[0], change[1], change[2], 0]) as usize;
        let place = place % bytes.len();
        bytes[place] = bytes[place].wrapping_add(change[3]);
    }
    bytes
}

fn look(bytes: &[u8]) {
    let store = MemStore::new();
    let path = Path::new("segment-1.pvec");
    store.write_atomic(path, bytes).expect("a store in memory");
    let Ok(segment) = Segment::open(&store, path) else {
        return;
    };
    let _ = segment.verify_checksums();
    let _ = segment.verify();
    let mut query = vec![0.0; segment.header().float_stride()];
    query[0] = 1.0;
    for strategy in [Strategy::Exact, Strategy::Graph, Strategy::FilteredGraph] {
        for allowed in [Allowed::all(), Allowed::of((0..400).filter(|n| n % 3 == 0))] {
            let options = SearchOptions {
                strategy: Some(strategy),
                ..SearchOptions::new(10, 40)
            };
            let deleted = RoaringBitmap::from_iter([1, 5, 9]);
            let _ = segment.search(&query, &options, &allowed, &deleted, Budget::default());
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    look(bytes);
    look(&changed(bytes));
});
