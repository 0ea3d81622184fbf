//! One index: its mapping, its writes, and what can be searched now.
//!
//! ```text
//! write ─► checks and versions ─► translog ─► live map ─► indexer thread ─► tantivy
//!                                    │                          │ refresh = commit
//!                                    └ synced: acknowledged     └► snapshot that searches read
//! ```
//! Writes are ordered by one lock, acknowledged when the translog is synced,
//! and searchable from the next refresh, which is a commit of the text index
//! that names the last sequence number it holds. Until then reads by id are
//! answered from the live map.

mod compare;
mod dynamic;
mod export;
mod grams;
mod indexer;
mod known;
mod lengths;
mod lifetime;
mod live;
mod maintain;
mod meta;
mod open;
mod options;
mod read;
mod settings;
mod snapshot;
mod stats;
mod suggest;
mod units;
mod vectors;
mod verify;
mod work;
mod write;

pub(crate) use compare::Mismatch;
pub(crate) use export::{IndexExport, META_FILE};
pub(crate) use indexer::Committed;
pub use lengths::{LengthTable, Lengths};
pub use meta::IndexMeta;
pub(crate) use open::{TEXT_FOLDER, TRANSLOG_FOLDER};
pub use options::{IndexOptions, Limits};
pub use settings::{Blocks, IndexSettings, SuggestField};
pub use snapshot::{RawTable, SegmentColumns, SegmentInfo, Snapshot};
pub use stats::IndexStats;
pub use vectors::VectorTable;
pub(crate) use vectors::Vectors;
pub(crate) use verify::refuse;
pub(crate) use work::Work;
pub use work::{Done, IndexWork};
pub use write::PRIMARY_TERM;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use analyzers::text::Registry;
use parking_lot::{Mutex, RwLock};
use serde_json::Value;

use crate::error::{EngineError, Result};
use crate::mapping::Mapping;
use crate::request::{SearchRequest, SearchResponse, Source};
use crate::store::{Claim, Fenced, Store};
use crate::text::directory::StoreDirectory;
use crate::text::{Slots, TextSchema};
use crate::translog::Translog;
use crate::vector::SetStats;

use indexer::{Desk, Message};
pub(crate) use lifetime::End;
use lifetime::{Entered, Lifetime};
use live::LiveMap;
use open::check_analyzers;
use suggest::Suggesters;
use vectors::Keeper;

/// Documents that no commit holds lie in memory, in so many bytes at most: then there is one, and writers wait
/// for it at twice as many.
const MAX_LIVE_BYTES: usize = 64 << 20;

/// Raw texts of the segments.
pub(crate) const RAW_FOLDER: &str = "raw";

/// A document as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// Its fields.
    pub source: Value,
    /// How often it was written, from 1.
    pub version: u64,
    /// The sequence number of its last write.
    pub seq: u64,
    /// Its ordinal.
    pub ord: u64,
}

/// A document with its fields as they are stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDocument {
    /// Its id.
    pub id: String,
    /// Its fields.
    pub source: Source,
    /// How often it was written, from 1.
    pub version: u64,
    /// The sequence number of its last write.
    pub seq: u64,
}

/// The mapping and the slots that it uses; they change together.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The mapping.
    pub mapping: Mapping,
    /// The slots.
    pub slots: Slots,
}

