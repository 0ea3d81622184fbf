//! What describes pictures and titles, and which fields of the index hold their vectors.
//!
//! Vectors of two models are never compared. So each model has a field of its own; which fields
//! count stands in one small file, and another model is a new field, filled beside the old one and
//! switched to at once (`pictor reembed`).

mod field;
mod fields;

pub use field::ModelField;
pub use fields::ModelFields;

use std::path::Path;

use analyzers::embed::{ModelError, TextEmbedder};
use analyzers::image::{Limits, PictureEmbedder, Scene};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::EngineError;
use engine::index::Index;
use engine::store::Store;
use serde_json::{Map, Value, json};

use crate::library::error::LibraryError;

/// The object that the vectors of a record are in; metadata cannot be called so.
pub const VECTORS: &str = "_vectors";

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
