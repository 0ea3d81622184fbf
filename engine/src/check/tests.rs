//! Every kind of file of a real index, with a flipped byte and cut short.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::*;
use crate::node::{Node, NodeOptions};
use crate::request::WriteOp;
use crate::store::MemStore;
use crate::vector::Progress;

/// A node with texts, vectors, deletes and a translog that is needed.
fn filled() -> MemStore {
    let store = MemStore::new();
    let shared: Arc<dyn Store> = Arc::new(store.clone());
    let node = Node::open(shared, NodeOptions::default()).unwrap();
    let body = json!({"mappings": {"properties": {
        "title": {"type": "text"},
        "v": {"type": "dense_vector", "dims": 4},
    }}});
    node.create_index("images", &body).unwrap();
    let index = node.index("images").unwrap();
    let put = |at: usize| {
        let x = at as f32;
        let source =
            json!({"title": format!("cat number {at}"), "v": [x.sin(), x.cos(), 0.5, 1.0]});
        WriteOp::index(Some(format!("d{at}")), source)
    };
    for result in index.write((0..40).map(put).collect()) {
        result.unwrap();
    }
    index.refresh().unwrap();
    index.compact_vectors(&Progress::default()).unwrap();
    index.write(vec![WriteOp::delete("d3"), put(5)]);
    index.refresh().unwrap();
    let set = &index.shared_vectors()[0].1;
    set.set.seal(&Progress::default()).unwrap();
    index.write((40..45).map(put).collect());
    // Killed: the last writes are in the translog only.
    store.kill()
}

fn files(store: &MemStore, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in store.list(folder).unwrap() {
        let path = folder.join(name);
        match store.len(&path) {
            Ok(_) => found.push(path),
            Err(_) => found.extend(files(store, &path)),
        }
    }
    found
}

fn checked(store: &MemStore, repair: bool, describes: bool) -> (Vec<Finding>, u64) {
    let shared: Arc<dyn Store> = Arc::new(store.clone());
    let mut found = Vec::new();
    let mut tell = |finding: &Finding| found.push(finding.clone());
    let mut findings = Findings::new(repair, &mut tell);
    indices(&shared, &|_, _| describes, &mut findings).unwrap();
    let left = findings.left;
    (found, left)
}

fn faults(found: &[Finding]) -> Vec<&Finding> {
    let faults = found.iter();
    faults
        .filter(|finding| finding.severity != Severity::Leftover)
        .collect()
}

/// What a node says of a store: its documents, or why it does not open.
fn opened(store: &MemStore) -> std::result::Result<u64, String> {
    let shared: Arc<dyn Store> = Arc::new(store.clone());
    let node = Node::open(shared, NodeOptions::default()).map_err(|error| error.to_string())?;
    let count = node.stats().documents;
    node.close().map_err(|error| error.to_string())?;
    Ok(count)
}

#[test]
fn a_sound_node_has_no_faults_and_is_not_touched() {
    let store = filled();
    let before: Vec<_> = files(&store, Path::new(""))
        .into_iter()
        .map(|path| (store.open(&path).unwrap().to_vec(), path))
        .collect();
    let (found, left) = checked(&store, false, true);
    assert_eq!((faults(&found), left), (vec![], 0));
    let after = files(&store, Path::new(""));
    assert_eq!(after.len(), before.len());
    for (bytes, path) in &before {
        assert_eq!(&store.open(path).unwrap()[..], &bytes[..], "{path:?}");
    }
    assert_eq!(opened(&store), Ok(44));
}

#[test]
fn damage_of_any_file_is_named_and_never_passes_unseen() {
    let whole = filled();
    let mut kinds = std::collections::BTreeSet::new();
    for path in files(&whole, Path::new("")) {
        let bytes = whole.open(&path).unwrap().to_vec();
        if bytes.is_empty() || path.extension() == Some("temp".as_ref()) {
            continue;
        }
        let kind = path.extension().unwrap_or_default().to_string_lossy();
        kinds.insert(kind.into_owned());
        let flip = |at: usize| {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            bad
        };
        let cut = bytes[..bytes.len() - 1].to_vec();
        for (what, bad) in [("flipped", flip(bytes.len() / 2)), ("cut", cut)] {
            let store = whole.kill();
            store.write_atomic(&path, &bad).unwrap();
            let (found, left) = checked(&store, false, false);
            let torn = path.starts_with("indices") && path.extension() == Some("log".as_ref());
            if torn && what == "cut" {
                // A last record that is cut short was never acknowledged, for all that anybody can tell.
                assert_eq!(opened(&store), Ok(43));
                continue;
            }
            let names: Vec<String> = found.iter().map(ToString::to_string).collect();
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(
                faults(&found).iter().any(|f| f.file.ends_with(&path)),
                "{what} {path:?}: {names:?}"
            );
            assert!(left > 0);
            // The node refuses it by name, or does not care.
            match opened(&store) {
                Err(reason) => assert!(reason.contains(&*name), "{what} {path:?}: {reason}"),
                Ok(count) => {
                    assert_eq!((count, &*name), (44, ".managed.json"), "{what} {path:?}");
                }
            }
        }
    }
    let expected = [
        "del",
        "fast",
        "fieldnorm",
        "idx",
        "json",
        "log",
        "meta",
        "pos",
        "ptmb",
        "pvec",
        "store",
        "term",
    ];
    assert!(
        expected.iter().all(|kind| kinds.contains(*kind)),
        "{kinds:?}"
    );
}

#[test]
fn what_is_derived_is_repaired_and_leftovers_go() {
    let whole = filled();
    let all = files(&whole, Path::new(""));
    let one = |ending: &str| {
        all.iter()
            .find(|path| path.ends_with(ending) || path.to_string_lossy().ends_with(ending))
            .unwrap()
            .clone()
    };
    let store = whole.kill();
    let index = one("index.meta").parent().unwrap().to_path_buf();
    store
        .write_atomic(&index.join("raw/x-00000000.raw"), b"PRAW")
        .unwrap();
    store
        .write_atomic(&index.join("text/stray.idx"), b"x")
        .unwrap();
    store
        .write_atomic(Path::new("indices/00/index.meta"), b"x")
        .unwrap();
    store.damage(&one(".managed.json"), 1, 1).unwrap();
    store.damage(&one(".pvec"), 5_000, 1).unwrap();
    let (found, left) = checked(&store, false, true);
    assert_eq!(left, 3, "{found:?}");
    let (found, left) = checked(&store, true, true);
    assert_eq!(left, 0, "{found:?}");
    assert!(
        found.iter().all(|finding| finding.repair == Some(Ok(()))),
        "{found:?}"
    );
    let (found, left) = checked(&store, false, true);
    assert_eq!((faults(&found), left), (vec![], 0));
    assert_eq!(opened(&store), Ok(44));
    assert!(!store.exists(Path::new("indices/00")).unwrap());
}
