//! The vectors of an index: one set for each field, kept in step with the text index.
//!
//! Vectors are stored by ordinal, apart from the documents' sources. They reach the disk when a
//! set is sealed, later than the text index's commit; until then the translog keeps them, and
//! [`Vectors::log_from`] says from which operation on.

mod extract;
mod keeper;

pub(crate) use extract::{OwnedVector, extract};
pub(crate) use keeper::Keeper;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::error::Result;
use crate::mapping::{FieldType, Mapping, VectorField};
use crate::store::{Scoped, Store};
use crate::vector::{
    BuildOptions, DocumentVector, SetOptions, SetStats, VectorSet, VectorSnapshot,
};

/// The folder of the sets' folders.
const FOLDER: &str = "vectors";

/// The vectors of a document by field.
pub(crate) type DocumentVectors = Vec<(String, Vec<OwnedVector>)>;

/// What searches see of the vectors, by path.
pub type VectorTable = BTreeMap<String, Arc<VectorSnapshot>>;

/// The sets of an index.
pub(crate) struct Vectors {
    folder: Arc<dyn Store>,
    sets: RwLock<BTreeMap<String, Arc<FieldVectors>>>,
}

/// The set of one field.
pub(crate) struct FieldVectors {
    pub(crate) set: VectorSet,
    tracked: Mutex<Tracked>,
}

/// What of a set only the translog has.
#[derive(Default)]
struct Tracked {
    /// The first operation that touched the set since it was opened.
    first: Option<u64>,
    last: Option<u64>,
    /// Documents that were touched since the last refresh.
    fresh: HashSet<u64>,
}

impl FieldVectors {
    /// The first operation that the files lack.
    fn log_from(&self) -> Option<u64> {
        let tracked = self.tracked.lock();
        let (first, last) = (tracked.first?, tracked.last?);
        match self.set.sealed_upto() {
            Some(sealed) if last <= sealed => None,
            Some(sealed) => Some(first.max(sealed + 1)),
            None => Some(first),
        }
    }

    fn touch(&self, seq: u64, ord: u64) {
        let mut tracked = self.tracked.lock();
        tracked.first.get_or_insert(seq);
        tracked.last = Some(seq);
        tracked.fresh.insert(ord);
    }

    /// Whether the set's files hold what an operation did. Such a one comes again where the index was
    /// not committed since they were written; putting it again would take the vector from the files
    /// and keep it in memory alone, while the log lets it go.
    fn is_sealed(&self, seq: u64) -> bool {
        self.set.sealed_upto().is_some_and(|sealed| seq <= sealed)
    }

    /// Whether the document may have vectors.
    fn may_have(&self, ord: u64) -> Result<bool> {
        if self.tracked.lock().fresh.contains(&ord) {
            return Ok(true);
        }
        Ok(self.set.snapshot().contains(ord)?)
    }
}

impl Vectors {
    /// Opens the sets of all fields that have one.
    pub(crate) fn open(folder: &Arc<dyn Store>, mapping: &Mapping) -> Result<Self> {
        let vectors = Self {
            folder: Arc::clone(folder),
            sets: RwLock::default(),
        };
        for (path, field) in mapping.fields() {
            if let FieldType::Vector(field) = &field.kind
                && folder.exists(&Path::new(FOLDER).join(folder_name(path)))?
            {
                vectors.set(path, field)?;
            }
        }
        Ok(vectors)
    }

    /// The set of a field, made where there is none; `None` while nobody knows its dimensions.
    fn set(&self, path: &str, field: &VectorField) -> Result<Option<Arc<FieldVectors>>> {
        if let Some(set) = self.sets.read().get(path) {
            return Ok(Some(Arc::clone(set)));
        }
        let Some(spec) = field.spec() else {
            return Ok(None);
        };
        let mut build = BuildOptions::default();
        build.m = field.m.unwrap_or(build.m);
        build.ef_construction = field.ef_construction.unwrap_or(build.ef_construction);
        let options = SetOptions {
            build,
            ..SetOptions::default()
        };
        let name = Path::new(FOLDER).join(folder_name(path));
        self.folder.create_dir_all(&name)?;
        let folder = Arc::new(Scoped::new(Arc::clone(&self.folder), name)?);
        let set = Arc::new(FieldVectors {
            set: VectorSet::open(folder, spec, options)?,
            tracked: Mutex::default(),
        });
        self.sets.write().insert(path.to_owned(), Arc::clone(&set));
        Ok(Some(set))
    }

