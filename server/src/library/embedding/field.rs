//! The field of the index that holds the vectors of one model.

use analyzers::embed::ModelIdentity;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::VECTORS;

/// The field of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelField {
    /// The field's path.
    pub field: String,
    /// Counted up with each change of the model.
    pub(super) generation: u32,
    pub(super) name: String,
    pub(super) version: u32,
    pub(super) dims: usize,
}

impl ModelField {
    pub(super) fn new(of: &str, generation: u32, model: &ModelIdentity) -> Self {
        Self {
            field: format!("{VECTORS}.{of}_{generation}"),
            generation,
            name: model.name.clone(),
            version: model.version,
            dims: model.dims,
        }
    }

    pub(super) fn is_of(&self, model: &ModelIdentity) -> bool {
        (&self.name, self.version, self.dims) == (&model.name, model.version, model.dims)
    }

    pub(super) fn mapping(&self) -> Value {
        let field = json!({
            "type": "dense_vector", "dims": self.dims, "similarity": "cosine",
            "model": {"name": self.name, "version": self.version},
        });
        let name = self.key();
        json!({"properties": {VECTORS: {"properties": {name: field}}}})
    }

    /// The field's name within its object.
    pub(super) fn key(&self) -> &str {
        self.field
            .split_once('.')
            .map_or(self.field.as_str(), |(_, key)| key)
    }
}

impl std::fmt::Display for ModelField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} version {}", self.name, self.version)
    }
}
