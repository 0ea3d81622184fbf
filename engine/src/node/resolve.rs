//! Which indices an expression names.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Reserved, is_pattern, pattern_matches};
use crate::catalog::{Catalog, Entry};
use crate::error::{EngineError, Result};
use crate::index::Index;
use crate::query::ast::{Bool, Query};

/// An index that an expression names, and the part of it that it shows.
#[derive(Debug, Clone)]
pub struct Target {
    /// The index.
    pub index: Arc<Index>,
    /// The documents that the aliases show; `None` for all.
    pub filter: Option<Query>,
}

/// Whether an index is left out because it is closed: patterns pass over those.
fn shut(name: &str, entry: &Entry, part: &str) -> Result<bool> {
    match (entry.closed, is_pattern(part)) {
        (true, false) => Err(EngineError::IndexClosed(name.to_owned())),
        (closed, _) => Ok(closed),
    }
}

pub(super) fn resolve(
    catalog: &Catalog,
    reserved: Reserved,
    indices: &BTreeMap<String, Arc<Index>>,
    expression: &str,
) -> Result<Vec<Target>> {
    // For each index the filters that lead to it; an empty list shows everything.
    let mut found: BTreeMap<String, Option<Vec<String>>> = BTreeMap::new();
    let expression = if expression.is_empty() {
        "_all"
    } else {
        expression
    };
    for part in expression.split(',') {
        let part = part.trim();
        if let Some(excluded) = part.strip_prefix('-') {
            found.retain(|name, _| !(name == excluded || pattern_matches(excluded, name)));
            continue;
        }
        let mut any = false;
        for (name, entry) in reserved.visible(catalog) {
            if name == part || (is_pattern(part) && pattern_matches(part, name)) {
                any = true;
                if !shut(name, entry, part)? {
                    found.insert(name.clone(), None);
                }
                continue;
            }
            for (alias, definition) in &entry.aliases {
                if alias == part || (is_pattern(part) && pattern_matches(part, alias)) {
                    any = true;
                    if shut(name, entry, part)? {
                        continue;
                    }
                    match (&definition.filter, found.get_mut(name)) {
                        (None, _) => {
                            found.insert(name.clone(), None);
                        }
                        (Some(filter), Some(Some(filters))) => filters.push(filter.clone()),
                        (Some(_), Some(None)) => {}
                        (Some(filter), None) => {
                            found.insert(name.clone(), Some(vec![filter.clone()]));
                        }
                    }
                }
            }
        }
        if !any && !is_pattern(part) {
            return Err(EngineError::IndexNotFound(part.to_owned()));
        }
    }
    let mut targets = Vec::with_capacity(found.len());
    for (name, filters) in found {
        let Some(index) = indices.get(&name).cloned() else {
            return Err(EngineError::IndexNotFound(name));
        };
        let filter = match filters {
            None => None,
            Some(filters) => {
                let mut any = Bool::default();
                for filter in filters {
                    let value =
                        serde_json::from_str(&filter).map_err(|error| EngineError::Corrupt {
                            file: "catalog.meta".to_owned(),
                            reason: error.to_string(),
                        })?;
                    any.should.push(Query::from_json(&value)?);
                }
                Some(Query::Bool(any))
            }
        };
        targets.push(Target { index, filter });
    }
    Ok(targets)
}
