//! The database of flags, by SQLite's own check.

use std::path::Path;

use engine::EngineError;
use engine::check::{Finding, Findings, Severity};

use crate::flags::{FILE, Flags, FlagsError};

pub(super) fn check(folder: &Path, findings: &mut Findings<'_>) {
    let path = folder.join(FILE);
    let Ok(size) = std::fs::metadata(&path) else {
        return;
    };
    findings.read(size.len());
    let checked = Flags::verify(&path);
    let Err(error) = checked else { return };
    let (reason, derived) = match &error {
        FlagsError::Damaged { reason, .. } => (reason.clone(), false),
        // The words and the indices can be made again of the rows.
        FlagsError::Words { reason, .. } => (reason.clone(), true),
        other => (other.to_string(), false),
    };
    if derived {
        let finding = Finding::new(path.clone(), Severity::Derived, reason);
        findings.mend(finding, || {
            Flags::rebuild(&path).map_err(|error| EngineError::Internal(error.to_string()))
        });
        return;
    }
    findings.damage(Finding::new(path, Severity::Damage, reason));
}
