use std::collections::BTreeSet;

use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use proptest::prelude::*;

use super::faulty::Faulty;
use super::*;
use crate::snapshot::marker::{Marker, Purpose};

#[derive(Debug, Clone)]
enum Step {
    /// Makes a snapshot of some contents; it fails after so many changes.
    Create(Vec<u8>, Option<(u8, bool)>),
    Delete(usize, Option<(u8, bool)>),
    Cleanup(Option<(u8, bool)>),
}

fn step() -> impl Strategy<Value = Step> {
    let fault = || proptest::option::of((0u8..14, any::<bool>()));
    prop_oneof![
        4 => (prop::collection::vec(0u8..12, 0..6), fault()).prop_map(|(c, f)| Step::Create(c, f)),
        2 => (any::<usize>(), fault()).prop_map(|(at, f)| Step::Delete(at, f)),
        1 => fault().prop_map(Step::Cleanup),
    ]
}

/// Contents of several blobs, some of them shared with others.
fn content(kind: u8) -> Vec<u8> {
    let mut bytes = vec![kind % 4; 4 << 10];
    bytes.extend(vec![kind; usize::from(kind) * 700]);
    bytes
}

fn snapshot_of(
    repository: &Repository,
    node: &Node,
    name: &str,
    kinds: &[u8],
) -> Result<SnapshotInfo> {
    let files: BTreeMap<String, Vec<u8>> = kinds
        .iter()
        .map(|kind| (format!("f{kind}"), content(*kind)))
        .collect();
    let options = CreateOptions {
        extra: Some(Box::new(move || Ok(extra_files(&files)))),
        ..CreateOptions::default()
    };
    repository.create(node, name, options, &progress())
}

