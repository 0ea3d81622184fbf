//! Names of fields that stand for others.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Field, FieldType, Mapping};
use crate::error::{EngineError, Result};

impl Mapping {
    /// The path that a name stands for: an alias's target, or the name itself.
    pub fn concrete<'a>(&'a self, path: &'a str) -> &'a str {
        match self.flat.get(path).map(|field| &field.kind) {
            Some(FieldType::Alias { path }) => path,
            _ => path,
        }
    }

    /// Whether any field is an alias.
    pub fn has_aliases(&self) -> bool {
        self.flat
            .values()
            .any(|field| matches!(field.kind, FieldType::Alias { .. }))
    }

    /// Checks that every alias names a field.
    pub(super) fn check_aliases(&self) -> Result<()> {
        let mut aliases: Vec<(&str, &str)> = self
            .flat
            .iter()
            .filter_map(|(name, field)| match &field.kind {
                FieldType::Alias { path } => Some((name.as_str(), path.as_str())),
                _ => None,
            })
            .collect();
        aliases.sort_unstable();
        for (name, path) in aliases {
            let reason = match self.field(path).map(|field| &field.kind) {
                _ if name == path => "an alias cannot refer to itself",
                None => "an alias must refer to an existing field in the mappings",
                Some(FieldType::Alias { .. }) => "an alias cannot refer to another alias",
                Some(FieldType::Object { .. }) => {
                    "an alias must refer to an existing field in the mappings"
                }
                Some(_) => continue,
            };
            return Err(EngineError::Mapping(format!(
                "Invalid [path] value [{path}] for field alias [{name}]: {reason}."
            )));
        }
        Ok(())
    }

    /// What the leaves of flattened objects are, by the object's path.
    pub(super) fn flattened_leaves(&self) -> HashMap<String, Arc<Field>> {
        self.flat
            .iter()
            .filter(|(_, field)| matches!(field.kind, FieldType::Flattened { .. }))
            .map(|(path, field)| {
                let mut leaf = Field::of(FieldType::Keyword { normalizer: None });
                leaf.index = field.index;
                leaf.ignore_above = field.ignore_above;
                (path.clone(), Arc::new(leaf))
            })
            .collect()
    }
}
