//! The library over a store in memory.

use std::path::Path;

use engine::NodeOptions;
use engine::request::WriteOp;
use engine::store::{MemStore, Store};
use md5::{Digest, Md5};
use serde_json::json;

use super::*;
use crate::demo;

fn library(store: &Arc<dyn Store>) -> Library {
    let node = Node::open(Arc::clone(store), NodeOptions::default()).unwrap();
    Library::open(&node, &Limits::default(), embedding::models()).unwrap()
}

fn picture(number: usize) -> Vec<u8> {
    demo::encode(&demo::catalogue()[number]).unwrap()
}

fn titled(title: &str) -> Fields {
    Fields {
        title: Some(title.to_owned()),
        ..Fields::default()
    }
}

#[test]
fn the_same_bytes_are_one_record_with_both_keys() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let library = library(&store);
    let bytes = picture(0);
    let first = library.ingest(&bytes, titled("one")).unwrap();
    assert!(first.created && first.id == 1);
    let other = Fields {
        key: Some("other".to_owned()),
        filepath: Some("/x/y".to_owned()),
        ..titled("two")
    };
    for _ in 0..2 {
        let again = library.ingest(&bytes, other.clone()).unwrap();
        assert_eq!((again.id, again.created), (1, false));
    }
    let record = library.record(1).unwrap().unwrap();
    assert_eq!(record.title, "one");
    let keys: Vec<&str> = record.keys.iter().map(|key| key.key.as_str()).collect();
    assert_eq!(keys, [hex(&Md5::digest(&bytes)).as_str(), "other"]);
    assert_eq!(record.keys[1].filepath.as_deref(), Some("/x/y"));
    assert_eq!(&library.file(&record).unwrap().unwrap()[..], &bytes[..]);
    assert_eq!(library.count(), 1);
}

#[test]
fn deleting_takes_the_file_along_and_the_number_is_not_reused() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let open = library(&store);
    let added = open.ingest(&picture(1), titled("x")).unwrap();
    let record = open.record(added.id).unwrap().unwrap();
    assert!(open.delete(added.id).unwrap());
    assert!(!open.delete(added.id).unwrap());
    assert!(open.file(&record).unwrap().is_none());
    assert_eq!(open.count(), 0);
    open.close().unwrap();
    open.node.close().unwrap();
    let again = library(&store);
    assert_eq!(again.ingest(&picture(1), titled("x")).unwrap().id, 2);
}

#[test]
fn a_refused_record_leaves_nothing_behind() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let library = library(&store);
    let whole = picture(2);
    let cut = &whole[..whole.len() / 2];
    assert!(matches!(
        library.ingest(cut, Fields::default()),
        Err(LibraryError::Image(_))
    ));
    // Too long for a term of the index, where only it can tell.
    let mut fields = Fields::default();
    fields.metadata.insert("x".to_owned(), json!({"deep": 1}));
    fields
        .metadata
        .insert("x.deep".to_owned(), json!({"not": "a number"}));
    let refused = library.ingest(&whole, fields).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "failed to parse field [x.deep]: a long cannot hold an object"
    );
    let files = store.list(Path::new("files")).unwrap_or_default();
    for first in files {
        for second in store.list(&Path::new("files").join(&first)).unwrap() {
            let folder = Path::new("files").join(&first).join(second);
            assert!(store.list(&folder).unwrap().is_empty());
        }
    }
}

#[test]
fn odd_metadata_does_not_refuse_a_picture() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let library = library(&store);
    for (number, value) in [json!(4.5), json!("excellent"), json!(true)]
        .into_iter()
        .enumerate()
    {
        let mut fields = titled("x");
        fields.metadata.insert("rating".to_owned(), value.clone());
        let added = library.ingest(&picture(10 + number), fields).unwrap();
        let record = library.record(added.id).unwrap().unwrap();
        assert_eq!(record.metadata["rating"], value);
    }
}

#[test]
fn records_without_files_are_put_once() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let library = library(&store);
    let ids = library.reserve(2).unwrap();
    for _ in 0..2 {
        let records = ids.clone().map(|id| (id, titled("t"), Measures::default()));
        for result in library.put_records(records.collect()) {
            result.unwrap();
        }
    }
    library.refresh().unwrap();
    assert_eq!(library.count(), 2);
    assert_eq!(library.record(1).unwrap().unwrap().hash, None);
}

#[test]
fn uploads_go_on_after_records_that_came_with_numbers() {
    let store: Arc<dyn Store> = Arc::new(MemStore::new());
    let library = library(&store);
    let records = (1..=3_000).map(|id| (id, titled("t"), Measures::default()));
    for result in library.put_records(records.collect()) {
        result.unwrap();
    }
    assert_eq!(library.ingest(&picture(0), titled("a")).unwrap().id, 3_001);
    // Records that come by no way of the library, which claims their numbers.
    let index = library.index().unwrap();
    let foreign = (3_002..3_102).chain([MAX_ID + 7]);
    let ops = foreign.map(|id| WriteOp::index(Some(id.to_string()), json!({"id": id})));
    for result in index.write(ops.collect()) {
        result.unwrap();
    }
    assert_eq!(library.ingest(&picture(1), titled("b")).unwrap().id, 3_102);
    // A crash forgets nothing.
    library.node.close().unwrap();
    let again = self::library(&store);
    assert!(again.ingest(&picture(2), titled("c")).unwrap().id >= 3_103);
}
