use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use super::testing::{Fault, FaultStore, Operation, Rule};
use super::*;

fn p(path: &str) -> &Path {
    Path::new(path)
}

fn both(test: impl Fn(Arc<dyn Store>)) {
    test(Arc::new(MemStore::new()));
    let folder = tempfile::tempdir().unwrap();
    test(Arc::new(FsStore::open(folder.path()).unwrap()));
}

fn put(store: &dyn Store, path: &str, bytes: &[u8]) {
    let mut file = store.create(p(path)).unwrap();
    file.write_all(bytes).unwrap();
    file.sync().unwrap();
}

#[test]
fn a_checksum_is_that_of_all_pieces() {
    both(|store| {
        let bytes: Vec<u8> = (0..9_000_000_u32).flat_map(u32::to_le_bytes).collect();
        for length in [0, 1, 8 << 20, (8 << 20) + 5, bytes.len()] {
            put(&*store, &length.to_string(), &bytes[..length]);
            let blob = store.open(p(&length.to_string())).unwrap();
            assert_eq!(blob.checksum(), crc32fast::hash(&bytes[..length]));
            assert!(blob[..] == bytes[..length], "it can be read again");
            let end = blob.slice(length / 3..length).unwrap();
            assert_eq!(end.checksum(), crc32fast::hash(&bytes[length / 3..length]));
        }
    });
}

#[test]
fn files_and_folders() {
    both(|store| {
        store.create_dir_all(p("a/c")).unwrap();
        put(&*store, "a/b", b"one");
        assert!(matches!(
            store.create(p("a/b")),
            Err(StoreError::Exists { .. })
        ));
        let mut file = store.append(p("a/b")).unwrap();
        assert_eq!(file.len(), 3);
        file.write_all(b"two").unwrap();
        assert_eq!(file.len(), 6);
        let before = store.open(p("a/b")).unwrap();
        assert_eq!(&before[..], b"onetwo");
        assert_eq!(&before.slice(3..6).unwrap()[..], b"two");
        assert!(before.slice(3..7).is_none());
        before.advise(Access::WillNeed);
        before.slice(1..2).unwrap().advise(Access::Random);

        store.write_atomic(p("a/b"), b"new").unwrap();
        assert_eq!(&store.open(p("a/b")).unwrap()[..], b"new");
        assert_eq!(&before[..], b"onetwo", "a view keeps what it saw");
        store.write_atomic(p("a/e"), b"").unwrap();
        assert!(store.open(p("a/e")).unwrap().is_empty());

        store.truncate(p("a/b"), 2).unwrap();
        assert_eq!(store.len(p("a/b")).unwrap(), 2);
        let longer = store.truncate(p("a/b"), 9).unwrap_err().to_string();
        assert!(longer.contains("a/b"), "{longer}");
        assert_eq!(store.len(p("a/b")).unwrap(), 2);
        store.rename(p("a/b"), p("a/c/d")).unwrap();
        assert!(store.rename(p("a/b"), p("a/x")).unwrap_err().is_not_found());
        assert_eq!(store.list(p("a")).unwrap(), ["c", "e"]);
        assert_eq!(store.list(p("")).unwrap(), ["a"]);
        assert!(store.list(p("none")).unwrap().is_empty());
        assert!(store.exists(p("a/c")).unwrap() && !store.exists(p("a/b")).unwrap());
        store.delete(p("a/e")).unwrap();
        assert!(store.delete(p("a/e")).unwrap_err().is_not_found());
        store.sync_dir(p("a")).unwrap();
        store.delete_dir_all(p("a")).unwrap();
        store.delete_dir_all(p("a")).unwrap();
        store.write_atomic(p("b/c/d"), b"x").unwrap();
        put(&*store, "b/e/f", b"y");
        assert_eq!(store.list(p("b")).unwrap(), ["c", "e"]);
        store.delete_dir_all(p("b")).unwrap();
        assert_eq!(store.list(p("")).unwrap(), Vec::<String>::new());
        for bad in ["../x", "/x", ".tmp/x", ""] {
            assert!(
                matches!(store.open(p(bad)), Err(StoreError::BadPath { .. })),
                "{bad}"
            );
        }
    });
}

#[test]
fn a_scope_cannot_be_left() {
    both(|store| {
        let scope = sub(&store, "a/b").unwrap();
        scope.create_dir_all(p("")).unwrap();
        put(&*scope, "f", b"x");
        assert_eq!(&store.open(p("a/b/f")).unwrap()[..], b"x");
        assert_eq!(scope.list(p("")).unwrap(), ["f"]);
        assert!(scope.full_path(p("f")).ends_with("a/b/f"));
        for bad in ["../f", "/a/b/f"] {
            assert!(
                matches!(scope.open(p(bad)), Err(StoreError::BadPath { .. })),
                "{bad}"
            );
        }
        assert!(matches!(
            sub(&store, "../a"),
            Err(StoreError::BadPath { .. })
        ));
    });
}

