//! The small files in the data folder's root.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::check::{Finding, Findings, Severity};
use engine::store::Store;
use engine::store::frame::{Kind, read_framed};
use engine::{EngineError, Result};

use crate::families::gif::hotwords;
use crate::library::ModelFields;
use crate::snapshots::Repositories;

/// A small file, and what becomes of a damaged one.
struct Small {
    name: &'static str,
    kind: Kind,
    mend: Mend,
}

enum Mend {
    /// The next start makes it again of the library.
    Derived,
    /// It is begun anew: the node would do so as well.
    Anew,
    /// Only a person can tell.
    No(&'static str),
}

const FILES: &[Small] = &[
    Small {
        name: "ids.meta",
        kind: Kind::Sequence,
        mend: Mend::Derived,
    },
    Small {
        name: "models.meta",
        kind: Kind::Models,
        mend: Mend::Derived,
    },
    Small {
        name: hotwords::FILE,
        kind: Kind::HotPhrases,
        mend: Mend::Anew,
    },
    Small {
        name: "repositories.meta",
        kind: Kind::Repositories,
        mend: Mend::No("remove it and register the repositories again"),
    },
];

pub(super) fn check(store: &Arc<dyn Store>, findings: &mut Findings<'_>) -> Result<()> {
    for small in FILES {
        let path = PathBuf::from(small.name);
        if !store.exists(&path)? {
            continue;
        }
        findings.read(store.len(&path)?);
        let Err(error) = sound(store, small) else {
            continue;
        };
        let file = store.full_path(&path);
        match small.mend {
            Mend::Derived | Mend::Anew => {
                let finding = Finding::of(&error, file, Severity::Derived);
                findings.mend(finding, || Ok(store.delete(&path)?));
            }
            Mend::No(what) => {
                let mut finding = Finding::of(&error, file, Severity::Damage);
                finding.reason = format!("{}; {what}", finding.reason);
                findings.damage(finding);
            }
        }
    }
    journals(store, findings)
}

fn sound(store: &Arc<dyn Store>, small: &Small) -> Result<()> {
    let path = Path::new(small.name);
    let (_, payload) = read_framed(store.as_ref(), path, small.kind, &[1])?;
    let wrong = |reason: String| EngineError::Corrupt {
        file: small.name.to_owned(),
        reason,
    };
    match small.kind {
        Kind::Sequence if payload.len() < 8 => Err(wrong("the number is cut short".to_owned())),
        Kind::Models => {
            let bytes = store.open(path)?;
            let fields = ModelFields::from_bytes(&bytes);
            fields.map(|_| ()).map_err(|error| wrong(error.to_string()))
        }
        Kind::HotPhrases => {
            let bytes = store.open(path)?;
            hotwords::decoded(&bytes).map(|_| ()).map_err(wrong)
        }
        Kind::Repositories => Repositories::load(Arc::clone(store))
            .map(|_| ())
            .map_err(|error| wrong(error.to_string())),
        _ => Ok(()),
    }
}

/// Journals of imports: without one, records that an import that was cut off had written would come
/// twice.
fn journals(store: &Arc<dyn Store>, findings: &mut Findings<'_>) -> Result<()> {
    let root = Path::new("imports");
    for name in store.list(root)? {
        let path = root.join(name);
        findings.read(store.len(&path)?);
        if let Err(error) = read_framed(store.as_ref(), &path, Kind::Import, &[1]) {
            let file = store.full_path(&path);
            let mut finding = Finding::of(&error.into(), file, Severity::Damage);
            finding.reason = format!("{}; remove it if no import is to go on", finding.reason);
            findings.damage(finding);
        }
    }
    Ok(())
}
