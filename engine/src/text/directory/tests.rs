//! The directory on disks that fail, and lists that were changed.

use super::*;
use crate::store::testing::{Fault, FaultStore, Operation, Rule};
use crate::store::{FsStore, MemStore};
use tantivy::collector::Count;
use tantivy::directory::INDEX_WRITER_LOCK;
use tantivy::query::TermQuery;
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TEXT};
use tantivy::{Index, IndexWriter, Term, doc};

fn new_index(store: Arc<dyn Store>) -> (Index, Field) {
    let mut schema = Schema::builder();
    let title = schema.add_text_field("title", TEXT | STORED);
    let directory = StoreDirectory::new(store);
    (
        Index::open_or_create(directory, schema.build()).unwrap(),
        title,
    )
}

fn new_writer(index: &Index) -> IndexWriter {
    index.writer_with_num_threads(1, 15_000_000).unwrap()
}

fn count(index: &Index, title: Field, word: &str) -> usize {
    let query = TermQuery::new(Term::from_field_text(title, word), IndexRecordOption::Basic);
    index
        .reader()
        .unwrap()
        .searcher()
        .search(&query, &Count)
        .unwrap()
}

fn index_and_search(store: Arc<dyn Store>) {
    let (index, title) = new_index(Arc::clone(&store));
    let mut writer = new_writer(&index);
    assert!(matches!(
        index.directory().acquire_lock(&INDEX_WRITER_LOCK),
        Err(LockError::LockBusy)
    ));
    for n in 0..5 {
        writer
            .add_document(doc!(title => format!("cat {n}")))
            .unwrap();
    }
    writer.commit().unwrap();
    writer.add_document(doc!(title => "dog")).unwrap();
    writer.commit().unwrap();
    assert_eq!(count(&index, title, "cat"), 5);
    drop(writer);
    drop(index.directory().acquire_lock(&INDEX_WRITER_LOCK).unwrap());
    let (index, title) = new_index(store);
    assert_eq!(
        (count(&index, title, "cat"), count(&index, title, "dog")),
        (5, 1)
    );
}

#[test]
fn lists_have_a_checksum() {
    let store = MemStore::new();
    drop(new_index(Arc::new(store.clone())));
    let path = Path::new(META_FILE);
    let whole = store.open(path).unwrap().to_vec();
    let directory = StoreDirectory::new(Arc::new(store.clone()));
    let read = || directory.atomic_read(path);
    let list = read().unwrap();
    assert_eq!(sealed(&list), whole);
    let is_json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    assert!(is_json(&list));
    for at in 0..whole.len() {
        store.damage(path, at as u64, 2).unwrap();
        // Where the checksum's own words are damaged, what is left is no JSON.
        match read() {
            Ok(bytes) => assert!(at >= list.len() && !is_json(&bytes), "{at}"),
            Err(error) => assert!(error.to_string().contains("meta.json"), "{error}"),
        }
        store.damage(path, at as u64, 2).unwrap();
        store.write_atomic(path, &whole[..at]).unwrap();
        let cut = read();
        // All of the list, or nothing.
        let same = |bytes: &Vec<u8>| bytes.trim_ascii_end() == list.trim_ascii_end();
        assert!(
            !cut.is_ok_and(|bytes| is_json(&bytes) && !same(&bytes)),
            "cut at {at}"
        );
        store.write_atomic(path, &whole).unwrap();
    }
    // Lists of earlier versions have none.
    store.write_atomic(path, &list).unwrap();
    assert_eq!(read().unwrap(), list);
}

#[test]
fn in_memory() {
    index_and_search(Arc::new(MemStore::new()));
}

#[test]
fn on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(FsStore::open(folder.path()).unwrap());
    index_and_search(crate::store::sub(&store, "").unwrap());
}

#[test]
fn the_last_commit_survives_a_power_loss() {
    let store = MemStore::new();
    let (index, title) = new_index(Arc::new(store.clone()));
    let mut writer = new_writer(&index);
    for round in 1..=3 {
        for n in 0..4 {
            writer
                .add_document(doc!(title => format!("cat {round} {n}")))
                .unwrap();
        }
        writer.commit().unwrap();
        writer.add_document(doc!(title => "cat loose")).unwrap();
        for seed in 0..20 {
            let (after, title) = new_index(Arc::new(store.crash(seed)));
            assert_eq!(
                count(&after, title, "cat"),
                round * 4 + round - 1,
                "seed {seed}"
            );
            let mut again = new_writer(&after);
            if seed == 0 {
                again.add_document(doc!(title => "after")).unwrap();
                again.commit().unwrap();
                assert_eq!(count(&after, title, "after"), 1);
            }
        }
    }
}

#[test]
fn a_failing_disk_is_an_error() {
    let store = FaultStore::new(Arc::new(MemStore::new()));
    let directory = StoreDirectory::new(Arc::new(store.clone()));
    let mut schema = Schema::builder();
    let title = schema.add_text_field("title", TEXT | STORED);
    let index = Index::open_or_create(directory.clone(), schema.build()).unwrap();
    let mut writer = new_writer(&index);
    writer.add_document(doc!(title => "cat")).unwrap();
    assert_eq!(directory.failed_write(), None);
    store.inject(Rule::new(Operation::Sync, Fault::NoSpace).forever());
    writer.commit().unwrap_err();
    let failed = directory.failed_write().unwrap();
    assert!(failed.ends_with("no space left on the device"), "{failed}");
}
