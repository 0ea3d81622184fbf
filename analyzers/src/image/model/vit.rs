//! Vision transformers: the picture half of CLIP, and DINOv2.

use candle_core::{Result, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, LayerNorm, Module};

use super::config::Vision;
use super::positions;
use crate::embed::ModelError;
use crate::embed::neural::{Activation, Attention, Mlp, Scope, Weights};

/// Where settings are from, in errors.
const FILE: &str = "config.json";

/// A vision transformer up to the state of its first token.
pub(super) struct Vit {
    patches: Conv2d,
    class: Tensor,
    /// What the class and each patch get for their places.
    positions: Tensor,
    before: Option<LayerNorm>,
    layers: Vec<Layer>,
    after: LayerNorm,
    projection: Option<Tensor>,
}

impl Vit {
    /// The picture half of CLIP.
    pub(super) fn clip(
        weights: &Weights,
        settings: &Vision,
    ) -> std::result::Result<Self, ModelError> {
        let root = weights.find(
            &["vision_model.", "clip.vision_model."],
            "embeddings.class_embedding",
        )?;
        let part = root.part("embeddings");
        let class = part.any("class_embedding")?;
        let size = class.elem_count();
        let eps = settings.layer_norm_eps.unwrap_or(1e-5);
        let activation = settings.hidden_act.as_deref().unwrap_or("quick_gelu");
        let how = How::new(settings, size, eps, Activation::named(activation, FILE)?);
        let names = Names {
            attention: ["q_proj", "k_proj", "v_proj", "out_proj"],
            attention_part: "self_attn",
            norms: ["layer_norm1", "layer_norm2"],
        };
        let all = weights.at("");
        let projection = all
            .has("visual_projection.weight")
            .then(|| all.any("visual_projection.weight"))
            .transpose()?;
        if let Some(map) = &projection
            && (map.rank() != 2 || map.dims().last() != Some(&size))
        {
            return Err(all.wrong("visual_projection.weight", "doesn't fit the model"));
        }
        Ok(Self {
            patches: patches(&part, "patch_embedding", size)?,
            class: class.reshape((1, size))?,
            positions: part.any("position_embedding.weight")?,
            before: Some(root.norm("pre_layrnorm", size, eps)?),
            layers: layers(&root.part("encoder.layers"), &names, &how)?,
            after: root.norm("post_layernorm", size, eps)?,
            projection,
        })
    }

    /// DINOv2, for pictures of a given width and height.
    pub(super) fn dinov2(
        weights: &Weights,
        settings: &Vision,
        pixels: (usize, usize),
    ) -> std::result::Result<Self, ModelError> {
        let root = weights.find(&["", "dinov2."], "embeddings.cls_token")?;
        let part = root.part("embeddings");
        let class = part.any("cls_token")?;
        let size = class.elem_count();
        let eps = settings.layer_norm_eps.unwrap_or(1e-6);
        let activation = settings.hidden_act.as_deref().unwrap_or("gelu");
        let how = How::new(settings, size, eps, Activation::named(activation, FILE)?);
        let stack = root.part("encoder.layer");
        let mut names = Names {
            attention: [
                "attention.query",
                "attention.key",
                "attention.value",
                "output.dense",
            ],
            attention_part: "attention",
            norms: ["norm1", "norm2"],
        };
        if stack.has("0.attention.q_proj.weight") {
            names.attention = ["q_proj", "k_proj", "v_proj", "o_proj"];
        }
        let convolution = patches(&part, "patch_embeddings.projection", size)?;
        let patch = convolution.config().stride.max(1);
        let name = "position_embeddings";
        let places = part.any(name)?;
        let &[1, count, _] = places.dims() else {
            return Err(part.wrong(name, "has another shape than (1, n, size)"));
        };
        let places = places.reshape((count, size))?;
        let grid = (pixels.0 / patch, pixels.1 / patch);
        let positions = positions::interpolate(&places, grid)?
            .ok_or_else(|| part.wrong(name, "is not for a square of patches"))?;
        Ok(Self {
            patches: convolution,
            class: class.reshape((1, size))?,
            positions,
            before: None,
            layers: layers(&stack, &names, &how)?,
            after: root.norm("layernorm", size, eps)?,
            projection: None,
        })
    }

