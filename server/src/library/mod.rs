//! The library: one record a picture, whatever family it came by.
//!
//! A picture's file is durable before its record is, and the record before it can be found; so a
//! record never lacks its file. What a crash may leave is a file without a record, which a second
//! upload of the same bytes takes over.

mod changes;
mod embedding;
mod error;
mod fields;
mod files;
mod ids;
mod record;
mod update;

#[cfg(test)]
mod tests;

pub use embedding::{Embedding, ModelFields, Models, VECTORS};
pub use error::LibraryError;
pub use fields::{Fields, now};
pub use files::is_hash;
pub use ids::Ids;
pub use record::{Key, Measures, OWN_FIELDS, Record};
pub use update::{READ_ONLY, Updated, tag_of};

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::Arc;

use analyzers::image::{PictureInfo, Scene, probe};
use engine::index::Index;
use engine::query::ast::{ConstantScore, Query, Term};
use engine::request::{Order, SearchRequest, Sort, SourceFilter, WriteOp};
use engine::store::{Blob, Store, check_room};
use engine::{EngineError, ErrorClass, Node};
use md5::Md5;
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::settings::Limits;
use files::Files;

/// The index of the library.
pub const INDEX: &str = "images";
/// Its alias.
pub const ALIAS: &str = "gif";
/// Locks that files share: two files wait for each other only by chance.
const STRIPES: usize = 256;
/// How often something is tried again when others come first.
const TRIES: usize = 20;

type Result<T, E = LibraryError> = std::result::Result<T, E>;

/// What became of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The picture's number.
    pub id: u64,
    /// The SHA-256 of its file.
    pub hash: String,
    /// Whether the picture is new.
    pub created: bool,
}

/// A file that was decoded once, whole.
#[derive(Debug)]
pub struct Prepared<'a> {
    bytes: &'a [u8],
    /// SHA-256, hex.
    pub hash: String,
    /// MD5, hex: the default key.
    pub md5: String,
    /// What was measured.
    pub info: PictureInfo,
    /// How it looks; `None` where the library has the file already.
    scenes: Option<Vec<Scene>>,
}

