//! The sets of vectors: their lists, segments and tombstones, byte by byte.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::index::Looked;
use super::{CanDescribe, Finding, Findings, Severity};
use crate::error::Result;
use crate::index::Vectors;
use crate::mapping::FieldType;
use crate::store::{Overlay, Store, sub};
use crate::vector::{SetOptions, VectorSet};

pub(super) fn check(
    looked: &Looked<'_>,
    can_describe: CanDescribe<'_>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let mut known = BTreeSet::new();
    for (path, field) in looked.mapping.fields() {
        let FieldType::Vector(field) = &field.kind else {
            continue;
        };
        let place = Vectors::folder_of(path);
        let Some(spec) = field.spec() else { continue };
        known.extend(
            place
                .file_name()
                .map(|name| name.to_string_lossy().into_owned()),
        );
        if !looked.folder.exists(&place)? {
            continue;
        }
        let folder = sub(looked.folder, &place)?;
        for name in folder.list(Path::new(""))? {
            findings.read(folder.len(Path::new(&name))?);
        }
        let seen: Arc<dyn Store> = Arc::new(Overlay::new(folder));
        let checked = match VectorSet::open(seen, spec, SetOptions::default()) {
            Ok(set) => set.verify(),
            Err(error) => vec![error],
        };
        let mut removed = false;
        for error in checked {
            let describes = can_describe(looked.name, path);
            let severity = if describes {
                Severity::Derived
            } else {
                Severity::Damage
            };
            let mut finding = Finding::of(&error.into(), looked.full(&place), severity);
            finding.reason = format!("{} (vectors of [{path}])", finding.reason);
            if !describes {
                findings.damage(finding);
                continue;
            }
            // The whole set goes, once; the caller makes its vectors again.
            findings.mend(finding, || {
                if !std::mem::replace(&mut removed, true) {
                    looked.folder.delete_dir_all(&place)?;
                }
                Ok(())
            });
        }
    }
    let root = Path::new("vectors");
    for name in looked.folder.list(root)? {
        if known.contains(&name) {
            continue;
        }
        let place = root.join(name);
        let finding = Finding::new(
            looked.full(&place),
            Severity::Leftover,
            "no field has this folder",
        );
        findings.mend(finding, || Ok(looked.folder.delete_dir_all(&place)?));
    }
    Ok(())
}
