//! Versions, sequence numbers and ids, as Elasticsearch gives them.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeSet;
use std::sync::Arc;

use engine::index::{Index, IndexOptions};
use engine::request::{VersionType, WriteOp, WriteOutcome, WriteResult};
use engine::store::MemStore;
use engine::{EngineError, Node, NodeOptions};
use serde_json::{Value, json};

const MAX: u64 = i64::MAX as u64;

fn node() -> Node {
    Node::open(Arc::new(MemStore::new()), NodeOptions::default()).unwrap()
}

fn index(settings: &Value) -> Arc<Index> {
    let node = node();
    node.create_index("x", &json!({"settings": settings}))
        .unwrap();
    node.index("x").unwrap()
}

fn external(id: &str, number: u64, kind: VersionType) -> WriteOp {
    let mut op = WriteOp::index(Some(id.to_owned()), json!({"v": number}));
    if let WriteOp::Index {
        version,
        version_type,
        ..
    } = &mut op
    {
        (*version, *version_type) = (Some(number), kind);
    }
    op
}

fn external_delete(id: &str, number: u64) -> WriteOp {
    let mut op = WriteOp::delete(id);
    if let WriteOp::Delete {
        version,
        version_type,
        ..
    } = &mut op
    {
        (*version, *version_type) = (Some(number), VersionType::External);
    }
    op
}

fn write(index: &Index, op: WriteOp) -> Result<WriteResult, EngineError> {
    index.write(vec![op]).remove(0)
}

