//! A store that is read, and never written: changes stay in memory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::path::{clean, clean_file};
use super::{Blob, Claim, MemStore, Result, Store, StoreError, StoreFile};

/// Shows another store with changes on top of it, which nobody else sees. So an index can be opened as
/// a node would open it, with all that this writes, and its files stay as they are. Clones share the
/// changes.
#[derive(Debug, Clone)]
pub struct Overlay {
    base: Arc<dyn Store>,
    changes: MemStore,
    /// Files and folders of the base that are not there any more.
    gone: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl Overlay {
    /// On top of a store.
    pub fn new(base: Arc<dyn Store>) -> Self {
        Self {
            base,
            changes: MemStore::new(),
            gone: Arc::default(),
        }
    }

    /// Whether the base's file or folder of that name still counts.
    fn shines_through(&self, path: &Path) -> bool {
        let gone = self.gone.lock();
        !path.ancestors().any(|part| gone.contains(part))
    }

    fn in_base(&self, path: &Path) -> Result<bool> {
        Ok(self.shines_through(path) && self.base.exists(path)?)
    }

    /// Brings a file of the base into memory, where it can change.
    fn bring(&self, path: &Path) -> Result<()> {
        if self.changes.exists(path)? || !self.in_base(path)? {
            return Ok(());
        }
        self.changes.write_atomic(path, &self.base.open(path)?)
    }

    fn named(&self, path: &Path) -> impl FnOnce(StoreError) -> StoreError {
        let path = self.base.full_path(path);
        move |error| match error {
            StoreError::NotFound { .. } => StoreError::NotFound { path },
            other => other,
        }
    }
}

impl Store for Overlay {
    fn open(&self, path: &Path) -> Result<Blob> {
        let path = clean_file(path)?;
        if self.changes.exists(&path)? || !self.shines_through(&path) {
            return self.changes.open(&path).map_err(self.named(&path));
        }
        self.base.open(&path)
    }

    fn create(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        let path = clean_file(path)?;
        if self.in_base(&path)? {
            let path = self.base.full_path(&path);
            return Err(StoreError::Exists { path });
        }
        self.changes.create(&path)
    }

    fn append(&self, path: &Path) -> Result<Box<dyn StoreFile>> {
        let path = clean_file(path)?;
        self.bring(&path)?;
        self.changes.append(&path).map_err(self.named(&path))
    }

    fn truncate(&self, path: &Path, len: u64) -> Result<()> {
        let path = clean_file(path)?;
        self.bring(&path)?;
        self.changes.truncate(&path, len).map_err(self.named(&path))
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.changes.write_atomic(path, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        let from = clean_file(from)?;
        self.bring(&from)?;
        self.changes.rename(&from, to).map_err(self.named(&from))?;
        self.gone.lock().insert(from);
        Ok(())
    }

    fn delete(&self, path: &Path) -> Result<()> {
        let path = clean_file(path)?;
        let below = self.in_base(&path)?;
        match self.changes.delete(&path) {
            Err(error) if error.is_not_found() && below => {}
            other => other.map_err(self.named(&path))?,
        }
        self.gone.lock().insert(path);
        Ok(())
    }

    fn delete_dir_all(&self, dir: &Path) -> Result<()> {
        let dir = clean(dir)?;
        self.changes.delete_dir_all(&dir)?;
        self.gone.lock().insert(dir);
        Ok(())
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        let path = clean(path)?;
        Ok(self.changes.exists(&path)? || self.in_base(&path)?)
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>> {
        let dir = clean(dir)?;
        let mut names: BTreeSet<String> = self.changes.list(&dir)?.into_iter().collect();
        if self.shines_through(&dir) {
            let below = self.base.list(&dir)?.into_iter();
            names.extend(below.filter(|name| self.shines_through(&dir.join(name))));
        }
        Ok(names.into_iter().collect())
    }

    fn len(&self, path: &Path) -> Result<u64> {
        let path = clean_file(path)?;
        if self.changes.exists(&path)? || !self.shines_through(&path) {
            return self.changes.len(&path).map_err(self.named(&path));
        }
        self.base.len(&path)
    }

    fn sync_dir(&self, _: &Path) -> Result<()> {
        Ok(())
    }

    fn create_dir_all(&self, dir: &Path) -> Result<()> {
        self.changes.create_dir_all(dir)
    }

    fn available_space(&self) -> Option<u64> {
        None
    }

    fn total_space(&self) -> Option<u64> {
        None
    }

    fn full_path(&self, path: &Path) -> PathBuf {
        self.base.full_path(path)
    }

    fn claim(&self, dir: &Path) -> Result<Claim> {
        self.changes.claim(dir)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn p(path: &str) -> &Path {
        Path::new(path)
    }

    #[test]
    fn changes_are_seen_and_the_base_stays_as_it_is() {
        let base = MemStore::new();
        for name in ["a/one", "a/two", "b/three", "four"] {
            base.write_atomic(p(name), name.as_bytes()).unwrap();
        }
        let before = base.kill();
        let store = Overlay::new(Arc::new(base.clone()));
        assert_eq!(store.list(p("")).unwrap(), ["a", "b", "four"]);
        assert_eq!(&store.open(p("a/one")).unwrap()[..], b"a/one");

        let mut file = store.append(p("a/one")).unwrap();
        file.write_all(b"+").unwrap();
        assert_eq!(&store.open(p("a/one")).unwrap()[..], b"a/one+");
        store.truncate(p("four"), 2).unwrap();
        assert_eq!(store.len(p("four")).unwrap(), 2);
        store.rename(p("a/two"), p("a/five")).unwrap();
        assert_eq!(store.list(p("a")).unwrap(), ["five", "one"]);
        assert!(store.open(p("a/two")).unwrap_err().is_not_found());
        store.delete(p("a/five")).unwrap();
        assert!(store.delete(p("a/five")).unwrap_err().is_not_found());
        store.delete_dir_all(p("b")).unwrap();
        assert!(!store.exists(p("b/three")).unwrap());
        store.write_atomic(p("b/six"), b"6").unwrap();
        assert_eq!(store.list(p("b")).unwrap(), ["six"]);
        assert!(matches!(
            store.create(p("a/one")),
            Err(StoreError::Exists { .. })
        ));
        store.create(p("a/two")).unwrap().write_all(b"2").unwrap();
        assert_eq!(&store.open(p("a/two")).unwrap()[..], b"2");
        assert!(matches!(
            store.open(p("../x")),
            Err(StoreError::BadPath { .. })
        ));

        for name in ["a/one", "a/two", "b/three", "four"] {
            let bytes = base.open(p(name)).unwrap();
            assert_eq!(&bytes[..], &before.open(p(name)).unwrap()[..]);
        }
        assert_eq!(base.list(p("b")).unwrap(), ["three"]);
    }
}
