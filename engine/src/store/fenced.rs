//! A store that can be closed for writing.
//!
//! Merges, background builds and requests may outlive the index that began them. Behind a fence they cannot
//! change its folder any more once it is closed, whatever they still hold: the folder may be another
//! owner's by then, or deleted.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;

use super::{Blob, Claim, Result, Store, StoreError, StoreFile};

/// Passes every call on until it is closed; from then on it only reads. Clones share the fence.
#[derive(Debug, Clone)]
pub struct Fenced {
    inner: Arc<dyn Store>,
    /// Changes hold it for reading, so that closing waits for those under way.
    closed: Arc<RwLock<bool>>,
}

impl Fenced {
    /// Puts a fence before a store.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            closed: Arc::default(),
        }
    }

    /// Refuses every change from now on, and returns when those under way are done.
    pub fn close(&self) {
        *self.closed.write() = true;
    }

    fn change<T>(&self, path: &Path, change: impl FnOnce(&dyn Store) -> Result<T>) -> Result<T> {
        let closed = self.closed.read();
        if *closed {
            return Err(self.refusal(path));
        }
        change(self.inner.as_ref())
    }

    fn refusal(&self, path: &Path) -> StoreError {
        StoreError::Closed {
            path: self.inner.full_path(path),
        }
    }

    fn fence(&self, path: &Path, file: Box<dyn StoreFile>) -> Box<dyn StoreFile> {
        Box::new(FencedFile {
            fence: self.clone(),
            path: path.to_path_buf(),
            file,
        })
    }
}

impl Store for Fenced {
    fn open(&self, path: &Path) -> Result<Blob> {
        self.inner.open(path)
    }

    fn create(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        let file = self.change(path, |inner| inner.create(path))?;
        Ok(self.fence(path, file))
    }

    fn append(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        let file = self.change(path, |inner| inner.append(path))?;
        Ok(self.fence(path, file))
    }

    fn truncate(&self, path: &Path, len: u64) -> Result<()> {
        self.change(path, |inner| inner.truncate(path, len))
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.change(path, |inner| inner.write_atomic(path, bytes))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.change(from, |inner| inner.rename(from, to))
    }

    fn delete(&self, path: &Path) -> Result<()> {
        self.change(path, |inner| inner.delete(path))
    }

    fn delete_dir_all(&self, dir: &Path) -> Result<()> {
        self.change(dir, |inner| inner.delete_dir_all(dir))
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        self.inner.exists(path)
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        self.inner.list(dir)
    }

    fn len(&self, path: &Path) -> Result<u64> {
        self.inner.len(path)
    }

    fn sync_dir(&self, dir: &Path) -> Result<()> {
        self.change(dir, |inner| inner.sync_dir(dir))
    }

    fn create_dir_all(&self, dir: &Path) -> Result<()> {
        self.change(dir, |inner| inner.create_dir_all(dir))
    }

    fn available_space(&self) -> Option<u64> {
        self.inner.available_space()
    }

    fn total_space(&self) -> Option<u64> {
        self.inner.total_space()
    }

    fn full_path(&self, path: &Path) -> PathBuf {
        self.inner.full_path(path)
    }

    fn claim(&self, dir: &Path) -> Result<Claim> {
        self.change(dir, |inner| inner.claim(dir))
    }
}

#[derive(Debug)]
struct FencedFile {
    fence: Fenced,
    path: PathBuf,
    file: Box<dyn StoreFile>,
}

impl Write for FencedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let closed = self.fence.closed.read();
        if *closed {
            return Err(self.fence.refusal(&self.path).into());
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl StoreFile for FencedFile {
    fn sync(&mut self) -> Result<()> {
        let closed = self.fence.closed.read();
        if *closed {
            return Err(self.fence.refusal(&self.path));
        }
        self.file.sync()
    }

    fn len(&self) -> u64 {
        self.file.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemStore;

    #[test]
    fn a_closed_fence_lets_nothing_change_and_everything_be_read() {
        let memory = MemStore::new();
        let fence = Fenced::new(Arc::new(memory.clone()));
        let (file, other) = (Path::new("a/file"), Path::new("a/other"));
        fence.write_atomic(file, b"one").unwrap();
        let mut open = fence.create(other).unwrap();
        open.write_all(b"12").unwrap();
        fence.clone().close();
        let before = memory.list(Path::new("a")).unwrap();
        let refused = |result: Result<()>| {
            assert!(matches!(result, Err(StoreError::Closed { .. })));
        };
        refused(fence.write_atomic(file, b"two"));
        refused(fence.create(Path::new("b")).map(|_| ()));
        refused(fence.append(file).map(|_| ()));
        refused(fence.truncate(file, 0));
        refused(fence.rename(file, Path::new("c")));
        refused(fence.delete(file));
        refused(fence.delete_dir_all(Path::new("a")));
        refused(fence.sync_dir(Path::new("a")));
        refused(fence.create_dir_all(Path::new("d")));
        refused(fence.claim(Path::new("a")).map(|_| ()));
        refused(open.sync());
        let error = open.write_all(b"3").unwrap_err().to_string();
        assert_eq!(error, "a/other: closed for writing");
        assert_eq!(&fence.open(file).unwrap()[..], b"one");
        assert_eq!(fence.len(other).unwrap(), 2);
        assert_eq!(memory.list(Path::new("a")).unwrap(), before);
    }
}
