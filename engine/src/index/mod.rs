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

mod dynamic;
mod export;
mod indexer;
mod live;
mod meta;
mod read;
mod settings;
mod snapshot;
mod stats;
mod suggest;
mod vectors;
mod write;

pub(crate) use export::META_FILE;
pub use meta::IndexMeta;
pub use settings::{Blocks, IndexSettings, SuggestField};
pub use snapshot::{RawTable, SegmentColumns, SegmentInfo, Snapshot};
pub use stats::IndexStats;
pub use vectors::VectorTable;
pub use write::PRIMARY_TERM;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use analyzers::text::Registry;
use crossbeam::channel::{Sender, bounded};
use parking_lot::{Mutex, RwLock};
use serde_json::Value;

use crate::error::{EngineError, Result};
use crate::mapping::Mapping;
use crate::request::{SearchRequest, SearchResponse};
use crate::store::{Scoped, Store};
use crate::text::directory::StoreDirectory;
use crate::text::{Slots, TextSchema, tokenizers};
use crate::translog::{Durability, Op, Translog};
use crate::vector::{Progress, SetStats};

use indexer::{Indexer, Message};
use live::LiveMap;
use suggest::Suggesters;
use vectors::{Keeper, Vectors};

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

/// How an index works.
#[derive(Debug, Clone)]
pub struct IndexOptions {
    /// When writes are synced.
    pub durability: Durability,
    /// How long a write stays unsearchable at most without a refresh.
    pub refresh_interval: Duration,
    /// The memory of the indexing buffer, in bytes.
    pub writer_memory: usize,
    /// Writes that may wait for the indexer.
    pub queue: usize,
    /// Bytes of the device that writes leave free.
    pub reserve: u64,
    /// Bounds on searches.
    pub limits: Limits,
}

/// Bounds on the work of one search.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The time of a query.
    pub query_timeout: Duration,
    /// The time of a regular expression.
    pub regex_budget: Duration,
    /// The steps of a regular expression, over all texts.
    pub regex_steps: u64,
    /// `from` + `size` may not go past it.
    pub result_window: usize,
    /// Terms that one prefix, wildcard or regular expression may stand for.
    pub max_expansions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_timeout: Duration::from_secs(30),
            regex_budget: Duration::from_secs(2),
            regex_steps: 50_000_000,
            result_window: 10_000,
            max_expansions: 65_536,
        }
    }
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            durability: Durability::Request,
            refresh_interval: Duration::from_secs(1),
            writer_memory: 64 * 1024 * 1024,
            reserve: 256 * 1024 * 1024,
            queue: 4_096,
            limits: Limits::default(),
        }
    }
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
    pub(crate) folder: Arc<dyn Store>,
    pub(crate) registry: Arc<Registry>,
    /// The settings that it was opened with.
    pub(crate) settings: Arc<IndexSettings>,
    /// The settings as they are now; those that are fixed are the same in both.
    pub(crate) current: RwLock<Arc<IndexSettings>>,
    pub(crate) options: IndexOptions,
    pub(crate) schema: Arc<TextSchema>,
    pub(crate) tantivy: tantivy::Index,
    pub(crate) reader: tantivy::IndexReader,
    pub(crate) definition: RwLock<Arc<Definition>>,
    pub(crate) live: LiveMap,
    pub(crate) translog: Translog,
    pub(crate) snapshot: RwLock<Arc<Snapshot>>,
    pub(crate) failure: Mutex<Option<String>>,
    pub(crate) suggesters: Suggesters,
    pub(crate) vectors: Vectors,
    pub(crate) keeper: Keeper,
    pub(crate) closing: AtomicBool,
}

/// One index.
pub struct Index {
    shared: Arc<Shared>,
    write: Mutex<write::WriteState>,
    sender: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("name", &self.shared.name)
            .finish_non_exhaustive()
    }
}

const TEXT_FOLDER: &str = "text";
const TRANSLOG_FOLDER: &str = "translog";
pub(crate) const RAW_FOLDER: &str = "raw";

impl Index {
    /// Makes the folder of a new index: its metadata and an empty text index.
    ///
    /// # Errors
    /// When settings or mapping are wrong, or the folder cannot be written.
    pub fn create(
        folder: &Arc<dyn Store>,
        uuid: &str,
        created_ms: i64,
        settings: &Value,
        mappings: &Value,
    ) -> Result<()> {
        let parsed = IndexSettings::from_json(settings)?;
        let registry = parsed.registry()?;
        let mapping = Mapping::from_json(mappings)?;
        check_analyzers(&mapping, &registry)?;
        parsed.check(&mapping)?;
        let names = registry.names();
        let slots = Slots::new(&mapping, names.iter().map(String::as_str));
        folder.create_dir_all(Path::new(TEXT_FOLDER))?;
        folder.create_dir_all(Path::new(TRANSLOG_FOLDER))?;
        folder.create_dir_all(Path::new(RAW_FOLDER))?;
        let schema = TextSchema::new(&slots);
        let directory = StoreDirectory::new(scoped(folder, TEXT_FOLDER)?);
        tantivy::Index::builder()
            .schema(schema.schema)
            .settings(tantivy_settings())
            .open_or_create(directory)?;
        IndexMeta {
            uuid: uuid.to_owned(),
            created_ms,
            settings: settings.clone(),
            mapping: mapping.to_json(),
            slots,
        }
        .save(folder)
    }

