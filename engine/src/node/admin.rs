//! Indices as a whole: opening and closing, settings, what they are.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::aliases::alias_json;
use super::{Node, Reserved, folder, is_pattern, pattern_matches};
use crate::catalog::{Catalog, Entry};
use crate::error::{EngineError, Result};
use crate::index::{End, Index, IndexMeta, IndexSettings};
use crate::mapping::Mapping;

/// An index of a node, open or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// Its name.
    pub name: String,
    /// Its own unchanging id.
    pub uuid: String,
    /// Whether it is closed.
    pub closed: bool,
}

/// The names of the indices that an expression names, sorted, those that are closed too: by name
/// always, by a pattern with `closed`.
pub(super) fn names(
    catalog: &Catalog,
    reserved: Reserved,
    expression: &str,
    closed: bool,
) -> Result<Vec<String>> {
    let expression = if expression.is_empty() {
        "_all"
    } else {
        expression
    };
    let mut found = std::collections::BTreeSet::new();
    for part in expression.split(',') {
        let part = part.trim();
        if let Some(excluded) = part.strip_prefix('-') {
            found.retain(|name: &String| !(name == excluded || pattern_matches(excluded, name)));
            continue;
        }
        let mut any = false;
        for (name, entry) in reserved.visible(catalog) {
            let fits =
                |known: &str| known == part || (is_pattern(part) && pattern_matches(part, known));
            if fits(name) || entry.aliases.keys().any(|alias| fits(alias)) {
                any = true;
                if !entry.closed || closed || !is_pattern(part) {
                    found.insert(name.clone());
                }
            }
        }
        if !any && !is_pattern(part) {
            return Err(EngineError::IndexNotFound(part.to_owned()));
        }
    }
    Ok(found.into_iter().collect())
}

impl Node {
    /// All indices that expressions can name, those that are closed too.
    pub fn list_indices(&self) -> Vec<IndexEntry> {
        let catalog = self.inner.catalog.read();
        let entries = self.reserved().visible(&catalog);
        entries
            .map(|(name, entry)| IndexEntry {
                name: name.clone(),
                uuid: entry.uuid.clone(),
                closed: entry.closed,
            })
            .collect()
    }

    /// The indices that an expression names; closed ones by their names, not by patterns.
    ///
    /// # Errors
    /// When one is not there.
    pub fn named_indices(&self, expression: &str) -> Result<Vec<IndexEntry>> {
        let catalog = self.inner.catalog.read();
        let wanted = names(&catalog, self.reserved(), expression, false)?;
        drop(catalog);
        let mut entries = self.list_indices();
        entries.retain(|entry| wanted.contains(&entry.name));
        Ok(entries)
    }

    /// Closes indices: what they hold stays, searches and writes are refused. The names.
    ///
    /// # Errors
    /// When one is not there or kept, or its last commit fails; it stays open then.
    pub fn close_index(&self, expression: &str) -> Result<Vec<String>> {
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let expression = self.reserved().spared(&catalog, expression, "be closed")?;
        let wanted = names(&catalog, self.reserved(), &expression, false)?;
        let mut stopped = Vec::new();
        for name in &wanted {
            if let Some(entry) = catalog.indices.get_mut(name) {
                entry.closed = true;
            }
            let index = self.inner.indices.read().get(name).cloned();
            stopped.extend(index);
        }
        // Everything is durable already; a commit now makes the next opening quick.
        for index in &stopped {
            if index.failure().is_none() {
                index.refresh()?;
            }
        }
        catalog.save(&self.inner.store)?;
        *self.inner.catalog.write() = catalog;
        let mut indices = self.inner.indices.write();
        for name in &wanted {
            indices.remove(name);
        }
        drop(indices);
        for index in stopped {
            // Waits for the operations under way: nothing is written to its folder afterwards.
            if let Err(error) = index.end(End::Closed) {
                tracing::warn!(index = index.name(), %error, "closed without a commit");
            }
        }
        Ok(wanted)
    }

    /// Opens indices that were closed. The names.
    ///
    /// # Errors
    /// When one is not there, or cannot be opened; those before it are open then.
    pub fn open_index(&self, expression: &str) -> Result<Vec<String>> {
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let wanted = names(&catalog, self.reserved(), expression, true)?;
        for name in &wanted {
            let Some(entry) = catalog.indices.get_mut(name).filter(|entry| entry.closed) else {
                continue;
            };
            let folder = folder(&self.inner.store, &entry.uuid)?;
            let index = Index::open(name, folder, self.inner.options.index.clone())?;
            entry.closed = false;
            catalog.save(&self.inner.store)?;
            self.inner
                .indices
                .write()
                .insert(name.clone(), Arc::new(index));
            *self.inner.catalog.write() = catalog.clone();
        }
        Ok(wanted)
    }

    /// Deletes the indices that an expression names; aliases are refused, as they would delete more
    /// than they show. The names.
    ///
    /// # Errors
    /// When one is not there, kept or an alias, or the catalog cannot be written.
    pub fn delete_indices(&self, expression: &str) -> Result<Vec<String>> {
        let wanted = {
            let catalog = self.inner.catalog.read();
            for part in expression.split(',').map(str::trim) {
                if !is_pattern(part) && catalog.is_alias(part) {
                    return Err(EngineError::IllegalArgument(format!(
                        "The provided expression [{part}] matches an alias, specify the \
                         corresponding concrete indices instead."
                    )));
                }
            }
            let expression = self.reserved().spared(
                &catalog,
                expression,
                "be deleted; delete its documents instead",
            )?;
            let patterns = expression
                .split(',')
                .map(str::trim)
                .filter(|part| is_pattern(part));
            let patterns: Vec<&str> = patterns.collect();
            let mut wanted = names(&catalog, self.reserved(), &expression, true)?;
            // A pattern that fits an alias only does not reach the indices behind it.
            wanted.retain(|name| {
                expression.split(',').any(|part| part.trim() == name)
                    || patterns
                        .iter()
                        .any(|pattern| pattern_matches(pattern, name))
            });
            wanted
        };
        for name in &wanted {
            self.check_deletable(name)?;
        }
        for name in &wanted {
            self.delete_index(name)?;
        }
        Ok(wanted)
    }

