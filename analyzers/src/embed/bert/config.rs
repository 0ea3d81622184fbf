//! The settings of a BERT model, gathered from its files.

use std::path::Path;

use serde::Deserialize;

use super::super::error::ModelError;
use super::super::neural::{Activation, read_json, read_optional_json};
use super::super::tokenizer::Words;

/// What the model's files say.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) activation: Activation,
    pub(super) words: Words,
    /// The most tokens of a text, those around it included.
    pub(super) positions: usize,
    /// Whether the first token's state stands for the text, not the mean.
    pub(super) pool_first: bool,
}

/// `config.json`, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    model_type: Option<String>,
    pub(super) hidden_size: usize,
    pub(super) num_hidden_layers: usize,
    pub(super) num_attention_heads: usize,
    pub(super) intermediate_size: usize,
    pub(super) max_position_embeddings: usize,
    pub(super) vocab_size: usize,
    #[serde(default = "two")]
    pub(super) type_vocab_size: usize,
    #[serde(default = "tiny")]
    pub(super) layer_norm_eps: f64,
    #[serde(default = "gelu")]
    hidden_act: String,
    position_embedding_type: Option<String>,
}

const fn two() -> usize {
    2
}

const fn tiny() -> f64 {
    1e-12
}

fn gelu() -> String {
    "gelu".to_owned()
}

#[derive(Debug, Default, Deserialize)]
struct TokenizerConfig {
    do_lower_case: Option<bool>,
    strip_accents: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
struct SentenceConfig {
    max_seq_length: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
struct Pooling {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_max_tokens: bool,
    #[serde(default)]
    pooling_mode_mean_sqrt_len_tokens: bool,
}

impl Settings {
    pub(super) fn read(folder: &Path) -> Result<Self, ModelError> {
        let config: Config = read_json(folder, "config.json")?;
        let tokenizer: TokenizerConfig = read_optional_json(folder, "tokenizer_config.json")?;
        let sentences: SentenceConfig = read_optional_json(folder, "sentence_bert_config.json")?;
        let pooling: Pooling = read_optional_json(folder, "1_Pooling/config.json")?;
        let file = folder.join("config.json").display().to_string();
        let unsupported = |what: String| Err(ModelError::invalid(&file, what));
        if let Some(other) = config.model_type.as_ref().filter(|name| *name != "bert") {
            return unsupported(format!("models of type {other} are not supported"));
        }
        let positions = config.position_embedding_type.as_deref();
        if let Some(other) = positions.filter(|name| *name != "absolute") {
            return unsupported(format!("{other} positions are not supported"));
        }
        if pooling.pooling_mode_max_tokens || pooling.pooling_mode_mean_sqrt_len_tokens {
            return Err(ModelError::invalid(
                folder.join("1_Pooling/config.json").display().to_string(),
                "only the mean and the first token are supported",
            ));
        }
        let lowercase = tokenizer.do_lower_case.unwrap_or(true);
        let longest = sentences.max_seq_length.unwrap_or(usize::MAX);
        let positions = longest.min(config.max_position_embeddings);
        if positions < 3 {
            return unsupported("texts can't have any token".to_owned());
        }
        Ok(Self {
            activation: Activation::named(&config.hidden_act, &file)?,
            words: Words {
                lowercase,
                strip_accents: tokenizer.strip_accents.unwrap_or(lowercase),
            },
            positions,
            pool_first: pooling.pooling_mode_cls_token,
            config,
        })
    }
}
