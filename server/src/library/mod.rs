//! The library: one record a picture, whatever family it came by.
//!
//! A picture's file is durable before its record is, and the record before it can be found; so a
//! record never lacks its file. What a crash may leave is a file without a record, which a second
//! upload of the same bytes takes over.

mod changes;
mod complete;
mod definition;
mod embedding;
mod error;
mod fields;
mod files;
mod holds;
mod ids;
mod ingest;
mod record;
mod update;

#[cfg(test)]
mod tests;

pub use complete::{Completed, complete};
pub use embedding::{Embedding, ModelFields, Models, VECTORS};
pub use error::LibraryError;
pub use fields::{Fields, now};
pub use files::{FILES, format_of_extension, is_hash};
pub use holds::FileHold;
pub use ids::{Claim, Ids, MAX_ID};
pub use ingest::{Ingested, Prepared};
pub use record::{Key, Measures, OWN_FIELDS, Record};
pub use update::{READ_ONLY, Updated, tag_of};

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;

use engine::index::Index;
use engine::query::ast::{ConstantScore, Query, Term};
use engine::request::{Order, SearchRequest, Sort, SourceFilter};
use engine::store::{Blob, Store, StoreError};
use engine::{EngineError, Node};
use parking_lot::{Mutex, MutexGuard, RwLock, RwLockWriteGuard};

use crate::settings::Limits;
use definition::definition;
use files::Files;
use holds::Holds;

/// The index of the library.
pub const INDEX: &str = "images";
/// Its alias.
pub const ALIAS: &str = "gif";
/// Locks that files share: two files wait for each other only by chance.
const STRIPES: usize = 256;
/// How often something is tried again when others come first.
const TRIES: usize = 20;

type Result<T, E = LibraryError> = std::result::Result<T, E>;

/// Holds the fields of the models as they are.
pub type Steady<'a> = RwLockWriteGuard<'a, Arc<Embedding>>;

/// The library of a node. Its methods block.
#[derive(Debug)]
pub struct Library {
    node: Node,
    files: Files,
    ids: Ids,
    limits: Limits,
    embedding: RwLock<Arc<Embedding>>,
    stripes: [Mutex<()>; STRIPES],
    stripe_of: RandomState,
    /// Pictures that were written since the last refresh, by hash.
    fresh: Mutex<HashMap<String, u64>>,
    holds: Holds,
}

impl Library {
    /// Opens the library of a node, making its index the first time.
    ///
    /// # Errors
    /// When the index cannot be made, a file of the library is damaged, or its vectors come from
    /// other models.
    pub fn open(node: &Node, limits: &Limits, models: Models) -> Result<Self> {
        Self::open_with(node, limits, |store, index| {
            Embedding::open(store, index, models)
        })
    }

