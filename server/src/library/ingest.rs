//! Pictures and records come in.

use analyzers::image::{PictureInfo, Scene, probe};
use engine::index::Index;
use engine::query::ast::{ConstantScore, Query, Range, Scalar};
use engine::request::{Order, SearchRequest, Sort, SourceFilter, WriteOp};
use engine::store::check_room;
use engine::{EngineError, ErrorClass};
use md5::Md5;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Claim, Embedding, Fields, Key, Library, LibraryError, MAX_ID, Measures, Record, Result, TRIES,
    VECTORS, hex, now,
};

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

impl Library {
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
            None => Some(self.embedding().scenes(bytes, &limits)?),
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
                .embedding()
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
                    && let Err(left) = self.remove_file(&picture.hash, format)
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
    pub fn reserve(&self, count: u64) -> Result<std::ops::Range<u64>> {
        self.ids.take(count)?.ok_or_else(|| {
            let reason = format!("no number is left for a picture: they end at {MAX_ID}");
            EngineError::Unavailable(reason).into()
        })
    }

    /// Claims the numbers up to `largest` for records that are about to be written under numbers of
    /// their own: uploads go on after those that were kept.
    ///
    /// # Errors
    /// When they cannot be reserved.
    pub fn claim(&self, largest: u64) -> Result<Claim<'_>> {
        Ok(self.ids.claim(largest)?)
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
        let embedding = self.embedding.read_recursive();
        let ids: Vec<u64> = records.iter().map(|(id, ..)| *id).collect();
        let mut claim = match self.claim(ids.iter().copied().max().unwrap_or(0)) {
            Ok(claim) => claim,
            Err(error) => {
                let message = error.to_string();
                let failed = |_| Err(EngineError::Unavailable(message.clone()).into());
                return ids.iter().map(failed).collect();
            }
        };
        let ops = records.into_iter().map(|(id, fields, measures)| {
            let record = Record::new(id, None, measures, fields, created_at.clone());
            let source = source_of(&embedding, &record, None).unwrap_or_else(|error| {
                tracing::warn!(id, %error, "a title has no vector");
                record.to_source()
            });
            WriteOp::index(Some(id.to_string()), source)
        });
        let results = index.write(ops.collect());
        results
            .into_iter()
            .zip(ids)
            .map(|(result, id)| {
                result?;
                claim.keep(id);
                Ok(id)
            })
            .collect()
    }

    /// Writes a new record under the next free number.
    fn create(&self, scenes: Option<&[Scene]>, record: impl Fn(u64) -> Record) -> Result<u64> {
        let embedding = self.embedding.read_recursive();
        let index = self.index()?;
        for _ in 0..TRIES {
            let id = self.reserve(1)?.start;
            let source = source_of(&embedding, &record(id), scenes)?;
            let op = WriteOp::create(Some(id.to_string()), source);
            match index.write(vec![op]).into_iter().next() {
                Some(Ok(_)) => return Ok(id),
                // A record came by no way that claims its number: whatever there is now is passed.
                Some(Err(EngineError::VersionConflict { .. })) => {
                    index.refresh()?;
                    self.ids.pass(largest(&index)?)?;
                }
                Some(Err(error)) => return Err(error.into()),
                None => break,
            }
        }
        Err(EngineError::Unavailable(
            "others write records under the numbers of new pictures; try again".to_owned(),
        )
        .into())
    }

    /// Goes on after the largest number of the library, whose index is another now.
    ///
    /// # Errors
    /// When the index cannot be searched, or the sequence not be written.
    pub fn pass_numbers(&self) -> Result<()> {
        Ok(self.ids.pass(largest(&*self.index()?)?)?)
    }
}

/// A record as it is indexed, with its vectors.
fn source_of(embedding: &Embedding, record: &Record, scenes: Option<&[Scene]>) -> Result<Value> {
    let vectors = embedding.source(scenes, Some(&record.title))?;
    let mut source = record.to_source();
    if let Some(object) = source.as_object_mut() {
        object.insert(VECTORS.to_owned(), vectors);
    }
    Ok(source)
}

/// The largest number of the records that searches see; 0 where there are none.
pub(super) fn largest(index: &Index) -> Result<u64> {
    let request = SearchRequest {
        query: Some(Query::ConstantScore(ConstantScore::new(Query::Range(
            Range {
                lte: Some(Scalar::UInt(MAX_ID)),
                ..Range::new("id")
            },
        )))),
        size: 1,
        sort: vec![Sort::field("id", Order::Desc)],
        source: SourceFilter::None,
        ..SearchRequest::default()
    };
    let hits = index.search(&request)?.hits;
    let id = hits.first().and_then(|hit| hit.id.parse().ok());
    Ok(id.unwrap_or(0))
}
