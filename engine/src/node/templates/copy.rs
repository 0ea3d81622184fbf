//! All templates of a node as one piece, for a copy of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

use super::{MAX_TEMPLATES, Node, TemplateKind};
use crate::error::{EngineError, Result};

/// The version that is written, and the one that is read.
const VERSION: u32 = 1;

/// Templates as a copy has them.
#[derive(Debug, Serialize, Deserialize)]
struct Copy {
    version: u32,
    index: BTreeMap<String, Value>,
    component: BTreeMap<String, Value>,
    legacy: BTreeMap<String, Value>,
}

impl Node {
    /// All templates as JSON; `None` where there are none.
    ///
    /// # Errors
    /// When they cannot be printed.
    pub fn copy_templates(&self) -> Result<Option<Vec<u8>>> {
        let catalog = self.inner.catalog.read();
        let copy = Copy {
            version: VERSION,
            index: catalog.index_templates.clone(),
            component: catalog.component_templates.clone(),
            legacy: catalog.legacy_templates.clone(),
        };
        drop(catalog);
        if copy.index.is_empty() && copy.component.is_empty() && copy.legacy.is_empty() {
            return Ok(None);
        }
        let bytes = serde_json::to_vec(&copy);
        bytes
            .map(Some)
            .map_err(|error| EngineError::Internal(format!("templates: {error}")))
    }

    /// Puts the templates of a copy in place: with `replace` also those whose names are taken. How
    /// many came, and how many were there already and stayed.
    ///
    /// # Errors
    /// When the bytes are no copy of templates, there would be too many, or the catalog cannot be
    /// written; nothing is changed then.
    pub fn adopt_templates(&self, bytes: &[u8], replace: bool) -> Result<(usize, usize)> {
        let damaged = |reason: String| EngineError::Corrupt {
            file: "templates.json".to_owned(),
            reason,
        };
        let copy: Copy =
            serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if copy.version != VERSION {
            return Err(damaged(format!(
                "version {}, this node reads {VERSION}",
                copy.version
            )));
        }
        let _changes = self.inner.changes.lock();
        let mut catalog = self.inner.catalog.read().clone();
        let (mut came, mut stayed) = (0, 0);
        for (kind, coming) in [
            (TemplateKind::Component, copy.component),
            (TemplateKind::Index, copy.index),
            (TemplateKind::Legacy, copy.legacy),
        ] {
            let there = kind.of_mut(&mut catalog);
            for (name, body) in coming {
                if there.get(&name).is_some_and(|own| !replace || *own == body) {
                    stayed += 1;
                    continue;
                }
                there.insert(name, body);
                came += 1;
            }
            if there.len() > MAX_TEMPLATES {
                return Err(EngineError::Limit(format!(
                    "a node has at most {MAX_TEMPLATES} templates of a kind"
                )));
            }
        }
        if came > 0 {
            catalog.save(&self.inner.store)?;
            *self.inner.catalog.write() = catalog;
        }
        Ok((came, stayed))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::NodeOptions;
    use crate::store::MemStore;

    fn node() -> Node {
        Node::open(Arc::new(MemStore::new()), NodeOptions::default()).unwrap()
    }

    #[test]
    fn templates_are_taken_over_and_own_ones_stay() {
        let source = node();
        assert_eq!(source.copy_templates().unwrap(), None);
        let pattern = |pattern: &str| json!({"index_patterns": [pattern]});
        source
            .put_template(TemplateKind::Index, "a", &pattern("a-*"), true)
            .unwrap();
        source
            .put_template(TemplateKind::Legacy, "b", &pattern("b-*"), true)
            .unwrap();
        let copy = source.copy_templates().unwrap().unwrap();
        let target = node();
        target
            .put_template(TemplateKind::Index, "a", &pattern("mine-*"), true)
            .unwrap();
        assert_eq!(target.adopt_templates(&copy, false).unwrap(), (1, 1));
        let shown = |node: &Node| node.get_templates(TemplateKind::Index, "a").unwrap();
        let patterns = "/index_templates/0/index_template/index_patterns/0";
        assert_eq!(shown(&target).pointer(patterns), Some(&json!("mine-*")));
        assert!(target.template_exists(TemplateKind::Legacy, "b"));
        assert_eq!(target.adopt_templates(&copy, true).unwrap(), (1, 1));
        assert_eq!(shown(&target), shown(&source));
        for bad in [
            &b"{"[..],
            b"{}",
            br#"{"version":9,"index":{},"component":{},"legacy":{}}"#,
        ] {
            let error = target.adopt_templates(bad, true).unwrap_err().to_string();
            assert!(error.contains("templates.json"), "{error}");
        }
    }
}
