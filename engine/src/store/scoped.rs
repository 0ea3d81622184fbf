//! A folder of a store as a store of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::path::clean;
use super::{Blob, Claim, Result, Store, StoreFile};

/// A store whose root is a folder of another.
#[derive(Debug, Clone)]
pub struct Scoped {
    inner: Arc<dyn Store>,
    prefix: PathBuf,
}

impl Scoped {
    /// The folder `prefix` of `inner`; it need not be there yet.
    ///
    /// # Errors
    /// When the prefix could leave the store.
    pub fn new(inner: Arc<dyn Store>, prefix: impl AsRef<Path>) -> Result<Self> {
        Ok(Self {
            prefix: clean(prefix.as_ref())?,
            inner,
        })
    }

    fn path(&self, path: &Path) -> Result<PathBuf> {
        // Cleaned here too: joining an absolute path would drop the prefix.
        let inside = clean(path)?;
        if inside.as_os_str().is_empty() {
            return Ok(self.prefix.clone());
        }
        Ok(self.prefix.join(inside))
    }
}

/// A folder of a store, as a shared store.
///
/// # Errors
/// When the prefix could leave the store.
pub fn sub(store: &Arc<dyn Store>, prefix: impl AsRef<Path>) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(Scoped::new(Arc::clone(store), prefix)?))
}

impl Store for Scoped {
    fn open(&self, path: &Path) -> Result<Blob> {
        self.inner.open(&self.path(path)?)
    }

    fn create(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        self.inner.create(&self.path(path)?)
    }

    fn append(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        self.inner.append(&self.path(path)?)
    }

    fn truncate(&self, path: &Path, len: u64) -> Result<()> {
        self.inner.truncate(&self.path(path)?, len)
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.inner.write_atomic(&self.path(path)?, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.inner.rename(&self.path(from)?, &self.path(to)?)
    }

    fn delete(&self, path: &Path) -> Result<()> {
        self.inner.delete(&self.path(path)?)
    }

    fn delete_dir_all(&self, dir: &Path) -> Result<()> {
        self.inner.delete_dir_all(&self.path(dir)?)
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        self.inner.exists(&self.path(path)?)
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        self.inner.list(&self.path(dir)?)
    }

    fn len(&self, path: &Path) -> Result<u64> {
        self.inner.len(&self.path(path)?)
    }

    fn sync_dir(&self, dir: &Path) -> Result<()> {
        self.inner.sync_dir(&self.path(dir)?)
    }

    fn create_dir_all(&self, dir: &Path) -> Result<()> {
        self.inner.create_dir_all(&self.path(dir)?)
    }

    fn available_space(&self) -> Option<u64> {
        self.inner.available_space()
    }

    fn total_space(&self) -> Option<u64> {
        self.inner.total_space()
    }

    fn full_path(&self, path: &Path) -> PathBuf {
        self.inner.full_path(&self.prefix.join(path))
    }

    fn claim(&self, dir: &Path) -> Result<Claim> {
        self.inner.claim(&self.path(dir)?)
    }
}