#[test]
fn one_process_holds_a_folder_and_leftovers_go() {
    let folder = tempfile::tempdir().unwrap();
    let store = FsStore::open(folder.path()).unwrap();
    std::fs::write(folder.path().join(".tmp/7"), b"half").unwrap();
    let error = FsStore::open(folder.path()).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Locked { .. }), "{text}");
    assert!(
        text.contains(&folder.path().display().to_string()),
        "{text}"
    );
    assert!(text.contains(&std::process::id().to_string()), "{text}");
    assert!(store.available_space().is_some_and(|space| space > 0));
    drop(store);
    FsStore::open(folder.path()).unwrap();
    assert!(!folder.path().join(".tmp/7").exists());
}

#[test]
fn a_power_loss_takes_only_what_was_not_synced() {
    let store = MemStore::new();
    put(&store, "kept", b"synced");
    store.sync_dir(p("")).unwrap();
    let mut kept = store.append(p("kept")).unwrap();
    kept.write_all(b"-loose").unwrap();
    put(&store, "nameless", b"x");
    store.write_atomic(p("atomic"), b"old").unwrap();
    store.rename(p("kept"), p("moved")).unwrap();
    let (mut moved, mut lost_name, mut lost_bytes, mut whole) = (0, 0, 0, 0);
    for seed in 0..200 {
        let after = store.crash(seed);
        assert_eq!(&after.open(p("atomic")).unwrap()[..], b"old");
        let name = if after.exists(p("moved")).unwrap() {
            "moved"
        } else {
            "kept"
        };
        assert_ne!(
            after.exists(p("moved")).unwrap(),
            after.exists(p("kept")).unwrap()
        );
        moved += u32::from(name == "moved");
        lost_name += u32::from(!after.exists(p("nameless")).unwrap());
        let bytes = after.open(p(name)).unwrap();
        assert!(bytes.starts_with(b"synced") && bytes.len() <= 12);
        lost_bytes += u32::from(bytes.len() == 6);
        whole += u32::from(&bytes[..] == b"synced-loose");
    }
    for count in [moved, lost_name, lost_bytes, whole] {
        assert!(
            (20..180).contains(&count),
            "{moved} {lost_name} {lost_bytes} {whole}"
        );
    }
    let killed = store.kill();
    kept.write_all(b"!").unwrap();
    assert_eq!(&killed.open(p("moved")).unwrap()[..], b"synced-loose");
    assert!(killed.exists(p("nameless")).unwrap());
    assert!((0..50).any(|seed| !killed.crash(seed).exists(p("nameless")).unwrap()));
}

#[test]
fn an_atomic_write_settles_its_name() {
    let store = MemStore::new();
    put(&store, "a", b"1");
    store.sync_dir(p("")).unwrap();
    store.delete(p("a")).unwrap();
    store.write_atomic(p("a"), b"2").unwrap();
    for seed in 0..50 {
        assert_eq!(&store.crash(seed).open(p("a")).unwrap()[..], b"2");
    }
}

#[test]
fn faults_are_injected() {
    let memory = MemStore::new();
    let store = FaultStore::new(Arc::new(memory.clone()));
    store.inject(
        Rule::new(Operation::Write, Fault::TornWrite(2))
            .nth(2)
            .on(|f| f == p("a")),
    );
    let mut file = store.create(p("a")).unwrap();
    file.write_all(b"first").unwrap();
    let torn = file.write_all(b"second").unwrap_err();
    assert_eq!(torn.to_string(), "injected");
    assert_eq!(&memory.open(p("a")).unwrap()[..], b"firstse");
    file.write_all(b".").unwrap();

    store.inject(Rule::new(Operation::Write, Fault::ShortWrite(1)));
    file.write_all(b"xyz").unwrap();
    assert_eq!(&memory.open(p("a")).unwrap()[..], b"firstse.xyz");

    store.inject(Rule::new(Operation::Sync, Fault::Error(ErrorKind::Other)).forever());
    for _ in 0..2 {
        let failed = file.sync().unwrap_err();
        assert!(
            matches!(&failed, StoreError::Io { path, .. } if path.ends_with("a")),
            "{failed}"
        );
    }
    store.inject(Rule::new(Operation::WriteAtomic, Fault::NoSpace));
    assert!(matches!(
        store.write_atomic(p("b"), b"x"),
        Err(StoreError::NoSpace { .. })
    ));
    store.heal();
    file.sync().unwrap();
    assert_eq!(store.count(Operation::Sync), 3);
}

#[test]
fn a_folder_has_one_owner_through_whichever_view() {
    both(|store| {
        let first = store.claim(p("a/b")).unwrap();
        let scope = sub(&store, "a").unwrap();
        let fence = Fenced::new(Arc::clone(&scope));
        for refused in [
            store.claim(p("a/./b")),
            scope.claim(p("b")),
            fence.claim(p("b")),
        ] {
            let error = refused.unwrap_err().to_string();
            assert!(error.ends_with("in use: it is open already"), "{error}");
        }
        let beside = [store.claim(p("a")).unwrap(), scope.claim(p("c")).unwrap()];
        drop(first);
        let _again = fence.claim(p("b")).unwrap();
        drop(beside);
    });
    // What a crash leaves is another store: the process that held the folder is gone.
    let memory = MemStore::new();
    let _held = memory.claim(p("a")).unwrap();
    let _after = (
        memory.kill().claim(p("a")).unwrap(),
        memory.crash(1).claim(p("a")).unwrap(),
    );
}
