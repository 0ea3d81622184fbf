//! tantivy's directory on a store.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, TerminatingWrite, WatchCallback,
    WatchCallbackList, WatchHandle, WritePtr,
};

use crate::store::{Store, StoreError, StoreFile};

/// The list of tantivy's own files. It is replaced with every file that is
/// made, and an older state of it is harmless: files that it does not name are
/// merely not collected as garbage.
pub(crate) const MANAGED_FILE: &str = ".managed.json";
const MANAGED_TEMP: &str = ".managed.json.new";
pub(crate) const META_FILE: &str = "meta.json";
/// How the last line of a list begins; eight hexadecimal digits of a CRC-32 follow.
const SEAL: &str = "\ncrc32:";
const DIGITS: usize = 8;
/// How long a lock that may block is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);

/// A tantivy directory whose files lie in a store. Clones share locks.
#[derive(Debug, Clone)]
pub struct StoreDirectory {
    store: Arc<dyn Store>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    locks: Locks,
    watchers: WatchCallbackList,
    /// Held while the list of files is replaced, since its temporary name is fixed.
    managed: Mutex<()>,
    failed: Mutex<Option<String>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("locks", &self.locks.held)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Takes note of what failed.
    fn noted<T, E: std::fmt::Display>(&self, result: Result<T, E>) -> Result<T, E> {
        if let Err(error) = &result {
            self.failed.lock().get_or_insert_with(|| error.to_string());
        }
        result
    }
}

/// Locks inside this process: the store's root is locked against others.
#[derive(Debug, Default)]
struct Locks {
    held: Mutex<HashSet<PathBuf>>,
    freed: Condvar,
}

struct LockGuard {
    shared: Arc<Shared>,
    path: PathBuf,
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        self.shared.locks.held.lock().remove(&self.path);
        self.shared.locks.freed.notify_all();
    }
}

impl StoreDirectory {
    /// The directory in the root of a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            shared: Arc::default(),
        }
    }

    /// What the first write that failed met. tantivy says of one in its threads only that there was one.
    pub fn failed_write(&self) -> Option<String> {
        self.shared.failed.lock().clone()
    }

    /// Replaces a file whole or not at all, without waiting for its name to be durable.
    fn replace_lazily(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let _held = self.shared.managed.lock();
        let temp = Path::new(MANAGED_TEMP);
        let mut file = match self.store.create(temp) {
            Err(StoreError::Exists { .. }) => {
                self.store.delete(temp)?;
                self.store.create(temp)?
            }
            other => other?,
        };
        file.write_all(bytes)
            .map_err(|e| StoreError::io(path, "writing", e))?;
        file.sync()?;
        self.store.rename(temp, path)
    }
}

/// A list with its checksum, in a line of its own at the end: a changed number in it would be a wrong
/// answer, since tantivy has none there.
pub(crate) fn sealed(list: &[u8]) -> Vec<u8> {
    let seal = format!("{SEAL}{:0DIGITS$x}", crc32fast::hash(list));
    [list, seal.as_bytes()].concat()
}

/// A list without its checksum, if that is right; else where that stands. Earlier versions wrote none:
/// such a list is taken as it is.
fn unsealed(file: &[u8]) -> Result<&[u8], u64> {
    let at = file.len().saturating_sub(SEAL.len() + DIGITS);
    let (list, end) = file.split_at(at);
    let Some(digits) = end.strip_prefix(SEAL.as_bytes()) else {
        return Ok(file);
    };
    let expected = format!("{:0DIGITS$x}", crc32fast::hash(list));
    if digits == expected.as_bytes() {
        Ok(list)
    } else {
        Err(at as u64)
    }
}

/// The names in the list of all files.
///
/// # Errors
/// Where it is damaged, and how.
pub(crate) fn managed(file: &[u8]) -> Result<BTreeSet<String>, (u64, String)> {
    let list = unsealed(file).map_err(|offset| (offset, "wrong checksum".to_owned()))?;
    serde_json::from_slice(list).map_err(|error| (0, error.to_string()))
}