    /// Opens the library of a node, with whatever decides about its models.
    ///
    /// # Errors
    /// As [`Self::open`], and what `embedding` reports.
    pub fn open_with(
        node: &Node,
        limits: &Limits,
        embedding: impl FnOnce(&dyn Store, &Index) -> Result<Embedding>,
    ) -> Result<Self> {
        if !node.index_exists(INDEX) {
            match node.create_own_index(INDEX, &definition()) {
                Ok(()) | Err(EngineError::IndexExists(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let index = node.index(INDEX)?;
        let taken = ingest::largest(&index)?;
        let embedding = embedding(node.store().as_ref(), &index)?;
        let library = Self {
            node: node.clone(),
            embedding: RwLock::new(Arc::new(embedding)),
            files: Files::new(node.store()),
            ids: Ids::open(node.store(), taken)?,
            limits: limits.clone(),
            stripes: std::array::from_fn(|_| Mutex::new(())),
            stripe_of: RandomState::new(),
            fresh: Mutex::new(HashMap::new()),
            holds: Holds::default(),
        };
        library.settle_earlier()?;
        Ok(library)
    }

    /// The library's index.
    ///
    /// # Errors
    /// When somebody deleted it.
    pub fn index(&self) -> Result<Arc<Index>> {
        Ok(self.node.index(INDEX)?)
    }

    /// The bounds on what is taken in.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The models of pictures and titles, and the fields of their vectors.
    pub fn embedding(&self) -> Arc<Embedding> {
        Arc::clone(&self.embedding.read_recursive())
    }

    /// Keeps the fields of the models as they are while this is held: nobody writes vectors then.
    pub fn steady(&self) -> Steady<'_> {
        self.embedding.write()
    }

    /// Takes note that the library's index is another now, whose vectors are in these fields. Whether
    /// they are of the node's own models; else these have fields of their own from now on, which
    /// [`complete`] fills.
    ///
    /// # Errors
    /// When the new fields cannot be declared or written down.
    pub fn follow(&self, steady: &mut Steady<'_>, fields: ModelFields) -> Result<bool> {
        let models = steady.models.clone();
        let index = self.index()?;
        let next = Embedding::following(self.node.store().as_ref(), &index, fields, models)?;
        let same = next.fields.is_complete();
        self.pass_numbers()?;
        **steady = Arc::new(next);
        Ok(same)
    }

    /// Takes over the sequence of another library, from a snapshot.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn adopt_ids(&self, bytes: &[u8]) -> Result<()> {
        Ok(self.ids.adopt(bytes)?)
    }

    /// The paths of all files in the data folder.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn list_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        self.files.list()
    }

    /// The path of a record's file; `None` where it has none.
    pub fn path_of(&self, record: &Record) -> Option<PathBuf> {
        let hash = record.hash.as_ref()?;
        self.files.path(hash, &record.measures.format)
    }

    /// The path of the file of a hash; `None` where the hash or the format is none.
    pub fn file_path(&self, hash: &str, format: &str) -> Option<PathBuf> {
        self.files.path(hash, format)
    }

    /// The store of the node.
    pub fn store(&self) -> Arc<dyn Store> {
        self.node.store()
    }

    /// Makes everything that was written visible to searches.
    ///
    /// # Errors
    /// When the index cannot commit.
    pub fn refresh(&self) -> Result<()> {
        let written: Vec<String> = self.fresh.lock().keys().cloned().collect();
        self.index()?.refresh()?;
        let mut fresh = self.fresh.lock();
        for hash in written {
            fresh.remove(&hash);
        }
        Ok(())
    }

    /// A record by its number, as it is now.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn record(&self, id: u64) -> Result<Option<Record>> {
        let found = self.index()?.get(&id.to_string())?;
        Ok(found.and_then(|document| Record::from_source(&document.id, &document.source)))
    }

    /// The file of a record; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn file(&self, record: &Record) -> Result<Option<Blob>> {
        match &record.hash {
            Some(hash) => Ok(self.files.get(hash, &record.measures.format)?),
            None => Ok(None),
        }
    }

    /// How many pictures there are.
    pub fn count(&self) -> u64 {
        self.index().map_or(0, |index| index.document_count())
    }

    /// Writes down what only memory knows.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn close(&self) -> Result<()> {
        Ok(self.ids.close()?)
    }

    fn lock(&self, hash: &str) -> MutexGuard<'_, ()> {
        self.stripes[self.stripe_of.hash_one(hash) as usize % STRIPES].lock()
    }

    /// The record of a file.
    pub(crate) fn find(&self, hash: &str) -> Result<Option<u64>> {
        if let Some(id) = self.fresh.lock().get(hash) {
            return Ok(Some(*id));
        }
        let request = SearchRequest {
            query: Some(Query::ConstantScore(ConstantScore::new(Query::Term(
                Term::new("hash", hash),
            )))),
            size: 1,
            sort: vec![Sort::field("id", Order::Asc)],
            source: SourceFilter::None,
            ..SearchRequest::default()
        };
        let hits = self.index()?.search(&request)?.hits;
        Ok(hits.first().and_then(|hit| hit.id.parse().ok()))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