    /// Opens an index and replays what its translog holds past the last commit.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub fn open(name: &str, folder: Arc<dyn Store>, options: IndexOptions) -> Result<Self> {
        let meta = IndexMeta::load(&folder)?;
        let settings = IndexSettings::from_json(&meta.settings)?;
        let registry = settings.registry()?;
        let mapping = Mapping::from_json(&meta.mapping)?;
        let schema = TextSchema::new(&meta.slots);
        let mut tantivy = tantivy::Index::open(StoreDirectory::new(scoped(&folder, TEXT_FOLDER)?))?;
        if tantivy.schema() != schema.schema {
            return Err(EngineError::Corrupt {
                file: format!("{TEXT_FOLDER}/meta.json"),
                reason: "its schema does not belong to the index's slots".to_owned(),
            });
        }
        tantivy.set_tokenizers(tokenizers(&registry));
        let committed = indexer::Committed::of(&tantivy)?;
        let reader = tantivy
            .reader_builder()
            .reload_policy(tantivy::ReloadPolicy::Manual)
            .try_into()?;
        let (translog, replay) = Translog::open(
            scoped(&folder, TRANSLOG_FOLDER)?,
            options.durability,
            match committed.log_from {
                Some(from) => from.checked_sub(1),
                None => committed.seq,
            },
        )?;
        let definition = Arc::new(Definition {
            mapping,
            slots: meta.slots,
        });
        let vectors = Vectors::open(&folder, &definition.mapping)?;
        let (old, replay): (Vec<Op>, Vec<Op>) = replay
            .into_iter()
            .partition(|op| committed.seq.is_some_and(|seq| op.seq() <= seq));
        write::replay_vectors(&vectors, &definition.mapping, old)?;
        if let Some(seq) = committed.seq {
            vectors.refresh(seq)?;
        }
        let suggesters = Suggesters::new(&settings);
        let (sender, receiver) = bounded(options.queue.max(1));
        let snapshot = Snapshot::open(
            &folder,
            &reader,
            &settings,
            vectors.table(),
            committed.generation,
        )?;
        let shared = Arc::new(Shared {
            name: Arc::from(name),
            uuid: meta.uuid,
            created_ms: meta.created_ms,
            folder,
            registry: Arc::new(registry),
            current: RwLock::new(Arc::new(settings.clone())),
            settings: Arc::new(settings),
            options,
            schema: Arc::new(schema),
            tantivy,
            reader,
            definition: RwLock::new(definition),
            live: LiveMap::default(),
            translog,
            snapshot: RwLock::new(Arc::new(snapshot)),
            failure: Mutex::new(None),
            suggesters,
            vectors,
            keeper: Keeper::default(),
            closing: AtomicBool::new(false),
        });
        shared.suggesters.refreshed(&shared);
        let indexer = Indexer::new(Arc::clone(&shared), receiver, sender.clone(), committed);
        let thread = std::thread::Builder::new()
            .name(format!("index-{name}"))
            .spawn(move || indexer.run())
            .map_err(|error| EngineError::Internal(format!("cannot start a thread: {error}")))?;
        let index = Self {
            shared,
            write: Mutex::new(write::WriteState {
                next_seq: committed.seq.map_or(0, |seq| seq + 1),
                next_ord: committed.next_ord,
            }),
            sender,
            thread: Mutex::new(Some(thread)),
        };
        index.replay(replay)?;
        Ok(index)
    }

    fn replay(&self, ops: impl IntoIterator<Item = Op>) -> Result<()> {
        let mut count = 0usize;
        for op in ops {
            self.apply_replayed(op)?;
            count += 1;
        }
        if count > 0 {
            tracing::info!(index = %self.shared.name, operations = count, "replayed the translog");
            self.refresh()?;
        }
        Ok(())
    }

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
        let _order = self.write.lock();
        let current = Arc::clone(&self.shared.definition.read());
        self.shared
            .redefine(&current, current.mapping.merged(&added)?)
    }

    /// Makes all acknowledged writes searchable; the generation that holds them.
    /// Callers at the same time share one commit.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn refresh(&self) -> Result<u64> {
        let (reply, answer) = bounded(1);
        self.send(Message::Refresh(reply))?;
        answer.recv().map_err(|_| self.shared.gone())?
    }

    /// Merges all segments into one, of the text index and of each field of vectors.
    ///
    /// # Errors
    /// When the index is closed or cannot be written.
    pub fn force_merge(&self) -> Result<()> {
        let (reply, answer) = bounded(1);
        self.send(Message::Merge(reply))?;
        answer.recv().map_err(|_| self.shared.gone())??;
        self.compact_vectors(&Progress::default())
    }

    /// Seals what is fresh of the vectors, and merges their segments into one for each field.
    ///
    /// # Errors
    /// When it was cancelled, or the index cannot be written.
    pub fn compact_vectors(&self, progress: &Progress) -> Result<()> {
        for (_, vectors) in self.shared.vectors.all() {
            vectors.set.seal(progress)?;
            vectors.set.merge_all(progress)?;
        }
        self.send(Message::Republish)?;
        self.refresh().map(|_| ())
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

    /// Takes all vectors of a field away, and their files.
    ///
    /// # Errors
    /// When the files cannot be written.
    pub fn clear_vectors(&self, path: &str) -> Result<()> {
        let sets = self.shared.vectors.all();
        if let Some((_, vectors)) = sets.into_iter().find(|(name, _)| name == path) {
            vectors.set.retain(&crate::vector::Allowed::of([]))?;
            let progress = Progress::default();
            vectors.set.seal(&progress)?;
            vectors.set.merge_all(&progress)?;
            self.send(Message::Republish)?;
        }
        Ok(())
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
        self.shared
            .suggesters
            .suggest(&self.shared, target, query, limit, correct, hot)
    }

    /// Waits until background builds of suggestions are done (for tests and benchmarks).
    pub fn settle(&self) {
        self.shared.suggesters.settle();
    }

    /// Commits, and stops the index's threads. Later writes are refused.
    ///
    /// # Errors
    /// When the last commit fails.
    pub fn close(&self) -> Result<()> {
        if self.shared.closing.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        self.shared.keeper.stop();
        let (reply, answer) = bounded(1);
        let sent = self.sender.send(Message::Close(reply));
        let result = match sent {
            Ok(()) => answer.recv().unwrap_or_else(|_| Err(self.shared.gone())),
            Err(_) => Err(self.shared.gone()),
        };
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            return Err(EngineError::Internal("the indexer died".to_owned()));
        }
        self.shared.suggesters.settle();
        result.map(|_| ())
    }

    fn send(&self, message: Message) -> Result<()> {
        self.sender.send(message).map_err(|_| self.shared.gone())
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        // A dropped index stops without a commit: the translog has everything.
        self.shared.closing.store(true, Ordering::SeqCst);
        self.shared.keeper.stop();
        let _ = self.sender.send(Message::Abandon);
        if let Some(thread) = self.thread.lock().take() {
            let _ = thread.join();
        }
        self.shared.suggesters.settle();
    }
}

