//! A node: a folder with indices.

mod admin;
mod aliases;
mod analyze;
mod caps;
mod contexts;
mod create;
mod reserved;
mod resolve;
mod revive;
mod snapshots;
mod stats;
mod templates;

#[cfg(test)]
mod tests;

pub use admin::IndexEntry;
pub use reserved::Reserved;
pub use resolve::Target;
pub(crate) use snapshots::Arrival;
pub use stats::StatsLevel;
pub use templates::TemplateKind;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use create::MAX_INDICES;
use parking_lot::{Mutex, RwLock};
use revive::Revivals;

use crate::catalog::Catalog;
use crate::error::{EngineError, Result};
use crate::index::{Index, IndexOptions};
use crate::mapping::wildcard_match;
use crate::query::ast::Query;
use crate::request::{SearchRequest, SearchResponse};
use crate::search::context::Contexts;
use crate::store::{Scoped, Store};

/// The folder of the indices' folders.
pub(crate) const INDICES: &str = "indices";

/// How a node works.
#[derive(Debug, Clone, Default)]
pub struct NodeOptions {
    /// How its indices work.
    pub index: IndexOptions,
    /// Indices that are not the users'.
    pub reserved: Reserved,
}

/// What a node holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NodeStats {
    /// Indices.
    pub indices: usize,
    /// Documents that can be searched.
    pub documents: u64,
    /// Segments.
    pub segments: usize,
    /// Vectors that can be found.
    pub vectors: u64,
}

struct Inner {
    store: Arc<dyn Store>,
    options: NodeOptions,
    catalog: RwLock<Catalog>,
    indices: RwLock<BTreeMap<String, Arc<Index>>>,
    /// Changes of the catalog, one at a time.
    changes: Mutex<()>,
    /// Searches that go on: scrolls and points in time.
    contexts: Contexts,
    /// Indices that stopped, and when they are tried again.
    revivals: Mutex<Revivals>,
}

/// A node. Clones are the same node. Its methods block: never call them on an async runtime.
#[derive(Clone)]
pub struct Node {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node")
            .field("indices", &self.inner.indices.read().len())
            .finish()
    }
}

