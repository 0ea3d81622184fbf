//! tantivy's directory on a store.

use std::collections::HashSet;
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
const MANAGED_FILE: &str = ".managed.json";
const MANAGED_TEMP: &str = ".managed.json.new";
const META_FILE: &str = "meta.json";
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
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("locks", &self.locks.held)
            .finish_non_exhaustive()
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
        match self.store.create(path) {
            Ok(file) => Ok(BufWriter::new(Box::new(SyncOnTerminate(file)))),
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
        match self.store.open(path) {
            Ok(blob) => Ok(blob.to_vec()),
            Err(error) => Err(read_error(path, error)),
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED_FILE) {
            return Ok(self.replace_lazily(path, data)?);
        }
        self.store.write_atomic(path, data)?;
        if path == Path::new(META_FILE) {
            drop(self.shared.watchers.broadcast());
        }
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(self.store.sync_dir(Path::new(""))?)
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
struct SyncOnTerminate(Box<dyn StoreFile>);

impl Write for SyncOnTerminate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for SyncOnTerminate {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()?;
        Ok(self.0.sync()?)
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