/// The list of all files, made of those that are there.
pub(crate) fn all_files(store: &dyn Store) -> Result<Vec<u8>, StoreError> {
    let mut names = store.list(Path::new(""))?;
    names.retain(|name| !name.starts_with('.'));
    Ok(serde_json::json!(names).to_string().into_bytes())
}

fn read_error(path: &Path, error: StoreError) -> OpenReadError {
    if error.is_not_found() {
        OpenReadError::FileDoesNotExist(path.to_path_buf())
    } else {
        OpenReadError::wrap_io_error(error.into(), path.to_path_buf())
    }
}

impl Directory for StoreDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let blob = self
            .store
            .open(path)
            .map_err(|error| read_error(path, error))?;
        Ok(Arc::new(blob.into_owned_bytes()))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.store.delete(path).map_err(|error| {
            if error.is_not_found() {
                DeleteError::FileDoesNotExist(path.to_path_buf())
            } else {
                DeleteError::IoError {
                    io_error: Arc::new(error.into()),
                    filepath: path.to_path_buf(),
                }
            }
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.store
            .exists(path)
            .map_err(|error| read_error(path, error))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        match self.shared.noted(self.store.create(path)) {
            Ok(file) => {
                let shared = Arc::clone(&self.shared);
                Ok(BufWriter::new(Box::new(SyncOnTerminate { file, shared })))
            }
            Err(StoreError::Exists { .. }) => {
                Err(OpenWriteError::FileAlreadyExists(path.to_path_buf()))
            }
            Err(error) => Err(OpenWriteError::wrap_io_error(
                error.into(),
                path.to_path_buf(),
            )),
        }
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let blob = self.store.open(path);
        let blob = blob.map_err(|error| read_error(path, error))?;
        if path == Path::new(MANAGED_FILE) && managed(&blob).is_err() {
            // It only says what may be deleted one day: all that is there, if need be.
            tracing::warn!(file = %self.store.full_path(path).display(), "damaged, made again");
            let all = all_files(self.store.as_ref());
            return all.map_err(|error| read_error(path, error));
        }
        match unsealed(&blob) {
            Ok(bytes) => Ok(bytes.to_vec()),
            Err(offset) => {
                let full = self.store.full_path(path);
                let error = StoreError::corrupt(&full, offset, "wrong checksum");
                Err(read_error(path, error))
            }
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let data = sealed(data);
        if path == Path::new(MANAGED_FILE) {
            return Ok(self.shared.noted(self.replace_lazily(path, &data))?);
        }
        self.shared.noted(self.store.write_atomic(path, &data))?;
        if path == Path::new(META_FILE) {
            drop(self.shared.watchers.broadcast());
        }
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(self.shared.noted(self.store.sync_dir(Path::new("")))?)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let locks = &self.shared.locks;
        let deadline = Instant::now() + LOCK_PATIENCE;
        let mut held = locks.held.lock();
        while held.contains(&lock.filepath) {
            if !lock.is_blocking || locks.freed.wait_until(&mut held, deadline).timed_out() {
                return Err(LockError::LockBusy);
            }
        }
        held.insert(lock.filepath.clone());
        let guard = LockGuard {
            shared: Arc::clone(&self.shared),
            path: lock.filepath.clone(),
        };
        Ok(DirectoryLock::from(Box::new(guard)))
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(self.shared.watchers.subscribe(callback))
    }
}

/// A file that is durable when tantivy says that it is complete.
#[derive(Debug)]
struct SyncOnTerminate {
    file: Box<dyn StoreFile>,
    shared: Arc<Shared>,
}

impl Write for SyncOnTerminate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.shared.noted(self.file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.shared.noted(self.file.flush())
    }
}

impl TerminatingWrite for SyncOnTerminate {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.flush()?;
        Ok(self.shared.noted(self.file.sync())?)
    }
}

#[cfg(test)]
mod tests {
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
        assert!(index.directory().acquire_lock(&INDEX_WRITER_LOCK).is_err());
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
        let (index, title) = new_index(Arc::new(store.clone()));
        let mut writer = new_writer(&index);
        writer.add_document(doc!(title => "cat")).unwrap();
        store.inject(Rule::new(Operation::Sync, Fault::NoSpace).forever());
        assert!(writer.commit().is_err());
    }
}
