//! Opening a set: what the list names, and nothing else.

use std::path::Path;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use super::super::error::{Result, VectorError};
use super::super::segment::{Segment, read_tombstones};
use super::files::{FileGuard, MANIFEST, generation_of, is_segment, segment_file, tombstone_file};
use super::manifest::{Entry, Manifest};
use super::parts::{Held, SealedPart, Stored};
use super::state::State;
use super::{SetOptions, VectorSet, VectorSpec};
use crate::store::Store;

impl VectorSet {
    /// Opens the set of a folder, or begins one. What a crash left behind is
    /// cleared away.
    ///
    /// The set then holds what was sealed. Documents that are newer than
    /// [`VectorSet::sealed_upto`] are to be put again, those that are no more
    /// are to be taken away with [`VectorSet::retain`].
    ///
    /// # Errors
    /// When a setting is out of range, the folder holds vectors of another
    /// kind, or a file is missing or damaged.
    pub fn open(folder: Arc<dyn Store>, spec: VectorSpec, options: SetOptions) -> Result<Self> {
        spec.check()?;
        options.check()?;
        let names = folder.list(Path::new(""))?;
        let manifest = match Manifest::load(folder.as_ref())? {
            Some(manifest) => manifest,
            // The list is there before the first segment is.
            None if names.iter().any(|name| is_segment(name)) => {
                return Err(VectorError::Corrupt {
                    file: folder.full_path(Path::new(MANIFEST)),
                    offset: 0,
                    reason: "there are segments and no list of them".into(),
                });
            }
            None => {
                let manifest = Manifest::new(&spec);
                folder.create_dir_all(Path::new(""))?;
                manifest.save(folder.as_ref())?;
                manifest
            }
        };
        let stored = manifest.spec();
        if stored.as_ref() != Some(&spec) {
            return Err(VectorError::Mismatch {
                file: folder.full_path(Path::new(MANIFEST)),
                expected: spec.to_string(),
                found: stored.map_or_else(String::new, |stored| stored.to_string()),
            });
        }
        let opened = manifest.segments.iter();
        let sealed = opened.map(|entry| open_part(&folder, &spec, entry));
        let sealed = sealed.collect::<Result<Vec<_>>>()?;
        let next_generation = clear(folder.as_ref(), &names, &manifest);
        let state = State {
            sealed,
            fresh: Vec::new(),
            frozen: 0,
            upto: manifest.sealed_upto,
            sealed_upto: manifest.sealed_upto,
            next_generation,
        };
        let spec = Arc::new(spec);
        Ok(Self {
            current: RwLock::new(Arc::new(state.snapshot(&spec))),
            folder,
            spec,
            options,
            pending: Mutex::default(),
            state: Mutex::new(state),
            sealing: Mutex::new(()),
            merging: Mutex::new(()),
        })
    }
}

fn open_part(folder: &Arc<dyn Store>, spec: &VectorSpec, entry: &Entry) -> Result<SealedPart> {
    let path = segment_file(entry.generation);
    let segment = Segment::open(folder.as_ref(), &path)?;
    let header = segment.header();
    let found = VectorSpec {
        dims: header.dims as usize,
        metric: header.metric,
        model: header.model.clone(),
    };
    if found != *spec {
        return Err(VectorError::Mismatch {
            file: folder.full_path(&path),
            expected: spec.to_string(),
            found: found.to_string(),
        });
    }
    if (header.generation, header.vectors) != (entry.generation, entry.vectors) {
        return Err(segment.corrupt(8, "this is not the segment that the list names"));
    }
    let mut part = SealedPart {
        deleted: Arc::default(),
        stored: None,
        held: Arc::new(Held {
            file: FileGuard::new(folder, path),
            segment,
        }),
    };
    if let Some(generation) = entry.tombstones {
        let path = tombstone_file(generation);
        let deleted = read_tombstones(folder.as_ref(), &path, part.segment().header())?;
        part.stored = Some(Stored {
            generation,
            count: deleted.len(),
            file: Arc::new(FileGuard::new(folder, path)),
        });
        part.deleted = Arc::new(deleted);
    }
    Ok(part)
}

/// Deletes files that the list does not name. The number of the next file: one
/// that no file has, also none that could not be deleted.
fn clear(folder: &dyn Store, names: &[String], manifest: &Manifest) -> u64 {
    let mut next = manifest.next_generation;
    for name in names {
        let Some(generation) = generation_of(name) else {
            continue;
        };
        next = next.max(generation.saturating_add(1));
        let named = manifest.segments.iter().any(|entry| {
            segment_file(entry.generation) == Path::new(name)
                || entry.tombstones.map(tombstone_file).as_deref() == Some(Path::new(name))
        });
        if !named && let Err(error) = folder.delete(Path::new(name)) {
            tracing::debug!(%error, "an unused file of vectors stays");
        }
    }
    next
}
