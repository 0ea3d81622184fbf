use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};

use super::*;

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn keys(store: &Arc<dyn ObjectStore>, folder: &str) -> Vec<Path> {
    let folder = Path::from(folder);
    let listed: Vec<_> = wait(store.list(Some(&folder)).try_collect()).unwrap();
    listed.into_iter().map(|meta| meta.location).collect()
}

fn read(store: &Arc<dyn ObjectStore>, key: &Path) -> Bytes {
    wait(async { store.get(key).await.unwrap().bytes().await.unwrap() })
}

fn put(store: &Arc<dyn ObjectStore>, key: &Path, bytes: Bytes) {
    wait(store.put(key, PutPayload::from(bytes))).unwrap();
}

fn assert_sound(repository: &Repository, name: &str) {
    let report = repository.verify(name, &progress()).unwrap();
    assert_eq!(report.damaged, []);
    assert!(report.blobs > 0);
}

#[test]
fn every_damaged_object_is_named_and_the_node_keeps_what_it_had() {
    let node = new_node();
    make_index(&node, "images");
    write(&node, "images", 0..10);
    let store = memory();
    let repository = over(&store);
    let extra = BTreeMap::from([("x".to_owned(), vec![1; 9_000])]);
    let options = CreateOptions {
        extra: Some(Box::new(|| Ok(extra_files(&extra)))),
        ..CreateOptions::default()
    };
    repository.create(&node, "s", options, &progress()).unwrap();
    let target = new_node();
    target.create_index("mine", &json!({})).unwrap();
    let refused = |key: &Path, what: &str| {
        let mut kept = Kept::default();
        let options = RestoreOptions::default();
        let error = repository
            .restore(&target, "s", &options, Some(&mut kept), &progress())
            .unwrap_err();
        assert!(error.is_damage(), "{what}: {error}");
        assert!(error.to_string().contains(key.as_ref()), "{what}: {error}");
        assert_eq!(target.index_names(), ["mine"], "{what}");
    };
    let blobs = keys(&store, "blobs");
    assert!(blobs.len() > 12, "{}", blobs.len());
    for key in &blobs {
        let whole = read(&store, key);
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut flipped = whole.to_vec();
            flipped[at] ^= 1;
            put(&store, key, flipped.into());
            let report = repository.verify("s", &progress()).unwrap();
            assert_eq!(report.damaged.len(), 1);
            assert_eq!(report.damaged[0].object, key.to_string());
            if at == 0 {
                refused(key, "flipped");
            }
        }
        put(&store, key, whole.slice(1..));
        refused(key, "cut");
        wait(store.delete(key)).unwrap();
        refused(key, "deleted");
        let report = repository.verify("s", &progress()).unwrap();
        assert_eq!(report.damaged.len(), 1);
        put(&store, key, whole);
    }
    assert_sound(&repository, "s");
    // The manifest itself; another snapshot beside it stays readable.
    create(&repository, &node, "t").unwrap();
    let manifest = keys(&store, "snapshots")
        .into_iter()
        .find(|k| k.as_ref().contains("/s-"));
    let manifest = manifest.unwrap();
    let whole = read(&store, &manifest);
    for at in (0..whole.len()).step_by(29) {
        let mut flipped = whole.to_vec();
        flipped[at] ^= 0x20;
        put(&store, &manifest, flipped.into());
        refused(&manifest, "manifest");
    }
    let listing = repository.list().unwrap();
    assert_eq!(listing.damaged[0].file, "s");
    assert_eq!(listing.snapshots[0].name, "t");
    // Nobody knows what it names, so nothing is collected; deleting it helps.
    assert!(repository.cleanup().unwrap_err().is_damage());
    assert_sound(&repository, "t");
    repository.delete(&["s"]).unwrap();
    repository.cleanup().unwrap();
    assert_sound(&repository, "t");
    restore(&repository, &target, "t").unwrap();
    assert_eq!(answers(&target, "images"), answers(&node, "images"));
}

#[test]
fn a_damaged_blob_is_sent_again_when_its_length_is_wrong() {
    let node = new_node();
    make_index(&node, "images");
    write(&node, "images", 0..10);
    let store = memory();
    let repository = over(&store);
    create(&repository, &node, "s").unwrap();
    for key in keys(&store, "blobs") {
        put(&store, &key, Bytes::new());
    }
    create(&repository, &node, "t").unwrap();
    assert_sound(&repository, "t");
}

#[test]
fn partial_leaves_out_what_is_damaged() {
    let node = new_node();
    make_index(&node, "good");
    node.create_index("bad", &json!({})).unwrap();
    write(&node, "good", 0..10);
    write(&node, "bad", 20..30);
    let store = memory();
    let repository = over(&store);
    let only = |name: &str| CreateOptions {
        indices: Some(name.to_owned()),
        ..CreateOptions::default()
    };
    repository
        .create(&node, "good", only("good"), &progress())
        .unwrap();
    let before = keys(&store, "blobs");
    create(&repository, &node, "both").unwrap();
    let own = keys(&store, "blobs")
        .into_iter()
        .find(|key| !before.contains(key));
    wait(store.delete(&own.unwrap())).unwrap();
    let target = new_node();
    assert!(
        restore(&repository, &target, "both")
            .unwrap_err()
            .is_damage()
    );
    let options = RestoreOptions {
        partial: true,
        ..RestoreOptions::default()
    };
    let report = repository
        .restore(&target, "both", &options, None, &progress())
        .unwrap();
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.failed[0].0, "bad");
    assert_eq!(target.index_names(), ["good"]);
    assert_eq!(answers(&target, "good"), answers(&node, "good"));
}
