//! Making a snapshot.

use std::sync::Arc;

use serde_json::Value;

use super::error::{Result, SnapshotError};
use super::extra::{ExtraFile, ExtraFiles, ExtraSource};
use super::failure::Failures;
use super::hash::ContentHash;
use super::info::SnapshotInfo;
use super::layout::{manifest_key, unique_id};
use super::manifest::{IndexEntry, Manifest};
use super::marker::{Marker, Purpose};
use super::names::{check_snapshot_name, select};
use super::progress::SnapshotProgress;
use super::repository::Repository;
use super::reuse::Earlier;
use super::table::{FileEntry, FileTables, Part, encode};
use super::upload::Uploader;
use crate::catalog::Catalog;
use crate::node::Node;

/// What a snapshot takes.
#[derive(Default)]
pub struct CreateOptions<'a> {
    /// The indices: names, aliases, wildcards, a comma list. Nothing is all, hidden ones too.
    pub indices: Option<String>,
    /// Whether names that are not there are passed over.
    pub ignore_unavailable: bool,
    /// Whether the caller puts the node's own state among the extra files.
    pub include_global_state: bool,
    /// Files beside the indices.
    pub extra: Option<Box<dyn ExtraFiles + 'a>>,
    /// Kept with the snapshot as it is.
    pub metadata: Value,
}

/// A snapshot while it is made.
pub(super) struct Making<'a> {
    pub(super) repository: &'a Repository,
    pub(super) progress: &'a SnapshotProgress,
    uploader: Uploader<'a>,
    failures: Failures,
}

/// Takes a name off the list of those that are being made.
struct Running<'a>(&'a Repository, &'a str);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.lock().remove(self.1);
    }
}

impl Repository {
    /// Makes a snapshot while writes go on. Each index is copied at one generation that holds all
    /// writes acknowledged before its turn came. An index that cannot be copied, or whose documents
    /// name a file that cannot be, is among the snapshot's failures, and the rest is copied. An interrupted one leaves no trace but blobs that
    /// the next one finds. Snapshots that the repository's settings let go, go afterwards.
    ///
    /// # Errors
    /// When the name is wrong or taken, an index is not there, it was cancelled, or a storage fails.
    pub fn create(
        &self,
        node: &Node,
        name: &str,
        options: CreateOptions<'_>,
        progress: &Arc<SnapshotProgress>,
    ) -> Result<SnapshotInfo> {
        let info = self.make(node, name, options, progress)?;
        // The snapshot is made, whatever becomes of older ones.
        match self.retire(&self.options().retention, crate::clock::now_millis()) {
            Ok(report) if report.deleted.is_empty() => {}
            Ok(report) => tracing::info!(
                repository = self.name(),
                snapshots = report.deleted.join(", "),
                "snapshots went by the repository's settings"
            ),
            Err(error) => {
                tracing::warn!(repository = self.name(), %error, "old snapshots stay for now");
            }
        }
        Ok(info)
    }

    /// Refuses what [`Repository::create`] would refuse before it copies anything.
    ///
    /// # Errors
    /// When the repository is read-only, the name is wrong, taken, or of a snapshot that is being
    /// made, or an index is not there.
    pub fn check_create(&self, node: &Node, name: &str, options: &CreateOptions<'_>) -> Result<()> {
        self.writable()?;
        check_snapshot_name(self.name(), name)?;
        if self.running.lock().contains_key(name) {
            return Err(self.taken(name, "snapshot with the same name is already in-progress"));
        }
        selected(node, options)?;
        if self.manifests()?.iter().any(|found| found.name == name) {
            return Err(self.taken(name, "snapshot with the same name already exists"));
        }
        Ok(())
    }