    /// `pixels` are (1, 3, height, width).
    pub(super) fn forward(&self, pixels: &Tensor) -> Result<Tensor> {
        let patches = self.patches.forward(pixels)?.squeeze(0)?;
        let patches = patches.flatten_from(1)?.t()?;
        let mut states = (Tensor::cat(&[&self.class, &patches], 0)? + &self.positions)?;
        if let Some(norm) = &self.before {
            states = norm.forward(&states)?;
        }
        for layer in &self.layers {
            states = layer.forward(&states)?;
        }
        let class = self.after.forward(&states.narrow(0, 0, 1)?)?;
        match &self.projection {
            Some(projection) => class.matmul(&projection.t()?),
            None => Ok(class),
        }
    }
}

/// What the layers have in common.
struct How {
    size: usize,
    heads: usize,
    eps: f64,
    activation: Activation,
}

impl How {
    fn new(settings: &Vision, size: usize, eps: f64, activation: Activation) -> Self {
        Self {
            size,
            // All published models have heads of 64.
            heads: settings.num_attention_heads.unwrap_or(size / 64),
            eps,
            activation,
        }
    }
}

/// What a family calls the parts of a layer.
struct Names {
    attention: [&'static str; 4],
    attention_part: &'static str,
    norms: [&'static str; 2],
}

fn patches(scope: &Scope<'_>, name: &str, size: usize) -> std::result::Result<Conv2d, ModelError> {
    let part = scope.part(name);
    let weight = part.any("weight")?;
    let patch = match *weight.dims() {
        [outputs, 3, height, width] if outputs == size && height == width && height > 0 => height,
        _ => return Err(part.wrong("weight", "is no map from square patches")),
    };
    let bias = part.has("bias").then(|| part.get("bias", &[size]));
    let config = Conv2dConfig {
        stride: patch,
        ..Conv2dConfig::default()
    };
    Ok(Conv2d::new(weight, bias.transpose()?, config))
}

fn layers(
    stack: &Scope<'_>,
    names: &Names,
    how: &How,
) -> std::result::Result<Vec<Layer>, ModelError> {
    let [norm, _] = names.norms;
    (0..)
        .take_while(|number| stack.has(&format!("{number}.{norm}.weight")))
        .map(|number: usize| Layer::new(&stack.part(&number.to_string()), names, how))
        .collect()
}

struct Layer {
    attention_norm: LayerNorm,
    attention: Attention,
    attention_scale: Option<Tensor>,
    mlp_norm: LayerNorm,
    mlp: Mlp,
    mlp_scale: Option<Tensor>,
}

impl Layer {
    fn new(scope: &Scope<'_>, names: &Names, how: &How) -> std::result::Result<Self, ModelError> {
        let size = how.size;
        let [first, second] = names.norms;
        let scale = |name: &str| {
            let has = scope.has(name);
            has.then(|| scope.get(name, &[size])).transpose()
        };
        let between = scope.any("mlp.fc1.bias")?.elem_count();
        Ok(Self {
            attention_norm: scope.norm(first, size, how.eps)?,
            attention: Attention::new(
                &scope.part(names.attention_part),
                names.attention,
                size,
                how.heads,
            )?,
            attention_scale: scale("layer_scale1.lambda1")?,
            mlp_norm: scope.norm(second, size, how.eps)?,
            mlp: Mlp::new(
                &scope.part("mlp"),
                ["fc1", "fc2"],
                size,
                between,
                how.activation,
            )?,
            mlp_scale: scale("layer_scale2.lambda1")?,
        })
    }

    fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let scaled = |change: Tensor, scale: &Option<Tensor>| match scale {
            Some(scale) => change.broadcast_mul(scale),
            None => Ok(change),
        };
        let attended = self
            .attention
            .forward(&self.attention_norm.forward(states)?)?;
        let states = (states + scaled(attended, &self.attention_scale)?)?;
        let fed = self.mlp.forward(&self.mlp_norm.forward(&states)?)?;
        &states + scaled(fed, &self.mlp_scale)?
    }
}
