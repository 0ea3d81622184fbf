//! Making the folder of an index, and opening it: what the last commit holds, then the translog's rest.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use analyzers::text::Registry;
use parking_lot::{Mutex, RwLock};
use serde_json::Value;

use super::indexer::{Committed, Desk, Indexer};
use super::lifetime::Lifetime;
use super::live::LiveMap;
use super::suggest::Suggesters;
use super::vectors::{Keeper, Vectors};
use super::write::{WriteState, replay_vector};
use super::{
    Definition, Index, IndexMeta, IndexOptions, IndexSettings, RAW_FOLDER, Shared, Snapshot, verify,
};
use crate::error::{EngineError, Result};
use crate::mapping::{FieldType, Mapping};
use crate::query::date::DateFormats;
use crate::store::{Fenced, Scoped, Store};
use crate::text::directory::StoreDirectory;
use crate::text::{Slots, TextSchema, tokenizers};
use crate::translog::{Op, Replay, Translog};

pub(crate) const TEXT_FOLDER: &str = "text";
/// Blocks of documents of a segment that are kept unpacked.
const STORE_BLOCKS: usize = 8;

pub(crate) const TRANSLOG_FOLDER: &str = "translog";

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
        parsed.check_grams(settings)?;
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
    /// When the folder's index is open already, or a file is missing or damaged.
    pub fn open(name: &str, folder: Arc<dyn Store>, options: IndexOptions) -> Result<Self> {
        let fence = Fenced::new(folder);
        let claim = fence.claim(Path::new(""))?;
        let folder: Arc<dyn Store> = Arc::new(fence.clone());
        let meta = IndexMeta::load(&folder)?;
        let settings = IndexSettings::of_stored(&meta.settings)?;
        let registry = settings.registry()?;
        let mapping = Mapping::from_json(&meta.mapping)?;
        let schema = TextSchema::new(&meta.slots);
        let directory = StoreDirectory::new(scoped(&folder, TEXT_FOLDER)?);
        let mut tantivy = tantivy::Index::open(directory.clone())?;
        if tantivy.schema() != schema.schema {
            return Err(EngineError::Corrupt {
                file: format!("{TEXT_FOLDER}/meta.json"),
                reason: "its schema does not belong to the index's slots".to_owned(),
            });
        }
        tantivy.set_tokenizers(tokenizers(&registry));
        let committed = Committed::of(&tantivy)?;
        let left = verify::text(&tantivy, folder.as_ref(), options.verify_at_once)?;
        let reader = tantivy
            .reader_builder()
            // Counted in blocks, and a large document is one: a few, or the cache would hold gigabytes.
            .doc_store_cache_num_blocks(STORE_BLOCKS)
            .reload_policy(tantivy::ReloadPolicy::Manual)
            .try_into()?;
        let (translog, mut replay) = Translog::open(
            scoped(&folder, TRANSLOG_FOLDER)?,
            options.durability,
            committed.replay_after(),
        )?;
        let definition = Arc::new(Definition {
            mapping,
            slots: meta.slots,
        });
        let vectors = Vectors::open(&folder, &definition.mapping)?;
        let first = replay_committed(&mut replay, &vectors, &definition.mapping, committed.seq)?;
        let suggesters = Suggesters::new(&settings);
        let queue = options.queue;
        let snapshot = Arc::new(Snapshot::open(
            &folder,
            &reader,
            &settings,
            vectors.table(),
            committed.generation,
        )?);
        let shared = Arc::new(Shared {
            name: Arc::from(name),
            uuid: meta.uuid,
            created_ms: meta.created_ms,
            folder,
            fence,
            claim: Mutex::new(Some(claim)),
            lifetime: Lifetime::default(),
            registry: Arc::new(registry),
            current: RwLock::new(Arc::new(settings.clone())),
            settings: Arc::new(settings),
            options,
            schema: Arc::new(schema),
            tantivy,
            directory,
            reader,
            definition: RwLock::new(definition),
            live: LiveMap::default(),
            translog,
            snapshot: RwLock::new(Arc::clone(&snapshot)),
            committed: RwLock::new(snapshot),
            failure: Mutex::new(None),
            damage: Arc::default(),
            suggesters,
            vectors,
            keeper: Keeper::default(),
            work: Arc::default(),
        });
        verify::rest(&shared, left)?;
        shared.suggesters.refreshed(&shared);
        let desk = Arc::new_cyclic(|desk| {
            let indexer = Indexer::new(Arc::clone(&shared), desk.clone(), committed);
            Desk::new(indexer, queue)
        });
        let index = Self {
            shared,
            write: Mutex::new(WriteState {
                next_seq: committed.seq.map_or(0, |seq| seq + 1),
                next_ord: committed.next_ord,
            }),
            desk,
        };
        index.replay(first, replay)?;
        Ok(index)
    }

    fn replay(&self, first: Option<Op>, rest: Replay) -> Result<()> {
        let mut count = 0usize;
        for op in first.map(Ok).into_iter().chain(rest) {
            self.apply_replayed(op?)?;
            count += 1;
        }
        if count > 0 {
            tracing::info!(index = %self.shared.name, operations = count, "replayed the translog");
            self.refresh()?;
        }
        Ok(())
    }
}

/// Puts vectors again that the text index's commit holds and their own files do not. Returns the first operation
/// that the commit does not hold.
fn replay_committed(
    replay: &mut Replay,
    vectors: &Vectors,
    mapping: &Mapping,
    committed: Option<u64>,
) -> Result<Option<Op>> {
    let Some(committed) = committed else {
        return Ok(None);
    };
    let mut first = None;
    for op in replay {
        let op = op?;
        if op.seq() > committed {
            first = Some(op);
            break;
        }
        replay_vector(vectors, mapping, op)?;
    }
    vectors.refresh(committed)?;
    Ok(first)
}

pub(super) fn scoped(folder: &Arc<dyn Store>, name: &str) -> Result<Arc<dyn Store>> {
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

/// Refuses a format that no date could be read by.
fn check_format(format: &str, path: &str) -> Result<()> {
    match DateFormats::parse(Some(format)) {
        Ok(_) => Ok(()),
        Err(error) => Err(EngineError::Mapping(format!(
            "Invalid format: [{format}] of field [{path}]: {}",
            error.reason
        ))),
    }
}

/// Checks that what a mapping names exists: analyzers, normalizers, formats of dates.
///
/// # Errors
/// When it does not.
pub(super) fn check_analyzers(mapping: &Mapping, registry: &Registry) -> Result<()> {
    for format in mapping.dynamic_date_formats.iter().flatten() {
        check_format(format, "dynamic_date_formats")?;
    }
    let fields: BTreeMap<_, _> = mapping.fields().collect();
    for (path, field) in fields {
        match &field.kind {
            FieldType::Text {
                analyzer,
                search_analyzer,
            } => {
                let quoted = field.quote_analyzer();
                let searched = search_analyzer.as_deref().into_iter().chain(quoted);
                for name in std::iter::once(analyzer.as_str()).chain(searched) {
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
            FieldType::Date {
                format: Some(format),
            } => check_format(format, path)?,
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
