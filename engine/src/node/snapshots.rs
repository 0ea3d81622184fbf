//! What snapshots need of a node: its indices as they are, and a place for restored ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::aliases::check_write_indices;
use super::{INDICES, MAX_INDICES, Node, Reserved, folder, path_of};
use crate::catalog::{Alias, Catalog, Entry, check_index_name};
use crate::error::{EngineError, Result};
use crate::index::{Index, IndexExport};
use crate::store::{Overlay, Store};
use crate::vector::Progress;

/// A restored index that lies in its folder and is not in the catalog yet.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// The name that it gets.
    pub(crate) name: String,
    /// The name of its folder.
    pub(crate) uuid: String,
    /// Its aliases.
    pub(crate) aliases: BTreeMap<String, Alias>,
}

impl Node {
    /// The catalog as it is now.
    pub(crate) fn catalog(&self) -> Catalog {
        self.inner.catalog.read().clone()
    }

    /// The index of exactly that name, no alias.
    pub(crate) fn concrete(&self, name: &str) -> Option<Arc<Index>> {
        self.inner.indices.read().get(name).cloned()
    }

    /// Returns an index's files at one generation, and the name under which a later copy may find
    /// those that never change. A closed index is opened on top of its files, which stay as they are.
    ///
    /// # Errors
    /// When there is none of that name, it cannot be read, or `progress` was cancelled.
    pub(crate) fn export(&self, name: &str, progress: &Progress) -> Result<(String, IndexExport)> {
        if let Some(index) = self.concrete(name) {
            return Ok((index.uuid().to_owned(), index.export(progress)?));
        }
        // Nobody opens or deletes it meanwhile.
        let _changes = self.inner.changes.lock();
        if let Some(index) = self.concrete(name) {
            return Ok((index.uuid().to_owned(), index.export(progress)?));
        }
        let uuid = {
            let catalog = self.inner.catalog.read();
            let entry = catalog.indices.get(name);
            entry.map(|entry| entry.uuid.clone())
        };
        let uuid = uuid.ok_or_else(|| EngineError::IndexNotFound(name.to_owned()))?;
        let files = Overlay::new(folder(&self.inner.store, &uuid)?);
        let index = Index::open(name, Arc::new(files), self.inner.options.index.clone())?;
        let export = index.export(progress);
        if let Err(error) = index.close() {
            tracing::warn!(index = name, %error, "a copy of a closed index was left");
        }
        // What was sealed for the copy alone has names that the index itself will give again.
        Ok((format!("{uuid}/closed"), export?))
    }

