//! Bringing indices back.
//!
//! Everything is fetched into new folders, every blob checked against its name,
//! and each index is opened once, before one write of the catalog makes all of
//! them visible. Until then the node has what it had; a folder that is left
//! behind is removed by the next start.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::error::{Result, SnapshotError};
use super::extra::ExtraSink;
use super::fetch::{Fetcher, FileReader};
use super::manifest::{IndexEntry, Manifest};
use super::marker::{Marker, Purpose};
use super::names::select;
use super::progress::SnapshotProgress;
use super::rename::Rename;
use super::repository::Repository;
use super::table::{FileEntry, FileTables};
use crate::error::EngineError;
use crate::index::{IndexMeta, META_FILE};
use crate::node::{Arrival, Node};
use crate::store::{Store, StoreError};

/// What is brought back, and how.
#[derive(Debug, Clone)]
pub struct RestoreOptions {
    /// The indices: names, aliases, wildcards, a comma list. Nothing is all.
    pub indices: Option<String>,
    /// Whether names that the snapshot has not are passed over.
    pub ignore_unavailable: bool,
    /// What of an index's name is replaced: a regular expression.
    pub rename_pattern: Option<String>,
    /// By what.
    pub rename_replacement: Option<String>,
    /// Whether the indices get their aliases back.
    pub include_aliases: bool,
    /// Whether indices that are damaged are left out; else one of them ends the restore.
    pub partial: bool,
}

impl Default for RestoreOptions {
    fn default() -> Self {
        Self {
            indices: None,
            ignore_unavailable: false,
            rename_pattern: None,
            rename_replacement: None,
            include_aliases: true,
            partial: false,
        }
    }
}

/// An index that was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredIndex {
    /// Its name in the snapshot.
    pub from: String,
    /// Its name now.
    pub to: String,
    /// Its documents.
    pub documents: u64,
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RestoreReport {
    /// The indices that are visible now.
    pub indices: Vec<RestoredIndex>,
    /// Those that were left out, with the reason.
    pub failed: Vec<(String, String)>,
    /// Files beside the indices that the caller took.
    pub extra_files: u64,
}

/// A restore in progress.
struct Restoring<'a> {
    repository: &'a Repository,
    node: &'a Node,
    manifest: &'a Manifest,
    progress: &'a SnapshotProgress,
}

/// An index on its way, with what it is called in the snapshot.
type Coming<'m> = (&'m IndexEntry, Arrival);

fn restored((entry, arrival): &Coming<'_>) -> RestoredIndex {
    RestoredIndex {
        from: entry.name.clone(),
        to: arrival.name.clone(),
        documents: entry.documents,
    }
}

impl Repository {
    /// Brings indices of a snapshot back, and gives the files beside them to `extra`. Visible are
    /// all of them or none; an index that is there already is only replaced when it is empty.
    ///
    /// # Errors
    /// When something does not fit what is there, a blob is damaged (which is named), it was
    /// cancelled, or a storage fails. The node keeps what it had.
    pub fn restore(
        &self,
        node: &Node,
        name: &str,
        options: &RestoreOptions,
        extra: Option<&mut dyn ExtraSink>,
        progress: &SnapshotProgress,
    ) -> Result<RestoreReport> {
        let marker = self.reading_marker(name);
        if let Some(marker) = &marker
            && !marker.wait_for_collections(self)?
        {
            return Err(self.busy("cannot restore while garbage is collected"));
        }
        let manifest = self.manifest_of(name)?;
        let restoring = Restoring {
            repository: self,
            node,
            manifest: &manifest,
            progress,
        };
        let mut coming = restoring.plan(options)?;
        let mut report = RestoreReport::default();
        let done = restoring.run(&mut coming, options, extra, &mut report);
        if let Err(error) = done {
            for (_, arrival) in &coming {
                node.discard(&arrival.uuid);
            }
            return Err(error);
        }
        report.indices = coming.iter().map(restored).collect();
        Ok(report)
    }