    /// Refuses to delete an index that is read-only.
    pub(super) fn check_deletable(&self, name: &str) -> Result<()> {
        match self.inner.indices.read().get(name) {
            Some(index) => index.check_metadata_block(),
            None => Ok(()),
        }
    }

    /// Changes settings that can change while an index is open; `null` takes a setting back.
    ///
    /// # Errors
    /// When a setting is unknown, fixed, or wrong.
    pub fn put_settings(&self, expression: &str, settings: &Value) -> Result<()> {
        let settings_of = IndexSettings::dotted(settings)?;
        let blocks = settings_of
            .keys()
            .any(|key| key.starts_with("index.blocks."));
        let targets = if blocks {
            let catalog = self.inner.catalog.read().clone();
            let what = "be blocked";
            self.resolve(&self.reserved().spared(&catalog, expression, what)?)?
        } else {
            self.resolve(expression)?
        };
        for target in &targets {
            target.index.check_settings(settings)?;
        }
        for target in &targets {
            target.index.put_settings(settings)?;
        }
        Ok(())
    }

    /// Adds fields to the mappings of indices.
    ///
    /// # Errors
    /// When they contradict what is there; nothing is changed then.
    pub fn put_mapping(&self, expression: &str, mappings: &Value) -> Result<()> {
        let targets = self.resolve(expression)?;
        let added = Mapping::from_json(mappings)?;
        for target in &targets {
            target.index.check_metadata_block()?;
            target.index.mapping().merged(&added)?;
        }
        for target in &targets {
            target.index.put_mapping(mappings)?;
        }
        Ok(())
    }

    /// `{index: {"settings": {"index": {…}}}}`, values as strings.
    ///
    /// # Errors
    /// When an index is not there or its file is damaged.
    pub fn get_settings(&self, expression: &str) -> Result<Value> {
        self.describe(expression, |name, _, meta| {
            Ok(json!({"settings": settings_json(name, meta)?}))
        })
    }

    /// `{index: {"mappings": {…}}}`.
    ///
    /// # Errors
    /// When an index is not there or its file is damaged.
    pub fn get_mappings(&self, expression: &str) -> Result<Value> {
        self.describe(expression, |_, _, meta| {
            Ok(json!({"mappings": meta.mapping}))
        })
    }

    /// `{index: {"aliases": {…}, "mappings": {…}, "settings": {…}}}`.
    ///
    /// # Errors
    /// When an index is not there or its file is damaged.
    pub fn get_indices(&self, expression: &str) -> Result<Value> {
        self.describe(expression, |name, entry, meta| {
            let mut aliases = Map::new();
            for (alias, definition) in &entry.aliases {
                aliases.insert(alias.clone(), alias_json(definition)?);
            }
            Ok(json!({
                "aliases": aliases,
                "mappings": meta.mapping,
                "settings": settings_json(name, meta)?,
            }))
        })
    }

    fn describe(
        &self,
        expression: &str,
        of: impl Fn(&str, &Entry, &IndexMeta) -> Result<Value>,
    ) -> Result<Value> {
        let catalog = self.inner.catalog.read().clone();
        let mut out = Map::new();
        for name in names(&catalog, self.reserved(), expression, false)? {
            if let Some(entry) = catalog.indices.get(&name) {
                let meta = IndexMeta::load(&folder(&self.inner.store, &entry.uuid)?)?;
                out.insert(name.clone(), of(&name, entry, &meta)?);
            }
        }
        Ok(Value::Object(out))
    }

    /// The index that writes to a name go to; it is made, by the templates that fit, when there is
    /// none.
    ///
    /// # Errors
    /// When the name cannot be one of an index, or a template forbids it.
    pub fn auto_create(&self, name: &str) -> Result<Arc<Index>> {
        match self.index(name) {
            Err(EngineError::IndexNotFound(_)) => {}
            found => return found,
        }
        self.check_auto_create(name)?;
        match self.create_index(name, &Value::Null) {
            Ok(()) | Err(EngineError::IndexExists(_)) => self.index(name),
            Err(error) => Err(error),
        }
    }
}

/// Settings as Elasticsearch prints them: nested, values as strings.
fn settings_json(name: &str, meta: &IndexMeta) -> Result<Value> {
    let mut flat = IndexSettings::dotted(&meta.settings)?;
    for (key, value) in [
        ("index.number_of_shards", json!("1")),
        ("index.number_of_replicas", json!("0")),
    ] {
        flat.entry(key).or_insert(value);
    }
    for (key, value) in [
        ("index.uuid", meta.uuid.clone()),
        ("index.creation_date", meta.created_ms.to_string()),
        ("index.provided_name", name.to_owned()),
        ("index.version.created", "7100299".to_owned()),
    ] {
        flat.insert(key.to_owned(), json!(value));
    }
    printed_settings(flat)
}

/// Settings by dotted name, nested and with values as strings.
pub(super) fn printed_settings(dotted: Map<String, Value>) -> Result<Value> {
    let printed = dotted
        .into_iter()
        .map(|(key, value)| (key, as_strings(value)));
    IndexSettings::nested(&printed.collect())
}

fn as_strings(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(as_strings).collect(),
        Value::Number(number) => Value::from(number.to_string()),
        Value::Bool(flag) => Value::from(flag.to_string()),
        other => other,
    }
}
