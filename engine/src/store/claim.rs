//! Folders that belong to one owner at a time.
//!
//! A data folder is held against other processes by its lock file; inside the process a [`Claim`] holds a
//! folder of it, so that two indices or two logs never write to the same files.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{Result, StoreError};

/// The folders of a store that somebody owns. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    taken: Arc<Mutex<BTreeSet<PathBuf>>>,
}

/// Owns a folder until it is dropped.
#[derive(Debug)]
pub struct Claim {
    claims: Claims,
    folder: PathBuf,
}

impl Claims {
    /// Takes a folder, by its path inside the store; `shown` is the path for messages.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while another claim of it lives.
    pub(super) fn take(&self, folder: PathBuf, shown: PathBuf) -> Result<Claim> {
        if !self.taken.lock().insert(folder.clone()) {
            return Err(StoreError::InUse { path: shown });
        }
        Ok(Claim {
            claims: self.clone(),
            folder,
        })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims.taken.lock().remove(&self.folder);
    }
}