/// What writers, readers and the indexer thread of an index share.
pub(crate) struct Shared {
    pub(crate) name: Arc<str>,
    pub(crate) uuid: String,
    pub(crate) created_ms: i64,
    /// The index's folder, behind the fence.
    pub(crate) folder: Arc<dyn Store>,
    /// Closed when the index ends, so that nothing that outlives it writes to its folder.
    pub(crate) fence: Fenced,
    /// The folder is this index's own until it ends.
    pub(crate) claim: Mutex<Option<Claim>>,
    pub(crate) lifetime: Lifetime,
    pub(crate) registry: Arc<Registry>,
    /// The settings that it was opened with.
    pub(crate) settings: Arc<IndexSettings>,
    /// The settings as they are now; those that are fixed are the same in both.
    pub(crate) current: RwLock<Arc<IndexSettings>>,
    pub(crate) options: IndexOptions,
    pub(crate) schema: Arc<TextSchema>,
    pub(crate) tantivy: tantivy::Index,
    pub(crate) directory: StoreDirectory,
    pub(crate) reader: tantivy::IndexReader,
    pub(crate) definition: RwLock<Arc<Definition>>,
    pub(crate) live: LiveMap,
    pub(crate) translog: Translog,
    /// What searches see.
    pub(crate) snapshot: RwLock<Arc<Snapshot>>,
    /// The last commit, which reads by id see; it is as new as what searches see, or newer.
    pub(crate) committed: RwLock<Arc<Snapshot>>,
    pub(crate) failure: Mutex<Option<String>>,
    /// Which file turned out to be damaged: nothing is answered then.
    pub(crate) damage: Arc<OnceLock<String>>,
    pub(crate) suggesters: Suggesters,
    pub(crate) vectors: Vectors,
    pub(crate) keeper: Keeper,
    pub(crate) work: Arc<Work>,
}

/// One index.
pub struct Index {
    shared: Arc<Shared>,
    write: Mutex<write::WriteState>,
    desk: Arc<Desk>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("name", &self.shared.name)
            .finish_non_exhaustive()
    }
}

impl Index {
    /// Why the index takes no more writes until it is opened again; `None` while it does.
    pub fn failure(&self) -> Option<String> {
        self.shared.failure.lock().clone()
    }

    /// The index's name.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The index's own unchanging id.
    pub fn uuid(&self) -> &str {
        &self.shared.uuid
    }

    /// When the index was made, in milliseconds since 1970.
    pub fn created_ms(&self) -> i64 {
        self.shared.created_ms
    }

    /// The mapping as it is now.
    pub fn mapping(&self) -> Mapping {
        self.shared.definition.read().mapping.clone()
    }

    /// The settings that it was opened with; see [`Index::current_settings`].
    pub fn settings(&self) -> &IndexSettings {
        &self.shared.settings
    }

    /// The index's analyzers.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// How many documents can be searched now.
    pub fn document_count(&self) -> u64 {
        self.shared.snapshot.read().searcher.num_docs()
    }

    /// The segments that the text index has now.
    pub fn segments(&self) -> Vec<SegmentInfo> {
        let snapshot = self.snapshot();
        let readers = snapshot.searcher.segment_readers().iter();
        readers
            .map(|reader| SegmentInfo {
                id: reader.segment_id().uuid_string(),
                documents: reader.num_docs(),
                deleted: reader.num_deleted_docs(),
            })
            .collect()
    }

    /// How many segments the text index has now.
    pub fn segment_count(&self) -> usize {
        self.shared.snapshot.read().searcher.segment_readers().len()
    }

    /// How many vectors searches can find now.
    pub fn vector_count(&self) -> u64 {
        let snapshot = self.snapshot();
        snapshot.vectors.values().map(|vectors| vectors.len()).sum()
    }

    /// The generation that searches see now.
    pub fn generation(&self) -> u64 {
        self.shared.snapshot.read().generation
    }

