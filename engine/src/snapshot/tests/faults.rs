use object_store::ObjectStore;

use super::faulty::Faulty;
use super::*;
use crate::store::testing::{Fault, FaultStore, Operation, Rule};

fn small_node() -> Node {
    let node = new_node();
    make_index(&node, "images");
    write(&node, "images", 0..20);
    node
}

#[test]
fn a_snapshot_that_ends_anywhere_leaves_a_valid_repository() {
    let node = small_node();
    let wanted = answers(&node, "images");
    let mut completed = 0;
    for applied in [false, true] {
        for passes in 0.. {
            let store = memory();
            let faulty = Faulty::new(&store, passes, applied);
            let through: Arc<dyn ObjectStore> = faulty.clone();
            let tried = create(&over(&through), &node, "s");
            let again = over(&store);
            let listing = again.list().unwrap();
            assert!(listing.damaged.is_empty(), "after {passes} changes");
            if let Some(found) = listing.snapshots.first() {
                completed += 1;
                let report = again.verify(&found.name, &progress()).unwrap();
                assert_eq!(report.damaged, [], "after {passes} changes");
            } else {
                assert!(is_storage(tried.as_ref().unwrap_err()), "{tried:?}");
                // What arrived is found again; nothing keeps the name.
                let redone = create(&again, &node, "s").unwrap();
                assert!(redone.bytes() > 0);
            }
            if passes % 7 == 0 {
                let other = new_node();
                restore(&again, &other, "s").unwrap();
                assert_eq!(answers(&other, "images"), wanted, "after {passes} changes");
            }
            if !faulty.struck() {
                assert!(passes > 10, "{passes}");
                tried.unwrap();
                break;
            }
        }
    }
    assert!(completed >= 2);
}

#[test]
fn a_restore_that_ends_anywhere_leaves_the_node_as_it_was() {
    let source = small_node();
    let wanted = answers(&source, "images");
    let objects = memory();
    let repository = over(&objects);
    create(&repository, &source, "s").unwrap();
    for (operation, skip) in [
        (Operation::Create, 1),
        (Operation::Write, 1),
        (Operation::Sync, 1),
        (Operation::SyncDir, 1),
        (Operation::CreateDirAll, 1),
        (Operation::WriteAtomic, 1),
        (Operation::Open, 3),
    ] {
        let mut nth = 1;
        loop {
            let memory = MemStore::new();
            let store = FaultStore::new(Arc::new(memory.clone()));
            let shared: Arc<dyn Store> = Arc::new(store.clone());
            let node = Node::open(shared, NodeOptions::default()).unwrap();
            node.create_index("mine", &json!({})).unwrap();
            write(&node, "mine", 0..3);
            let rule = Rule::new(operation, Fault::NoSpace).nth(nth).forever();
            let before = store.count(operation);
            store.inject(rule.on(|path| !path.starts_with("indices/mine")));
            let tried = restore(&repository, &node, "s");
            let asked = store.count(operation) - before;
            store.heal();
            assert_eq!(
                node.index_exists("images"),
                tried.is_ok(),
                "{operation:?} {nth}"
            );
            let after = memory.crash(nth);
            drop(node);
            for after in [memory.kill(), after] {
                let node = node_in(&after);
                assert_eq!(
                    node.index("mine")
                        .unwrap()
                        .get("d1")
                        .unwrap()
                        .unwrap()
                        .version,
                    1
                );
                if node.index_exists("images") {
                    assert_eq!(answers(&node, "images"), wanted);
                } else {
                    assert_eq!(indices_in(&after).len(), 1, "no folder is left behind");
                    restore(&repository, &node, "s").unwrap();
                    assert_eq!(answers(&node, "images"), wanted);
                }
            }
            if tried.is_ok() && asked < nth {
                break;
            }
            nth += skip;
            assert!(nth < 500);
        }
    }
}

#[test]
fn cancelling_stops_and_leaves_nothing_but_blobs() {
    let node = small_node();
    let store = memory();
    let repository = over(&store);
    let work = progress();
    work.cancel();
    assert!(matches!(
        repository.create(&node, "s", CreateOptions::default(), &work),
        Err(SnapshotError::Cancelled)
    ));
    assert!(repository.list().unwrap().snapshots.is_empty());
    create(&repository, &node, "s").unwrap();
    let other = new_node();
    assert!(matches!(
        repository.restore(&other, "s", &RestoreOptions::default(), None, &work),
        Err(SnapshotError::Cancelled)
    ));
    assert!(matches!(
        repository.verify("s", &work),
        Err(SnapshotError::Cancelled)
    ));
    assert!(other.index_names().is_empty());
}
