//! The translog: every record, and whether it goes on where the last commit ends.

use std::path::Path;
use std::sync::Arc;

use super::index::Looked;
use super::{Finding, Findings, Severity};
use crate::error::Result;
use crate::index::{Committed, TRANSLOG_FOLDER};
use crate::store::{Overlay, Store, sub};
use crate::translog::{Durability, Translog};

pub(super) fn check(
    looked: &Looked<'_>,
    committed: Option<&Committed>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let folder = sub(looked.folder, TRANSLOG_FOLDER)?;
    let names = folder.list(Path::new(""))?;
    for name in &names {
        findings.read(folder.len(Path::new(name))?);
    }
    if names.is_empty() && committed.is_some_and(|committed| committed.log_from.is_some()) {
        findings.damage(Finding::new(
            looked.full(TRANSLOG_FOLDER),
            Severity::Damage,
            "it is empty, and the last commit needs operations of it",
        ));
    }
    // Without the commit nobody knows which operations are needed: each is looked at all the same.
    let after = match committed {
        Some(committed) => committed.replay_after(),
        None => Some(u64::MAX - 1),
    };
    let seen: Arc<dyn Store> = Arc::new(Overlay::new(folder));
    if let Err(error) = Translog::open(seen, Durability::Request, after) {
        let file = looked.full(TRANSLOG_FOLDER);
        findings.damage(Finding::of(&error.into(), file, Severity::Damage));
    }
    Ok(())
}
