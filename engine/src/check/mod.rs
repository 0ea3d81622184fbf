//! The check of a node that is stopped: every checksum, and whether the parts fit each other.
//!
//! Files are only read. Where an index has to be opened to be looked at, that happens on top of its
//! files (`store::Overlay`), so that a check changes nothing. With repair, what is derived is made again
//! or removed so that the next start makes it: raw texts, the list of tantivy's files, sets of vectors
//! whose vectors the caller can make again, leftovers of crashes.

mod cross;
mod finding;
mod index;
mod text;
mod translog;
mod vectors;

#[cfg(test)]
mod tests;

pub use finding::{Finding, Findings, Severity};

use std::path::Path;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::error::Result;
use crate::store::{Store, sub};

/// Whether the caller can make the vectors of a field of an index again.
pub type CanDescribe<'a> = &'a dyn Fn(&str, &str) -> bool;

/// Checks the catalog and all indices of a node's store.
///
/// # Errors
/// When a folder cannot be read at all; whatever is damaged is a finding.
pub fn indices(
    store: &Arc<dyn Store>,
    can_describe: CanDescribe<'_>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let path = Path::new(crate::catalog::FILE);
    let catalog = match Catalog::load(store) {
        Ok(catalog) => catalog,
        Err(error) => {
            let file = store.full_path(path);
            findings.damage(Finding::of(&error, file, Severity::Damage));
            return Ok(());
        }
    };
    let root = Path::new(crate::node::INDICES);
    let folders = store.list(root)?;
    if !store.exists(path)? && !folders.is_empty() {
        // The folders would be taken for leftovers.
        findings.damage(Finding::new(
            store.full_path(path),
            Severity::Damage,
            "it is missing, and there are indices: do not start the node before it is back",
        ));
        return Ok(());
    }
    findings.read(store.len(path).unwrap_or_default());
    for uuid in folders {
        if catalog.indices.values().any(|entry| entry.uuid == uuid) {
            continue;
        }
        let folder = root.join(&uuid);
        let finding = Finding::new(
            store.full_path(&folder),
            Severity::Leftover,
            "no index has this folder",
        );
        findings.mend(finding, || Ok(store.delete_dir_all(&folder)?));
    }
    for (name, entry) in &catalog.indices {
        let folder = sub(store, root.join(&entry.uuid))?;
        index::check(name, &folder, can_describe, findings)?;
    }
    Ok(())
}
