//! The one door to all text models.

use std::path::Path;
use std::sync::Arc;

use super::bert::BertModel;
use super::cut_off::CutOff;
use super::error::ModelError;
use super::identity::ModelIdentity;
use super::static_table::StaticModel;

/// A text model, cheap to clone.
#[derive(Debug, Clone)]
pub struct TextEmbedder(Model);

#[derive(Debug, Clone)]
enum Model {
    Static(Arc<StaticModel>),
    Bert(Arc<BertModel>),
}

impl TextEmbedder {
    /// The model that ships with the program.
    ///
    /// # Errors
    /// As [`StaticModel::built_in`].
    pub fn built_in() -> Result<Self, ModelError> {
        StaticModel::built_in().map(|model| Self(Model::Static(model)))
    }

    /// The sentence model in a folder.
    ///
    /// # Errors
    /// As [`BertModel::open`].
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        BertModel::open(folder).map(|model| Self(Model::Bert(Arc::new(model))))
    }

    /// The model's name, version and dimensions.
    #[must_use]
    pub fn identity(&self) -> &ModelIdentity {
        match &self.0 {
            Model::Static(model) => model.identity(),
            Model::Bert(model) => model.identity(),
        }
    }

    /// The cosine from which on two texts are taken to mean the same.
    #[must_use]
    pub fn cut_off(&self) -> CutOff {
        match &self.0 {
            Model::Static(_) => StaticModel::CUT_OFF,
            Model::Bert(_) => BertModel::CUT_OFF,
        }
    }

    /// The vector of a text, of length 1; `None` where the model knows too
    /// little of it.
    ///
    /// # Errors
    /// If the model fails; the built-in one doesn't.
    pub fn encode(&self, text: &str) -> Result<Option<Vec<f32>>, ModelError> {
        match &self.0 {
            Model::Static(model) => Ok(model.encode(text)),
            Model::Bert(model) => model.encode(text),
        }
    }
}
