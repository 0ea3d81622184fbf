//! Which paths a store accepts.

use std::path::{Component, Path, PathBuf};

use super::StoreError;

/// Names at the root that a store keeps for itself.
pub(super) const LOCK_FILE: &str = ".lock";
/// Where half-written and half-deleted things lie.
pub(super) const TEMP_FOLDER: &str = ".tmp";

/// The path without `.`; refused when it could leave the store or names what
/// the store keeps for itself. An empty path is the root.
pub(super) fn clean(path: &Path) -> Result<PathBuf, StoreError> {
    let bad = |reason| StoreError::BadPath {
        path: path.to_path_buf(),
        reason,
    };
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => cleaned.push(name),
            Component::ParentDir => return Err(bad("it has `..`")),
            Component::RootDir | Component::Prefix(_) => return Err(bad("it is absolute")),
        }
    }
    if path.as_os_str().as_encoded_bytes().contains(&0) {
        return Err(bad("it has a zero byte"));
    }
    if cleaned.starts_with(LOCK_FILE) || cleaned.starts_with(TEMP_FOLDER) {
        return Err(bad("the name is reserved"));
    }
    Ok(cleaned)
}

/// As [`clean`], for a file: not the root itself.
pub(super) fn clean_file(path: &Path) -> Result<PathBuf, StoreError> {
    let cleaned = clean(path)?;
    if cleaned.as_os_str().is_empty() {
        return Err(StoreError::BadPath {
            path: path.to_path_buf(),
            reason: "it is empty",
        });
    }
    Ok(cleaned)
}

/// The folder of a path, as a store names it: empty for the root.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(clean(Path::new("a/./b")).unwrap(), PathBuf::from("a/b"));
        assert_eq!(clean(Path::new("")).unwrap(), PathBuf::new());
        for bad in [
            "/etc/passwd",
            "../x",
            "a/../../x",
            ".lock",
            ".tmp/1",
            "a\0b",
        ] {
            assert!(
                matches!(clean(Path::new(bad)), Err(StoreError::BadPath { .. })),
                "{bad}"
            );
        }
        assert!(matches!(
            clean_file(Path::new(".")),
            Err(StoreError::BadPath { .. })
        ));
        assert_eq!(parent(Path::new("a")), Path::new(""));
        assert_eq!(parent(Path::new("a/b")), Path::new("a"));
    }
}
