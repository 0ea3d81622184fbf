//! The catalog: which indices there are, and which aliases point at them.
//!
//! One file, replaced as a whole. An index's folder is made before the catalog
//! names it, and deleted after the catalog stopped naming it, so a crash leaves
//! at most a folder that nothing names; opening the node removes those.

mod names;

pub use names::check_index_name;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{EngineError, Result};
use crate::store::frame::{Kind, read_framed, write_framed};
use crate::store::{Store, StoreError};

pub(crate) const FILE: &str = "catalog.meta";
/// The version that is written.
const VERSION: u16 = 2;
/// The versions that are read: 1 knew no templates and no closed indices.
const READABLE: &[u16] = &[1, VERSION];

/// An alias of one index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// Whether writes to the alias go to this index; `None` when only one index has the alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_write_index: Option<bool>,
    /// The documents that the alias shows, as a query's JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The routing of writes; without effect on one node, kept for those who ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_routing: Option<String>,
    /// The routing of searches; as above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_routing: Option<String>,
    /// Whether listings leave the alias out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_hidden: Option<bool>,
}

/// What the catalog says of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The name of its folder.
    pub uuid: String,
    /// Its aliases.
    #[serde(default)]
    pub aliases: BTreeMap<String, Alias>,
    /// Whether it is closed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// The indices of a node, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// The indices.
    pub indices: BTreeMap<String, Entry>,
    /// Composable templates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub index_templates: BTreeMap<String, Value>,
    /// What composable templates share.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub component_templates: BTreeMap<String, Value>,
    /// Legacy templates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub legacy_templates: BTreeMap<String, Value>,
}

impl Catalog {
    /// Reads the catalog; an empty one when the node is new.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn load(store: &Arc<dyn Store>) -> Result<Self> {
        match read_framed(store.as_ref(), Path::new(FILE), Kind::Catalog, READABLE) {
            Ok((_, bytes)) => {
                serde_json::from_slice(&bytes).map_err(|error| EngineError::Corrupt {
                    file: FILE.to_owned(),
                    reason: error.to_string(),
                })
            }
            Err(StoreError::NotFound { .. }) => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the catalog, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, store: &Arc<dyn Store>) -> Result<()> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| EngineError::Internal(format!("catalog: {error}")))?;
        write_framed(
            store.as_ref(),
            Path::new(FILE),
            Kind::Catalog,
            VERSION,
            &bytes,
        )?;
        Ok(())
    }

    /// Whether a name is an alias.
    pub fn is_alias(&self, name: &str) -> bool {
        self.indices
            .values()
            .any(|entry| entry.aliases.contains_key(name))
    }

    /// The indices that an alias points at.
    pub fn behind<'a>(&'a self, alias: &'a str) -> impl Iterator<Item = (&'a str, &'a Alias)> {
        self.indices.iter().filter_map(move |(name, entry)| {
            entry.aliases.get(alias).map(|found| (name.as_str(), found))
        })
    }

    /// The index that writes to a name go to.
    ///
    /// # Errors
    /// When there is none, or an alias points at several without saying which.
    pub fn write_index(&self, name: &str) -> Result<String> {
        if self.indices.contains_key(name) {
            return Ok(name.to_owned());
        }
        let behind: Vec<(&str, &Alias)> = self.behind(name).collect();
        let chosen = behind
            .iter()
            .find(|(_, alias)| alias.is_write_index == Some(true));
        match (chosen, behind.as_slice()) {
            (Some((index, _)), _) => Ok((*index).to_owned()),
            (None, []) => Err(EngineError::IndexNotFound(name.to_owned())),
            (None, [(index, alias)]) if alias.is_write_index != Some(false) => {
                Ok((*index).to_owned())
            }
            _ => Err(EngineError::IllegalArgument(format!(
                "no write index is defined for alias [{name}]. The write index may be explicitly \
                 disabled using is_write_index=false or the alias points to multiple indices \
                 without one being designated as a write index"
            ))),
        }
    }
}
