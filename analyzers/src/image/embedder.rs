//! The one door to all that describe pictures.

use std::path::Path;
use std::sync::Arc;

use super::descriptor::Descriptor;
use super::model::ImageModel;
use super::scenes::{Scene, embed_picture, embed_picture_with};
use super::{Limits, RgbaImage};
use crate::embed::{ModelError, ModelIdentity};

/// What describes pictures: the descriptor or a model. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PictureEmbedder {
    identity: ModelIdentity,
    /// The descriptor, if there is none.
    model: Option<Arc<ImageModel>>,
}

impl PictureEmbedder {
    /// The descriptor, which needs no weights.
    #[must_use]
    pub fn built_in() -> Self {
        Self {
            identity: ModelIdentity {
                name: Descriptor::NAME.to_owned(),
                version: Descriptor::VERSION,
                dims: Descriptor::DIMS,
            },
            model: None,
        }
    }

    /// The model in a folder.
    ///
    /// # Errors
    /// As [`ImageModel::open`].
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let model = ImageModel::open(folder)?;
        Ok(Self {
            identity: model.identity().clone(),
            model: Some(Arc::new(model)),
        })
    }

    /// The model's name, version and dimensions.
    #[must_use]
    pub fn identity(&self) -> &ModelIdentity {
        &self.identity
    }

    /// Describes a picture by its scenes, in order; a still has one.
    ///
    /// # Errors
    /// If the picture can't be read or the model fails.
    pub fn scenes(&self, bytes: &[u8], limits: &Limits) -> Result<Vec<Scene>, ModelError> {
        match &self.model {
            None => Ok(embed_picture(bytes, limits)?),
            Some(model) => embed_picture_with(bytes, limits, |image| model.encode(image)),
        }
    }

    /// Describes one decoded picture.
    ///
    /// # Errors
    /// If the model fails; the descriptor doesn't.
    pub fn encode(&self, image: &RgbaImage) -> Result<Vec<f32>, ModelError> {
        match &self.model {
            None => Ok(Descriptor::describe(image).to_vec()),
            Some(model) => model.encode(image),
        }
    }

    /// The vector of the same picture seen in a mirror, where that can be told
    /// from the vector alone: it can for the descriptor.
    #[must_use]
    pub fn mirror(&self, vector: &[f32]) -> Option<Vec<f32>> {
        match &self.model {
            None => Descriptor::mirror(vector),
            Some(_) => None,
        }
    }
}
