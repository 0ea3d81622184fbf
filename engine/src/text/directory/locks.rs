//! Locks inside this process.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use super::Shared;

/// Locks inside this process: the store's root is locked against others.
#[derive(Debug, Default)]
pub(super) struct Locks {
    pub(super) held: Mutex<HashSet<PathBuf>>,
    pub(super) freed: Condvar,
}

pub(super) struct LockGuard {
    pub(super) shared: Arc<Shared>,
    pub(super) path: PathBuf,
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        self.shared.locks.held.lock().remove(&self.path);
        self.shared.locks.freed.notify_all();
    }
}
