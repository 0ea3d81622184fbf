//! Indices are made and deleted: their folder and their entry in the catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Node, aliases, folder, path_of, templates};
use crate::catalog::{Alias, Catalog, Entry, check_index_name};
use crate::error::{EngineError, Result};
use crate::index::{End, Index, IndexSettings};

/// The most indices of a node.
pub(super) const MAX_INDICES: usize = 1_000;

impl Node {
    /// Makes an index from a body with `settings`, `mappings` and `aliases`, each optional.
    ///
    /// # Errors
    /// When the name, the body or the place is taken or wrong; nothing is made then.
    pub fn create_index(&self, name: &str, body: &Value) -> Result<()> {
        self.reserved().check_free(name)?;
        self.create(name, body, true)
    }

    /// Makes an index of the node's own, which users' templates have no part in.
    ///
    /// # Errors
    /// As [`Self::create_index`].
    pub fn create_own_index(&self, name: &str, body: &Value) -> Result<()> {
        self.create(name, body, false)
    }

    fn create(&self, name: &str, body: &Value, templates: bool) -> Result<()> {
        check_index_name(name)?;
        let empty = Map::new();
        let object = match body {
            Value::Null => &empty,
            Value::Object(object) => object,
            other => {
                return Err(EngineError::IllegalArgument(format!(
                    "the body of an index is an object, not [{other}]"
                )));
            }
        };
        if let Some(key) = object
            .keys()
            .find(|key| !matches!(key.as_str(), "settings" | "mappings" | "aliases"))
        {
            return Err(EngineError::IllegalArgument(format!(
                "unknown key [{key}] for create index"
            )));
        }
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let parts = if templates {
            templates::composed(&catalog, name, object)?
        } else {
            templates::composed(&Catalog::default(), name, object)?
        };
        let (settings, mappings) = (&parts.settings, &parts.mappings);
        IndexSettings::check_names(settings)?;
        let aliases = aliases_of(&parts.aliases)?;
        if catalog.indices.contains_key(name) {
            return Err(EngineError::IndexExists(name.to_owned()));
        }
        if catalog.is_alias(name) {
            return Err(EngineError::IndexName {
                name: name.to_owned(),
                reason: "already exists as alias".to_owned(),
            });
        }
        if catalog.indices.len() >= MAX_INDICES {
            return Err(EngineError::Limit(format!(
                "a node has at most {MAX_INDICES} indices"
            )));
        }
        for alias in aliases.keys() {
            aliases::check_alias(&catalog, self.reserved(), alias)?;
            if alias == name {
                return Err(EngineError::Alias(format!(
                    "Invalid alias name [{alias}]: an index or data stream exists with the same name as the alias"
                )));
            }
        }
        let created_ms = crate::clock::now_millis();
        let uuid = crate::random::folder_name()?;
        let folder = folder(&self.inner.store, &uuid)?;
        let made = Index::create(&folder, &uuid, created_ms, settings, mappings).and_then(|()| {
            Index::open(name, Arc::clone(&folder), self.inner.options.index.clone())
        });
        let index = match made {
            Ok(index) => index,
            Err(error) => {
                let _ = self.inner.store.delete_dir_all(&path_of(&uuid));
                return Err(error);
            }
        };
        catalog.indices.insert(
            name.to_owned(),
            Entry {
                uuid: uuid.clone(),
                aliases,
                closed: false,
            },
        );
        if let Err(error) = catalog.save(&self.inner.store) {
            drop(index);
            let _ = self.inner.store.delete_dir_all(&path_of(&uuid));
            return Err(error);
        }
        self.inner
            .indices
            .write()
            .insert(name.to_owned(), Arc::new(index));
        *self.inner.catalog.write() = catalog;
        Ok(())
    }

    /// Deletes an index with all in it.
    ///
    /// # Errors
    /// When there is none of that name, or the catalog cannot be written.
    pub fn delete_index(&self, name: &str) -> Result<()> {
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let entry = catalog
            .indices
            .remove(name)
            .ok_or_else(|| EngineError::IndexNotFound(name.to_owned()))?;
        catalog.save(&self.inner.store)?;
        *self.inner.catalog.write() = catalog;
        self.drop_index(name, &entry.uuid);
        Ok(())
    }

    /// Ends an index that the catalog names no longer, and deletes its folder when its operations are over.
    pub(super) fn drop_index(&self, name: &str, uuid: &str) {
        let index = self.inner.indices.write().remove(name);
        if let Some(index) = index {
            // Searches that hold the index keep its open files.
            if let Err(error) = index.end(End::Deleted) {
                tracing::warn!(index = name, %error, "a deleted index did not end well");
            }
        }
        if let Err(error) = self.inner.store.delete_dir_all(&path_of(uuid)) {
            tracing::warn!(index = name, %error, "the folder of a deleted index stays until the next start");
        }
    }
}

fn aliases_of(value: &Value) -> Result<BTreeMap<String, Alias>> {
    let object = match value {
        Value::Null => return Ok(BTreeMap::new()),
        Value::Object(object) => object,
        other => {
            return Err(EngineError::IllegalArgument(format!(
                "[aliases] is an object, not [{other}]"
            )));
        }
    };
    let mut out = BTreeMap::new();
    for (name, body) in object {
        let alias = match body {
            Value::Object(body) => aliases::read_alias(name, body)?,
            Value::Null => Alias::default(),
            other => {
                return Err(EngineError::IllegalArgument(format!(
                    "alias [{name}] is an object, not [{other}]"
                )));
            }
        };
        out.insert(name.clone(), alias);
    }
    Ok(out)
}
