//! What a snapshot takes along beside the indices: pictures, and the library's small files.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use engine::snapshot::{ContentHash, ExtraFile, ExtraSink, ExtraSource};
use engine::store::Store;
use engine::{EngineError, Result};

use crate::library::Library;

/// The folder of the pictures' files.
const FILES: &str = "files";
/// The library's small files.
const SMALL: &[&str] = &["ids.meta", "hotwords.meta", "models.meta"];

/// The files of a node beside its indices, as they are now.
///
/// # Errors
/// When a folder cannot be listed.
pub fn files(store: &Arc<dyn Store>) -> Result<Vec<ExtraFile>> {
    let mut found = Vec::new();
    for name in SMALL {
        let path = Path::new(name);
        if store.exists(path)? {
            found.push(ExtraFile {
                path: (*name).to_owned(),
                source: ExtraSource::Bytes(store.open(path)?.to_vec()),
                hash: None,
                optional: false,
            });
        }
    }
    let root = Path::new(FILES);
    if !store.exists(root)? {
        return Ok(found);
    }
    for first in store.list(root)? {
        for second in store.list(&root.join(&first))? {
            let folder = root.join(&first).join(&second);
            for name in store.list(&folder)? {
                let hash = name.split('.').next().and_then(ContentHash::parse);
                found.push(ExtraFile {
                    path: format!("{FILES}/{first}/{second}/{name}"),
                    source: ExtraSource::File {
                        store: Arc::clone(store),
                        path: folder.join(&name),
                    },
                    hash,
                    // A picture may be deleted while the snapshot is made.
                    optional: true,
                });
            }
        }
    }
    Ok(found)
}

/// Puts the files of a snapshot in place. Pictures are added, never replaced: their names are their
/// contents.
pub struct Restored<'a> {
    /// The library.
    pub library: &'a Library,
}

impl ExtraSink for Restored<'_> {
    fn wants(&mut self, path: &str, bytes: u64) -> bool {
        let is_picture = path.starts_with(&format!("{FILES}/"));
        let there = || {
            let store = self.library.store();
            store.len(Path::new(path)).is_ok_and(|len| len == bytes)
        };
        if is_picture {
            !there()
        } else {
            path != "hotwords.meta"
        }
    }

    fn put(&mut self, path: &str, bytes: u64, content: &mut dyn Read) -> Result<()> {
        let mut read = Vec::new();
        content
            .take(bytes.saturating_add(1))
            .read_to_end(&mut read)
            .map_err(|error| EngineError::Unavailable(format!("{path}: {error}")))?;
        let store = self.library.store();
        match path {
            "ids.meta" | "models.meta" => self
                .library
                .adopt(path, &read)
                .map_err(|error| EngineError::IllegalArgument(error.to_string())),
            picture if is_plain(picture) => {
                let path = Path::new(picture);
                if let Some(folder) = path.parent() {
                    store.create_dir_all(folder)?;
                }
                Ok(store.write_atomic(path, &read)?)
            }
            other => Err(EngineError::IllegalArgument(format!(
                "the snapshot has a file that is none of this node's: [{other}]"
            ))),
        }
    }
}

/// Whether a name is that of a picture's file, and leads nowhere else.
fn is_plain(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let [FILES, first, second, name] = parts.as_slice() else {
        return false;
    };
    let Some((hash, extension)) = name.split_once('.') else {
        return false;
    };
    crate::library::is_hash(hash)
        && hash.get(..2) == Some(*first)
        && hash.get(2..4) == Some(*second)
        && !extension.is_empty()
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_pictures_lead_anywhere() {
        let hash = "ab".repeat(32);
        assert!(is_plain(&format!("files/ab/ab/{hash}.gif")));
        for bad in [
            format!("files/aa/ab/{hash}.gif"),
            format!("files/ab/ab/../{hash}.gif"),
            format!("files/ab/ab/{hash}"),
            format!("files/ab/ab/{hash}.g/f"),
            "files/ab/ab/x.gif".to_owned(),
            "../etc/passwd".to_owned(),
            "catalog.meta".to_owned(),
        ] {
            assert!(!is_plain(&bad), "{bad}");
        }
    }
}
