//! The tokens that a model knows.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::super::error::ModelError;
use super::super::neural::{read_file, read_json};
use super::super::tokenizer::Vocabulary;

/// The tokens of a model, and those that it wants around a text.
#[derive(Debug)]
pub(super) struct Tokenizer {
    file: String,
    tokens: HashMap<String, u32>,
    longest: usize,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) unknown: u32,
}

#[derive(Deserialize)]
struct TokenizerFile {
    model: WordPiece,
}

#[derive(Deserialize)]
struct WordPiece {
    vocab: HashMap<String, u32>,
}

impl Tokenizer {
    /// Reads `vocab.txt`, or else `tokenizer.json`.
    pub(super) fn read(folder: &Path) -> Result<Self, ModelError> {
        const LIST: &str = "vocab.txt";
        const FILE: &str = "tokenizer.json";
        let (name, tokens) = if folder.join(LIST).exists() {
            let bytes = read_file(folder, LIST)?;
            let text = String::from_utf8(bytes)
                .map_err(|error| ModelError::invalid(display(folder, LIST), error))?;
            let lines = text.lines().map(|line| line.trim_end().to_owned());
            (LIST, lines.zip(0..).collect())
        } else {
            let file: TokenizerFile = read_json(folder, FILE)?;
            (FILE, file.model.vocab)
        };
        Self::new(display(folder, name), tokens)
    }

    fn new(file: String, tokens: HashMap<String, u32>) -> Result<Self, ModelError> {
        let special = |token: &str| {
            tokens
                .get(token)
                .copied()
                .ok_or_else(|| ModelError::invalid(&file, format!("it has no token {token}")))
        };
        let (start, end, unknown) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
        let longest = tokens.keys().map(String::len).max().unwrap_or(0);
        Ok(Self {
            file,
            tokens,
            longest,
            start,
            end,
            unknown,
        })
    }

    /// Sees to it that the model has a row for every token.
    pub(super) fn check(&self, rows: usize) -> Result<(), ModelError> {
        let last = self.tokens.values().copied().max().unwrap_or(0);
        if (last as usize) < rows {
            return Ok(());
        }
        let reason = format!("it has a token with number {last}, the model has {rows}");
        Err(ModelError::invalid(&self.file, reason))
    }
}

fn display(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

impl Vocabulary for Tokenizer {
    fn find(&self, token: &str) -> Option<u32> {
        self.tokens.get(token).copied()
    }

    fn longest(&self) -> usize {
        self.longest
    }
}
