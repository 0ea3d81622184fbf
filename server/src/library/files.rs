//! The pictures' files, by content: `files/ab/cd/<sha256>.<extension>`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use analyzers::image::Format;
use engine::store::{Blob, Store, StoreError};

/// The folder of the pictures' files.
pub const FILES: &str = "files";
/// The length of a SHA-256 in hex.
pub const HASH_CHARS: usize = 64;

/// The formats of pictures' files.
const FORMATS: [Format; 4] = [Format::Gif, Format::Png, Format::Jpeg, Format::WebP];

/// The files of a library.
#[derive(Debug, Clone)]
pub struct Files {
    store: Arc<dyn Store>,
}

/// Whether a text is a SHA-256 in lower-case hex.
pub fn is_hash(text: &str) -> bool {
    text.len() == HASH_CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Where a file lies; `None` where the hash or the format is none.
fn path(hash: &str, format: &str) -> Option<PathBuf> {
    let format = format_of(format)?;
    let (first, second) = (hash.get(..2)?, hash.get(2..4)?);
    is_hash(hash).then(|| {
        Path::new(FILES)
            .join(first)
            .join(second)
            .join(format!("{hash}.{}", format.extension()))
    })
}

/// The format of files with an extension; `None` where no picture's file has it.
pub fn format_of_extension(extension: &str) -> Option<&'static str> {
    let found = FORMATS
        .iter()
        .find(|format| format.extension() == extension);
    found.map(|format| format.as_str())
}

fn format_of(name: &str) -> Option<Format> {
    FORMATS.into_iter().find(|format| format.as_str() == name)
}

impl Files {
    /// The files of a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Where they lie.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Keeps a file, durably on return. What is there already stays: the name is the content.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, hash: &str, format: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.checked(hash, format)?;
        if self
            .store
            .len(&path)
            .is_ok_and(|len| len == bytes.len() as u64)
        {
            return Ok(());
        }
        self.store.write_atomic(&path, bytes)
    }

    /// The bytes of a file, mapped; `None` when it is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get(&self, hash: &str, format: &str) -> Result<Option<Blob>, StoreError> {
        let Some(path) = path(hash, format) else {
            return Ok(None);
        };
        match self.store.open(&path) {
            Ok(blob) => Ok(Some(blob)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where the file of a hash lies; `None` where the hash or the format is none.
    pub fn path(&self, hash: &str, format: &str) -> Option<PathBuf> {
        path(hash, format)
    }

    /// All files, by name; whatever lies there.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn list(&self) -> Result<Vec<PathBuf>, StoreError> {
        let root = Path::new(FILES);
        let mut found = Vec::new();
        for first in self.store.list(root)? {
            for second in self.store.list(&root.join(&first))? {
                let folder = root.join(&first).join(&second);
                let names = self.store.list(&folder)?.into_iter();
                found.extend(names.map(|name| folder.join(name)));
            }
        }
        Ok(found)
    }

    /// Removes a file; one that is not there is no error. Views of it stay valid.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, hash: &str, format: &str) -> Result<(), StoreError> {
        let path = self.checked(hash, format)?;
        match self.store.delete(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn checked(&self, hash: &str, format: &str) -> Result<PathBuf, StoreError> {
        path(hash, format).ok_or_else(|| StoreError::BadPath {
            path: PathBuf::from(format!("{hash}.{format}")),
            reason: "not the name of a picture's file",
        })
    }
}

#[cfg(test)]
mod tests {
    use engine::store::MemStore;

    use super::*;

    #[test]
    fn files_lie_by_content() {
        let store: Arc<dyn Store> = Arc::new(MemStore::new());
        let files = Files::new(Arc::clone(&store));
        let hash = "ab".repeat(32);
        files.put(&hash, "jpeg", b"bytes").unwrap();
        files.put(&hash, "jpeg", b"bytes").unwrap();
        let place = format!("files/ab/ab/{hash}.jpg");
        assert!(store.exists(Path::new(&place)).unwrap());
        assert_eq!(&files.get(&hash, "jpeg").unwrap().unwrap()[..], b"bytes");
        files.remove(&hash, "jpeg").unwrap();
        files.remove(&hash, "jpeg").unwrap();
        assert!(files.get(&hash, "jpeg").unwrap().is_none());
    }

    #[test]
    fn other_names_are_refused() {
        let files = Files::new(Arc::new(MemStore::new()));
        let hash = "ab".repeat(32);
        for (hash, format) in [
            (hash.as_str(), "exe"),
            (&hash.to_uppercase(), "gif"),
            ("../../etc/passwd", "gif"),
            ("", "gif"),
        ] {
            assert_eq!(
                files.put(hash, format, b"x").unwrap_err().to_string(),
                format!(
                    "{hash}.{format}: not a path inside the store: not the name of a picture's file"
                )
            );
            assert!(files.get(hash, format).unwrap().is_none());
        }
    }
}