    /// The folder of a field's set, in the index's folder.
    pub(crate) fn folder_of(path: &str) -> PathBuf {
        Path::new(FOLDER).join(folder_name(path))
    }

    /// All sets with their paths.
    pub(crate) fn all(&self) -> Vec<(String, Arc<FieldVectors>)> {
        let sets = self.sets.read();
        let pairs = sets
            .iter()
            .map(|(path, set)| (path.clone(), Arc::clone(set)));
        pairs.collect()
    }

    /// Puts a document's vectors in place. `keep` leaves the fields alone that are not named; else
    /// their vectors go. `fresh` documents cannot have any yet.
    pub(crate) fn put(
        &self,
        mapping: &Mapping,
        seq: u64,
        ord: u64,
        vectors: &DocumentVectors,
        keep: bool,
        fresh: bool,
    ) -> Result<()> {
        for (path, values) in vectors {
            let Some(FieldType::Vector(field)) = mapping.field(path).map(|field| &field.kind)
            else {
                continue;
            };
            let Some(set) = self.set(path, field)? else {
                continue;
            };
            if set.is_sealed(seq) || (values.is_empty() && (fresh || !set.may_have(ord)?)) {
                continue;
            }
            let values: Vec<DocumentVector<'_>> =
                values.iter().map(OwnedVector::borrowed).collect();
            set.set.put(ord, &values)?;
            set.touch(seq, ord);
        }
        if keep || fresh {
            return Ok(());
        }
        for (path, set) in self.all() {
            let named = vectors.iter().any(|(named, _)| *named == path);
            if !named && !set.is_sealed(seq) && set.may_have(ord)? {
                set.set.delete(ord);
                set.touch(seq, ord);
            }
        }
        Ok(())
    }

    /// Takes all vectors of a document away.
    pub(crate) fn delete(&self, seq: u64, ord: u64) -> Result<()> {
        for (_, set) in self.all() {
            if !set.is_sealed(seq) && set.may_have(ord)? {
                set.set.delete(ord);
                set.touch(seq, ord);
            }
        }
        Ok(())
    }

    /// Makes visible what was put, all of which is durable elsewhere.
    pub(crate) fn refresh(&self, upto: u64) -> Result<()> {
        for (_, set) in self.all() {
            if set.tracked.lock().fresh.is_empty() {
                continue;
            }
            set.set.refresh(upto)?;
            set.tracked.lock().fresh.clear();
        }
        Ok(())
    }

    /// What searches may see now.
    pub(crate) fn table(&self) -> VectorTable {
        let sets = self.all().into_iter();
        sets.map(|(path, set)| (path, set.set.snapshot())).collect()
    }

    /// The first operation that has to stay in the translog, though the text index holds it.
    pub(crate) fn log_from(&self) -> Option<u64> {
        let sets = self.all();
        sets.iter().filter_map(|(_, set)| set.log_from()).min()
    }

    /// Whether a set would gain from [`Keeper`]'s work.
    pub(crate) fn needs_work(&self) -> bool {
        self.all()
            .iter()
            .any(|(_, set)| set.set.needs_seal() || set.set.needs_merge())
    }

    /// The sets in numbers.
    pub(crate) fn stats(&self) -> Vec<(String, SetStats)> {
        let sets = self.all().into_iter();
        sets.map(|(path, set)| (path, set.set.stats())).collect()
    }
}

/// The name of a field's folder: paths may be long and hold anything.
fn folder_name(path: &str) -> String {
    let backwards: Vec<u8> = path.bytes().rev().collect();
    format!(
        "{:08x}{:08x}",
        crc32fast::hash(path.as_bytes()),
        crc32fast::hash(&backwards)
    )
}

#[cfg(test)]
mod tests;
