//! Sentence models of the BERT family, read from a folder.

mod config;
mod network;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::fmt;
use std::path::Path;

use super::cut_off::CutOff;
use super::error::ModelError;
use super::identity::ModelIdentity;
use super::neural::{Weights, checksum, unit_vector};
use super::tokenizer::Pieces;
use config::Settings;
use network::Network;
use vocabulary::Tokenizer;

/// Above this share of unknown words a text has no vector.
const MOST_UNKNOWN: f32 = 0.3;

/// The files that decide what a text's vector is, beside the tensors.
const FILES: &[&str] = &[
    "config.json",
    "vocab.txt",
    "tokenizer.json",
    "tokenizer_config.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
];

/// A sentence model of the BERT family.
///
/// The folder holds `config.json`, `model.safetensors` and `vocab.txt` or
/// `tokenizer.json`; `tokenizer_config.json`, `sentence_bert_config.json` and
/// `1_Pooling/config.json` are read where they are. Texts are cut at the length
/// that the model's authors chose.
pub struct BertModel {
    identity: ModelIdentity,
    settings: Settings,
    tokenizer: Tokenizer,
    network: Network,
}

impl BertModel {
    /// The cosine from which on two texts are taken to mean the same.
    /// Calibrated on all-MiniLM-L6-v2 with 129 and with about 7,000 captions: 0.24 and 0.32, where at
    /// most a tenth of the queries about something else find anything.
    pub const CUT_OFF: CutOff = CutOff {
        mean: 0.0,
        deviation: 0.077,
    };

    /// Reads a model and tries it.
    ///
    /// # Errors
    /// If a file is missing or holds something else than it should; the error
    /// says which.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let settings = Settings::read(folder)?;
        let tokenizer = Tokenizer::read(folder)?;
        let weights = Weights::open(folder)?;
        let network = Network::new(&weights, &settings)?;
        tokenizer.check(settings.config.vocab_size)?;
        let model = Self {
            identity: ModelIdentity {
                name: format!("bert-{}", settings.config.hidden_size),
                version: checksum(folder, &weights, FILES)?,
                dims: settings.config.hidden_size,
            },
            settings,
            tokenizer,
            network,
        };
        // What is wrong beyond names and shapes shows now, not at a query.
        model.forward(&[])?;
        Ok(model)
    }

    /// The model's name, version and dimensions.
    #[must_use]
    pub fn identity(&self) -> &ModelIdentity {
        &self.identity
    }

    /// The vector of a text, of length 1; `None` where the model knows too
    /// little of it.
    ///
    /// # Errors
    /// If the model fails.
    pub fn encode(&self, text: &str) -> Result<Option<Vec<f32>>, ModelError> {
        let tokens = self.tokenize(text);
        let unknown = tokens.iter().filter(|token| token.is_none()).count();
        if unknown == tokens.len() || unknown as f32 > MOST_UNKNOWN * tokens.len() as f32 {
            return Ok(None);
        }
        let known: Vec<u32> = tokens
            .into_iter()
            .map(|token| token.unwrap_or(self.tokenizer.unknown))
            .collect();
        self.forward(&known).map(Some)
    }

    /// The tokens of a text, without those around it; unknown words are `None`.
    /// Ends where the model does.
    fn tokenize(&self, text: &str) -> Vec<Option<u32>> {
        let most = self.settings.positions.saturating_sub(2);
        let mut tokens = Vec::new();
        let mut pieces = Pieces::default();
        let mut numbers = Vec::new();
        self.settings.words.each(text, |word| {
            if tokens.len() >= most {
                return;
            }
            numbers.clear();
            if pieces.cut(word, &self.tokenizer, &mut numbers) {
                tokens.extend(numbers.iter().copied().map(Some));
            } else {
                tokens.push(None);
            }
        });
        tokens.truncate(most);
        tokens
    }

    fn forward(&self, tokens: &[u32]) -> Result<Vec<f32>, ModelError> {
        let mut ids = vec![self.tokenizer.start];
        ids.extend_from_slice(tokens);
        ids.push(self.tokenizer.end);
        let states = self.network.forward(&ids)?;
        let pooled = if self.settings.pool_first {
            states.narrow(0, 0, 1)?
        } else {
            states.mean(0)?
        };
        unit_vector(&pooled)
    }
}

impl fmt::Debug for BertModel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BertModel")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}
