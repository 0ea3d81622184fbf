//! What describes pictures and titles, and which fields of the index hold their vectors.
//!
//! Vectors of two models are never compared. So each model has a field of its own; which fields
//! count stands in one small file, and another model is a new field, filled beside the old one and
//! switched to at once (`pictor reembed`).

use std::collections::HashMap;
use std::path::Path;

use analyzers::embed::{ModelError, ModelIdentity, TextEmbedder};
use analyzers::image::{Limits, PictureEmbedder, Scene};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::EngineError;
use engine::index::Index;
use engine::mapping::FieldType;
use engine::store::frame::{Kind, read_framed, write_framed};
use engine::store::{MemStore, Store};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::LibraryError;

/// The object that the vectors of a record are in; metadata cannot be called so.
pub const VECTORS: &str = "_vectors";
const FILE: &str = "models.meta";
const VERSION: u16 = 1;

/// The models of a node.
#[derive(Debug, Clone)]
pub struct Models {
    /// Of pictures.
    pub picture: PictureEmbedder,
    /// Of titles.
    pub text: TextEmbedder,
}

impl Models {
    /// The models in folders; the built-in ones where none is named.
    ///
    /// # Errors
    /// When a folder holds no model that can be run.
    pub fn open(picture: Option<&Path>, text: Option<&Path>) -> Result<Self, ModelError> {
        Ok(Self {
            picture: picture
                .map_or_else(|| Ok(PictureEmbedder::built_in()), PictureEmbedder::open)?,
            text: text.map_or_else(TextEmbedder::built_in, TextEmbedder::open)?,
        })
    }
}

/// The field of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelField {
    /// The field's path.
    pub field: String,
    /// Counted up with each change of the model.
    generation: u32,
    name: String,
    version: u32,
    dims: usize,
}

impl ModelField {
    fn new(of: &str, generation: u32, model: &ModelIdentity) -> Self {
        Self {
            field: format!("{VECTORS}.{of}_{generation}"),
            generation,
            name: model.name.clone(),
            version: model.version,
            dims: model.dims,
        }
    }

    fn is_of(&self, model: &ModelIdentity) -> bool {
        (&self.name, self.version, self.dims) == (&model.name, model.version, model.dims)
    }

    fn mapping(&self) -> Value {
        let field = json!({
            "type": "dense_vector", "dims": self.dims, "similarity": "cosine",
            "model": {"name": self.name, "version": self.version},
        });
        let name = self.key();
        json!({"properties": {VECTORS: {"properties": {name: field}}}})
    }

