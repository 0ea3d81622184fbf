//! Picture models with learned weights, read from a folder.
//!
//! Three families: residual networks (ResNet-50 and its sisters, with the
//! names of torchvision and timm or those of the Hugging Face hub), the picture
//! half of CLIP, and DINOv2. Which it is, the folder's `config.json` says.

mod config;
mod positions;
mod preprocess;
mod resnet;
#[cfg(test)]
mod tests;
mod vit;

use std::fmt;
use std::path::Path;

use candle_core::Tensor;

use super::RgbaImage;
use crate::embed::neural::{Weights, checksum, unit_vector};
use crate::embed::{ModelError, ModelIdentity};
use config::{Config, Family};
use preprocess::Preprocess;
use resnet::ResNet;
use vit::Vit;

/// A picture model with learned weights.
///
/// The folder holds `config.json`, `model.safetensors` and (but for timm's
/// models, which say it in `config.json`) `preprocessor_config.json`. Pictures
/// are scaled, cropped and normalised as these say; transparent parts count as
/// white, as they do for [`Descriptor`](super::Descriptor).
pub struct ImageModel {
    identity: ModelIdentity,
    preprocess: Preprocess,
    network: Network,
}

enum Network {
    ResNet(ResNet),
    Vit(Vit),
}

impl ImageModel {
    /// Reads a model and tries it.
    ///
    /// # Errors
    /// If a file is missing or holds something else than it should; the error
    /// says which.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let config = Config::read(folder)?;
        let family = config.family(folder)?;
        let preprocess = Preprocess::read(folder, &config, family)?;
        let mut weights = Weights::open(folder)?;
        let version = checksum(
            folder,
            &weights,
            &["config.json", "preprocessor_config.json"],
        )?;
        let network = match family {
            Family::ResNet => {
                weights.rename(resnet::torchvision_name);
                Network::ResNet(ResNet::new(&weights)?)
            }
            Family::Clip => Network::Vit(Vit::clip(&weights, config.vision())?),
            Family::Dinov2 => {
                let size = preprocess.size();
                Network::Vit(Vit::dinov2(&weights, config.vision(), size)?)
            }
        };
        let mut model = Self {
            identity: ModelIdentity {
                name: String::new(),
                version,
                dims: 0,
            },
            preprocess,
            network,
        };
        // What is wrong beyond names and shapes shows now, not at a picture.
        let dims = model.encode(&RgbaImage::new(8, 8))?.len();
        model.identity.name = format!("{}-{dims}", family.label());
        model.identity.dims = dims;
        Ok(model)
    }

    /// The model's name, version and dimensions.
    #[must_use]
    pub fn identity(&self) -> &ModelIdentity {
        &self.identity
    }

    /// The vector of a picture, of length 1.
    ///
    /// # Errors
    /// If the model fails.
    pub fn encode(&self, image: &RgbaImage) -> Result<Vec<f32>, ModelError> {
        self.forward(&self.preprocess.apply(image)?)
    }

    /// `pixels` are (1, 3, height, width), normalised.
    fn forward(&self, pixels: &Tensor) -> Result<Vec<f32>, ModelError> {
        unit_vector(&match &self.network {
            Network::ResNet(network) => network.forward(pixels)?,
            Network::Vit(network) => network.forward(pixels)?,
        })
    }
}

impl fmt::Debug for ImageModel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ImageModel")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
