//! The text index: its lists, the checksum of each of its files, and every stored document.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::index::Looked;
use super::{Finding, Findings, Severity};
use crate::error::{EngineError, Result};
use crate::index::{Committed, TEXT_FOLDER};
use crate::store::{Overlay, Store, StoreError, sub};
use crate::text::directory::{MANAGED_FILE, META_FILE, StoreDirectory, all_files, managed, sealed};
use crate::text::{Slots, TextSchema, files_of, verify_file};

/// Checks all files; what the last commit says of itself, where it can be read.
pub(super) fn check(
    looked: &Looked<'_>,
    slots: &Slots,
    findings: &mut Findings<'_>,
) -> Result<Option<Committed>> {
    let folder = sub(looked.folder, TEXT_FOLDER)?;
    list_of_files(&folder, findings)?;
    let seen: Arc<dyn Store> = Arc::new(Overlay::new(Arc::clone(&folder)));
    let list = folder.full_path(Path::new(META_FILE));
    let opened = tantivy::Index::open(StoreDirectory::new(seen))
        .map_err(EngineError::from)
        .and_then(|index| {
            if index.schema() != TextSchema::new(slots).schema {
                return Err(EngineError::Corrupt {
                    file: META_FILE.to_owned(),
                    reason: "its schema does not belong to the index's slots".to_owned(),
                });
            }
            Ok((Committed::of(&index)?, index.load_metas()?))
        });
    let (committed, metas) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            findings.damage(Finding::of(&error, list, Severity::Damage));
            return Ok(None);
        }
    };
    findings.read(folder.len(Path::new(META_FILE))?);
    let names = folder.list(Path::new(""))?;
    let mut wanted = BTreeSet::from([META_FILE.to_owned(), MANAGED_FILE.to_owned()]);
    for segment in &metas.segments {
        for path in files_of(segment) {
            let name = path.to_string_lossy().into_owned();
            wanted.insert(name.clone());
            if !names.contains(&name) {
                let path = folder.full_path(&path);
                let lost = StoreError::NotFound { path };
                findings.damage(Finding::of(&lost.into(), list.clone(), Severity::Damage));
                continue;
            }
            let blob = folder.open(&path)?;
            findings.read(blob.len() as u64);
            if let Err((offset, reason)) = verify_file(&blob) {
                let error = StoreError::corrupt(&folder.full_path(&path), offset, reason);
                findings.damage(Finding::of(&error.into(), list.clone(), Severity::Damage));
            }
        }
    }
    for name in names.iter().filter(|name| !wanted.contains(*name)) {
        let finding = Finding::new(
            folder.full_path(Path::new(name)),
            Severity::Leftover,
            "the last commit does not name it",
        );
        findings.mend(finding, || Ok(folder.delete(Path::new(name))?));
    }
    Ok(Some(committed))
}

/// The list of all files says what may be deleted one day, nothing else: it is made again of what is
/// there.
fn list_of_files(folder: &Arc<dyn Store>, findings: &mut Findings<'_>) -> Result<()> {
    let path = Path::new(MANAGED_FILE);
    let checked = match folder.open(path) {
        Ok(blob) => {
            findings.read(blob.len() as u64);
            managed(&blob).map(|_| ())
        }
        Err(error) => Err((0, error.to_string())),
    };
    if let Err((offset, reason)) = checked {
        let mut finding = Finding::new(folder.full_path(path), Severity::Derived, reason);
        finding.offset = Some(offset);
        findings.mend(finding, || {
            let all = all_files(folder.as_ref())?;
            Ok(folder.write_atomic(path, &sealed(&all))?)
        });
    }
    Ok(())
}
