//! What a node may hold after operations of which some failed: an operation that was acknowledged
//! leaves one outcome, one that failed leaves the outcome before it as possible as its own.

use std::collections::{BTreeMap, BTreeSet};

use engine::EngineError;
use engine::Node;
use serde_json::Value;

/// What a thing may be, the newest last.
#[derive(Debug, Clone)]
pub struct May<T>(Vec<T>);

impl<T: Clone + PartialEq + std::fmt::Debug> May<T> {
    pub fn only(value: T) -> Self {
        Self(vec![value])
    }

    /// It is another now, if that was acknowledged; else it may be.
    pub fn set(&mut self, value: T, acknowledged: bool) {
        if acknowledged {
            self.0.clear();
        }
        if !self.0.contains(&value) {
            self.0.push(value);
        }
    }

    pub fn allows(&self, value: &T) -> bool {
        self.0.contains(value)
    }

    /// The value, where it is certain.
    pub fn certain(&self) -> Option<&T> {
        match self.0.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    fn each(&self, change: impl Fn(&T) -> T) -> Vec<T> {
        self.0.iter().map(change).collect()
    }
}

/// An index.
#[derive(Debug, Clone)]
pub struct IndexMay {
    /// Whether it is there.
    pub there: May<bool>,
    /// Whether it is closed.
    pub closed: May<bool>,
    /// Its documents; `None` for one that is not there.
    pub documents: BTreeMap<String, May<Option<Value>>>,
    /// Its aliases.
    pub aliases: BTreeMap<String, May<bool>>,
    /// Fields that were added to its mapping.
    pub fields: BTreeMap<String, May<bool>>,
}

impl Default for IndexMay {
    fn default() -> Self {
        Self {
            there: May::only(false),
            closed: May::only(false),
            documents: BTreeMap::new(),
            aliases: BTreeMap::new(),
            fields: BTreeMap::new(),
        }
    }
}

/// A node.
#[derive(Debug, Clone, Default)]
pub struct NodeMay(pub BTreeMap<String, IndexMay>);

impl NodeMay {
    pub fn index(&mut self, name: &str) -> &mut IndexMay {
        self.0.entry(name.to_owned()).or_default()
    }

    /// A document was written or deleted as a whole.
    pub fn put(&mut self, index: &str, id: &str, value: Option<Value>, acknowledged: bool) {
        let documents = &mut self.index(index).documents;
        let may = documents
            .entry(id.to_owned())
            .or_insert_with(|| May::only(None));
        may.set(value, acknowledged);
    }

    /// A field of a document was changed.
    pub fn patch(&mut self, index: &str, id: &str, key: &str, value: &Value, acknowledged: bool) {
        let Some(may) = self.index(index).documents.get_mut(id) else {
            return;
        };
        let changed = may.each(|before| {
            let mut after = before.clone();
            if let Some(after) = &mut after {
                after[key] = value.clone();
            }
            after
        });
        if acknowledged {
            // It was there, whatever else it was.
            may.0 = changed.into_iter().filter(Option::is_some).collect();
        } else {
            for value in changed {
                may.set(value, false);
            }
        }
    }

    /// Compares a node with what it may be; the first thing that it may not be.
    pub fn compare(&self, node: &Node) -> Result<(), String> {
        let entries = node.list_indices();
        for entry in &entries {
            let known = self.0.get(&entry.name);
            let may = known.ok_or_else(|| format!("nobody made [{}]", entry.name))?;
            if !may.there.allows(&true) {
                return Err(format!("[{}] is there", entry.name));
            }
            if !may.closed.allows(&entry.closed) {
                return Err(format!("[{}] is closed: {}", entry.name, entry.closed));
            }
            if !entry.closed {
                may.compare(node, &entry.name)?;
            }
        }
        for (name, may) in &self.0 {
            let there = entries.iter().any(|entry| entry.name == *name);
            if !there && !may.there.allows(&false) {
                return Err(format!("[{name}] is gone"));
            }
        }
        Ok(())
    }
}

impl IndexMay {
    fn compare(&self, node: &Node, name: &str) -> Result<(), String> {
        let failed = |what: &str, error: EngineError| format!("[{name}] {what}: {error}");
        let index = node.index(name).map_err(|error| failed("index", error))?;
        index.refresh().map_err(|error| failed("refresh", error))?;
        let mut found = BTreeSet::new();
        for (id, may) in &self.documents {
            let document = index.get(id).map_err(|error| failed(id, error))?;
            let source = document.map(|document| document.source);
            if !may.allows(&source) {
                return Err(format!("[{name}] {id} is {source:?}, not one of {may:?}"));
            }
            if source.is_some() {
                found.insert(id.clone());
            }
        }
        let request = engine::request::SearchRequest {
            size: 1_000,
            ..Default::default()
        };
        let response = index
            .search(&request)
            .map_err(|error| failed("search", error))?;
        let hits: BTreeSet<String> = response.hits.into_iter().map(|hit| hit.id).collect();
        if hits != found {
            return Err(format!("[{name}] finds {hits:?}, and has {found:?}"));
        }
        for id in &found {
            let vector = index
                .has_vectors(id, "v")
                .map_err(|error| failed(id, error))?;
            if !vector {
                return Err(format!("[{name}] {id} has lost its vector"));
            }
        }
        let aliases = node
            .get_aliases(name, None)
            .map_err(|error| failed("aliases", error))?;
        for (alias, may) in &self.aliases {
            let there = aliases[name]["aliases"].get(alias).is_some();
            if !may.allows(&there) {
                return Err(format!("[{name}] alias {alias}: {there}"));
            }
        }
        let mapping = node
            .get_mappings(name)
            .map_err(|error| failed("mapping", error))?;
        for (field, may) in &self.fields {
            let path = format!("/{name}/mappings/properties/{field}");
            let there = mapping.pointer(&path).is_some();
            if !may.allows(&there) {
                return Err(format!("[{name}] field {field}: {there} in {mapping}"));
            }
        }
        Ok(())
    }
}
