//! The library: one record a picture, whatever family it came by.
//!
//! A picture's file is durable before its record is, and the record before it can be found; so a
//! record never lacks its file. What a crash may leave is a file without a record, which a second
//! upload of the same bytes takes over.

mod error;
mod fields;
mod files;
mod ids;
mod record;

#[cfg(test)]
mod tests;

pub use error::LibraryError;
pub use fields::{Fields, now};
pub use files::is_hash;
pub use ids::Ids;
pub use record::{Key, Measures, OWN_FIELDS, Record};

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::Arc;

use analyzers::image::{PictureInfo, probe};
use engine::index::Index;
use engine::query::ast::{ConstantScore, Query, Term};
use engine::request::{Order, SearchRequest, Sort, SourceFilter, WriteOp, WriteOutcome};
use engine::store::{Blob, Store};
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
/// How often a record is read again when others change it meanwhile.
const TRIES: usize = 20;
/// The most labels of a picture.
const MAX_KEYS: usize = 10_000;

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
}

/// The library of a node. Its methods block.
#[derive(Debug)]
pub struct Library {
    node: Node,
    files: Files,
    ids: Ids,
    limits: Limits,
    stripes: [Mutex<()>; STRIPES],
    stripe_of: RandomState,
    /// Pictures that were written since the last refresh, by hash.
    fresh: Mutex<HashMap<String, u64>>,
}

impl Library {
    /// Opens the library of a node, making its index the first time.
    ///
    /// # Errors
    /// When the index cannot be made, or a file of the library is damaged.
    pub fn open(node: &Node, limits: &Limits) -> Result<Self> {
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
        Ok(Self {
            node: node.clone(),
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
        let info = probe(bytes, &self.limits.pictures())?;
        Ok(Prepared {
            bytes,
            hash: hex(&Sha256::digest(bytes)),
            md5: hex(&Md5::digest(bytes)),
            info,
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
        self.files.put(&picture.hash, format, picture.bytes)?;
        let id = self.create(|id| {
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
            WriteOp::index(Some(id.to_string()), record.to_source())
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

    /// Deletes a record, and its file when no other record refers to it: whether it was there.
    ///
    /// # Errors
    /// When the index or the file cannot be changed.
    pub fn delete(&self, id: u64) -> Result<bool> {
        let Some(record) = self.record(id)? else {
            return Ok(false);
        };
        let _one_at_a_time = record.hash.as_ref().map(|hash| self.lock(hash));
        let index = self.index()?;
        for result in index.write(vec![WriteOp::delete(id.to_string())]) {
            if result?.result == WriteOutcome::NotFound {
                return Ok(false);
            }
        }
        if let Some(hash) = &record.hash {
            self.fresh.lock().remove(hash);
        }
        self.refresh()?;
        if let Some(hash) = &record.hash
            && self.find(hash)?.is_none()
        {
            self.files.remove(hash, &record.measures.format)?;
        }
        Ok(true)
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
    fn find(&self, hash: &str) -> Result<Option<u64>> {
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
    fn create(&self, record: impl Fn(u64) -> Record) -> Result<u64> {
        let index = self.index()?;
        for _ in 0..TRIES {
            let id = self.ids.take(1)?.start;
            let op = WriteOp::create(Some(id.to_string()), record(id).to_source());
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

    fn add_key(&self, id: u64, key: &Key) -> Result<()> {
        let index = self.index()?;
        for _ in 0..TRIES {
            let Some(document) = index.get(&id.to_string())? else {
                return Err(LibraryError::NotFound(id));
            };
            let mut keys = match document.source.get("keys") {
                Some(Value::Array(keys)) => keys.clone(),
                _ => Vec::new(),
            };
            let is_it = |other: &Value| other.get("key").and_then(Value::as_str) == Some(&key.key);
            if keys.iter().any(is_it) {
                return Ok(());
            }
            if keys.len() >= MAX_KEYS {
                return Err(LibraryError::field(
                    "key",
                    format!("picture {id} has {MAX_KEYS} keys already"),
                ));
            }
            keys.push(json!({"key": key.key, "filepath": key.filepath}));
            let op = WriteOp::Update {
                id: id.to_string(),
                doc: Some(json!({"keys": keys})),
                upsert: None,
                doc_as_upsert: false,
                detect_noop: true,
                if_seq_no: Some(document.seq),
                if_primary_term: Some(engine::index::PRIMARY_TERM),
            };
            match index.write(vec![op]).into_iter().next() {
                Some(Ok(_)) => return Ok(()),
                Some(Err(EngineError::VersionConflict { .. })) => {}
                Some(Err(error)) => return Err(error.into()),
                None => break,
            }
        }
        Err(LibraryError::Contended(id))
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
                "substring": ["title", "uploader"],
                "suggest": {
                    "title": {"field": "title", "weight": "like"},
                    "uploader": {"field": "uploader"},
                },
            },
        }},
        "mappings": {"properties": {
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
            "width": {"type": "long"},
            "height": {"type": "long"},
            "duration": {"type": "double"},
            "frames": {"type": "long"},
            "size": {"type": "long"},
            "format": {"type": "keyword"},
            "like": {"type": "long"},
            "pub_time": {"type": "date"},
            "created_at": {"type": "date"},
        }},
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
