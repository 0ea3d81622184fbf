use std::collections::BTreeMap;

use serde_json::json;

use super::*;

#[test]
fn a_node_is_lost_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let settings = json!({"location": folder.path().join("backup"), "chunk_size": "64kb",
                              "max_snapshot_bytes_per_sec": "0"});
        Repository::open("repo", "fs", &settings).unwrap()
    };
    let repository = open();
    repository.probe().unwrap();
    let node = new_node();
    make_index(&node, "images");
    node.create_index(".links", &json!({})).unwrap();
    write(&node, "images", 0..300);
    write(&node, ".links", [1]);
    node.index("images").unwrap().force_merge().unwrap();
    let mut files: BTreeMap<String, Vec<u8>> = (0..40)
        .map(|at| (format!("files/{at:02}"), vec![at; 3_000 + usize::from(at)]))
        .collect();
    files.insert(
        "big".to_owned(),
        (0..200_000u32).map(|n| n.wrapping_mul(n) as u8).collect(),
    );
    files.insert("empty".to_owned(), Vec::new());
    let options = |files: &BTreeMap<String, Vec<u8>>| {
        let files = extra_files(files);
        CreateOptions {
            extra: Some(Box::new(move || Ok(files.clone()))),
            include_global_state: true,
            metadata: json!({"by": "test"}),
            ..CreateOptions::default()
        }
    };
    let work = progress();
    let first = repository
        .create(&node, "one", options(&files), &work)
        .unwrap();
    assert_eq!(first.indices.len(), 2);
    assert_eq!(first.indices.iter().map(|i| i.documents).sum::<u64>(), 301);
    assert_eq!(first.extra_files, 42);
    assert_eq!(first.metadata, json!({"by": "test"}));
    assert_eq!(work.now().bytes_done, work.now().bytes);
    assert_eq!(work.now().files_done, work.now().files);
    assert_eq!(work.now().files, first.files());
    let before = answers(&node, "images");

    write(&node, "images", 300..303);
    node.index("images")
        .unwrap()
        .write(vec![WriteOp::delete("d7")]);
    files.insert("files/new".to_owned(), b"new".to_vec());
    let second = repository
        .create(&node, "two", options(&files), &progress())
        .unwrap();
    let after = answers(&node, "images");
    assert_ne!(before, after);
    assert!(
        second.added_bytes * 3 < first.added_bytes,
        "{} of {}",
        second.added_bytes,
        first.added_bytes
    );
    let same = repository
        .create(&node, "three", options(&files), &progress())
        .unwrap();
    assert_eq!((same.added_blobs, same.added_bytes), (0, 0));
    node.close().unwrap();
    drop((node, repository));

    let repository = open();
    let listing = repository.list().unwrap();
    assert!(listing.damaged.is_empty());
    assert_eq!(listing.snapshots, [first.clone(), second.clone(), same]);
    assert_eq!(repository.get("two").unwrap(), second);
    assert_eq!(
        repository.status("two").unwrap().state,
        SnapshotState::Success
    );
    let report = repository.verify("two", &progress()).unwrap();
    assert_eq!(report.damaged, []);
    assert!(report.blobs > 30);

    let store = MemStore::new();
    let node = node_in(&store);
    let mut kept = Kept::default();
    let report = repository
        .restore(
            &node,
            "two",
            &RestoreOptions::default(),
            Some(&mut kept),
            &progress(),
        )
        .unwrap();
    assert_eq!(report.indices.len(), 2);
    assert_eq!(report.extra_files, 43);
    assert_eq!(kept.0, files);
    assert_eq!(answers(&node, "images"), after);
    assert_eq!(answers(&node, "gif"), after);
    let renamed = RestoreOptions {
        indices: Some("images".to_owned()),
        rename_pattern: Some("(.+)".to_owned()),
        rename_replacement: Some("old-$1".to_owned()),
        include_aliases: false,
        ..RestoreOptions::default()
    };
    repository
        .restore(&node, "one", &renamed, None, &progress())
        .unwrap();
    assert_eq!(answers(&node, "old-images"), before);
    // Writes go on where they ended, and everything is there after a restart.
    let seq = node
        .index("images")
        .unwrap()
        .get("d300")
        .unwrap()
        .unwrap()
        .seq;
    write(&node, "images", [900]);
    let next = node.index("images").unwrap().get("d900").unwrap().unwrap();
    assert!(next.seq > seq && next.version == 1);
    let now = answers(&node, "images");
    drop(node);
    let node = node_in(&store.crash(7));
    assert_eq!(answers(&node, "images"), now);
    assert_eq!(answers(&node, "old-images"), before);
}

#[test]
fn known_hashes_spare_reading_and_wrong_ones_are_refused() {
    let store = MemStore::new();
    let bytes = b"a picture".to_vec();
    let path = std::path::PathBuf::from("files/a");
    store.write_atomic(&path, &bytes).unwrap();
    let shared: Arc<dyn Store> = Arc::new(store.clone());
    let node = new_node();
    let repository = over(&memory());
    let snapshot = |name: &str, hash, at: &str| {
        let file = ExtraFile {
            path: "a".to_owned(),
            source: ExtraSource::File {
                store: Arc::clone(&shared),
                path: at.into(),
            },
            hash,
            piece: None,
            of: Some("pictures".to_owned()),
        };
        let options = CreateOptions {
            extra: Some(Box::new(move || Ok(vec![file.clone()]))),
            ..CreateOptions::default()
        };
        repository.create(&node, name, options, &progress())
    };
    let right = ContentHash::of(&bytes);
    let reason = |info: &SnapshotInfo| {
        assert_eq!(
            (info.state(), info.extra_files),
            (SnapshotState::Partial, 0)
        );
        assert_eq!(info.failures.len(), 1);
        assert_eq!(info.failures[0].index, "pictures");
        info.failures[0].reason.clone()
    };
    let wrong = snapshot("wrong", Some(ContentHash::of(b"other")), "files/a").unwrap();
    assert!(reason(&wrong).contains("its content is not the one of hash"));
    assert_eq!(
        snapshot("one", Some(right), "files/a").unwrap().extra_files,
        1
    );
    // The same length and hash: not read, though the file is damaged by now.
    store.damage(&path, 0, 1).unwrap();
    assert_eq!(
        snapshot("two", Some(right), "files/a").unwrap().added_bytes,
        0
    );
    let gone = snapshot("gone", Some(right), "files/b").unwrap();
    assert!(reason(&gone).contains("files/b"));
    assert_eq!(repository.get("gone").unwrap(), gone);
    let mut kept = Kept::default();
    let options = RestoreOptions::default();
    repository
        .restore(&node, "two", &options, Some(&mut kept), &progress())
        .unwrap();
    assert_eq!(kept.0["a"], bytes);
}
