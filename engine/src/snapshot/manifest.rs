//! The manifest: what a snapshot is, written last.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{Result, SnapshotError};
use super::failure::SnapshotFailure;
use super::table::FileTables;
use crate::catalog::Alias;
use crate::error::EngineError;
use crate::store::frame::{Kind, encode, read_framed};
use crate::store::{MemStore, Store, StoreError};

/// The version that is written.
const VERSION: u16 = 1;
/// The longest manifest.
pub(super) const MAX_MANIFEST: u64 = 256 << 20;

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) name: String,
    pub(super) id: String,
    /// The version of the program that made it.
    pub(super) version: String,
    pub(super) started_ms: i64,
    pub(super) finished_ms: i64,
    pub(super) include_global_state: bool,
    #[serde(default)]
    pub(super) metadata: Value,
    pub(super) indices: Vec<IndexEntry>,
    /// Files beside the indices.
    pub(super) extra: FileTables,
    /// Indices that are missing, or not whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) failures: Vec<SnapshotFailure>,
    /// Blobs that it brought, and their bytes.
    pub(super) added_blobs: u64,
    pub(super) added_bytes: u64,
}

/// An index of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct IndexEntry {
    pub(super) name: String,
    /// The index's own id, under which it was.
    pub(super) uuid: String,
    pub(super) generation: u64,
    pub(super) documents: u64,
    pub(super) aliases: BTreeMap<String, Alias>,
    pub(super) files: FileTables,
}

impl Manifest {
    /// The object's bytes.
    pub(super) fn encode(&self) -> Result<Bytes> {
        let payload = serde_json::to_vec(self)
            .map_err(|error| EngineError::Internal(format!("manifest: {error}")))?;
        Ok(encode(Kind::Snapshot, VERSION, &payload).into())
    }

    /// Reads the bytes of the object with that name.
    pub(super) fn decode(object: &str, bytes: &[u8]) -> Result<Self> {
        let damaged = |reason: String| SnapshotError::damaged(object, reason);
        let path = Path::new("manifest");
        let store = MemStore::new();
        store.write_atomic(path, bytes)?;
        let (_, payload) = match read_framed(&store, path, Kind::Snapshot, &[VERSION]) {
            Ok(read) => read,
            Err(StoreError::Corrupt { offset, reason, .. }) => {
                return Err(damaged(format!("at offset {offset}: {reason}")));
            }
            Err(error) => return Err(error.into()),
        };
        let manifest: Self = serde_json::from_slice(&payload)
            .map_err(|error| damaged(format!("no manifest: {error}")))?;
        let lists = manifest.indices.iter().map(|index| &index.files);
        for list in lists.chain([&manifest.extra]) {
            list.check().map_err(damaged)?;
        }
        Ok(manifest)
    }

    /// All lists of files.
    pub(super) fn lists(&self) -> impl Iterator<Item = &FileTables> {
        self.indices
            .iter()
            .map(|index| &index.files)
            .chain([&self.extra])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_and_every_flip_is_seen() {
        let manifest = Manifest {
            name: "a".to_owned(),
            id: "1".to_owned(),
            version: "0.1.0".to_owned(),
            started_ms: 1,
            finished_ms: 2,
            include_global_state: true,
            metadata: serde_json::json!({"by": "me"}),
            indices: vec![IndexEntry {
                name: "images".to_owned(),
                uuid: "u".to_owned(),
                generation: 3,
                documents: 4,
                aliases: BTreeMap::from([("gif".to_owned(), Alias::default())]),
                files: FileTables::default(),
            }],
            extra: FileTables::default(),
            failures: vec![SnapshotFailure {
                index: "images".to_owned(),
                reason: "a file is missing".to_owned(),
            }],
            added_blobs: 5,
            added_bytes: 6,
        };
        let bytes = manifest.encode().unwrap();
        assert_eq!(Manifest::decode("m", &bytes).unwrap(), manifest);
        for at in 0..bytes.len() {
            let mut bad = bytes.to_vec();
            bad[at] ^= 0x10;
            let error = Manifest::decode("the/object", &bad).unwrap_err();
            assert!(error.is_damage(), "{at}");
            assert!(error.to_string().contains("[the/object] is damaged"));
            let error = Manifest::decode("m", &bytes[..at]).unwrap_err();
            assert!(error.is_damage(), "cut at {at}: {error}");
        }
    }
}