    fn make(
        &self,
        node: &Node,
        name: &str,
        mut options: CreateOptions<'_>,
        progress: &Arc<SnapshotProgress>,
    ) -> Result<SnapshotInfo> {
        self.writable()?;
        check_snapshot_name(self.name(), name)?;
        {
            let mut running = self.running.lock();
            if running.contains_key(name) {
                return Err(self.taken(name, "snapshot with the same name is already in-progress"));
            }
            running.insert(name.to_owned(), Arc::clone(progress));
        }
        let _running = Running(self, name);
        let started_ms = crate::clock::now_millis();
        let names = selected(node, &options)?;
        let marker = Marker::begin(self, Purpose::Snapshot, name)?;
        if !marker.wait_for_collections(self)? {
            return Err(self.busy("cannot make a snapshot while garbage is collected"));
        }
        if self.manifests()?.iter().any(|found| found.name == name) {
            return Err(self.taken(name, "snapshot with the same name already exists"));
        }
        // Listed under the marker: nothing of it is collected from here on.
        let blobs = self.blobs()?;
        let mut making = Making {
            repository: self,
            progress,
            uploader: Uploader::new(self, progress, blobs),
            failures: Failures::default(),
        };
        let mut extra = options.extra.take();
        if let Some(extra) = &mut extra {
            for missing in extra.keep(&names)? {
                making.failures.add(&missing.index, missing.reason);
            }
        }
        let indices = making.indices(node, &names, &options)?;
        let files = match &mut extra {
            Some(extra) => making.extra(extra.list(&names)?)?,
            None => FileTables::default(),
        };
        let (added_blobs, added_bytes) = making.uploader.finish()?;
        let manifest = Manifest {
            name: name.to_owned(),
            id: unique_id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_ms,
            finished_ms: crate::clock::now_millis(),
            include_global_state: options.include_global_state,
            metadata: options.metadata,
            indices,
            extra: files,
            failures: making.failures.told(),
            added_blobs,
            added_bytes,
        };
        drop(extra);
        self.publish(&marker, &manifest)?;
        Ok(manifest.into())
    }