/// The library of a node. Its methods block.
#[derive(Debug)]
pub struct Library {
    node: Node,
    files: Files,
    ids: Ids,
    limits: Limits,
    embedding: Embedding,
    stripes: [Mutex<()>; STRIPES],
    stripe_of: RandomState,
    /// Pictures that were written since the last refresh, by hash.
    fresh: Mutex<HashMap<String, u64>>,
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
            match node.create_index(INDEX, &definition()) {
                Ok(()) | Err(EngineError::IndexExists(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let index = node.index(INDEX)?;
        let largest = SearchRequest {
            query: Some(Query::match_all()),
            size: 1,
            sort: vec![Sort::field("id", Order::Desc)],
            ..SearchRequest::default()
        };
        let hits = index.search(&largest)?.hits;
        let taken = hits
            .first()
            .and_then(|hit| hit.source.as_ref()?.get("id")?.as_u64())
            .unwrap_or(0);
        let embedding = embedding(node.store().as_ref(), &index)?;
        Ok(Self {
            node: node.clone(),
            embedding,
            files: Files::new(node.store()),
            ids: Ids::open(node.store(), taken)?,
            limits: limits.clone(),
            stripes: std::array::from_fn(|_| Mutex::new(())),
            stripe_of: RandomState::new(),
            fresh: Mutex::new(HashMap::new()),
        })
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
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Takes over a small file of another library, from a snapshot.
    ///
    /// # Errors
    /// When it is damaged, or its pictures were described by other models than this library's.
    pub fn adopt(&self, name: &str, bytes: &[u8]) -> Result<()> {
        match name {
            "ids.meta" => Ok(self.ids.adopt(bytes)?),
            _ => self.embedding.check_same(bytes),
        }
    }

    /// The store of the node.
    pub fn store(&self) -> Arc<dyn Store> {
        self.node.store()
    }

    /// Decodes a file whole and hashes it; nothing is kept.
    ///
    /// # Errors
    /// When it is no picture, damaged, or over a limit.
    pub fn prepare<'a>(&self, bytes: &'a [u8]) -> Result<Prepared<'a>> {
        if bytes.len() as u64 > self.limits.max_file_bytes {
            return Err(LibraryError::FileTooLarge {
                limit: self.limits.max_file_bytes,
            });
        }
        let limits = self.limits.pictures();
        let info = probe(bytes, &limits)?;
        let hash = hex(&Sha256::digest(bytes));
        let scenes = match self.find(&hash)? {
            Some(_) => None,
            None => Some(self.embedding.scenes(bytes, &limits)?),
        };
        Ok(Prepared {
            bytes,
            hash,
            md5: hex(&Md5::digest(bytes)),
            info,
            scenes,
        })
    }

    /// Takes a picture in; every family sees it on return.
    ///
    /// # Errors
    /// When the file is no picture, a field does not fit, or storage fails; nothing is left behind.
    pub fn ingest(&self, bytes: &[u8], fields: Fields) -> Result<Ingested> {
        let prepared = self.prepare(bytes)?;
        let added = self.add(&prepared, fields)?;
        self.refresh()?;
        Ok(added)
    }

    /// Takes a decoded picture in. Durable on return; to be found after [`Self::refresh`].
    ///
    /// # Errors
    /// As [`Self::ingest`].
    pub fn add(&self, picture: &Prepared<'_>, mut fields: Fields) -> Result<Ingested> {
        let _one_at_a_time = self.lock(&picture.hash);
        let done = |id, created| Ingested {
            id,
            hash: picture.hash.clone(),
            created,
        };
        let key = fields
            .key
            .get_or_insert_with(|| picture.md5.clone())
            .clone();
        if let Some(id) = self.find(&picture.hash)? {
            let filepath = fields.filepath.take();
            self.add_key(id, &Key { key, filepath })?;
            return Ok(done(id, false));
        }
        if let Some(parameters) = &picture.info.parameters {
            fields.add_file_metadata(&parameters.fields);
        }
        let format = picture.info.format.as_str();
        let measures = Measures {
            width: picture.info.width.into(),
            height: picture.info.height.into(),
            duration: picture.info.duration,
            frames: picture.info.frames.into(),
            size: picture.bytes.len() as u64,
            format: format.to_owned(),
        };
        let scenes = match &picture.scenes {
            Some(scenes) => scenes.clone(),
            // It was there a moment ago, and is not any more.
            None => self
                .embedding
                .scenes(picture.bytes, &self.limits.pictures())?,
        };
        self.check_room(picture.bytes.len() as u64)?;
        self.files.put(&picture.hash, format, picture.bytes)?;
        let id = self.create(Some(&scenes), |id| {
            let hash = Some(picture.hash.as_str());
            Record::new(id, hash, measures.clone(), fields.clone(), now())
        });
        match id {
            Ok(id) => {
                self.fresh.lock().insert(picture.hash.clone(), id);
                Ok(done(id, true))
            }
            Err(error) => {
                // A refused record is not there, and nothing can refer to the file while the lock
                // is held. After a failure of storage nobody knows: the file stays.
                if error.class() == ErrorClass::User
                    && let Err(left) = self.files.remove(&picture.hash, format)
                {
                    tracing::warn!(hash = picture.hash, error = %left, "a file without a record stays");
                }
                Err(error)
            }
        }
    }

    fn check_room(&self, more: u64) -> Result<()> {
        Ok(check_room(
            self.files.store(),
            self.limits.min_free_bytes,
            more,
        )?)
    }

    /// Reserves numbers for records without files.
    ///
    /// # Errors
    /// When they cannot be reserved.
    pub fn reserve(&self, count: u64) -> Result<Range<u64>> {
        Ok(self.ids.take(count)?)
    }

    /// Puts records without files in place, under numbers that were reserved: doing it twice is as
    /// doing it once. Durable on return; to be found after [`Self::refresh`].
    ///
    /// # Errors
    /// None as a whole: each record has its own outcome.
    pub fn put_records(&self, records: Vec<(u64, Fields, Measures)>) -> Vec<Result<u64>> {
        let index = match self.index() {
            Ok(index) => index,
            Err(error) => {
                let message = error.to_string();
                let failed = |_| Err(EngineError::Unavailable(message.clone()).into());
                return records.iter().map(failed).collect();
            }
        };
        let created_at = now();
        let ids: Vec<u64> = records.iter().map(|(id, ..)| *id).collect();
        let ops = records.into_iter().map(|(id, fields, measures)| {
            let record = Record::new(id, None, measures, fields, created_at.clone());
            let source = self.source(&record, None).unwrap_or_else(|error| {
                tracing::warn!(id, %error, "a title has no vector");
                record.to_source()
            });
            WriteOp::index(Some(id.to_string()), source)
        });
        let results = index.write(ops.collect());
        results
            .into_iter()
            .zip(ids)
            .map(|(result, id)| result.map(|_| id).map_err(Into::into))
            .collect()
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

    /// Writes a new record under the next free number.
    fn create(&self, scenes: Option<&[Scene]>, record: impl Fn(u64) -> Record) -> Result<u64> {
        let index = self.index()?;
        for _ in 0..TRIES {
            let id = self.ids.take(1)?.start;
            let source = self.source(&record(id), scenes)?;
            let op = WriteOp::create(Some(id.to_string()), source);
            match index.write(vec![op]).into_iter().next() {
                Some(Ok(_)) => return Ok(id),
                // Another way than the library took the number.
                Some(Err(EngineError::VersionConflict { .. })) => {}
                Some(Err(error)) => return Err(error.into()),
                None => break,
            }
        }
        Err(EngineError::Internal("no free number for a picture".to_owned()).into())
    }

    /// A record as it is indexed, with its vectors.
    fn source(&self, record: &Record, scenes: Option<&[Scene]>) -> Result<Value> {
        let vectors = self.embedding.source(scenes, Some(&record.title))?;
        let mut source = record.to_source();
        if let Some(object) = source.as_object_mut() {
            object.insert(VECTORS.to_owned(), vectors);
        }
        Ok(source)
    }
}

/// The library's index: the contract's fields, titles in all forms that searches need.
fn definition() -> Value {
    let text = json!({
        "type": "text", "analyzer": "chinese",
        "fields": {
            "keyword": {"type": "keyword"},
            "related": {"type": "text", "analyzer": "related", "search_analyzer": "related_search"},
        },
    });
    json!({
        "settings": {"index": {
            // A picture is not refused because of an odd value in its metadata.
            "mapping": {"ignore_malformed": true},
            "pictor": {
                "substring": ["title", "uploader", "prompt"],
                "suggest": {
                    "title": {"field": "title", "weight": "like"},
                    "uploader": {"field": "uploader"},
                },
            },
        }},
        "mappings": {
            // By default the exact values of unknown strings end at 256 characters; then the index
            // alone can neither sort by them nor look for parts of them.
            "dynamic_templates": [{"metadata": {
                "match_mapping_type": "string",
                "mapping": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
            }}],
            "properties": {
                "id": {"type": "long"},
                "hash": {"type": "keyword"},
                "keys": {"properties": {
                    "key": {"type": "keyword"}, "filepath": {"type": "keyword"},
                }},
                "name": {"type": "keyword"},
                "title": text,
                "uploader": text,
                "uploader_id": {"type": "long"},
                "category": {"type": "keyword"},
                "tags": {"type": "keyword"},
                "prompt": {"type": "text", "analyzer": "chinese", "fields": {"keyword": {"type": "keyword"}}},
                "width": {"type": "long"},
                "height": {"type": "long"},
                "duration": {"type": "double"},
                "frames": {"type": "long"},
                "size": {"type": "long"},
                "format": {"type": "keyword"},
                "like": {"type": "long"},
                "pub_time": {"type": "date"},
                "created_at": {"type": "date"},
            },
        },
        "aliases": {ALIAS: {}},
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
