//! A repository: opening it, and what is in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;
use object_store::path::Path;
use parking_lot::Mutex;
use serde_json::Value;

use super::error::{Result, SnapshotError};
use super::info::{Listing, SnapshotInfo, SnapshotState, SnapshotStatus};
use super::layout::{RUNNING, SNAPSHOTS, manifest_name, unique_id};
use super::manifest::{MAX_MANIFEST, Manifest};
use super::progress::{SnapshotProgress, Work};
use super::remote::Remote;
use super::settings::{self, RepositoryOptions};
use super::verify::Damage;

/// The object of a snapshot's manifest, and what its name says.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) key: Path,
    pub(super) name: String,
    pub(super) id: String,
}

/// A place for snapshots. Its methods block: never call them on an async runtime.
#[derive(Debug)]
pub struct Repository {
    name: String,
    remote: Remote,
    options: RepositoryOptions,
    /// Snapshots that this process makes, by name.
    pub(super) running: Mutex<BTreeMap<String, Arc<SnapshotProgress>>>,
    /// Held while garbage is collected.
    pub(super) collecting: Mutex<()>,
}

impl Repository {
    /// Opens a repository of a type, `fs` or `s3`, with Elasticsearch's settings of that type.
    /// Nothing is written; see [`Repository::probe`].
    ///
    /// # Errors
    /// When a setting is wrong or missing.
    pub fn open(name: &str, kind: &str, settings: &Value) -> Result<Self> {
        let (store, options) = settings::open(name, kind, settings)?;
        Self::over(name, store, options)
    }

    /// A repository on any storage.
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn over(
        name: &str,
        store: Arc<dyn ObjectStore>,
        options: RepositoryOptions,
    ) -> Result<Self> {
        Ok(Self {
            name: name.to_owned(),
            remote: Remote::new(name, store)?,
            options,
            running: Mutex::default(),
            collecting: Mutex::default(),
        })
    }

    /// The repository's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it works.
    pub fn options(&self) -> &RepositoryOptions {
        &self.options
    }

    pub(super) fn remote(&self) -> &Remote {
        &self.remote
    }

    pub(super) fn writable(&self) -> Result<()> {
        if self.options.read_only {
            return Err(SnapshotError::ReadOnly(self.name.clone()));
        }
        Ok(())
    }

    pub(super) fn missing(&self, name: &str) -> SnapshotError {
        SnapshotError::Missing {
            repository: self.name.clone(),
            name: name.to_owned(),
        }
    }

    pub(super) fn busy(&self, reason: impl Into<String>) -> SnapshotError {
        SnapshotError::Busy {
            repository: self.name.clone(),
            reason: reason.into(),
        }
    }

    /// Writes an object, reads it back and removes it; only looks for one where nothing is written.
    ///
    /// # Errors
    /// When one of these does not work.
    pub fn probe(&self) -> Result<()> {
        let key = Path::from(format!("{RUNNING}/{}.probe", unique_id()));
        if self.options.read_only {
            return self.remote.get(&key, 0).map(|_| ());
        }
        let bytes = Bytes::from(key.to_string());
        self.remote.put(&key, bytes.clone(), true)?;
        let read = self.remote.get(&key, 1 << 10);
        self.remote.delete(&key)?;
        if read?.as_ref() != Some(&bytes) {
            return Err(SnapshotError::damaged(
                key,
                "it does not hold what was just written",
            ));
        }
        Ok(())
    }

    /// The manifests, oldest first.
    pub(super) fn manifests(&self) -> Result<Vec<Found>> {
        let mut found: Vec<Found> = self
            .remote
            .list(SNAPSHOTS)?
            .into_iter()
            .filter_map(|meta| {
                let (name, id) = manifest_name(&meta.location)?;
                let key = meta.location;
                Some(Found { key, name, id })
            })
            .collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    /// Reads a manifest; `None` when it is gone.
    pub(super) fn manifest(&self, found: &Found) -> Result<Option<Manifest>> {
        let Some(bytes) = self.remote.get(&found.key, MAX_MANIFEST)? else {
            return Ok(None);
        };
        let object = found.key.to_string();
        let manifest = Manifest::decode(&object, &bytes)?;
        if (&manifest.name, &manifest.id) != (&found.name, &found.id) {
            let reason = format!("it is of another snapshot, [{}]", manifest.name);
            return Err(SnapshotError::damaged(object, reason));
        }
        Ok(Some(manifest))
    }

    /// The manifest of a snapshot; the newest where two were made at the same moment.
    pub(super) fn manifest_of(&self, name: &str) -> Result<Manifest> {
        let newest = self.manifests()?.into_iter().rfind(|f| f.name == name);
        match newest {
            Some(found) => self.manifest(&found)?.ok_or_else(|| self.missing(name)),
            None => Err(self.missing(name)),
        }
    }

    /// All complete snapshots. A manifest that is damaged does not hide the others.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn list(&self) -> Result<Listing> {
        let mut listing = Listing::default();
        for found in self.manifests()? {
            match self.manifest(&found) {
                Ok(Some(manifest)) => listing.snapshots.push(manifest.into()),
                Ok(None) => {}
                Err(SnapshotError::Damaged { object, reason }) => listing.damaged.push(Damage {
                    object,
                    reason,
                    file: found.name,
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(listing)
    }

    /// A complete snapshot.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be read.
    pub fn get(&self, name: &str) -> Result<SnapshotInfo> {
        self.manifest_of(name).map(SnapshotInfo::from)
    }

    /// The snapshots that this process is making, with how far they are.
    pub fn running(&self) -> Vec<SnapshotStatus> {
        let running = self.running.lock();
        let status = running.iter().map(|(name, progress)| SnapshotStatus {
            name: name.clone(),
            state: SnapshotState::InProgress,
            work: progress.now(),
            info: None,
        });
        status.collect()
    }

    /// How far a snapshot is, complete or not.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be read.
    pub fn status(&self, name: &str) -> Result<SnapshotStatus> {
        if let Some(running) = self.running().into_iter().find(|s| s.name == name) {
            return Ok(running);
        }
        let info = self.get(name)?;
        let (files, bytes) = (info.files(), info.bytes());
        Ok(SnapshotStatus {
            name: info.name.clone(),
            state: info.state(),
            work: Work {
                files,
                bytes,
                files_done: files,
                bytes_done: bytes,
                blobs_moved: info.added_blobs,
                bytes_moved: info.added_bytes,
            },
            info: Some(info),
        })
    }
}
