//! The check of a data folder whose node is stopped: the engine's files (`engine::check`), the small
//! files beside them, the database of flags, and whether records, pictures and vectors fit each other.

mod flags;
mod library;
mod small;

use std::path::Path;
use std::sync::Arc;

use engine::check::{Finding, Findings};
use engine::store::{FsStore, Store};
use engine::{EngineError, Result};

use crate::library::{INDEX, Models, VECTORS};
use crate::settings::Settings;

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Files that were read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong and was not repaired.
    pub left: u64,
    /// What was repaired.
    pub repaired: u64,
    /// What is left over and was not removed.
    pub leftovers: u64,
    /// Whether records and pictures were compared: not where an index is damaged.
    pub library: bool,
}

/// Checks the data folder of a node, which must not be running. `tell` hears of each finding. With
/// `repair`, what can be made again is.
///
/// # Errors
/// When the folder is not there, is in use, or cannot be read at all.
pub fn check(
    settings: &Settings,
    models: Models,
    repair: bool,
    tell: &mut dyn FnMut(&Finding),
) -> Result<Checked> {
    // Opening a folder makes it.
    if !settings.data.is_dir() {
        return Err(EngineError::IllegalArgument(format!(
            "{}: there is no such folder",
            settings.data.display()
        )));
    }
    let store: Arc<dyn Store> = Arc::new(FsStore::open(&settings.data)?);
    let mut findings = Findings::new(repair, tell);
    small::check(&store, &mut findings)?;
    let before = findings.left;
    engine::check::indices(&store, &describes, &mut findings)?;
    let sound = findings.left == before;
    flags::check(&settings.data, &mut findings);
    // A small file that would keep the library from opening does not hide what else is wrong.
    let compared = sound && store.exists(Path::new("catalog.meta"))?;
    if compared {
        library::check(&store, settings, models, &mut findings)?;
    }
    Ok(Checked {
        files: findings.files,
        bytes: findings.bytes,
        left: findings.left,
        repaired: findings.repaired,
        leftovers: findings.leftovers,
        library: compared,
    })
}

/// Vectors of pictures and titles can be made again of these.
fn describes(index: &str, path: &str) -> bool {
    index == INDEX
        && path
            .strip_prefix(VECTORS)
            .is_some_and(|rest| rest.starts_with('.'))
}