impl Shared {
    /// How long a write stays unsearchable at most without a refresh.
    pub(crate) fn refresh_interval(&self) -> Duration {
        let own = self.current.read().refresh_interval;
        own.unwrap_or(self.options.refresh_interval)
    }

    /// Why the indexer is gone.
    pub(crate) fn gone(&self) -> EngineError {
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

fn scoped(folder: &Arc<dyn Store>, name: &str) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(Scoped::new(Arc::clone(folder), name)?))
}

fn tantivy_settings() -> tantivy::IndexSettings {
    tantivy::IndexSettings {
        sort_by_field: Some(tantivy::IndexSortByField {
            field: "_ord".to_owned(),
            order: tantivy::Order::Asc,
        }),
        docstore_compress_dedicated_thread: false,
        ..Default::default()
    }
}

fn check_analyzers(mapping: &Mapping, registry: &Registry) -> Result<()> {
    use crate::mapping::FieldType;
    let fields: BTreeMap<_, _> = mapping.fields().collect();
    for (path, field) in fields {
        match &field.kind {
            FieldType::Text {
                analyzer,
                search_analyzer,
            } => {
                for name in std::iter::once(analyzer).chain(search_analyzer) {
                    if registry.analyzer(name).is_none() {
                        return Err(EngineError::Mapping(format!(
                            "analyzer [{name}] has not been configured in mappings: field [{path}]"
                        )));
                    }
                }
            }
            FieldType::Completion(completion) => {
                let names = std::iter::once(&completion.analyzer);
                for name in names.chain(&completion.search_analyzer) {
                    if registry.analyzer(name).is_none() {
                        return Err(EngineError::Mapping(format!(
                            "analyzer [{name}] has not been configured in mappings: field [{path}]"
                        )));
                    }
                }
            }
            FieldType::Keyword {
                normalizer: Some(name),
            } if registry.normalizer(name).is_none() => {
                return Err(EngineError::Mapping(format!(
                    "normalizer [{name}] not found for field [{path}]"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}
