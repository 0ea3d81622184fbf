//! The manifest of a snapshot: any bytes as the object, and as a payload with a right checksum. A
//! damaged one is listed as such.
#![no_main]

use std::sync::{Arc, OnceLock};

use engine::snapshot::{Repository, RepositoryOptions};
use engine::store::frame::{Kind, encode};
use libfuzzer_sys::fuzz_target;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use tokio::runtime::Runtime;

/// One for all runs: a repository starts threads.
fn repository() -> &'static (Runtime, Arc<InMemory>, Repository) {
    static REPOSITORY: OnceLock<(Runtime, Arc<InMemory>, Repository)> = OnceLock::new();
    REPOSITORY.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let store = Arc::new(InMemory::new());
        let repository = Repository::over(
            "fuzz",
            Arc::clone(&store) as _,
            RepositoryOptions::default(),
        )
        .expect("a repository");
        (runtime, store, repository)
    })
}

fuzz_target!(|bytes: &[u8]| {
    let (runtime, store, repository) = repository();
    let object = Path::from(format!("snapshots/a-{:032x}.manifest", 1));
    for object_bytes in [bytes.to_vec(), encode(Kind::Snapshot, 1, bytes)] {
        runtime
            .block_on(store.put(&object, PutPayload::from(object_bytes)))
            .expect("a store in memory");
        let listing = repository.list().expect("damage is no failure");
        assert_eq!(listing.snapshots.len() + listing.damaged.len(), 1);
        let found = repository.get("a");
        assert_eq!(found.is_ok(), !listing.snapshots.is_empty());
    }
});