/// A repository whose markers of interrupted work count as dead at once, as after a restart
/// that came late.
fn forgetful(store: &Arc<dyn ObjectStore>) {
    let names = store.list(Some(&Path::from("running")));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listed: Vec<_> = futures_util::TryStreamExt::try_collect(names)
            .await
            .unwrap();
        let listed: Vec<object_store::ObjectMeta> = listed;
        for meta in listed {
            store.delete(&meta.location).await.unwrap();
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_that_a_snapshot_names_is_collected(steps in prop::collection::vec(step(), 1..14)) {
        let node = new_node();
        let store = memory();
        let clear = over(&store);
        let mut expected: BTreeMap<String, BTreeSet<u8>> = BTreeMap::new();
        for (at, step) in steps.into_iter().enumerate() {
            let fault = match &step {
                Step::Create(_, fault) | Step::Delete(_, fault) | Step::Cleanup(fault) => *fault,
            };
            let through: Arc<dyn ObjectStore> = match fault {
                Some((passes, applied)) => Faulty::new(&store, i64::from(passes), applied),
                None => Arc::clone(&store),
            };
            let repository = over(&through);
            match step {
                Step::Create(kinds, _) => {
                    let name = format!("s{at}");
                    let made = snapshot_of(&repository, &node, &name, &kinds);
                    let there = clear.get(&name).is_ok();
                    prop_assert!(fault.is_some() || made.is_ok());
                    if !there {
                        let error = made.unwrap_err();
                        prop_assert!(is_storage(&error), "{error}");
                    }
                    if there {
                        expected.insert(name, kinds.into_iter().collect());
                    }
                }
                Step::Delete(which, _) if !expected.is_empty() => {
                    let name = expected.keys().nth(which % expected.len()).cloned().unwrap();
                    let deleted = repository.delete(&[&name]);
                    prop_assert!(fault.is_some() || deleted.is_ok());
                    if clear.get(&name).is_err() {
                        expected.remove(&name);
                    } else {
                        let error = deleted.unwrap_err();
                        prop_assert!(is_storage(&error), "{error}");
                    }
                }
                Step::Delete(..) => {}
                Step::Cleanup(_) => {
                    let cleaned = repository.cleanup();
                    prop_assert!(fault.is_some() || cleaned.is_ok());
                }
            }
            drop(repository);
            forgetful(&store);
            let listed = clear.list().unwrap();
            prop_assert!(listed.damaged.is_empty());
            let names: Vec<&String> = listed.snapshots.iter().map(|info| &info.name).collect();
            prop_assert_eq!(
                names.into_iter().collect::<BTreeSet<_>>(),
                expected.keys().collect::<BTreeSet<_>>()
            );
            for (name, kinds) in &expected {
                let mut kept = Kept::default();
                let options = RestoreOptions::default();
                clear.restore(&node, name, &options, Some(&mut kept), &progress()).unwrap();
                prop_assert_eq!(kept.0.len(), kinds.len());
                for kind in kinds {
                    prop_assert_eq!(&kept.0[&format!("f{kind}")], &content(*kind));
                }
            }
        }
        // In the end nothing is left over.
        let names: Vec<&str> = expected.keys().map(String::as_str).collect();
        clear.delete(&names).unwrap();
        clear.cleanup().unwrap();
        prop_assert!(clear.blobs().unwrap().is_empty());
    }
}

#[test]
fn deleting_frees_at_once_what_only_one_had() {
    let node = new_node();
    let store = memory();
    let options = RepositoryOptions {
        grace: Duration::from_secs(3_600),
        ..quick()
    };
    let repository = Repository::over("repo", Arc::clone(&store), options).unwrap();
    snapshot_of(&repository, &node, "a", &[1, 2, 3]).unwrap();
    snapshot_of(&repository, &node, "b", &[3, 4]).unwrap();
    let orphan = Path::from(format!("blobs/{}", {
        let hash = ContentHash::of(b"orphan").to_string();
        format!("{}/{hash}", &hash[..2])
    }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(store.put(&orphan, PutPayload::from_static(b"orphan")))
        .unwrap();
    assert!(matches!(
        repository.delete(&["a", "x"]),
        Err(SnapshotError::Missing { .. })
    ));
    let report = repository.delete(&["a"]).unwrap();
    assert_eq!(report.deleted, ["a"]);
    assert!(report.cleanup.blobs > 0 && report.cleanup.bytes > 0);
    assert_eq!(report.cleanup.young, 1);
    assert!(
        repository
            .verify("b", &progress())
            .unwrap()
            .damaged
            .is_empty()
    );
    repository.delete(&["b"]).unwrap();
    assert_eq!(repository.blobs().unwrap().len(), 1);
    let eager = over(&store);
    assert_eq!(eager.cleanup().unwrap().blobs, 1);
}

#[test]
fn a_snapshot_and_a_collection_give_way_to_each_other() {
    let node = new_node();
    let store = memory();
    let repository = over(&store);
    snapshot_of(&repository, &node, "a", &[1]).unwrap();
    let before = repository.blobs().unwrap();
    assert_ne!(before.len(), 0);
    let marker = Marker::begin(&repository, Purpose::Snapshot, "elsewhere").unwrap();
    let report = repository.delete(&["a"]).unwrap();
    assert!(report.cleanup.deferred.unwrap().contains("snapshot"));
    assert_eq!(repository.blobs().unwrap(), before);
    drop(marker);
    let marker = Marker::begin(&repository, Purpose::Collect, "elsewhere").unwrap();
    assert!(matches!(
        snapshot_of(&repository, &node, "b", &[1]),
        Err(SnapshotError::Busy { .. })
    ));
    drop(marker);
    assert_eq!(repository.cleanup().unwrap().blobs, before.len() as u64);
    snapshot_of(&repository, &node, "b", &[1]).unwrap();
}

#[test]
fn who_stood_still_for_too_long_loses_the_snapshot() {
    let node = new_node();
    let store = memory();
    let repository = over(&store);
    let inner = Arc::clone(&store);
    let options = CreateOptions {
        extra: Some(Box::new(move || {
            // Somebody took it for dead meanwhile.
            forgetful(&inner);
            Ok(Vec::new())
        })),
        ..CreateOptions::default()
    };
    assert!(matches!(
        repository.create(&node, "a", options, &progress()),
        Err(SnapshotError::Lost { .. })
    ));
    assert!(repository.list().unwrap().snapshots.is_empty());
}

#[test]
fn markers_are_renewed_and_dead_ones_removed() {
    let store = memory();
    let options = RepositoryOptions {
        marker_life: Duration::from_millis(400),
        ..quick()
    };
    let repository = Repository::over("repo", Arc::clone(&store), options).unwrap();
    let dead = Path::from("running/0.snapshot");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(store.put(&dead, PutPayload::from_static(b"x")))
        .unwrap();
    let marker = Marker::begin(&repository, Purpose::Restore, "r").unwrap();
    assert!(repository.cleanup().unwrap().deferred.is_some());
    std::thread::sleep(Duration::from_millis(900));
    assert!(marker.is_held().unwrap());
    assert!(
        repository
            .cleanup()
            .unwrap()
            .deferred
            .unwrap()
            .contains("read")
    );
    drop(marker);
    assert!(repository.cleanup().unwrap().deferred.is_none());
    assert!(repository.remote().list("running").unwrap().is_empty());
}

#[test]
fn deleting_a_snapshot_that_is_being_made_cancels_it() {
    let node = new_node();
    let options = RepositoryOptions {
        patience: Duration::from_secs(10),
        snapshot_rate: Some(1_000),
        ..quick()
    };
    let repository = Repository::over("repo", memory(), options).unwrap();
    std::thread::scope(|scope| {
        let made = scope.spawn(|| snapshot_of(&repository, &node, "a", &[1, 2, 3, 4, 5, 6, 7]));
        while repository.running().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(
            repository.status("a").unwrap().state,
            SnapshotState::InProgress
        );
        assert!(matches!(
            snapshot_of(&repository, &node, "a", &[1]),
            Err(SnapshotError::Name { .. })
        ));
        assert_eq!(repository.delete(&["a"]).unwrap().deleted, ["a"]);
        assert!(matches!(
            made.join().unwrap(),
            Err(SnapshotError::Cancelled)
        ));
    });
    assert!(repository.running().is_empty());
}