    /// What can be searched now; it stays as it is while it is held.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.shared.snapshot.read())
    }

    /// Adds fields to the mapping.
    ///
    /// # Errors
    /// When they contradict what is there.
    pub fn put_mapping(&self, mappings: &Value) -> Result<()> {
        let added = Mapping::from_json(mappings)?;
        check_analyzers(&added, &self.shared.registry)?;
        let _entered = self.shared.enter()?;
        let _order = self.write.lock();
        let current = Arc::clone(&self.shared.definition.read());
        self.shared
            .redefine(&current, current.mapping.merged(&added)?)
    }

    /// Whether a document has vectors in a field, by its last refresh.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn has_vectors(&self, id: &str, path: &str) -> Result<bool> {
        let Some(current) = self.shared.current(id)? else {
            return Ok(false);
        };
        match self.snapshot().vectors.get(path) {
            Some(vectors) => Ok(vectors.contains(current.ord)?),
            None => Ok(false),
        }
    }

    /// The vectors in numbers, by path.
    pub fn vector_stats(&self) -> Vec<(String, SetStats)> {
        self.shared.vectors.stats()
    }

    /// Searches what the last refresh made visible.
    ///
    /// # Errors
    /// When the request does not fit the index, or reaches a bound.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        crate::search::execute(&self.context(), request)
    }

    /// The sets of vectors, for tests that look inside.
    #[cfg(test)]
    pub(crate) fn shared_vectors(&self) -> Vec<(String, Arc<vectors::FieldVectors>)> {
        self.shared.vectors.all()
    }

    /// Makes the indexer panic, as a fault of ours would.
    #[cfg(test)]
    pub(crate) fn upset(&self) {
        self.send(Message::Panic).unwrap();
    }

    /// What a search of this index works on.
    pub(crate) fn context(&self) -> crate::search::Context {
        crate::search::Context::new(&self.shared)
    }

    /// Suggests texts; see the suggester's own rules. Never fails: what is wrong suggests nothing.
    pub fn suggest(
        &self,
        target: &str,
        query: &str,
        limit: usize,
        correct: bool,
        hot: &crate::suggest::HotPhrases,
    ) -> Vec<String> {
        let _suggesting = self.shared.work.suggest.begin();
        self.shared
            .suggesters
            .suggest(target, query, limit, correct, hot)
    }

    /// Waits until background builds of suggestions are done (for tests and benchmarks).
    pub fn settle(&self) {
        self.shared.suggesters.settle();
    }

    fn send(&self, message: Message) -> Result<()> {
        self.desk.send(message).map_err(|_| self.shared.gone())
    }
}

impl Shared {
    /// How long a write stays unsearchable at most without a refresh.
    pub(crate) fn refresh_interval(&self) -> Duration {
        let own = self.current.read().refresh_interval;
        own.unwrap_or(self.options.refresh_interval)
    }

    /// Bytes of the log after which there is a commit.
    pub(crate) fn flush_bytes(&self) -> u64 {
        self.current.read().flush_bytes
    }

    /// How long the versions of deleted documents are remembered.
    pub(crate) fn remembered(&self) -> Duration {
        self.current.read().gc_deletes
    }

    /// Begins an operation, which whoever ends the index waits for.
    pub(crate) fn enter(&self) -> Result<Entered<'_>> {
        self.lifetime.enter().map_err(|_| self.gone())
    }

    /// Why the index takes nothing more.
    pub(crate) fn gone(&self) -> EngineError {
        match self.lifetime.end() {
            Some(End::Closed) => return EngineError::IndexClosed(self.name.to_string()),
            Some(End::Deleted) => return EngineError::IndexNotFound(self.name.to_string()),
            Some(End::Stopped) | None => {}
        }
        let reason = self.failure.lock().clone();
        EngineError::Unavailable(match reason {
            Some(reason) => format!("index [{}] stopped: {reason}", self.name),
            None => format!("index [{}] is closed", self.name),
        })
    }

    /// Stores a grown mapping, durable before anything uses it. The caller holds the write lock.
    pub(crate) fn redefine(&self, current: &Definition, mapping: Mapping) -> Result<()> {
        let mut slots = current.slots.clone();
        slots.assign(&mapping, &current.mapping)?;
        IndexMeta {
            uuid: self.uuid.clone(),
            created_ms: self.created_ms,
            settings: self.current.read().raw.clone(),
            mapping: mapping.to_json(),
            slots: slots.clone(),
        }
        .save(&self.folder)?;
        *self.definition.write() = Arc::new(Definition { mapping, slots });
        Ok(())
    }
}
