//! Reads by id, which see every acknowledged write.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};
use tantivy::schema::Value as _;
use tantivy::{DocAddress, TantivyDocument};

use super::{Document, Index, Shared, Snapshot};
use crate::error::{EngineError, Result};
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
        self.read(id, Shared::current)
    }

    /// The document with an id, as searches find it: as it was at the last refresh.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get_refreshed(&self, id: &str) -> Result<Option<Document>> {
        self.read(id, Shared::refreshed)
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
    ) -> Result<Option<Document>> {
        let since = Instant::now();
        self.shared.sound()?;
        let work = &self.shared.work;
        let found = last_write(&self.shared, id)?;
        // What a power failure could take back is not answered.
        if let Some(location) = found.as_ref().and_then(|current| current.location) {
            self.shared.durable(location)?;
        }
        let there = found.filter(|current| !current.deleted);
        let Some(current) = there else {
            work.missing.done(since);
            return Ok(None);
        };
        let source = self.shared.source(&current)?;
        work.found.done(since);
        Ok(Some(Document {
            id: id.to_owned(),
            source,
            version: current.version,
            seq: current.seq,
            ord: current.ord,
        }))
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
        let parse = |bytes: &[u8]| {
            serde_json::from_slice(bytes).map_err(|error| EngineError::Corrupt {
                file: "_source".to_owned(),
                reason: error.to_string(),
            })
        };
        match &current.place {
            Place::Gone => Ok(Value::Null),
            Place::Live(bytes) => parse(bytes),
            Place::Committed(place) => {
                let document: TantivyDocument = place.snapshot.searcher.doc(place.address)?;
                let bytes = document
                    .get_first(self.schema.source)
                    .and_then(|value| value.as_bytes());
                parse(bytes.unwrap_or(b"null"))
            }
        }
    }
}