    /// Writes the manifest, if all that it names is certainly still there.
    fn publish(&self, marker: &Marker<'_>, manifest: &Manifest) -> Result<()> {
        let lost = |reason: &str| SnapshotError::Lost {
            repository: self.name().to_owned(),
            name: manifest.name.clone(),
            reason: reason.to_owned(),
        };
        if !marker.is_held()? {
            return Err(lost(
                "it stood still for so long that it was taken for dead",
            ));
        }
        let key = manifest_key(&manifest.name, &manifest.id);
        self.remote().put(&key, manifest.encode()?, true)?;
        // Standing still between the look and the write is as bad as before it.
        match marker.is_held() {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.remote().delete(&key)?;
                Err(lost("it stood still while its manifest was written"))
            }
            Err(error) => {
                tracing::warn!(%error, "the snapshot is complete, its marker was not found again");
                Ok(())
            }
        }
    }

    fn taken(&self, name: &str, reason: &str) -> SnapshotError {
        SnapshotError::Name {
            repository: self.name().to_owned(),
            name: name.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// The indices that a snapshot takes, closed ones too.
fn selected(node: &Node, options: &CreateOptions<'_>) -> Result<Vec<String>> {
    let catalog = node.catalog();
    let names = select(
        options.indices.as_deref(),
        catalog.indices.iter().map(|(name, entry)| {
            let aliases = entry.aliases.keys().map(String::as_str);
            (name.as_str(), aliases.collect())
        }),
        options.ignore_unavailable,
    )?;
    Ok(names)
}

/// Whether an expression names an index itself, and not by a pattern.
fn is_named(expression: &Option<String>, index: &str) -> bool {
    let names = expression.as_deref().unwrap_or_default();
    names.split(',').any(|part| part.trim() == index)
}

impl Making<'_> {
    /// Copies indices. One that fails is noted, and the others are copied all the same.
    fn indices(
        &mut self,
        node: &Node,
        names: &[String],
        options: &CreateOptions<'_>,
    ) -> Result<Vec<IndexEntry>> {
        let earlier = self.repository.earlier()?;
        let before = node.catalog();
        let uuid = |catalog: &Catalog, name: &str| {
            let entry = catalog.indices.get(name);
            entry.map(|entry| entry.uuid.clone())
        };
        let mut entries = Vec::with_capacity(names.len());
        for name in names {
            self.progress.check()?;
            match self.index(node, name, &earlier) {
                Ok(entry) => entries.push(entry),
                Err(SnapshotError::Engine(error)) => {
                    let deleted = uuid(&before, name) != uuid(&node.catalog(), name);
                    if deleted && (options.ignore_unavailable || !is_named(&options.indices, name))
                    {
                        // It was not asked for by its name: those that are there were.
                        tracing::info!(index = name, %error, "deleted while a snapshot was made");
                        continue;
                    }
                    tracing::warn!(index = name, %error, "a snapshot lacks an index");
                    self.failures.add(name, error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(entries)
    }

    /// Copies an index.
    fn index(&mut self, node: &Node, name: &str, earlier: &Earlier) -> Result<IndexEntry> {
        let (uuid, export) = node
            .export(name, &self.progress.vectors)
            .map_err(SnapshotError::of_index)?;
        let bytes = export.files.iter().map(|file| file.content.len() as u64);
        self.progress.plan(export.files.len() as u64, bytes.sum());
        let known = earlier.files_of(self, &uuid);
        let mut entries = Vec::with_capacity(export.files.len());
        for file in &export.files {
            let parts = match known.get(&file.path) {
                Some(parts) if file.immutable && self.still_there(parts, file.content.len()) => {
                    self.progress.bytes_done(file.content.len() as u64);
                    parts.clone()
                }
                _ => self.uploader.file(&file.content, None)?,
            };
            self.progress.file_done();
            entries.push(FileEntry {
                path: file.path.clone(),
                parts,
            });
        }
        let entry = node.catalog().indices.remove(name);
        Ok(IndexEntry {
            name: name.to_owned(),
            uuid,
            generation: export.generation,
            documents: export.documents,
            aliases: entry.map(|entry| entry.aliases).unwrap_or_default(),
            files: self.tables(&mut entries)?,
        })
    }

    /// Whether the blobs of a file of that length are there.
    fn still_there(&self, parts: &[Part], bytes: usize) -> bool {
        let sum = parts
            .iter()
            .fold(0u64, |sum, p| sum.saturating_add(p.bytes));
        sum == bytes as u64 && parts.iter().all(|part| self.uploader.has(part))
    }

    /// Copies files beside the indices.
    fn extra(&mut self, files: Vec<ExtraFile>) -> Result<FileTables> {
        let mut entries = Vec::with_capacity(files.len());
        self.progress.plan(files.len() as u64, 0);
        for file in files {
            match self.extra_parts(&file) {
                Ok(parts) => entries.push(FileEntry {
                    path: file.path,
                    parts,
                }),
                Err(error @ (SnapshotError::Engine(_) | SnapshotError::Source { .. })) => {
                    let Some(index) = &file.of else {
                        return Err(error);
                    };
                    tracing::warn!(file = file.path, %error, "a snapshot lacks a file");
                    self.failures.add(index, error.to_string());
                }
                Err(error) => return Err(error),
            }
            self.progress.file_done();
        }
        self.tables(&mut entries)
    }

    fn extra_parts(&mut self, file: &ExtraFile) -> Result<Vec<Part>> {
        let (store, path) = match &file.source {
            ExtraSource::Bytes(bytes) => {
                self.progress.plan(0, bytes.len() as u64);
                return self.uploader.file(bytes, file.piece);
            }
            ExtraSource::File { store, path } => (store, path),
        };
        let bytes = store.len(path)?;
        self.progress.plan(0, bytes);
        if let Some(hash) = file.hash {
            let whole = Part { hash, bytes };
            if bytes > 0 && self.uploader.has(&whole) {
                self.progress.bytes_done(bytes);
                return Ok(vec![whole]);
            }
        }
        let content = store.open(path)?;
        if let Some(hash) = file.hash
            && ContentHash::of(&content) != hash
        {
            return Err(SnapshotError::Source {
                path: file.path.clone(),
                reason: format!("its content is not the one of hash {hash}"),
            });
        }
        self.uploader.file(&content, file.piece)
    }

    /// Sends the tables of a list of files.
    fn tables(&mut self, entries: &mut [FileEntry]) -> Result<FileTables> {
        let mut list = FileTables {
            files: entries.len() as u64,
            bytes: entries.iter().map(FileEntry::bytes).sum(),
            tables: Vec::new(),
        };
        for table in encode(entries)? {
            list.tables.push(self.uploader.blob(&table)?);
        }
        Ok(list)
    }
}

impl std::fmt::Debug for CreateOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateOptions")
            .field("indices", &self.indices)
            .finish_non_exhaustive()
    }
}