impl Node {
    /// Opens the node of a store, recovering every index.
    ///
    /// # Errors
    /// When a file is missing or damaged; the message names it.
    pub fn open(store: Arc<dyn Store>, options: NodeOptions) -> Result<Self> {
        let mut catalog = Catalog::load(&store)?;
        // Aliases that nobody could see, use or take away.
        for name in options.reserved.own {
            if let Some(entry) = catalog.indices.get_mut(*name) {
                entry.aliases.clear();
            }
        }
        remove_strays(&store, &catalog);
        let mut indices = BTreeMap::new();
        for (name, entry) in catalog.indices.iter().filter(|(_, entry)| !entry.closed) {
            let folder = folder(&store, &entry.uuid)?;
            let index = Index::open(name, folder, options.index.clone())?;
            indices.insert(name.clone(), Arc::new(index));
        }
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                options,
                catalog: RwLock::new(catalog),
                indices: RwLock::new(indices),
                changes: Mutex::default(),
                contexts: Contexts::default(),
                revivals: Mutex::default(),
            }),
        })
    }

    /// The store that the node's files are in.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.inner.store)
    }

    /// Whether an index or alias of that name is there.
    pub fn index_exists(&self, name: &str) -> bool {
        let catalog = self.inner.catalog.read();
        catalog.indices.contains_key(name) || catalog.is_alias(name)
    }

    /// Lets an alias point at an index too.
    ///
    /// # Errors
    /// When there is no such index, or the name is one.
    pub fn put_alias(&self, index: &str, alias: &str) -> Result<()> {
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        aliases::check_alias(&catalog, self.reserved(), alias)?;
        let entry = catalog
            .indices
            .get_mut(index)
            .ok_or_else(|| EngineError::IndexNotFound(index.to_owned()))?;
        entry.aliases.entry(alias.to_owned()).or_default();
        catalog.save(&self.inner.store)?;
        *self.inner.catalog.write() = catalog;
        Ok(())
    }

    /// The index of a name, or the one that writes to an alias go to.
    ///
    /// # Errors
    /// When there is none.
    pub fn index(&self, name: &str) -> Result<Arc<Index>> {
        let concrete = self.inner.catalog.read().write_index(name)?;
        if self.reserved().is_own(&concrete) {
            return Err(EngineError::IndexNotFound(name.to_owned()));
        }
        self.open_one(concrete)
    }

    /// The index of exactly that name.
    fn open_one(&self, concrete: String) -> Result<Arc<Index>> {
        {
            let catalog = self.inner.catalog.read();
            let entry = catalog.indices.get(&concrete);
            if entry.is_some_and(|entry| entry.closed) {
                return Err(EngineError::IndexClosed(concrete));
            }
        }
        let index = self.inner.indices.read().get(&concrete).cloned();
        let index = index.ok_or(EngineError::IndexNotFound(concrete))?;
        if index.failure().is_some() {
            return Ok(self.revived(index));
        }
        Ok(index)
    }

    /// The names of all indices, sorted.
    pub fn index_names(&self) -> Vec<String> {
        self.inner.indices.read().keys().cloned().collect()
    }

    /// The indices that an expression names: names, aliases, wildcards, a comma list, `_all`.
    ///
    /// # Errors
    /// When a name without a wildcard names nothing, or an alias's filter is damaged.
    pub fn resolve(&self, expression: &str) -> Result<Vec<Target>> {
        let catalog = self.inner.catalog.read();
        let indices = self.inner.indices.read();
        resolve::resolve(&catalog, self.reserved(), &indices, expression)
    }

    /// Searches the indices that an expression names, as one; a request with a point in time
    /// searches that, and names no index.
    ///
    /// # Errors
    /// When one is missing, or the request does not fit one.
    pub fn search(&self, expression: &str, request: &SearchRequest) -> Result<SearchResponse> {
        if let Some(pit) = &request.pit {
            if !expression.is_empty() {
                return Err(EngineError::IllegalArgument(
                    "[indices] cannot be used with point in time. Do not specify any index with \
                     point in time."
                        .to_owned(),
                ));
            }
            return self.search_pit(&pit.id, request);
        }
        self.hold(expression, request)?.search(request)
    }

    /// How many documents of the indices match a query.
    ///
    /// # Errors
    /// When one is missing, or the query does not fit one.
    pub fn count(&self, expression: &str, query: &Query) -> Result<u64> {
        let request = SearchRequest {
            query: Some(query.clone()),
            size: 0,
            ..SearchRequest::default()
        };
        Ok(self
            .search(expression, &request)?
            .total
            .map_or(0, |total| total.value))
    }

    /// What the node holds.
    pub fn stats(&self) -> NodeStats {
        self.forget_expired();
        let indices = self.inner.indices.read();
        NodeStats {
            indices: indices.len(),
            documents: indices.values().map(|index| index.document_count()).sum(),
            segments: indices.values().map(|index| index.segment_count()).sum(),
            vectors: indices.values().map(|index| index.vector_count()).sum(),
        }
    }

    /// Commits and stops every index. The node answers reads that are under way, nothing new.
    ///
    /// # Errors
    /// The first that an index met; all are stopped all the same.
    pub fn close(&self) -> Result<()> {
        self.forget_contexts();
        let indices: Vec<_> = self.inner.indices.read().values().cloned().collect();
        indices
            .iter()
            .map(|index| index.close())
            .collect::<Vec<_>>()
            .into_iter()
            .collect()
    }
}

fn path_of(uuid: &str) -> PathBuf {
    Path::new(INDICES).join(uuid)
}

fn folder(store: &Arc<dyn Store>, uuid: &str) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(Scoped::new(Arc::clone(store), path_of(uuid))?))
}

/// Deletes the folders that a crash left while an index was made or deleted.
fn remove_strays(store: &Arc<dyn Store>, catalog: &Catalog) {
    let Ok(names) = store.list(Path::new(INDICES)) else {
        return;
    };
    for name in names {
        if !catalog.indices.values().any(|entry| entry.uuid == name) {
            match store.delete_dir_all(&path_of(&name)) {
                Ok(()) => tracing::info!(folder = name, "removed a folder that no index has"),
                Err(error) => tracing::warn!(folder = name, %error, "a stray folder stays"),
            }
        }
    }
}

/// Whether an expression has to name something.
pub(crate) fn is_pattern(name: &str) -> bool {
    name == "_all" || name.contains('*')
}

/// Whether a pattern names an index; names that begin with a dot are only named by such patterns.
pub(crate) fn pattern_matches(pattern: &str, name: &str) -> bool {
    let hidden = name.starts_with('.') && !pattern.starts_with('.');
    !hidden && (pattern == "_all" || wildcard_match(pattern, name))
}
