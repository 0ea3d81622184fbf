//! Which fields count: one small file says so, or else what the index holds.

use std::collections::HashMap;
use std::path::Path;

use analyzers::embed::ModelIdentity;
use engine::EngineError;
use engine::index::Index;
use engine::mapping::FieldType;
use engine::store::frame::{Kind, read_framed, write_framed};
use engine::store::{MemStore, Store};
use serde::{Deserialize, Serialize};

use super::{ModelField, Models, VECTORS};
use crate::library::error::LibraryError;

const FILE: &str = "models.meta";
const VERSION: u16 = 1;

/// Which fields count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFields {
    /// The scenes of pictures.
    pub picture: ModelField,
    /// Titles.
    pub title: ModelField,
    /// Whether records may lack vectors in these fields, which are being filled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) incomplete: bool,
}

impl ModelFields {
    fn load(store: &dyn Store) -> Result<Option<Self>, LibraryError> {
        let path = Path::new(FILE);
        match read_framed(store, path, Kind::Models, &[VERSION]) {
            Ok((_, bytes)) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                LibraryError::Engine(EngineError::Corrupt {
                    file: store.full_path(path).display().to_string(),
                    reason: error.to_string(),
                })
            }),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// When they are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LibraryError> {
        let other = MemStore::new();
        other.write_atomic(Path::new(FILE), bytes)?;
        Self::load(&other)?.ok_or_else(|| {
            LibraryError::Engine(EngineError::Internal(format!("{FILE} is not there")))
        })
    }

    /// Whether all records have their vectors in these fields.
    pub fn is_complete(&self) -> bool {
        !self.incomplete
    }

    /// The same fields, filled.
    pub fn completed(&self) -> Self {
        Self {
            incomplete: false,
            ..self.clone()
        }
    }

    /// Makes these the fields that count.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, store: &dyn Store) -> Result<(), LibraryError> {
        let bytes =
            serde_json::to_vec(self).map_err(|error| EngineError::Internal(error.to_string()))?;
        write_framed(store, Path::new(FILE), Kind::Models, VERSION, &bytes)?;
        Ok(())
    }

    /// The fields for other models: those of models that stay the same are the same.
    pub(super) fn next(&self, models: &Models) -> Self {
        let next = |now: &ModelField, of: &str, model: &ModelIdentity| {
            if now.is_of(model) {
                now.clone()
            } else {
                ModelField::new(of, now.generation + 1, model)
            }
        };
        Self {
            picture: next(&self.picture, "picture", models.picture.identity()),
            title: next(&self.title, "title", models.text.identity()),
            incomplete: self.incomplete,
        }
    }

    /// The fields that count by the file; without it, by what the index has.
    pub(super) fn stored(store: &dyn Store, index: &Index) -> Result<Option<Self>, LibraryError> {
        Ok(match Self::load(store)? {
            Some(stored) => Some(stored.checked(index)),
            None => Self::of_index(index),
        })
    }

    /// The fields that an index has vectors in: of each kind the one with the most, and of equal ones
    /// the newest. `None` where it has none of a kind.
    fn of_index(index: &Index) -> Option<Self> {
        let counts: HashMap<String, u64> = index
            .vector_stats()
            .into_iter()
            .map(|(path, stats)| (path, stats.vectors))
            .collect();
        let mapping = index.mapping();
        let best = |of: &str| {
            let prefix = format!("{VECTORS}.{of}_");
            let fields = mapping.fields().filter_map(|(path, field)| {
                let generation = path.strip_prefix(&prefix)?.parse().ok()?;
                let FieldType::Vector(field) = &field.kind else {
                    return None;
                };
                Some(ModelField {
                    field: path.to_owned(),
                    generation,
                    name: field.model.name.clone(),
                    version: field.model.version,
                    dims: field.dims?,
                })
            });
            fields.max_by_key(|field| {
                let vectors = counts.get(&field.field).copied().unwrap_or_default();
                (vectors, field.generation)
            })
        };
        Some(Self {
            picture: best("picture")?,
            title: best("title")?,
            incomplete: false,
        })
    }

    /// The fields as an index really has them: a restore may have been cut off between the index and
    /// the file.
    pub(super) fn checked(self, index: &Index) -> Self {
        let mapping = index.mapping();
        let check = |field: ModelField| match mapping.field(&field.field).map(|f| &f.kind) {
            Some(FieldType::Vector(there)) if !there.model.name.is_empty() => ModelField {
                name: there.model.name.clone(),
                version: there.model.version,
                dims: there.dims.unwrap_or(field.dims),
                ..field
            },
            _ => field,
        };
        Self {
            picture: check(self.picture),
            title: check(self.title),
            incomplete: self.incomplete,
        }
    }

    pub(super) fn first(models: &Models) -> Self {
        Self {
            picture: ModelField::new("picture", 1, models.picture.identity()),
            title: ModelField::new("title", 1, models.text.identity()),
            incomplete: false,
        }
    }
}
