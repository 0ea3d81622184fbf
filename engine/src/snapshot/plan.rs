//! Which indices of a snapshot come, under which names, and whether they can: nothing is written yet.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::{Result, SnapshotError};
use super::extra::ExtraSink;
use super::names::select;
use super::progress::SnapshotProgress;
use super::rename::Rename;
use super::repository::Repository;
use super::restore::{Coming, RestoreOptions, RestoredIndex, Restoring, restored};
use super::table::FileEntry;
use crate::error::EngineError;
use crate::node::{Arrival, Node};
use crate::store::StoreError;

/// What a restore brings.
pub(super) struct Plan<'m> {
    /// The indices on their way.
    pub(super) coming: Vec<Coming<'m>>,
    /// Those that the snapshot has not, or not whole, with the reason.
    pub(super) missing: Vec<(String, String)>,
}

impl Plan<'_> {
    /// The bytes of the indices' files.
    fn bytes(&self) -> u64 {
        sum(self.coming.iter().map(|(entry, _)| entry.files.bytes))
    }
}

pub(super) fn arrivals(coming: &[Coming<'_>]) -> Vec<Arrival> {
    let arrivals = coming.iter().map(|(_, arrival)| arrival.clone());
    arrivals.collect()
}

fn sum(bytes: impl Iterator<Item = u64>) -> u64 {
    bytes.fold(0, u64::saturating_add)
}

impl Repository {
    /// Refuses what [`Repository::restore`] would refuse before it brings anything. Returns the
    /// indices that would come.
    ///
    /// # Errors
    /// As [`Repository::restore`], where the indices, their names, or the room on the disk do not fit.
    pub fn check_restore(
        &self,
        node: &Node,
        name: &str,
        options: &RestoreOptions,
        extra: Option<&mut dyn ExtraSink>,
    ) -> Result<Vec<RestoredIndex>> {
        let manifest = self.manifest_of(name)?;
        let progress = SnapshotProgress::default();
        let restoring = Restoring {
            repository: self,
            node,
            manifest: &manifest,
            progress: &progress,
        };
        let plan = restoring.plan(options)?;
        let coming: Vec<_> = plan.coming.iter().map(restored).collect();
        if let Some(sink) = extra {
            sink.begin(&coming)?;
            restoring.check_extra(sink, plan.bytes())?;
        }
        Ok(coming)
    }
}

impl<'a> Restoring<'a> {
    pub(super) fn refuse(&self, reason: impl Into<String>) -> SnapshotError {
        SnapshotError::Restore {
            repository: self.repository.name().to_owned(),
            name: self.manifest.name.clone(),
            reason: reason.into(),
        }
    }

    /// A name that is taken, in Elasticsearch's words.
    pub(super) fn explain(&self, error: EngineError) -> SnapshotError {
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
    pub(super) fn plan(&self, options: &RestoreOptions) -> Result<Plan<'a>> {
        let manifest = self.manifest;
        let names = self.names(options)?;
        let missing = self.missing(&names, options.partial)?;
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
            let reserved = self.node.reserved();
            if !reserved.may_become(&entry.name, &name) {
                return Err(self.refuse(format!(
                    "index [{}] cannot be restored as [{name}]: the node's own indices come back \
                     under their own names alone",
                    entry.name
                )));
            }
            let aliases = if reserved.is_own(&name) {
                BTreeMap::new()
            } else if options.include_aliases {
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
            coming.push((entry, arrival));
        }
        self.node
            .has_room_for(&arrivals(&coming))
            .map_err(|error| self.explain(error))?;
        let plan = Plan { coming, missing };
        self.check_space("indices", plan.bytes())?;
        Ok(plan)
    }

    /// The indices that are asked for, those that the snapshot has not included.
    fn names(&self, options: &RestoreOptions) -> Result<Vec<String>> {
        let there = self.manifest.indices.iter().map(|index| {
            let aliases = index.aliases.keys().map(String::as_str);
            (index.name.as_str(), aliases.collect())
        });
        let failures = self.manifest.failures.iter();
        let failed = failures.map(|failure| (failure.index.as_str(), Vec::new()));
        let (expression, lenient) = (options.indices.as_deref(), options.ignore_unavailable);
        Ok(select(expression, there.chain(failed), lenient)?)
    }

    /// What is asked for and is not in the snapshot, or not whole; an error unless what there is of
    /// it is wanted.
    fn missing(&self, names: &[String], partial: bool) -> Result<Vec<(String, String)>> {
        let failures = self.manifest.failures.iter();
        let failed: Vec<_> = failures.filter(|f| names.contains(&f.index)).collect();
        match failed.first() {
            Some(failure) if !partial => Err(self.refuse(format!(
                "index [{}] wasn't fully snapshotted - cannot restore",
                failure.index
            ))),
            _ => {
                let failed = failed.into_iter();
                Ok(failed
                    .map(|f| (f.index.clone(), f.reason.clone()))
                    .collect())
            }
        }
    }

    /// Refuses where so many bytes have no room.
    fn check_space(&self, folder: &str, needed: u64) -> Result<()> {
        let store = self.node.store();
        if store.available_space().is_some_and(|free| free < needed) {
            let path = store.full_path(Path::new(folder));
            return Err(StoreError::NoSpace { path }.into());
        }
        Ok(())
    }

    /// Refuses where the files beside the indices have no room besides these. Which of them are
    /// there already is only looked up where it counts.
    fn check_extra(&self, sink: &mut dyn ExtraSink, indices: u64) -> Result<()> {
        let list = &self.manifest.extra;
        let free = self.node.store().available_space();
        if free.is_none_or(|free| free >= indices.saturating_add(list.bytes)) {
            return Ok(());
        }
        let mut files = self.repository.files(list, self.progress)?;
        files.retain(|file| sink.wants(&file.path, file.bytes()));
        let wanted = sum(files.iter().map(FileEntry::bytes));
        self.check_space("files", indices.saturating_add(wanted))
    }
}