    /// The name of a folder for an index that comes, which no start of the node keeps until
    /// [`Node::adopt`] names it in the catalog.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn new_folder(&self) -> Result<String> {
        crate::random::folder_name()
    }

    /// A folder among those of the indices.
    pub(crate) fn folder_of(&self, uuid: &str) -> Result<Arc<dyn Store>> {
        folder(&self.inner.store, uuid)
    }

    /// Makes the names of new folders durable.
    pub(crate) fn sync_folders(&self) -> Result<()> {
        Ok(self.inner.store.sync_dir(Path::new(INDICES))?)
    }

    /// Deletes a folder, if the catalog on the disk certainly does not name it: writing the
    /// catalog can fail after it was replaced.
    pub(crate) fn discard(&self, uuid: &str) {
        let stored = Catalog::load(&self.inner.store);
        if !stored.is_ok_and(|stored| stored.indices.values().all(|entry| entry.uuid != uuid)) {
            tracing::warn!(folder = uuid, "a folder stays: the catalog may name it");
            return;
        }
        if let Err(error) = self.inner.store.delete_dir_all(&path_of(uuid)) {
            tracing::warn!(folder = uuid, %error, "a folder stays until the next start");
        }
    }

    /// Whether indices can come under their names: the first rule that one would break.
    pub(crate) fn has_room_for(&self, arrivals: &[Arrival]) -> Result<()> {
        check_room(&self.inner.catalog.read(), self.reserved(), arrivals)?;
        for arrival in arrivals {
            if let Some(index) = self.concrete(&arrival.name)
                && holds_documents(&index)?
            {
                return Err(EngineError::IndexExists(arrival.name.clone()));
            }
        }
        Ok(())
    }

    /// Puts indices into the catalog, all or none. One that is there already is replaced when it
    /// holds no documents.
    ///
    /// # Errors
    /// When a name is taken, a folder holds no index, or the catalog cannot be written; the node
    /// is then as before, and the folders are the caller's to discard.
    pub(crate) fn adopt(&self, arrivals: &[Arrival]) -> Result<()> {
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let mut opened = Vec::with_capacity(arrivals.len());
        check_room(&catalog, self.reserved(), arrivals)?;
        for arrival in arrivals {
            let folder = folder(&self.inner.store, &arrival.uuid)?;
            let options = self.inner.options.index.clone();
            let index = Index::open(&arrival.name, folder, options)?;
            opened.push((arrival.name.clone(), Arc::new(index)));
        }
        let mut closed = Vec::new();
        for arrival in arrivals {
            let Some(before) = self.concrete(&arrival.name) else {
                continue;
            };
            // Stopped first, so that no write comes after the last look.
            let stopped = before.close();
            closed.push(before);
            let last = closed.last().map_or(0, |index| index.document_count());
            if let Err(error) = stopped {
                self.reopen(closed);
                return Err(error);
            }
            if last > 0 {
                self.reopen(closed);
                return Err(EngineError::IndexExists(arrival.name.clone()));
            }
        }
        let mut replaced = Vec::new();
        for arrival in arrivals {
            let entry = Entry {
                uuid: arrival.uuid.clone(),
                aliases: arrival.aliases.clone(),
                closed: false,
            };
            replaced.extend(catalog.indices.insert(arrival.name.clone(), entry));
        }
        if let Err(error) = catalog.save(&self.inner.store) {
            self.reopen(closed);
            return Err(error);
        }
        self.inner.indices.write().extend(opened);
        *self.inner.catalog.write() = catalog;
        drop(closed);
        for entry in replaced {
            self.discard(&entry.uuid);
        }
        Ok(())
    }

    /// Opens indices again that were closed for nothing. The caller holds the lock of changes.
    fn reopen(&self, closed: Vec<Arc<Index>>) {
        for index in closed {
            let name = index.name().to_owned();
            let uuid = {
                let catalog = self.inner.catalog.read();
                catalog.indices.get(&name).map(|entry| entry.uuid.clone())
            };
            drop(index);
            let Some(uuid) = uuid else { continue };
            let again = folder(&self.inner.store, &uuid)
                .and_then(|folder| Index::open(&name, folder, self.inner.options.index.clone()));
            match again {
                Ok(index) => {
                    self.inner.indices.write().insert(name, Arc::new(index));
                }
                Err(error) => {
                    tracing::error!(index = name, %error, "an index stays closed until the next start");
                }
            }
        }
    }
}

/// Whether an index has documents, those that no search sees yet included.
fn holds_documents(index: &Index) -> Result<bool> {
    if index.document_count() > 0 {
        return Ok(true);
    }
    index.refresh()?;
    Ok(index.document_count() > 0)
}

fn check_room(catalog: &Catalog, reserved: Reserved, arrivals: &[Arrival]) -> Result<()> {
    let coming = |name: &str| arrivals.iter().any(|arrival| arrival.name == name);
    for arrival in arrivals {
        check_index_name(&arrival.name)?;
        if catalog.is_alias(&arrival.name) {
            return Err(EngineError::IndexName {
                name: arrival.name.clone(),
                reason: "already exists as alias".to_owned(),
            });
        }
        for alias in arrival.aliases.keys() {
            reserved.check_free(alias)?;
            if catalog.indices.contains_key(alias) || coming(alias) {
                return Err(EngineError::Alias(format!(
                    "alias [{alias}] has the same name as an index"
                )));
            }
        }
    }
    let mut after = catalog.clone();
    for arrival in arrivals {
        let entry = Entry {
            uuid: arrival.uuid.clone(),
            aliases: arrival.aliases.clone(),
            closed: false,
        };
        after.indices.insert(arrival.name.clone(), entry);
    }
    check_write_indices(&after)?;
    let new = |arrival: &&Arrival| !catalog.indices.contains_key(&arrival.name);
    let new = arrivals.iter().filter(new).count();
    if new > 0 && catalog.indices.len() + new > MAX_INDICES {
        return Err(EngineError::Limit(format!(
            "a node has at most {MAX_INDICES} indices"
        )));
    }
    Ok(())
}
