//! How the parts of an index fit together, as a node would see it.

use std::collections::HashSet;
use std::sync::Arc;

use super::index::Looked;
use super::{Finding, Findings, Severity};
use crate::error::Result;
use crate::index::{Index, IndexOptions, Mismatch, TEXT_FOLDER};
use crate::store::{Overlay, Store};

/// Opens the index on top of its files, and compares documents, ids, ordinals and vectors.
pub(super) fn check(looked: &Looked<'_>, findings: &mut Findings<'_>) -> Result<()> {
    let seen: Arc<dyn Store> = Arc::new(Overlay::new(Arc::clone(looked.folder)));
    let text = looked.full(TEXT_FOLDER);
    let index = match Index::open(looked.name, seen, IndexOptions::default()) {
        Ok(index) => index,
        Err(error) => {
            findings.damage(Finding::of(&error, text, Severity::Damage));
            return Ok(());
        }
    };
    let mut ids = HashSet::new();
    let found = index.compare(&mut |id| ids.insert(id.to_owned()))?;
    drop(index);
    for mismatch in found {
        match mismatch {
            Mismatch::Document { segment, reason } => {
                let file = text.join(format!("{segment}.store"));
                findings.damage(Finding::new(file, Severity::Damage, reason));
            }
            Mismatch::Vectors {
                path,
                folder,
                count,
            } => {
                let finding = Finding::new(
                    looked.full(&folder),
                    Severity::Derived,
                    format!("{count} vectors of [{path}] are of documents that are not there"),
                );
                findings.mend(finding, || {
                    let options = IndexOptions::default();
                    let index = Index::open(looked.name, Arc::clone(looked.folder), options)?;
                    index.forget_orphans()?;
                    index.close()
                });
            }
        }
    }
    Ok(())
}
