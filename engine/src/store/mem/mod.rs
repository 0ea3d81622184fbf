//! A store in memory that knows what would survive.

mod durability;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::path::{clean, clean_file, parent};
use super::{Blob, Claim, Claims, Store, StoreError, StoreFile};
use durability::{Change, State};

/// A store in memory. Clones share it.
///
/// Beside what a reader sees it keeps what is durable by the rules of
/// [`Store`], so that [`MemStore::crash`] can show what a machine might find
/// after a power loss and [`MemStore::kill`] what a process finds after it was
/// killed.
#[derive(Clone, Default)]
pub struct MemStore {
    state: Arc<Mutex<State>>,
    claims: Claims,
}

/// The content of a file; names point to it as to an inode.
#[derive(Debug, Default)]
pub(super) struct FileNode {
    data: Vec<u8>,
    /// Bytes from the beginning that are durable.
    synced: usize,
    /// What readers hold; made again after a write.
    view: Option<Arc<[u8]>>,
}

type Node = Arc<Mutex<FileNode>>;

impl MemStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// What might be found after a power loss now, chosen by the seed.
    ///
    /// Of the bytes of a file that were not synced a part from their beginning
    /// survives, sometimes followed by zeros; of the names that were not synced
    /// any. The store itself and its open files go on unharmed and apart.
    pub fn crash(&self, seed: u64) -> Self {
        Self {
            state: Arc::new(Mutex::new(self.state.lock().crash(seed))),
            claims: Claims::default(),
        }
    }

    /// What a process finds after this one was killed: everything that was
    /// written, synced or not. Open files of this store do not reach the new one.
    pub fn kill(&self) -> Self {
        Self {
            state: Arc::new(Mutex::new(self.state.lock().copy())),
            claims: Claims::default(),
        }
    }

    /// Changes a byte of a file where it lies, as failing hardware would.
    ///
    /// # Errors
    /// When there is no such byte.
    pub fn damage(&self, path: &Path, offset: u64, change: u8) -> Result<(), StoreError> {
        let node = self.node(path)?;
        let mut node = node.lock();
        let byte = usize::try_from(offset)
            .ok()
            .and_then(|at| node.data.get_mut(at));
        *byte.ok_or_else(|| StoreError::corrupt(path, offset, "no such byte"))? ^= change;
        node.view = None;
        Ok(())
    }

    fn node(&self, path: &Path) -> Result<Node, StoreError> {
        let path = clean_file(path)?;
        self.state
            .lock()
            .live
            .get(&path)
            .cloned()
            .ok_or(StoreError::NotFound { path })
    }
}

impl fmt::Debug for MemStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemStore")
            .field("files", &self.state.lock().live.len())
            .finish()
    }
}

impl Store for MemStore {
    fn open(&self, path: &Path) -> Result<Blob, StoreError> {
        let node = self.node(path)?;
        let mut node = node.lock();
        if node.view.is_none() {
            node.view = Some(Arc::from(node.data.as_slice()));
        }
        Ok(node
            .view
            .clone()
            .map_or_else(|| Blob::from(Vec::new()), Blob::from))
    }

    fn create(&self, path: &Path) -> Result<Box<dyn StoreFile>, StoreError> {
        let path = clean_file(path)?;
        let mut state = self.state.lock();
        state.make_parent(&path);
        if state.live.contains_key(&path) || state.dirs.contains(&path) {
            return Err(StoreError::Exists { path });
        }
        let node = Node::default();
        state.live.insert(path.clone(), Arc::clone(&node));
        state.pending.push(Change::Link {
            path,
            node: Arc::clone(&node),
        });
        Ok(Box::new(MemFile { node }))
    }

    fn append(&self, path: &Path) -> Result<Box<dyn StoreFile>, StoreError> {
        Ok(Box::new(MemFile {
            node: self.node(path)?,
        }))
    }

