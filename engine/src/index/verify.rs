//! An index looks at its files when it opens: tantivy checks none of its checksums, and damage would
//! be wrong answers, or a panic deep inside.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use super::{Shared, TEXT_FOLDER};
use crate::error::{EngineError, Result};
use crate::store::{Store, StoreError};
use crate::text::{files_of, verify_file};

/// Up to so many bytes are read before the index opens: a second or less. Of more, the rest is read
/// in the background, and searches are refused from the moment on that damage shows.
const AT_ONCE: u64 = 1 << 30;

/// What is still to be read.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Bytes that were read.
    read: u64,
    files: Vec<PathBuf>,
    sets: Vec<String>,
}

/// Compares the text index's files with their checksums, before anything is read through them.
///
/// # Errors
/// When one is damaged; it is named.
pub(super) fn text(index: &tantivy::Index, folder: &dyn Store) -> Result<Left> {
    let mut files = Vec::new();
    for segment in index.load_metas()?.segments {
        for name in files_of(&segment) {
            let path = Path::new(TEXT_FOLDER).join(name);
            let bytes = folder.len(&path)?;
            files.push((path, bytes));
        }
    }
    // The smallest first: damage is found in most of them at once.
    files.sort_by_key(|(_, bytes)| *bytes);
    let mut left = Left::default();
    for (path, bytes) in files {
        left.read = left.read.saturating_add(bytes);
        if left.read > AT_ONCE {
            left.files.push(path);
        } else {
            check(folder, &path)?;
        }
    }
    Ok(left)
}

fn check(folder: &dyn Store, path: &Path) -> Result<()> {
    let content = folder.open(path)?;
    verify_file(&content).map_err(|(offset, reason)| {
        EngineError::Store(StoreError::corrupt(&folder.full_path(path), offset, reason))
    })
}

/// Compares the segments of vectors with their checksums, and goes on in the background with what
/// is left.
///
/// # Errors
/// When one is damaged; it is named.
pub(super) fn rest(shared: &Arc<Shared>, mut left: Left) -> Result<()> {
    for (path, vectors) in shared.vectors.all() {
        let segments = vectors.set.stats().segments;
        let bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
        left.read = left.read.saturating_add(bytes);
        if left.read > AT_ONCE {
            left.sets.push(path);
        } else {
            vectors.set.verify_checksums()?;
        }
    }
    if left.files.is_empty() && left.sets.is_empty() {
        return Ok(());
    }
    let weak = Arc::downgrade(shared);
    std::thread::Builder::new()
        .name(format!("verify-{}", shared.name))
        .spawn(move || in_background(&weak, &left.files, &left.sets))
        .map(|_| ())
        .map_err(|error| EngineError::Internal(format!("cannot start a thread: {error}")))
}

/// Goes on as long as the index is open.
fn in_background(index: &Weak<Shared>, files: &[PathBuf], sets: &[String]) {
    for path in files {
        let Some(shared) = open(index) else { return };
        match check(shared.folder.as_ref(), path) {
            Ok(()) => {}
            // Merged away meanwhile.
            Err(EngineError::Store(error)) if error.is_not_found() => {}
            Err(error) => return shared.damaged(&error),
        }
    }
    for path in sets {
        let Some(shared) = open(index) else { return };
        let set = shared
            .vectors
            .all()
            .into_iter()
            .find(|(name, _)| name == path);
        if let Some((_, vectors)) = set
            && let Err(error) = vectors.set.verify_checksums()
        {
            return shared.damaged(&error.into());
        }
    }
}

fn open(index: &Weak<Shared>) -> Option<Arc<Shared>> {
    let shared = index.upgrade()?;
    let closing = shared.closing.load(std::sync::atomic::Ordering::SeqCst);
    (!closing).then_some(shared)
}

impl Shared {
    /// A file turned out to be damaged: nothing is answered from it any more.
    fn damaged(&self, error: &EngineError) {
        let _ = self.damage.set(error.to_string());
        self.fail(&error.to_string());
    }

    /// Refuses to answer from damaged files.
    pub(crate) fn sound(&self) -> Result<()> {
        refuse(&self.damage)
    }
}

/// Refuses where damage was found.
pub(crate) fn refuse(damage: &std::sync::OnceLock<String>) -> Result<()> {
    match damage.get() {
        None => Ok(()),
        Some(reason) => Err(EngineError::Unavailable(format!(
            "a file of the index is damaged: {reason}"
        ))),
    }
}
