//! An index looks at its files when it opens: tantivy checks none of its checksums, and damage would
//! be wrong answers, or a panic deep inside.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use super::{Shared, TEXT_FOLDER};
use crate::error::{EngineError, Result};
use crate::store::{Store, StoreError};
use crate::text::{files_of, verify_file};

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
pub(super) fn text(index: &tantivy::Index, folder: &dyn Store, at_once: u64) -> Result<Left> {
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
        if left.read > at_once {
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
        if left.read > shared.options.verify_at_once {
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
    shared.lifetime.end().is_none().then_some(shared)
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;
    use crate::index::{Index, IndexOptions};
    use crate::request::{SearchRequest, WriteOp};
    use crate::store::MemStore;

    /// An index's store with text and vectors in files.
    fn filled() -> MemStore {
        let store = MemStore::new();
        let folder: Arc<dyn Store> = Arc::new(store.clone());
        let mappings = json!({"properties": {"v": {"type": "dense_vector", "dims": 2}}});
        Index::create(&folder, "u", 0, &json!({}), &mappings).unwrap();
        let index = Index::open("x", folder, IndexOptions::default()).unwrap();
        for n in 0..20 {
            let body = json!({"t": format!("word {n}"), "v": [1, n]});
            index
                .write(vec![WriteOp::index(None, body)])
                .remove(0)
                .unwrap();
        }
        index.force_merge().unwrap();
        index.close().unwrap();
        store
    }

    fn files(store: &MemStore, folder: &Path, found: &mut Vec<PathBuf>) {
        for name in store.list(folder).unwrap() {
            let path = folder.join(name);
            match store.open(&path) {
                Ok(_) => found.push(path),
                Err(_) => files(store, &path, found),
            }
        }
    }

    #[test]
    fn damage_that_shows_later_ends_the_answers() {
        let store = filled();
        let mut all = Vec::new();
        files(&store, Path::new(""), &mut all);
        let mut seen = 0;
        for ending in ["pvec", "store"] {
            let of_kind = all
                .iter()
                .find(|path| path.to_string_lossy().ends_with(ending));
            let path = of_kind.unwrap();
            let middle = store.len(path).unwrap() / 2;
            store.damage(path, middle, 1).unwrap();
            let open = |verify_at_once| {
                let folder: Arc<dyn Store> = Arc::new(store.clone());
                let options = IndexOptions {
                    verify_at_once,
                    ..IndexOptions::default()
                };
                Index::open("x", folder, options)
            };
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let refused = open(1 << 20).map(|_| ()).unwrap_err().to_string();
            assert!(refused.contains(&name), "{refused}");
            let index = open(0).unwrap();
            let began = Instant::now();
            let told = loop {
                // Until the damage is found, a search may meet it in its own way.
                let answer = index.search(&SearchRequest::default()).map(|_| ());
                match answer.map_err(|error| error.to_string()) {
                    Err(told) if told.contains("is damaged") => break told,
                    other if began.elapsed() > Duration::from_secs(30) => {
                        break format!("{other:?}");
                    }
                    _ => std::thread::yield_now(),
                }
            };
            assert!(
                told.contains("is damaged") && told.contains(&name),
                "{told}"
            );
            let write = index.write(vec![WriteOp::index(None, json!({}))]).remove(0);
            assert!(write.unwrap_err().to_string().contains(&name));
            drop(index);
            store.damage(path, middle, 1).unwrap();
            open(0).unwrap();
            seen += 1;
        }
        assert_eq!(seen, 2);
    }
}
