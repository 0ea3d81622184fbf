//! The layers of a BERT model.

use candle_core::{Device, Result, Tensor};
use candle_nn::{LayerNorm, Module};

use super::super::error::ModelError;
use super::super::neural::{Attention, Mlp, Scope, Weights};
use super::config::Settings;

/// From token numbers to the state of each token.
pub(super) struct Network {
    tokens: Tensor,
    positions: Tensor,
    /// What every token gets for being part of the first (and only) text.
    kind: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Network {
    pub(super) fn new(
        weights: &Weights,
        settings: &Settings,
    ) -> std::result::Result<Self, ModelError> {
        let config = &settings.config;
        let (size, eps) = (config.hidden_size, config.layer_norm_eps);
        // Models saved with a head have their tensors under a name.
        let root = weights.find(&["", "bert."], "embeddings.word_embeddings.weight")?;
        let part = root.part("embeddings");
        let kinds = part.get(
            "token_type_embeddings.weight",
            &[config.type_vocab_size, size],
        )?;
        let layers = (0..config.num_hidden_layers)
            .map(|number| Layer::new(&root.part(&format!("encoder.layer.{number}")), settings));
        Ok(Self {
            tokens: part.get("word_embeddings.weight", &[config.vocab_size, size])?,
            positions: part.get(
                "position_embeddings.weight",
                &[config.max_position_embeddings, size],
            )?,
            kind: kinds.narrow(0, 0, 1)?,
            norm: part.norm("LayerNorm", size, eps)?,
            layers: layers.collect::<std::result::Result<_, _>>()?,
        })
    }

    /// The states of the tokens, (tokens, size).
    pub(super) fn forward(&self, ids: &[u32]) -> Result<Tensor> {
        let count = ids.len();
        let ids = Tensor::from_slice(ids, count, &Device::Cpu)?;
        let positions = self.positions.narrow(0, 0, count)?;
        let sum = (self.tokens.index_select(&ids, 0)? + positions)?.broadcast_add(&self.kind)?;
        let mut states = self.norm.forward(&sum)?;
        for layer in &self.layers {
            states = layer.forward(&states)?;
        }
        Ok(states)
    }
}

struct Layer {
    attention: Attention,
    attention_norm: LayerNorm,
    mlp: Mlp,
    mlp_norm: LayerNorm,
}

impl Layer {
    fn new(scope: &Scope<'_>, settings: &Settings) -> std::result::Result<Self, ModelError> {
        let config = &settings.config;
        let (size, eps) = (config.hidden_size, config.layer_norm_eps);
        let names = ["self.query", "self.key", "self.value", "output.dense"];
        let attention = scope.part("attention");
        Ok(Self {
            attention: Attention::new(&attention, names, size, config.num_attention_heads)?,
            attention_norm: attention.norm("output.LayerNorm", size, eps)?,
            mlp: Mlp::new(
                scope,
                ["intermediate.dense", "output.dense"],
                size,
                config.intermediate_size,
                settings.activation,
            )?,
            mlp_norm: scope.norm("output.LayerNorm", size, eps)?,
        })
    }

    fn forward(&self, states: &Tensor) -> Result<Tensor> {
        let attended = (self.attention.forward(states)? + states)?;
        let states = self.attention_norm.forward(&attended)?;
        let fed = (self.mlp.forward(&states)? + &states)?;
        self.mlp_norm.forward(&fed)
    }
}
