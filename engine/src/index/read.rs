//! Reads by id, which see every acknowledged write.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use serde_json::{Map, Value};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, TantivyDocument};

use super::{Document, Index, Shared, Snapshot, StoredDocument};
use crate::error::{EngineError, Result};
use crate::request::{Source, parsed};
use crate::translog::{Durability, Location};

/// The state of a document's id: its last write.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) seq: u64,
    pub(crate) version: u64,
    pub(crate) ord: u64,
    pub(crate) deleted: bool,
    /// Where the log has it; `None` when it is known to be durable.
    pub(crate) location: Option<Location>,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Gone,
    Live(Arc<[u8]>),
    Committed(Box<CommittedPlace>),
}

#[derive(Clone)]
struct CommittedPlace {
    snapshot: Arc<Snapshot>,
    address: DocAddress,
}

impl std::fmt::Debug for CommittedPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.address)
    }
}

impl Index {
    /// The document with an id, as its last acknowledged write left it.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get(&self, id: &str) -> Result<Option<Document>> {
        self.read(id, Shared::current, Shared::source)
    }

    /// As [`Self::get`], with numbers as they were written: see [`numerals`].
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get_verbatim(&self, id: &str) -> Result<Option<Document>> {
        self.read(id, Shared::current, Shared::verbatim)
    }

    /// The document with an id, as searches find it: as it was at the last refresh, with numbers as
    /// they were written.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get_refreshed(&self, id: &str) -> Result<Option<Document>> {
        self.read(id, Shared::refreshed, Shared::verbatim)
    }

    /// The document with an id with its fields as they are stored: as its last acknowledged write left it, or
    /// with `refreshed` as searches find it. Without `whole` its fields are not read: they are null.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get_stored(
        &self,
        id: &str,
        refreshed: bool,
        whole: bool,
    ) -> Result<Option<StoredDocument>> {
        let last_write = match refreshed {
            true => Shared::refreshed,
            false => Shared::current,
        };
        let since = Instant::now();
        let Some(current) = self.find(id, since, last_write)? else {
            return Ok(None);
        };
        let source = match whole {
            true => Source::stored(self.shared.stored(&current)?),
            false => Source::of(&Value::Null),
        };
        self.shared.work.found.done(since);
        Ok(Some(StoredDocument {
            id: id.to_owned(),
            source,
            version: current.version,
            seq: current.seq,
        }))
    }

    /// Fields of a document that are mapped with `store`, each a list.
    ///
    /// # Errors
    /// When a field's format is none.
    pub fn stored_fields(&self, names: &[String], source: &Value) -> Result<Map<String, Value>> {
        crate::search::stored(&self.context(), names, source)
    }

    fn read(
        &self,
        id: &str,
        last_write: fn(&Shared, &str) -> Result<Option<Current>>,
        source_of: fn(&Shared, &Current) -> Result<Value>,
    ) -> Result<Option<Document>> {
        let since = Instant::now();
        let Some(current) = self.find(id, since, last_write)? else {
            return Ok(None);
        };
        let source = source_of(&self.shared, &current)?;
        self.shared.work.found.done(since);
        Ok(Some(Document {
            id: id.to_owned(),
            source,
            version: current.version,
            seq: current.seq,
            ord: current.ord,
        }))
    }

    /// Returns the last write of a document that is there.
    fn find(
        &self,
        id: &str,
        since: Instant,
        last_write: fn(&Shared, &str) -> Result<Option<Current>>,
    ) -> Result<Option<Current>> {
        self.shared.sound()?;
        let found = last_write(&self.shared, id)?;
        // What a power failure could take back is not answered.
        if let Some(location) = found.as_ref().and_then(|current| current.location) {
            self.shared.durable(location)?;
        }
        let found = found.filter(|current| !current.deleted);
        if found.is_none() {
            self.shared.work.missing.done(since);
        }
        Ok(found)
    }
}

impl Shared {
    /// The last write of an id. The live map is asked before the snapshot: a write leaves the
    /// map only after the snapshot that holds it was published.
    pub(crate) fn current(&self, id: &str) -> Result<Option<Current>> {
        if let Some(live) = self.live.get(id, self.remembered()) {
            return Ok(Some(Current {
                seq: live.seq,
                version: live.version,
                ord: live.ord,
                deleted: live.source.is_none(),
                location: live.location,
                place: live.source.map_or(Place::Gone, Place::Live),
            }));
        }
        let committed = Arc::clone(&self.committed.read());
        self.find(committed, id)
    }

    /// The last write of an id that a refresh made visible.
    fn refreshed(&self, id: &str) -> Result<Option<Current>> {
        let snapshot = Arc::clone(&self.snapshot.read());
        self.find(snapshot, id)
    }

    /// Waits until the log is on the disk up to a place.
    fn durable(&self, location: Location) -> Result<()> {
        if matches!(self.translog.durability(), Durability::Async { .. }) {
            return Ok(());
        }
        self.translog.sync(location).map_err(|error| {
            let reason = error.to_string();
            self.failure.lock().get_or_insert(reason);
            self.gone()
        })
    }

    fn find(&self, snapshot: Arc<Snapshot>, id: &str) -> Result<Option<Current>> {
        let Some(address) = snapshot.find(&self.schema, id)? else {
            return Ok(None);
        };
        let columns = snapshot.columns(address.segment_ord);
        let first = |column: Option<u64>| {
            column.ok_or_else(|| EngineError::Internal(format!("document [{id}] lacks a column")))
        };
        let seq = first(columns.and_then(|columns| columns.seq.first(address.doc_id)))?;
        let version = first(columns.and_then(|columns| columns.version.first(address.doc_id)))?;
        let ord = first(columns.and_then(|columns| columns.ord.first(address.doc_id)))?;
        let place = Place::Committed(Box::new(CommittedPlace { snapshot, address }));
        Ok(Some(Current {
            seq,
            version,
            ord,
            deleted: false,
            location: None,
            place,
        }))
    }

    /// The fields of a document that is there.
    pub(crate) fn source(&self, current: &Current) -> Result<Value> {
        match &current.place {
            Place::Gone => Ok(Value::Null),
            Place::Live(bytes) => parsed(bytes),
            Place::Committed(_) => parsed(&self.stored(current)?),
        }
    }

    /// As [`Self::source`], with numbers as they were written: see [`numerals`].
    pub(crate) fn verbatim(&self, current: &Current) -> Result<Value> {
        Source::stored(self.stored(current)?).verbatim()
    }

    /// The fields of a document that is there, as they are stored.
    fn stored(&self, current: &Current) -> Result<Bytes> {
        match &current.place {
            Place::Gone => Ok(Bytes::from_static(b"null")),
            Place::Live(bytes) => Ok(Bytes::from_owner(Arc::clone(bytes))),
            Place::Committed(place) => {
                let document: TantivyDocument = place.snapshot.searcher.doc(place.address)?;
                let bytes = document
                    .get_first(self.schema.source)
                    .and_then(|value| value.as_bytes());
                Ok(Bytes::copy_from_slice(bytes.unwrap_or(b"null")))
            }
        }
    }
}
