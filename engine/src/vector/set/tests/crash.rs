//! Failures and power losses at every operation, and damaged files.

use std::io::ErrorKind;
use std::path::Path;

use super::*;
use crate::store::Store;
use crate::store::testing::{Fault, FaultStore, Operation, Rule};

/// Writes, seals and merges; failures are met and passed over. How many there were.
fn script(library: &mut Library) -> usize {
    let mut numbers = Numbers(6);
    let mut failures = 0;
    for round in 0..4u64 {
        for at in 0..6 {
            library.put(round * 4 + at, vectors(&mut numbers, 1 + at % 2));
        }
        library.delete(round * 4 + 1);
        library.refresh();
        failures += usize::from(library.set.seal(&go()).is_err());
        library.check();
        if round % 2 == 1 {
            failures += usize::from(library.set.merge_all(&go()).is_err());
            library.check();
        }
    }
    library.delete(4);
    library.put(90, vectors(&mut numbers, 1));
    library.refresh();
    failures
}

#[test]
fn any_failure_leaves_a_set_that_goes_on_and_recovers() {
    let operations = [
        Operation::Create,
        Operation::Write,
        Operation::Sync,
        Operation::SyncDir,
        Operation::WriteAtomic,
        Operation::Delete,
        Operation::Open,
    ];
    for operation in operations {
        for nth in 1..60 {
            let memory = MemStore::new();
            let store = FaultStore::new(Arc::new(memory.clone()));
            let spec = VectorSpec::new(DIMS, Metric::L2);
            let set = VectorSet::open(Arc::new(store.clone()), spec, options()).unwrap();
            let before = store.count(operation);
            let fault = if nth % 2 == 0 {
                Fault::Error(ErrorKind::Other)
            } else {
                Fault::NoSpace
            };
            store.inject(Rule::new(operation, fault).nth(nth));
            let mut library = Library::new(set, Metric::L2);
            let failures = script(&mut library);
            assert!(failures <= 1);
            for seed in 0..3 {
                let after = memory.crash(seed * 1000 + nth);
                let mut copy = Library::new(open(&after, Metric::L2), Metric::L2);
                copy.shown = library.shown.clone();
                copy.shown_upto = library.shown_upto;
                let set = open(&after, Metric::L2);
                copy.recover(set);
            }
            store.heal();
            library.set.seal(&go()).unwrap();
            library.set.merge_all(&go()).unwrap();
            library.check();
            library.recover(open(&memory.kill(), Metric::L2));
            if store.count(operation) - before < nth {
                break;
            }
        }
    }
}

#[test]
fn a_power_loss_during_any_write_is_recovered_from() {
    for operation in [
        Operation::Write,
        Operation::WriteAtomic,
        Operation::Sync,
        Operation::SyncDir,
    ] {
        for nth in 1..40 {
            let memory = MemStore::new();
            let store = FaultStore::new(Arc::new(memory.clone()));
            let spec = VectorSpec::new(DIMS, Metric::Dot);
            let set = VectorSet::open(Arc::new(store.clone()), spec, options()).unwrap();
            // From then on nothing of the kind reaches the disk.
            let rule = Rule::new(operation, Fault::Error(ErrorKind::Other));
            store.inject(rule.nth(nth).forever());
            let mut library = Library::new(set, Metric::Dot);
            let failures = script(&mut library);
            let after = memory.crash(nth * 7);
            library.recover(open(&after, Metric::Dot));
            library.set.snapshot().verify().unwrap();
            if failures == 0 {
                break;
            }
        }
    }
}

#[test]
fn damage_is_named() {
    let store = MemStore::new();
    let mut library = Library::new(open(&store, Metric::L2), Metric::L2);
    script(&mut library);
    library.set.seal(&go()).unwrap();
    for file in store.list(Path::new("")).unwrap() {
        let path = Path::new(&file);
        let length = store.len(path).unwrap();
        for at in [0, 5, 17, 30, length / 2, length - 1] {
            store.damage(path, at, 1).unwrap();
            let opened = VectorSet::open(
                Arc::new(store.clone()),
                VectorSpec::new(DIMS, Metric::L2),
                options(),
            );
            let result = opened.and_then(|set| set.snapshot().verify());
            let error = result.expect_err(&file);
            assert!(error.is_corrupt(), "{file} {at}: {error}");
            assert!(error.to_string().contains(&file), "{error}");
            assert!(error.to_string().contains("offset"), "{error}");
            store.damage(path, at, 1).unwrap();
        }
        if file != "vectors.meta" {
            let bytes = store.open(path).unwrap().to_vec();
            store.delete(path).unwrap();
            let opened = VectorSet::open(
                Arc::new(store.clone()),
                VectorSpec::new(DIMS, Metric::L2),
                options(),
            );
            assert!(opened.unwrap_err().to_string().contains(&file));
            store.write_atomic(path, &bytes).unwrap();
        }
    }
    store.delete(Path::new("vectors.meta")).unwrap();
    let opened = VectorSet::open(
        Arc::new(store.clone()),
        VectorSpec::new(DIMS, Metric::L2),
        options(),
    );
    assert!(opened.unwrap_err().to_string().contains("no list of them"));
}
