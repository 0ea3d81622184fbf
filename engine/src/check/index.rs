//! One index: its metadata, then each of its parts, then how they fit together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{CanDescribe, Finding, Findings, Severity, cross, text, translog, vectors};
use crate::error::Result;
use crate::index::{IndexMeta, IndexSettings, META_FILE, RAW_FOLDER, TEXT_FOLDER, TRANSLOG_FOLDER};
use crate::mapping::Mapping;
use crate::store::Store;
use crate::text::check_raw_texts;

/// An index that is looked at.
pub(super) struct Looked<'a> {
    pub(super) name: &'a str,
    pub(super) folder: &'a Arc<dyn Store>,
    pub(super) mapping: Mapping,
}

impl Looked<'_> {
    /// A file of the index, as a person would look for it.
    pub(super) fn full(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.full_path(path.as_ref())
    }
}

pub(super) fn check(
    name: &str,
    folder: &Arc<dyn Store>,
    can_describe: CanDescribe<'_>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    let file = folder.full_path(Path::new(META_FILE));
    let parsed = IndexMeta::load(folder).and_then(|meta| {
        let settings = IndexSettings::from_json(&meta.settings)?;
        settings.registry()?;
        Ok((Mapping::from_json(&meta.mapping)?, meta.slots))
    });
    let (mapping, slots) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let mut finding = Finding::of(&error, file, Severity::Damage);
            finding.reason = format!("{} (index [{name}])", finding.reason);
            findings.damage(finding);
            return Ok(());
        }
    };
    findings.read(folder.len(Path::new(META_FILE))?);
    let looked = Looked {
        name,
        folder,
        mapping,
    };
    let before = findings.left;
    let committed = text::check(&looked, &slots, findings)?;
    vectors::check(&looked, can_describe, findings)?;
    translog::check(&looked, committed.as_ref(), findings)?;
    raw(&looked, findings)?;
    strangers(&looked, findings)?;
    if findings.left == before {
        cross::check(&looked, findings)?;
    }
    Ok(())
}

/// Raw texts are derived: a damaged file goes, and the next start makes it again.
fn raw(looked: &Looked<'_>, findings: &mut Findings<'_>) -> Result<()> {
    let root = Path::new(RAW_FOLDER);
    for name in looked.folder.list(root)? {
        let path = root.join(name);
        let blob = looked.folder.open(&path)?;
        findings.read(blob.len() as u64);
        let checked = check_raw_texts(&blob);
        drop(blob);
        if let Err((offset, reason)) = checked {
            let mut finding = Finding::new(looked.full(&path), Severity::Derived, reason);
            finding.offset = Some(offset);
            findings.mend(finding, || Ok(looked.folder.delete(&path)?));
        }
    }
    Ok(())
}

/// Whatever else lies in the folder.
fn strangers(looked: &Looked<'_>, findings: &mut Findings<'_>) -> Result<()> {
    for name in looked.folder.list(Path::new(""))? {
        let known = [
            META_FILE,
            TEXT_FOLDER,
            TRANSLOG_FOLDER,
            RAW_FOLDER,
            "vectors",
        ];
        if !known.contains(&name.as_str()) {
            findings.damage(Finding::new(
                looked.full(&name),
                Severity::Leftover,
                "it is none of the node's files, and stays",
            ));
        }
    }
    Ok(())
}
