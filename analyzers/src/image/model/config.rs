//! `config.json` of a picture model, as far as it matters here.

use std::path::Path;

use serde::Deserialize;

use crate::embed::ModelError;
use crate::embed::neural::read_json;

const FILE: &str = "config.json";

/// What `config.json` says. Sizes are not among it: the tensors tell them.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    model_type: Option<String>,
    /// What timm calls the model.
    architecture: Option<String>,
    /// What timm says of pictures.
    pub(super) pretrained_cfg: Option<Pretrained>,
    vision_config: Option<Vision>,
    /// Of models that are nothing but vision, the same lies at the top.
    #[serde(flatten)]
    top: Vision,
    #[serde(default)]
    downsample_in_bottleneck: bool,
    #[serde(default)]
    use_swiglu_ffn: bool,
}

/// What can't be told from a vision transformer's tensors.
#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct Vision {
    pub(super) num_attention_heads: Option<usize>,
    pub(super) hidden_act: Option<String>,
    pub(super) layer_norm_eps: Option<f64>,
}

/// How timm prepares pictures.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Pretrained {
    pub(super) input_size: Option<[u32; 3]>,
    pub(super) interpolation: Option<String>,
    pub(super) crop_pct: Option<f64>,
    pub(super) mean: Option<[f32; 3]>,
    pub(super) std: Option<[f32; 3]>,
}

/// The kinds of models known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    ResNet,
    Clip,
    Dinov2,
}

impl Family {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::ResNet => "resnet",
            Self::Clip => "clip",
            Self::Dinov2 => "dinov2",
        }
    }
}

impl Config {
    pub(super) fn read(folder: &Path) -> Result<Self, ModelError> {
        read_json(folder, FILE)
    }

    /// Which kind of model it is.
    pub(super) fn family(&self, folder: &Path) -> Result<Family, ModelError> {
        let unsupported = |what: String| {
            let file = folder.join(FILE).display().to_string();
            Err(ModelError::invalid(file, format!("{what} not supported")))
        };
        if self.downsample_in_bottleneck {
            return unsupported("downsampling in the first part of a block is".to_owned());
        }
        if self.use_swiglu_ffn {
            return unsupported("gated feed-forward parts are".to_owned());
        }
        let name = self.model_type.as_ref().or(self.architecture.as_ref());
        match name.map(String::as_str) {
            Some("clip" | "clip_vision_model") => Ok(Family::Clip),
            Some("dinov2") => Ok(Family::Dinov2),
            Some(name) if name.starts_with("resnet") => Ok(Family::ResNet),
            Some(other) => unsupported(format!("models of type {other} are")),
            None => unsupported("a model that doesn't say its type is".to_owned()),
        }
    }

    /// The settings of a vision transformer.
    pub(super) fn vision(&self) -> &Vision {
        self.vision_config.as_ref().unwrap_or(&self.top)
    }
}