fn refusal(index: &Index, op: WriteOp) -> (&'static str, String) {
    let error = write(index, op).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn versions_stay_signed_numbers() {
    let index = index(&json!({}));
    for kind in [VersionType::External, VersionType::ExternalGte] {
        for number in [MAX + 1, u64::MAX] {
            let (error, told) = refusal(&index, external("1", number, kind));
            assert_eq!(error, "illegal_argument_exception");
            assert!(
                told.starts_with(&format!("illegal version value [{number}]")),
                "{told}"
            );
        }
    }
    let done = write(&index, external("1", MAX, VersionType::External)).unwrap();
    assert_eq!(done.version, MAX);
    let full = format!("[1]: there is no version after the current version [{MAX}]");
    let upsert = WriteOp::Update {
        id: "1".to_owned(),
        doc: Some(json!({"a": 1})),
        upsert: Some(json!({})),
        doc_as_upsert: false,
        detect_noop: true,
        if_seq_no: None,
        if_primary_term: None,
    };
    for op in [
        WriteOp::update("1", json!({"a": 1})),
        upsert,
        WriteOp::index(Some("1".to_owned()), json!({})),
        WriteOp::delete("1"),
    ] {
        assert_eq!(
            refusal(&index, op),
            ("illegal_argument_exception", full.clone())
        );
    }
    assert_eq!(index.get("1").unwrap().unwrap().version, MAX);
    // The same after a deletion with that version.
    write(&index, external("2", MAX - 1, VersionType::External)).unwrap();
    write(&index, external_delete("2", MAX)).unwrap();
    let op = WriteOp::index(Some("2".to_owned()), json!({}));
    assert_eq!(refusal(&index, op).0, "illegal_argument_exception");
}

#[test]
fn deletions_are_remembered_across_refreshes() {
    let index = index(&json!({}));
    write(&index, external("1", 10, VersionType::External)).unwrap();
    assert_eq!(write(&index, external_delete("1", 11)).unwrap().version, 11);
    // A document that was never there leaves its version too.
    let absent = write(&index, external_delete("2", 7)).unwrap();
    assert_eq!((absent.result, absent.version), (WriteOutcome::NotFound, 7));
    index.refresh().unwrap();
    for (id, number, current) in [("1", 5, 11), ("1", 11, 11), ("2", 7, 7)] {
        let told = format!(
            "[{id}]: version conflict, current version [{current}] is higher or equal to the one \
             provided [{number}]"
        );
        let op = external(id, number, VersionType::External);
        assert_eq!(
            refusal(&index, op),
            ("version_conflict_engine_exception", told)
        );
    }
    let told = "[1]: version conflict, current version [11] is higher than the one provided [10]";
    let op = external("1", 10, VersionType::ExternalGte);
    assert_eq!(refusal(&index, op).1, told);
    write(&index, external("1", 12, VersionType::External)).unwrap();
    // Versions of the engine's own go on too.
    assert_eq!(write(&index, WriteOp::delete("2")).unwrap().version, 8);
    let done = write(&index, WriteOp::index(Some("2".to_owned()), json!({}))).unwrap();
    assert_eq!((done.result, done.version), (WriteOutcome::Created, 9));
}

#[test]
fn deletions_are_forgotten_after_their_time() {
    let index = index(&json!({"index.gc_deletes": "0s"}));
    write(&index, external("1", 10, VersionType::External)).unwrap();
    write(&index, external_delete("1", 11)).unwrap();
    index.refresh().unwrap();
    write(&index, external("1", 5, VersionType::External)).unwrap();
    assert_eq!(index.get("1").unwrap().unwrap().version, 5);
    // The setting can change.
    index
        .put_settings(&json!({"index.gc_deletes": "1h"}))
        .unwrap();
    write(&index, external_delete("1", 6)).unwrap();
    index.refresh().unwrap();
    let op = external("1", 3, VersionType::External);
    assert_eq!(refusal(&index, op).0, "version_conflict_engine_exception");
}

#[test]
fn a_sequence_number_is_given_once_and_none_is_left_out() {
    let store = MemStore::new();
    let folder: Arc<dyn engine::store::Store> = Arc::new(store.clone());
    Index::create(&folder, "u", 0, &json!({}), &json!({})).unwrap();
    let open = |store: &MemStore| {
        Index::open("x", Arc::new(store.clone()), IndexOptions::default()).unwrap()
    };
    let index = open(&store);
    let mut expected = 0;
    let mut next = |done: WriteResult| {
        assert_eq!(done.seq_no, expected, "{done:?}");
        expected += 1;
    };
    next(write(&index, WriteOp::delete("absent")).unwrap());
    next(
        write(
            &index,
            WriteOp::index(Some("1".to_owned()), json!({"a": 1})),
        )
        .unwrap(),
    );
    let noop = write(&index, WriteOp::update("1", json!({"a": 1}))).unwrap();
    assert_eq!((noop.result, noop.seq_no), (WriteOutcome::Noop, 1));
    next(write(&index, WriteOp::delete("1")).unwrap());
    next(write(&index, WriteOp::delete("1")).unwrap());
    next(write(&index, WriteOp::index(None, json!({}))).unwrap());
    index.refresh().unwrap();
    next(write(&index, WriteOp::delete("absent")).unwrap());
    next(write(&index, WriteOp::index(Some("2".to_owned()), json!({}))).unwrap());
    let later = open(&store.crash(1));
    next(write(&later, WriteOp::delete("absent")).unwrap());
    next(write(&later, WriteOp::index(Some("3".to_owned()), json!({}))).unwrap());
    assert!(later.get("2").unwrap().is_some() && later.get("1").unwrap().is_none());
}

#[test]
fn automatic_ids_never_come_twice() {
    let node = node();
    let mut ids = BTreeSet::new();
    for name in ["a", "b", "c"] {
        node.create_index(name, &json!({})).unwrap();
        let index = node.index(name).unwrap();
        let ops = (0..200)
            .map(|n| WriteOp::index(None, json!({"n": n})))
            .collect();
        for done in index.write(ops) {
            let id = done.unwrap().id;
            assert_eq!(id.len(), 20, "{id}");
            assert!(ids.insert(id));
        }
    }
    // Those of one index differ from each other everywhere, not only at their end.
    let heads: BTreeSet<&str> = ids.iter().map(|id| &id[..8]).collect();
    assert_eq!((ids.len(), heads.len()), (600, 600));
}
