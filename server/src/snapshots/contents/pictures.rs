//! The pictures' files. They are added, never replaced: their names are their contents.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use engine::Result;
use engine::snapshot::{ContentHash, ExtraFile, ExtraSource};

use super::{Later, Part, Scope, whole};
use crate::app::App;
use crate::library::{FILES, is_hash};

pub(super) struct Pictures;

impl Part for Pictures {
    fn scope(&self) -> Scope {
        Scope::Library
    }

    fn owns(&self, path: &str) -> bool {
        let parts: Vec<&str> = path.split('/').collect();
        let [FILES, first, second, name] = parts.as_slice() else {
            return false;
        };
        let Some((hash, extension)) = name.split_once('.') else {
            return false;
        };
        is_hash(hash)
            && hash.get(..2) == Some(*first)
            && hash.get(2..4) == Some(*second)
            && !extension.is_empty()
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }

    fn files(&self, app: &App) -> Result<Vec<ExtraFile>> {
        let store = app.node.store();
        let mut found = Vec::new();
        for path in app.library.list_files()? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let hash = name.split('.').next().and_then(ContentHash::parse);
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            found.push(ExtraFile {
                path: parts.join("/"),
                hash,
                source: ExtraSource::File {
                    store: Arc::clone(&store),
                    path,
                },
                piece: None,
                // A picture may be deleted while the snapshot is made.
                optional: true,
            });
        }
        Ok(found)
    }

    fn wants(&self, app: &App, path: &str, bytes: u64) -> bool {
        let there = app.node.store().len(Path::new(path));
        there.map_or(true, |len| len != bytes)
    }

    fn take(
        &self,
        app: &Arc<App>,
        path: &str,
        bytes: u64,
        content: &mut dyn Read,
    ) -> Result<Option<Later>> {
        let read = whole(path, bytes, content)?;
        let store = app.node.store();
        let path = Path::new(path);
        if let Some(folder) = path.parent() {
            store.create_dir_all(folder)?;
        }
        // At once: nothing shows a file before there is a record of it.
        store.write_atomic(path, &read)?;
        Ok(None)
    }
}