    fn truncate(&self, path: &Path, len: u64) -> Result<(), StoreError> {
        let node = self.node(path)?;
        let mut node = node.lock();
        match usize::try_from(len) {
            Ok(len) if len <= node.data.len() => {
                node.data.truncate(len);
                node.synced = len;
                node.view = None;
                Ok(())
            }
            _ => {
                let error = io::Error::from(io::ErrorKind::InvalidInput);
                Err(StoreError::io(path, "truncating", error))
            }
        }
    }

    fn write_atomic(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let path = clean_file(path)?;
        let mut state = self.state.lock();
        state.make_parent(&path);
        let node = FileNode {
            data: bytes.to_vec(),
            synced: bytes.len(),
            view: None,
        };
        let node = Arc::new(Mutex::new(node));
        state.forget(|name| name == path);
        state.live.insert(path.clone(), Arc::clone(&node));
        state.durable.insert(path, node);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        let from = clean_file(from)?;
        let to = clean_file(to)?;
        let mut state = self.state.lock();
        state.make_parent(&to);
        let Some(node) = state.live.remove(&from) else {
            return Err(StoreError::NotFound { path: from });
        };
        state.live.insert(to.clone(), Arc::clone(&node));
        state.pending.push(Change::Rename { from, to, node });
        Ok(())
    }

    fn delete(&self, path: &Path) -> Result<(), StoreError> {
        let path = clean_file(path)?;
        let mut state = self.state.lock();
        if state.live.remove(&path).is_none() {
            return Err(StoreError::NotFound { path });
        }
        state.pending.push(Change::Unlink { path });
        Ok(())
    }

    fn delete_dir_all(&self, dir: &Path) -> Result<(), StoreError> {
        let dir = clean_file(dir)?;
        let mut state = self.state.lock();
        state.forget(|name| name.starts_with(&dir));
        state.live.retain(|name, _| !name.starts_with(&dir));
        state.durable.retain(|name, _| !name.starts_with(&dir));
        state.dirs.retain(|name| !name.starts_with(&dir));
        Ok(())
    }

    fn exists(&self, path: &Path) -> Result<bool, StoreError> {
        let path = clean(path)?;
        let state = self.state.lock();
        Ok(path.as_os_str().is_empty()
            || state.live.contains_key(&path)
            || state.dirs.contains(&path))
    }

    fn list(&self, dir: &Path) -> Result<Vec<String>, StoreError> {
        let dir = clean(dir)?;
        let state = self.state.lock();
        let names: BTreeSet<String> = state
            .live
            .keys()
            .chain(&state.dirs)
            .filter(|path| parent(path) == dir)
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        Ok(names.into_iter().collect())
    }

    fn len(&self, path: &Path) -> Result<u64, StoreError> {
        Ok(self.node(path)?.lock().data.len() as u64)
    }

    fn sync_dir(&self, dir: &Path) -> Result<(), StoreError> {
        let dir = clean(dir)?;
        let mut state = self.state.lock();
        state.check_dir(&dir)?;
        state.sync_dir(&dir);
        Ok(())
    }

    fn create_dir_all(&self, dir: &Path) -> Result<(), StoreError> {
        let dir = clean(dir)?;
        let mut state = self.state.lock();
        let mut path = PathBuf::new();
        for name in &dir {
            path.push(name);
            if state.live.contains_key(&path) {
                return Err(StoreError::Exists { path });
            }
            state.dirs.insert(path.clone());
        }
        Ok(())
    }

    fn available_space(&self) -> Option<u64> {
        None
    }

    fn full_path(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }

    fn claim(&self, dir: &Path) -> Result<Claim, StoreError> {
        let dir = clean(dir)?;
        self.claims.take(dir.clone(), dir)
    }
}

#[derive(Debug)]
struct MemFile {
    node: Node,
}

impl Write for MemFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut node = self.node.lock();
        node.data.extend_from_slice(bytes);
        node.view = None;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl StoreFile for MemFile {
    fn sync(&mut self) -> Result<(), StoreError> {
        let mut node = self.node.lock();
        node.synced = node.data.len();
        Ok(())
    }

    fn len(&self) -> u64 {
        self.node.lock().data.len() as u64
    }
}

/// Files by name.
type Names = BTreeMap<PathBuf, Node>;
