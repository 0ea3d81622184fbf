//! tantivy's directory on a store.

mod list;
mod locks;

#[cfg(test)]
mod tests;

pub(crate) use list::{all_files, managed, sealed};

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use list::unsealed;
use locks::{LockGuard, Locks};
use parking_lot::Mutex;
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
