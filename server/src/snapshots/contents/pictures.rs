//! The pictures' files. They are added, never replaced: their names are their contents.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::Result;
use engine::snapshot::{ContentHash, ExtraFile, ExtraSource, SnapshotFailure};
use serde_json::Value;

use super::{Later, Part, Restored, Scope, named, whole};
use crate::app::App;
use crate::library::{FILES, INDEX, format_of_extension, is_hash};

pub(super) struct Pictures;

impl Part for Pictures {
    fn scope(&self) -> Scope {
        Scope::Library
    }

    fn owns(&self, path: &str) -> bool {
        hash_in(path, |extension| format_of_extension(extension).is_some()).is_some()
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        listed(app, INDEX, |path| self.owns(path))
    }

    fn wants(&self, app: &App, path: &str, bytes: u64) -> bool {
        lacks(app, path, bytes)
    }

    fn take(
        &self,
        restored: &mut Restored<'_>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        // At once: nothing shows a file before there is a record of it.
        put(restored.app, path, bytes, content)?;
        let extension = Path::new(path).extension().unwrap_or_default();
        let format = extension.to_str().and_then(format_of_extension);
        let hash = hash_in(path, |_| true).and_then(ContentHash::parse);
        restored.brought.extend(hash.zip(format));
        Ok(None)
    }
}

/// Returns which pictures lack their files.
pub(super) fn missing(app: &App) -> Result<Option<SnapshotFailure>> {
    named::missing(app, INDEX, &["hash", "format"], |source| {
        let text = |name: &str| source.get(name).and_then(Value::as_str);
        app.library.file_path(text("hash")?, text("format")?)
    })
}

/// The hash in a path of the form `files/ab/cd/<hash>.<extension>`.
pub(super) fn hash_in(path: &str, fits: impl Fn(&str) -> bool) -> Option<&str> {
    let parts: Vec<&str> = path.split('/').collect();
    let [FILES, first, second, name] = parts.as_slice() else {
        return None;
    };
    let (hash, extension) = name.split_once('.')?;
    let fits = is_hash(hash)
        && hash.get(..2) == Some(*first)
        && hash.get(2..4) == Some(*second)
        && fits(extension);
    fits.then_some(hash)
}

/// The files that belong to an index, as they are now.
pub(super) fn listed(
    app: &App,
    index: &str,
    owns: impl Fn(&str) -> bool,
) -> Result<Vec<ExtraFile>> {
    let store = app.node.store();
    let file = |path: PathBuf| {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.join("/");
        owns(&name).then(|| ExtraFile {
            hash: hash_in(&name, |_| true).and_then(ContentHash::parse),
            path: name,
            source: ExtraSource::File {
                store: Arc::clone(&store),
                path,
            },
            piece: None,
            of: Some(index.to_owned()),
        })
    };
    let files = app.library.list_files()?.into_iter();
    Ok(files.filter_map(file).collect())
}

/// Whether the node has no file of that name and length.
pub(super) fn lacks(app: &App, path: &str, bytes: u64) -> bool {
    let there = app.node.store().len(Path::new(path));
    there.map_or(true, |len| len != bytes)
}

/// Puts a file in place, durably.
pub(super) fn put(app: &App, path: &str, bytes: u64, content: &mut dyn Read) -> Result<()> {
    let read = whole(path, bytes, content)?;
    let store = app.node.store();
    let path = Path::new(path);
    if let Some(folder) = path.parent() {
        store.create_dir_all(folder)?;
    }
    Ok(store.write_atomic(path, &read)?)
}