    /// The field's name within its object.
    fn key(&self) -> &str {
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

/// Which fields count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFields {
    /// The scenes of pictures.
    pub picture: ModelField,
    /// Titles.
    pub title: ModelField,
    /// Whether records may lack vectors in these fields, which are being filled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    incomplete: bool,
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
    fn next(&self, models: &Models) -> Self {
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
    fn stored(store: &dyn Store, index: &Index) -> Result<Option<Self>, LibraryError> {
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
    fn checked(self, index: &Index) -> Self {
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

    fn first(models: &Models) -> Self {
        Self {
            picture: ModelField::new("picture", 1, models.picture.identity()),
            title: ModelField::new("title", 1, models.text.identity()),
            incomplete: false,
        }
    }
}

/// The models of a library with their fields.
#[derive(Debug, Clone)]
pub struct Embedding {
    /// The models.
    pub models: Models,
    /// Their fields.
    pub fields: ModelFields,
}

impl Embedding {
    /// The fields of a library that fit the node's models, made where the library is new.
    ///
    /// # Errors
    /// When the library's vectors are of other models.
    pub fn open(store: &dyn Store, index: &Index, models: Models) -> Result<Self, LibraryError> {
        let stored = ModelFields::stored(store, index)?;
        let fields = match &stored {
            None => ModelFields::first(&models),
            Some(stored) => stored.next(&models),
        };
        if let Some(stored) = stored
            && stored != fields
            && index.document_count() > 0
        {
            let (is, wanted) = if stored.picture == fields.picture {
                (stored.title, &fields.title)
            } else {
                (stored.picture, &fields.picture)
            };
            return Err(LibraryError::Models {
                is: is.to_string(),
                wanted: wanted.to_string(),
            });
        }
        let embedding = Self { models, fields };
        embedding.declare(index)?;
        embedding.fields.save(store)?;
        Ok(embedding)
    }

    /// The fields of now, and those that other models need.
    ///
    /// # Errors
    /// When the file is damaged, or the fields cannot be declared.
    pub fn change(
        store: &dyn Store,
        index: &Index,
        models: Models,
    ) -> Result<(Option<ModelFields>, Self), LibraryError> {
        let stored = ModelFields::stored(store, index)?;
        let fields = match &stored {
            None => ModelFields::first(&models),
            Some(stored) => stored.next(&models),
        };
        let embedding = Self { models, fields };
        embedding.declare(index)?;
        Ok((stored, embedding))
    }

    fn declare(&self, index: &Index) -> Result<(), LibraryError> {
        for field in [&self.fields.picture, &self.fields.title] {
            if index.mapping().field(&field.field).is_none() {
                index.put_mapping(&field.mapping())?;
            }
        }
        Ok(())
    }

    /// The fields of these models in an index whose vectors are in other fields: the same where the
    /// models are, else new ones that have to be filled.
    ///
    /// # Errors
    /// When the new fields cannot be declared or written down.
    pub fn following(
        store: &dyn Store,
        index: &Index,
        there: ModelFields,
        models: Models,
    ) -> Result<Self, LibraryError> {
        let there = there.checked(index);
        let mut fields = there.next(&models);
        fields.incomplete |= fields != there && index.document_count() > 0;
        let embedding = Self { models, fields };
        embedding.declare(index)?;
        embedding.fields.save(store)?;
        Ok(embedding)
    }

    /// The scenes of a picture.
    ///
    /// # Errors
    /// When it cannot be decoded, or the model fails.
    pub fn scenes(&self, bytes: &[u8], limits: &Limits) -> Result<Vec<Scene>, LibraryError> {
        self.models
            .picture
            .scenes(bytes, limits)
            .map_err(model_error)
    }

    /// The vector of a text; `None` where the model knows too little of it.
    ///
    /// # Errors
    /// When the model fails.
    pub fn text(&self, text: &str) -> Result<Option<Vec<f32>>, LibraryError> {
        self.models.text.encode(text).map_err(model_error)
    }

    /// The vectors of a record as its source has them: what is `None` is left out, and an update
    /// leaves it alone.
    ///
    /// # Errors
    /// When the model fails.
    pub fn source(
        &self,
        scenes: Option<&[Scene]>,
        title: Option<&str>,
    ) -> Result<Value, LibraryError> {
        let mut out = Map::new();
        if let Some(scenes) = scenes {
            let scenes = scenes.iter().map(|scene| {
                json!({"vector": base64(&scene.vector), "slot": scene.frame, "time": scene.time})
            });
            out.insert(self.fields.picture.key().to_owned(), scenes.collect());
        }
        if let Some(title) = title {
            let vector = self.text(title)?.map(|vector| base64(&vector));
            out.insert(self.fields.title.key().to_owned(), json!(vector));
        }
        Ok(Value::Object(out))
    }
}

fn model_error(error: ModelError) -> LibraryError {
    match error {
        ModelError::Image(error) => error.into(),
        error => LibraryError::Engine(EngineError::Internal(error.to_string())),
    }
}

fn base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect();
    STANDARD.encode(bytes)
}

/// The models of a test.
#[cfg(test)]
pub fn models() -> Models {
    use std::sync::OnceLock;
    static MODELS: OnceLock<Models> = OnceLock::new();
    let models = MODELS.get_or_init(|| Models::open(None, None).unwrap());
    models.clone()
}
