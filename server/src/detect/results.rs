//! The drawn pictures, by content: `files/ab/cd/<sha256>.detection`.
//!
//! They lie among the library's files, so that snapshots take them along, and under an ending of their
//! own: a picture of the library that has the same bytes can be deleted without them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::store::{Blob, Store, StoreError};
use sha2::{Digest, Sha256};

use crate::library::is_hash;

/// The files of drawn pictures.
#[derive(Debug, Clone)]
pub(super) struct Results {
    store: Arc<dyn Store>,
}

/// The ending of drawn pictures.
pub const DRAWN: &str = "detection";

/// Where a drawn picture lies; `None` where the name is none.
pub fn path(hash: &str) -> Option<PathBuf> {
    let (first, second) = (hash.get(..2)?, hash.get(2..4)?);
    is_hash(hash).then(|| {
        Path::new("files")
            .join(first)
            .join(second)
            .join(format!("{hash}.{DRAWN}"))
    })
}

impl Results {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Keeps a picture, durably on return: its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let hash = Sha256::digest(bytes)
            .iter()
            .fold(String::new(), |mut out, byte| {
                // Writing to a string does not fail.
                let _ = write!(out, "{byte:02x}");
                out
            });
        let path = path(&hash).ok_or_else(|| StoreError::BadPath {
            path: PathBuf::from(&hash),
            reason: "not the name of a drawn picture",
        })?;
        let there = self.store.len(&path);
        if !there.is_ok_and(|len| len == bytes.len() as u64) {
            self.store.write_atomic(&path, bytes)?;
        }
        Ok(hash)
    }

    /// The bytes of a picture, mapped; `None` when it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn get(&self, hash: &str) -> Result<Option<Blob>, StoreError> {
        let Some(path) = path(hash) else {
            return Ok(None);
        };
        match self.store.open(&path) {
            Ok(blob) => Ok(Some(blob)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