    /// A marker that keeps blobs from being collected while they are read, where it can be written.
    pub(super) fn reading_marker(&self, name: &str) -> Option<Marker<'_>> {
        if self.options().read_only {
            return None;
        }
        match Marker::begin(self, Purpose::Restore, name) {
            Ok(marker) => Some(marker),
            Err(error) => {
                tracing::warn!(%error, "reading without a marker");
                None
            }
        }
    }
}

impl<'a> Restoring<'a> {
    fn refuse(&self, reason: impl Into<String>) -> SnapshotError {
        SnapshotError::Restore {
            repository: self.repository.name().to_owned(),
            name: self.manifest.name.clone(),
            reason: reason.into(),
        }
    }

    /// A name that is taken, in Elasticsearch's words.
    fn explain(&self, error: EngineError) -> SnapshotError {
        match error {
            EngineError::IndexExists(name) => self.refuse(format!(
                "cannot restore index [{name}] because an open index with same name already \
                 exists in the cluster. Either close or delete the existing index or restore the \
                 index under a different name by providing a rename pattern and replacement name"
            )),
            error @ (EngineError::IndexName { .. } | EngineError::Alias(_)) => {
                self.refuse(error.to_string())
            }
            other => other.into(),
        }
    }

    /// Which indices come, under which names. Nothing is written yet.
    fn plan(&self, options: &RestoreOptions) -> Result<Vec<Coming<'a>>> {
        let manifest = self.manifest;
        let names = select(
            options.indices.as_deref(),
            manifest.indices.iter().map(|index| {
                let aliases = index.aliases.keys().map(String::as_str);
                (index.name.as_str(), aliases.collect())
            }),
            options.ignore_unavailable,
        )?;
        let rename = match (&options.rename_pattern, &options.rename_replacement) {
            (Some(pattern), with) => Some(Rename::new(
                self.repository.name(),
                &manifest.name,
                pattern,
                with.as_deref().unwrap_or_default(),
            )?),
            (None, _) => None,
        };
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        let mut coming = Vec::with_capacity(names.len());
        let catalog = self.node.catalog();
        for entry in manifest.indices.iter().filter(|i| names.contains(&i.name)) {
            let name = match &rename {
                Some(rename) => rename.apply(&entry.name),
                None => entry.name.clone(),
            };
            if let Some(other) = taken.insert(name.clone(), &entry.name) {
                return Err(self.refuse(format!(
                    "indices [{}] and [{other}] are renamed into the same index [{name}]",
                    entry.name
                )));
            }
            let aliases = if options.include_aliases {
                entry.aliases.clone()
            } else {
                let there = catalog.indices.get(&name);
                there.map(|there| there.aliases.clone()).unwrap_or_default()
            };
            let arrival = Arrival {
                name,
                uuid: self.node.new_folder()?,
                aliases,
            };
            self.node
                .has_room_for(&arrival)
                .map_err(|error| self.explain(error))?;
            coming.push((entry, arrival));
        }
        let store = self.node.store();
        let needed: u64 = coming.iter().map(|(entry, _)| entry.files.bytes).sum();
        if store.available_space().is_some_and(|free| free < needed) {
            let path = store.full_path(Path::new("indices"));
            return Err(StoreError::NoSpace { path }.into());
        }
        Ok(coming)
    }

    fn run(
        &self,
        coming: &mut Vec<Coming<'a>>,
        options: &RestoreOptions,
        extra: Option<&mut dyn ExtraSink>,
        report: &mut RestoreReport,
    ) -> Result<()> {
        let mut extra = extra;
        if let Some(sink) = &mut extra {
            let names: Vec<RestoredIndex> = coming.iter().map(restored).collect();
            sink.begin(&names)?;
        }
        for (entry, _) in coming.iter() {
            self.progress.plan(entry.files.files, entry.files.bytes);
        }
        let mut broken = BTreeSet::new();
        for (entry, arrival) in coming.iter() {
            match self.index(entry, arrival) {
                Err(error) if options.partial && error.is_damage() => {
                    tracing::warn!(index = entry.name, %error, "left out of the restore");
                    report.failed.push((entry.name.clone(), error.to_string()));
                    self.node.discard(&arrival.uuid);
                    broken.insert(arrival.uuid.clone());
                }
                other => other?,
            }
        }
        coming.retain(|(_, arrival)| !broken.contains(&arrival.uuid));
        if let Some(sink) = &mut extra {
            // Before the indices: a document that can be seen has its files.
            report.extra_files = self.extra(&self.manifest.extra, &mut **sink)?;
        }
        if coming.is_empty() {
            return Ok(());
        }
        self.node.sync_folders()?;
        let arrivals: Vec<Arrival> = coming
            .iter()
            .map(|(_, arrival)| Arrival {
                name: arrival.name.clone(),
                uuid: arrival.uuid.clone(),
                aliases: arrival.aliases.clone(),
            })
            .collect();
        self.progress.check()?;
        if let Some(sink) = &mut extra {
            sink.ready()?;
        }
        self.node
            .adopt(&arrivals)
            .map_err(|error| self.explain(error))
    }

    /// Fetches an index into its folder.
    fn index(&self, entry: &IndexEntry, arrival: &Arrival) -> Result<()> {
        let files = self.repository.files(&entry.files, self.progress)?;
        let folder = self.node.folder_of(&arrival.uuid)?;
        let mut folders = BTreeSet::from([PathBuf::new()]);
        for name in ["text", "translog", "raw"] {
            folder.create_dir_all(Path::new(name))?;
        }
        let parts = files.iter().flat_map(|file| file.parts.iter().copied());
        let mut fetcher = Fetcher::new(self.repository, self.progress, parts);
        for file in &files {
            let path = Path::new(&file.path);
            write_file(folder.as_ref(), path, file, &mut fetcher)?;
            folders.extend(path.ancestors().skip(1).map(Path::to_path_buf));
            self.progress.file_done();
        }
        for path in folders.iter().rev() {
            folder.sync_dir(path)?;
        }
        if !files.iter().any(|file| file.path == META_FILE) {
            let object = format!(
                "index [{}] of snapshot [{}]",
                entry.name, self.manifest.name
            );
            return Err(SnapshotError::damaged(object, "it has no metadata"));
        }
        let mut meta = IndexMeta::load(&folder)?;
        meta.uuid = arrival.uuid.clone();
        meta.save(&folder)?;
        Ok(())
    }

    /// Gives the files beside the indices to the caller.
    fn extra(&self, list: &FileTables, sink: &mut dyn ExtraSink) -> Result<u64> {
        let mut files = self.repository.files(list, self.progress)?;
        files.retain(|file| sink.wants(&file.path, file.bytes()));
        self.progress
            .plan(files.len() as u64, files.iter().map(FileEntry::bytes).sum());
        let parts = files.iter().flat_map(|file| file.parts.iter().copied());
        let mut fetcher = Fetcher::new(self.repository, self.progress, parts);
        for file in &files {
            let mut reader = FileReader::new(&mut fetcher, file);
            let put = sink.put(&file.path, file.bytes(), &mut reader);
            // A blob that was damaged says more than the sink's own error.
            reader.finish()?;
            put?;
            self.progress.file_done();
        }
        Ok(files.len() as u64)
    }
}

fn write_file(
    folder: &dyn Store,
    path: &Path,
    entry: &FileEntry,
    fetcher: &mut Fetcher<'_>,
) -> Result<()> {
    let mut file = folder.create(path)?;
    let mut reader = FileReader::new(fetcher, entry);
    loop {
        let piece = reader.piece()?;
        if piece.is_empty() {
            break;
        }
        file.write_all(&piece)
            .map_err(|error| StoreError::io(&folder.full_path(path), "writing", error))?;
    }
    file.sync()?;
    Ok(())
}
